"""An account's returns, with deposits and withdrawals taken out.

Time-weighted: what a dollar that stayed in would have made. A flow counts from the start of its
day: return of day t = equity(t) / (equity(t-1) + flow(t)) - 1, linked over the days (GIPS, daily
valuation). Money-weighted: the one annual rate at which all flows grow to the final equity (XIRR,
ACT/365).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from core_numba.arrays import Floats
from mfa.kernel.account import EquityPoint

_LEAST_RATE: Final = -0.9999
_MOST_RATE: Final = 1e4
_HALVINGS: Final = 200


@dataclass(frozen=True, slots=True, eq=False)
class ReturnSeries:
    """`returns[i]` is that of `days[i]`; `start` is the day before the first, whose close is the
    base. `flows` are dollars put in (positive) or taken out on each day."""

    start: date
    days: tuple[date, ...]
    equity: Floats
    flows: Floats
    returns: Floats
    base: float

    @property
    def growth(self) -> Floats:
        """What one dollar became, from 1 at the base: one longer than `returns`."""
        return np.concatenate(([1.0], np.cumprod(1.0 + self.returns)))

    @property
    def total(self) -> float:
        return float(self.growth[-1] - 1.0)


def return_series(
    points: Sequence[EquityPoint], *, start: date | None = None, end: date | None = None
) -> ReturnSeries | None:
    """Returns of the days in [start, end]; None without two points, or where nothing was invested.

    Days before the account held anything are passed over.
    """
    ordered = sorted(points, key=lambda point: point.day)
    inside = [
        i
        for i, point in enumerate(ordered)
        if (start is None or point.day >= start) and (end is None or point.day <= end)
    ]
    if not inside:
        return None
    first = inside[0] if inside[0] > 0 else inside[0] + 1
    chosen = ordered[first - 1 : inside[-1] + 1]
    while len(chosen) > 1 and float(chosen[0].equity) <= 0.0:
        chosen = chosen[1:]
    if len(chosen) < 2:
        return None
    equity = np.array([float(point.equity) for point in chosen])
    deposits = np.array([float(point.deposits) for point in chosen])
    flows = np.diff(deposits)
    invested = equity[:-1] + flows
    if np.any(invested <= 0.0):
        return None
    return ReturnSeries(
        start=chosen[0].day,
        days=tuple(point.day for point in chosen[1:]),
        equity=equity[1:],
        flows=flows,
        returns=equity[1:] / invested - 1.0,
        base=float(equity[0]),
    )


def money_weighted(series: ReturnSeries) -> float | None:
    """The annual rate; None when no rate between -99.99 % and 1,000,000 % fits.

    With several changes of sign there may be more than one; then the one found by halving between
    those bounds is given.
    """
    years = np.array([(day - series.start).days / 365.0 for day in series.days])
    paid_in = np.concatenate(([series.base], series.flows))
    when = np.concatenate(([0.0], years))
    final, horizon = float(series.equity[-1]), float(years[-1])
    if horizon <= 0.0:
        return None

    def gap(rate: float) -> float:
        return float((paid_in * (1.0 + rate) ** (horizon - when)).sum()) - final

    low, high = _LEAST_RATE, _MOST_RATE
    below, above = gap(low), gap(high)
    if not (np.isfinite(below) and np.isfinite(above)) or below * above > 0.0:
        return None
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if (gap(middle) > 0.0) == (above > 0.0):
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)


def monthly(series: ReturnSeries) -> list[tuple[int, int, float]]:
    """(year, month, return) of each month that the series touches, linked from its days."""
    linked: dict[tuple[int, int], float] = {}
    for day, value in zip(series.days, series.returns.tolist(), strict=True):
        key = (day.year, day.month)
        linked[key] = linked.get(key, 1.0) * (1.0 + value)
    return [(year, month, value - 1.0) for (year, month), value in sorted(linked.items())]


@dataclass(frozen=True, slots=True)
class Drawdown:
    """From a peak to the return to it. `depth` is positive, a share of the peak."""

    peak: date
    trough: date
    recovered: date | None
    depth: float
    days: int


def drawdowns(series: ReturnSeries) -> list[Drawdown]:
    """Every stretch below an earlier peak, the deepest first; the last may not be over."""
    growth, days = series.growth, (series.start, *series.days)
    found: list[Drawdown] = []
    peak = 0
    trough: int | None = None
    for i in range(1, len(growth)):
        if growth[i] >= growth[peak]:
            if trough is not None:
                found.append(_drawdown(growth, days, peak, trough, i))
            peak, trough = i, None
        elif trough is None or growth[i] < growth[trough]:
            trough = i
    if trough is not None:
        found.append(_drawdown(growth, days, peak, trough, None))
    return sorted(found, key=lambda each: (-each.depth, each.peak))


def _drawdown(
    growth: Floats, days: Sequence[date], peak: int, trough: int, over: int | None
) -> Drawdown:
    end = days[over] if over is not None else days[-1]
    return Drawdown(
        peak=days[peak],
        trough=days[trough],
        recovered=days[over] if over is not None else None,
        depth=float(1.0 - growth[trough] / growth[peak]),
        days=(end - days[peak]).days,
    )
