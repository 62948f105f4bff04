"""Metrics of equity curves in NumPy, one curve after the other."""

# ruff: noqa: PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

from typing import Any, Final

import numpy as np

from core_numba.arrays import Floats

REALS = 12
WHOLES = 5
NOISE: Final = 1e-14
"""A smaller deviation of returns is what rounding leaves of none."""


def curves(
    equity: Floats, periods: float, risk_free: float, target: float, real: Floats, whole: Any,
) -> None:  # fmt: skip
    """Rows of `equity` to rows of `real` and `whole`, in the order of `performance.Curve`."""
    for row, curve in enumerate(equity):
        real[row], whole[row] = _curve(curve, periods, risk_free, target)


def _curve(
    curve: Floats, periods: float, risk_free: float, target: float,
) -> tuple[list[float], list[int]]:  # fmt: skip
    nothing = [np.nan] * REALS, [-1] * WHOLES
    if not np.all(np.isfinite(curve)) or curve[0] <= 0.0:
        return nothing
    count = curve.size - 1
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        returns = curve[1:] / curve[:-1] - 1.0
        total = curve[-1] / curve[0] - 1.0
        growth = np.power(curve[-1] / curve[0], periods / count) - 1.0
        if np.any(curve <= 0.0):  # ruined: no rate of growth, no returns
            growth, returns = np.nan if curve[-1] < 0.0 else growth, np.full(count, np.nan)
        deviation = returns.std(ddof=1) if count > 1 else np.nan
        excess = returns.mean() - risk_free
        below = np.sqrt(np.mean(np.minimum(returns - target, 0.0) ** 2))
        sharpe = excess / deviation * np.sqrt(periods) if deviation > NOISE else np.nan
        sortino = (returns.mean() - target) / below * np.sqrt(periods) if below > NOISE else np.nan
    peaks = np.maximum.accumulate(curve)
    falls = 1.0 - curve / peaks
    trough = int(np.argmax(falls))
    worst = float(falls[trough])
    start = int(np.flatnonzero(curve[: trough + 1] == peaks[trough])[-1]) if worst > 0.0 else -1
    back = np.flatnonzero(curve[trough:] >= peaks[trough])
    recovery = trough + int(back[0]) if worst > 0.0 and back.size else -1
    depths, spans = _episodes(curve, falls)
    calmar = growth / worst if worst > 0.0 else np.nan
    real = [
        total, growth, deviation * np.sqrt(periods), sharpe, sortino, calmar, worst,
        float(np.mean(depths)) if depths else 0.0, float(np.sqrt(np.mean(falls * falls))),
        float(returns.max()), float(returns.min()), float(np.mean(returns > 0.0)),
    ]  # fmt: skip
    if np.isnan(returns).any():
        real[9:] = [np.nan] * 3
    return real, [start, trough if worst > 0.0 else -1, recovery, max(spans, default=0), len(spans)]


def _episodes(curve: Floats, falls: Floats) -> tuple[list[float], list[int]]:
    """Depth of each drawdown, and the bars from its peak to its recovery or the end."""
    depths: list[float] = []
    spans: list[int] = []
    last_peak = 0
    for bar in range(1, curve.size):
        if falls[bar] > 0.0:
            if falls[bar - 1] > 0.0:
                depths[-1] = max(depths[-1], float(falls[bar]))
                spans[-1] = bar - last_peak
            else:
                last_peak = bar - 1
                depths.append(float(falls[bar]))
                spans.append(1)
        elif falls[bar - 1] > 0.0:
            spans[-1] = bar - last_peak
    return depths, spans
