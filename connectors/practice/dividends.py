"""Cash dividends, and raw closes on which they can be paid without counting them twice.

The shipped closes are adjusted: each day's return already contains that day's dividend. A position
valued on them and paid a dividend besides would earn it twice. So the dividend is taken out of the
price again: with A the adjusted closes, raw prices P are those for which

    (P[t] + D[t]) / P[t-1] = A[t] / A[t-1]

on every day, D[t] being the cash that goes ex on day t. Solved backward from the last day, where
raw and adjusted are equal: P[t-1] = (P[t] + D[t]) * A[t-1] / A[t]. The raw price falls by the
dividend on the ex-date, the cash is paid, and holder's return stays exactly the real one. Prices
therefore differ from the historic tape by a few percent, returns do not. Rounding to the cent
happens once, at the end, and is not carried into the recursion.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np

from connectors.practice.tables import read_table
from core_numba.normal import Floats
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.market import Dividend

DECLARED_AHEAD: Final = timedelta(days=45)
"""How long before its ex-date a dividend is declared; further ones are only expected."""
_SUSPENDED_AFTER: Final = timedelta(days=120)
_YEAR_OF_WEEKS: Final = timedelta(days=364)
_SAME_DIVIDEND: Final = timedelta(days=45)


@cache
def dividend_table() -> Mapping[str, tuple[Dividend, ...]]:
    """The declared dividends of each payer, ascending by ex-date."""
    table: dict[str, list[Dividend]] = {}
    for row in read_table("dividends"):
        dividend = Dividend(
            symbol=row["symbol"],
            ex_date=date.fromisoformat(row["ex_date"]),
            pay_date=date.fromisoformat(row["pay_date"]),
            amount=Decimal(row["amount"]),
        )
        table.setdefault(dividend.symbol, []).append(dividend)
    ordered = {s: tuple(sorted(d, key=lambda one: one.ex_date)) for s, d in table.items()}
    return MappingProxyType(ordered)


def dividends_between(symbol: str, start: date, end: date) -> tuple[Dividend, ...]:
    """Dividends of the table whose ex-date lies in [start, end]."""
    every = dividend_table().get(symbol, ())
    low = bisect_left(every, start, key=lambda d: d.ex_date)
    return every[low : bisect_right(every, end, key=lambda d: d.ex_date)]


def paid_on(dividend: Dividend) -> date:
    """The pay date, which every dividend of the practice table has."""
    if dividend.pay_date is None:
        raise ValueError(f"the dividend of {dividend.symbol} on {dividend.ex_date} is never paid")
    return dividend.pay_date


def expected_dividends(symbol: str, day: date, until: date) -> tuple[Dividend, ...]:
    """What somebody on `day` may expect to go ex after `day` and until `until`, both known and not.

    Declared dividends (ex within 45 days) come from the table; further ones repeat the last year's
    dates at the last declared amount, unless nothing has gone ex for 120 days (suspended). Nothing
    later than `day` + 45 days is read from the table.
    """
    horizon = day + DECLARED_AHEAD
    known = dividends_between(symbol, day - _YEAR_OF_WEEKS, horizon)
    expected = [d for d in known if day < d.ex_date <= until]
    if not known or known[-1].ex_date < day - _SUSPENDED_AFTER:
        return tuple(expected)
    last = known[-1]
    calendar = exchange_calendar()
    pattern = [d for d in known if d.ex_date > last.ex_date - _YEAR_OF_WEEKS + _SAME_DIVIDEND]
    shift = _YEAR_OF_WEEKS
    while pattern[0].ex_date + shift <= until:
        for past in pattern:
            ex_date = calendar.last_session_on_or_before(past.ex_date + shift)
            if max(last.ex_date + _SAME_DIVIDEND, day) < ex_date <= until:
                pay_date = calendar.last_session_on_or_before(paid_on(past) + shift)
                expected.append(
                    Dividend(symbol=symbol, ex_date=ex_date, pay_date=pay_date, amount=last.amount)
                )
        shift += _YEAR_OF_WEEKS
    return tuple(sorted(expected, key=lambda d: d.ex_date))


def unadjust(adjusted: Floats, cash: Floats) -> Floats:
    """Raw closes from adjusted ones and the cash per share that goes ex each day, same shape.

    Both are (days, symbols); the formula is in the module's docstring.
    """
    raw = np.empty_like(adjusted)
    raw[-1] = adjusted[-1]
    ratio = adjusted[:-1] / adjusted[1:]
    for t in range(len(adjusted) - 1, 0, -1):
        raw[t - 1] = (raw[t] + cash[t]) * ratio[t - 1]
    return raw
