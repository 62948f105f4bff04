"""The account's value at the close of each session: what was held, at what the market closed at.

Stocks stand at their close. No source tells what an option closed at on a past day, so one that was
held stands at its Black-Scholes value at the volatility that its own opening price implied against
that day's close (no rate, no dividends; what implies none stands at its intrinsic value): on the
day it was opened that is what was paid, at its end what it is worth. Such days are computed, and
said so. A day on which something held has no close is left out, and counted: never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np

from connectors.imported.books import DayState, ImportedBooks
from connectors.imported.closes import Closes
from connectors.imported.lots import Lot
from core_numba.european import price as black_scholes
from core_numba.implied import implied_volatility
from mfa.kernel.account import EquityPoint
from mfa.kernel.calendar import ExchangeCalendar
from mfa.kernel.clock import exchange_date
from mfa.kernel.money import ZERO, cents
from mfa.kernel.symbols import OptionType

_DAYS_OF_A_YEAR: Final = 365.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuedDays:
    """`left_out` counts sessions that could not be valued; `missing` names what had no close."""

    points: tuple[EquityPoint, ...]
    left_out: int
    missing: tuple[str, ...]
    modelled: bool


def sessions(books: ImportedBooks, calendar: ExchangeCalendar, now: datetime) -> tuple[date, ...]:
    """The sessions since the first movement whose closing bell has rung."""
    if not books.days:
        return ()
    found = calendar.sessions(books.days[0].day, exchange_date(now))
    return tuple(day for day in found if calendar.open_close(day)[1] <= now)


def valued(books: ImportedBooks, days: Sequence[date], closes: Mapping[str, Closes]) -> ValuedDays:
    """The value at each of `days`, where it can be known."""
    points: list[EquityPoint] = []
    missing: dict[str, None] = {}
    volatilities: dict[int, float] = {}
    modelled = False
    for day, state in standing(books.days, days):
        worth = ZERO
        lacking = [symbol for symbol in _symbols(state.lots) if closes[symbol].on(day) is None]
        if lacking:
            missing |= dict.fromkeys(lacking)
            continue
        for lot in state.lots:
            known = closes[lot.symbol]
            close = known.on(day) or ZERO
            if lot.option is None:
                worth += cents(lot.quantity * close)
                continue
            modelled = True
            if lot.id not in volatilities:
                volatilities[lot.id] = _implied(lot, known, day)
            worth += cents(float(lot.quantity) * 100 * _mark(lot, float(close), day, volatilities))
        points.append(
            EquityPoint(
                day=day, equity=state.cash + worth, cash=state.cash, deposits=state.deposits
            )
        )
    return ValuedDays(
        points=tuple(points),
        left_out=len(days) - len(points),
        missing=tuple(missing),
        modelled=modelled,
    )


def standing(states: Sequence[DayState], days: Sequence[date]) -> Iterable[tuple[date, DayState]]:
    """Each day with the state after its rows, or those of the last day before it that had any."""
    at = -1
    for day in days:
        while at + 1 < len(states) and states[at + 1].day <= day:
            at += 1
        if at >= 0:
            yield day, states[at]


def _symbols(lots: Iterable[Lot]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lot.symbol for lot in lots))


def _implied(lot: Lot, closes: Closes, day: date) -> float:
    """The volatility behind the opening price; NaN where the price implies none."""
    option, opened = lot.option, exchange_date(lot.opened_at)
    spot = closes.in_units_of(day, opened)
    if option is None or spot is None:
        return float("nan")
    years = (option.expiration - opened).days / _DAYS_OF_A_YEAR
    sign = 1.0 if option.option_type is OptionType.CALL else -1.0
    strike = float(option.strike)
    return float(implied_volatility(float(lot.price), float(spot), strike, years, 0.0, 0.0, sign))


def _mark(lot: Lot, close: float, day: date, volatilities: Mapping[int, float]) -> float:
    """USD per share."""
    option = lot.option
    if option is None:
        raise TypeError("a share is not marked by a model")
    sign = 1.0 if option.option_type is OptionType.CALL else -1.0
    strike, volatility = float(option.strike), volatilities[lot.id]
    years = (option.expiration - day).days / _DAYS_OF_A_YEAR
    if years <= 0 or np.isnan(volatility):
        return max(sign * (close - strike), 0.0)
    return float(black_scholes(close, strike, years, 0.0, 0.0, volatility, sign))
