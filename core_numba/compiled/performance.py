"""Metrics of equity curves, compiled: two passes over a curve, no temporary arrays."""

# ruff: noqa: PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.jit.exact import called_exactly, compiled_exactly
from core_numba.plain.performance import NOISE


@compiled_exactly("void(f8[:, ::1], f8, f8, f8, f8[:, ::1], i8[:, ::1])")
def curves(
    equity: Any, periods: float, risk_free: float, target: float, real: Any, whole: Any,
) -> None:  # fmt: skip
    """Rows of `equity` to rows of `real` and `whole`, in the order of `performance.Curve`."""
    for row in range(equity.shape[0]):
        real[row] = np.nan
        whole[row] = -1
        _curve(equity[row], periods, risk_free, target, real[row], whole[row])


@called_exactly
def _curve(
    curve: Any, periods: float, risk_free: float, target: float, real: Any, whole: Any,
) -> None:  # fmt: skip
    bars = curve.shape[0]
    count = bars - 1
    ruined = False
    total = 0.0
    for i in range(bars):
        if not np.isfinite(curve[i]):
            return
        ruined = ruined or curve[i] <= 0.0
    if curve[0] <= 0.0:
        return
    for i in range(1, bars):
        total += curve[i] / curve[i - 1] - 1.0
    mean = total / count
    last = curve[count] / curve[0]
    growth = last ** (periods / count) - 1.0 if last >= 0.0 else np.nan
    real[0] = last - 1.0
    real[1] = growth
    if not ruined:
        _returns(curve, mean, periods, risk_free, target, real)
    _drawdowns(curve, real, whole)
    if real[6] > 0.0:
        real[5] = growth / real[6]


@called_exactly
def _returns(
    curve: Any, mean: float, periods: float, risk_free: float, target: float, real: Any,
) -> None:  # fmt: skip
    count = curve.shape[0] - 1
    squares = below = 0.0
    best = -np.inf
    worst = np.inf
    risen = 0
    for i in range(1, count + 1):
        change = curve[i] / curve[i - 1] - 1.0
        squares += (change - mean) * (change - mean)
        short = min(change - target, 0.0)
        below += short * short
        best = max(best, change)
        worst = min(worst, change)
        risen += change > 0.0
    if count > 1:
        deviation = np.sqrt(squares / (count - 1))
        real[2] = deviation * np.sqrt(periods)
        if deviation > NOISE:
            real[3] = (mean - risk_free) / deviation * np.sqrt(periods)
    short = np.sqrt(below / count)
    if short > NOISE:
        real[4] = (mean - target) / short * np.sqrt(periods)
    real[9] = best
    real[10] = worst
    real[11] = risen / count


@called_exactly
def _drawdowns(curve: Any, real: Any, whole: Any) -> None:
    bars = curve.shape[0]
    peak = curve[0]
    peak_bar = 0
    worst = depth = depths = squares = 0.0
    longest = episodes = 0
    start = trough = recovery = -1
    inside = False
    for i in range(1, bars):
        value = curve[i]
        fall = 1.0 - value / peak
        if fall > 0.0:
            if not inside:
                inside = True
                depth = 0.0
                episodes += 1
            squares += fall * fall
            depth = max(depth, fall)
            if fall > worst:
                worst = fall
                start, trough, recovery = peak_bar, i, -1
            longest = max(longest, i - peak_bar)
        else:
            if inside:
                inside = False
                depths += depth
                longest = max(longest, i - peak_bar)
                if start == peak_bar:
                    recovery = i
            peak = max(peak, value)
            peak_bar = i
    if inside:
        depths += depth
    real[6] = worst
    real[7] = depths / episodes if episodes else 0.0
    real[8] = np.sqrt(squares / bars)
    whole[0] = start
    whole[1] = trough
    whole[2] = recovery
    whole[3] = longest
    whole[4] = episodes
