"""Chains of quotes as one table: for sources that give chains, so that scans read all alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

import numpy as np

from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.market import OptionChain, OptionQuote
from mfa.kernel.option_table import Floats, OptionTable
from mfa.kernel.symbols import OptionType

_YEAR_SECONDS: Final = 365.0 * 86400.0


def tabulated(chains: Iterable[OptionChain]) -> OptionTable:
    """The table of the chains of one underlying.

    `ValueError` without any chain, or with chains of several underlyings.
    """
    ordered = sorted(chains, key=lambda chain: chain.expiration)
    if len({chain.symbol for chain in ordered}) != 1:
        raise ValueError("A table holds the chains of one underlying.")
    rows: list[tuple[int, OptionQuote]] = []
    for place, chain in enumerate(ordered):
        quotes = sorted(
            (*chain.calls, *chain.puts),
            key=lambda quote: (quote.option.strike, quote.option.option_type is OptionType.PUT),
        )
        rows += [(place, quote) for quote in quotes]
    waits = [
        max((_bell(chain.expiration) - chain.as_of).total_seconds(), 0.0) / _YEAR_SECONDS
        for chain in ordered
    ]
    quotes_only = [quote for _, quote in rows]
    places = np.array([place for place, _ in rows], dtype=np.int64)
    is_call = [quote.option.option_type is OptionType.CALL for quote in quotes_only]
    return OptionTable(
        symbol=ordered[0].symbol,
        spot=float(ordered[0].underlying_price),
        as_of=min(chain.as_of for chain in ordered),
        expirations=tuple(chain.expiration for chain in ordered),
        expiration=places,
        years=np.array(waits)[places],
        strike=_column(quote.option.strike for quote in quotes_only),
        sign=np.where(is_call, 1.0, -1.0),
        bid=_column(quote.bid for quote in quotes_only),
        ask=_column(quote.ask for quote in quotes_only),
        last=_column(quote.last for quote in quotes_only),
        volume=_column(quote.volume for quote in quotes_only),
        open_interest=_column(quote.open_interest for quote in quotes_only),
        implied_volatility=_column(quote.implied_volatility for quote in quotes_only),
    )


def _bell(day: date) -> datetime:
    """When options of that expiration stop trading."""
    return exchange_calendar().open_close(day)[1]


def _column(values: Iterable[object]) -> Floats:
    return np.array([float(value) for value in values], dtype=np.float64)  # type: ignore[arg-type]
