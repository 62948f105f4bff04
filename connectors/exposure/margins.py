"""A book's margin by symbol, under the exchanges' rules and by revaluation."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from connectors.exposure.book import Book, years_until
from connectors.exposure.risk_results import MarginRow
from connectors.portfolio.valuation import Priced
from core_numba.margin import portfolio, regulation_t
from core_numba.strategies.legs import Leg, Legs, call, put, stock
from mfa.kernel.market import OptionQuote
from mfa.kernel.money import cents
from mfa.kernel.symbols import OptionType


def margin_rows(held: Book, now: datetime) -> tuple[MarginRow, ...]:
    """The largest Regulation T requirement first."""
    by_symbol = [
        [_leg(each, now) for each in held.priced if each.position.symbol == symbol]
        for symbol in held.symbols
    ]
    legs = Legs.of(by_symbol)
    spots = np.asarray(held.spots)
    required = regulation_t(legs, spots).requirement
    revalued = portfolio(legs, spots).requirement
    rows = [
        MarginRow(
            symbol=symbol,
            regulation_t=cents(float(required[i])),
            portfolio=cents(float(revalued[i])),
        )
        for i, symbol in enumerate(held.symbols)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.regulation_t, row.symbol)))


def _leg(each: Priced, now: datetime) -> Leg:
    """At its mark: the requirement is of prices now."""
    option, mark = each.position.option, float(each.mark)
    if option is None or not isinstance(each.quote, OptionQuote):
        return stock(float(each.position.quantity), mark)
    make = call if option.option_type is OptionType.CALL else put
    return make(
        float(each.position.quantity),
        float(option.strike),
        mark,
        years_until(option.expiration, now),
        each.quote.implied_volatility,
    )
