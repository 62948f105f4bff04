"""The move that options expect of an earnings report, and the moves that reports have made.

Two readings of what is expected. The straddle: what the at-the-money call and put of the first
expiration after the report cost together, as a share of the price; it holds the ordinary days
until that expiration too. The event alone: the variance that this expiration has beyond what
ordinary days explain (the rate at which variance grows between later expirations, or until an
earlier one), as one standard deviation.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from mfa.kernel.market import DailyClose, Earnings
from mfa.kernel.option_table import OptionTable

BEFORE_OPEN: Final = "before open"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedMove:
    """Percent of the price. `event_pct` is None where no event can be told from ordinary days."""

    expiration: date
    strike: float
    straddle: float
    straddle_pct: float
    volatility_pct: float
    event_pct: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMove:
    """From the last close before the market could react to the first close after."""

    report: Earnings
    before: float
    after: float

    @property
    def pct(self) -> float:
        return 100.0 * (self.after / self.before - 1.0)


def covers(expiration: date, report: Earnings) -> bool:
    """Whether options of that expiration still live when the market reacts."""
    if report.timing == BEFORE_OPEN:
        return expiration >= report.day
    return expiration > report.day


def expected_move(table: OptionTable, report: Earnings) -> ExpectedMove | None:
    """What the first expiration after the report expects; None without a two-sided straddle."""
    places = [p for p, day in enumerate(table.expirations) if covers(day, report)]
    for place in places:
        straddle = _straddle(table, place)
        volatility = at_the_money_volatility(table, place)
        if straddle is None or volatility is None:
            continue
        strike, price = straddle
        return ExpectedMove(
            expiration=table.expirations[place],
            strike=strike,
            straddle=price,
            straddle_pct=100.0 * price / table.spot,
            volatility_pct=100.0 * volatility,
            event_pct=_event(table, place),
        )
    return None


def at_the_money_volatility(table: OptionTable, place: int) -> float | None:
    """The source's volatility at the price, linear between the strikes around it."""
    rows = np.flatnonzero((table.expiration == place) & np.isfinite(table.implied_volatility))
    if rows.size == 0:
        return None
    strikes = np.unique(table.strike[rows])
    means = np.array(
        [table.implied_volatility[rows[table.strike[rows] == strike]].mean() for strike in strikes]
    )
    return float(np.interp(table.spot, strikes, means))


def past_moves(reports: Sequence[Earnings], closes: Sequence[DailyClose]) -> tuple[PastMove, ...]:
    """A move for each report with a close on both sides of it, ascending."""
    days = [close.day for close in closes]
    found = []
    for report in sorted(reports, key=lambda each: each.day):
        place = bisect_left if report.timing == BEFORE_OPEN else bisect_right
        after = place(days, report.day)
        if 0 < after < len(days):
            before, first = closes[after - 1], closes[after]
            found.append(
                PastMove(report=report, before=float(before.close), after=float(first.close))
            )
    return tuple(found)


def _straddle(table: OptionTable, place: int) -> tuple[float, float] | None:
    """The strike nearest the price whose call and put both have a market, and their mid prices."""
    rows = np.flatnonzero((table.expiration == place) & (table.bid > 0) & (table.ask >= table.bid))
    mids = {(table.strike[i], table.sign[i]): (table.bid[i] + table.ask[i]) / 2.0 for i in rows}
    both = [strike for strike, sign in mids if sign > 0 and (strike, -1.0) in mids]
    if not both:
        return None
    strike = min(both, key=lambda each: (abs(each - table.spot), each))
    return float(strike), float(mids[strike, 1.0] + mids[strike, -1.0])


def _event(table: OptionTable, place: int) -> float | None:
    """One standard deviation of the event in percent, from total variances of expirations."""
    variances: list[tuple[float, float]] = []
    for each in range(len(table.expirations)):
        volatility = at_the_money_volatility(table, each)
        rows = np.flatnonzero(table.expiration == each)
        years = float(table.years[rows[0]]) if rows.size else 0.0
        variances.append((years, volatility**2 * years if volatility is not None else math.nan))
    years, total = variances[place]
    rate = _ordinary(variances, place)
    if rate is None or not math.isfinite(total):
        return None
    event = total - rate * years
    return 100.0 * math.sqrt(event) if event > 0 else None


def _ordinary(variances: list[tuple[float, float]], place: int) -> float | None:
    """Variance a year of ordinary days: until the last expiration before the report, else between
    the next two after it."""
    if place > 0:
        years, total = variances[place - 1]
        if years > 0 and math.isfinite(total):
            return total / years
    if place + 1 < len(variances):
        (near, first), (far, second) = variances[place], variances[place + 1]
        if far > near and math.isfinite(first) and math.isfinite(second):
            return max(second - first, 0.0) / (far - near)
    return None
