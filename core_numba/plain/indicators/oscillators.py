"""The close within its range (stochastic %K, Williams %R), and CCI."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core_numba.arrays import Floats
from core_numba.plain.indicators.moments import mean_and_squares
from core_numba.plain.indicators.windows import fill, quotient, sliding, window_extreme


def position(close: float, highest: float, lowest: float, *, from_top: bool) -> float:
    """0 to 100 from the bottom, or 0 to -100 from the top; 0 where there is no range."""
    spread = highest - lowest
    if spread == 0.0:
        return 0.0
    if from_top:
        return (highest - close) / spread * -100.0
    return (close - lowest) / spread * 100.0


def range_position(  # noqa: PLR0917
    high: Floats, low: Floats, close: Floats, window: int, from_top: bool, out: Floats  # noqa: FBT001
) -> None:  # fmt: skip
    highest, lowest = np.empty_like(out), np.empty_like(out)
    window_extreme(high, window, True, highest)
    window_extreme(low, window, False, lowest)
    for i in range(out.size):
        out[i] = position(float(close[i]), float(highest[i]), float(lowest[i]), from_top=from_top)


def cci_of(typical: Sequence[float]) -> float:
    """Distance of the last from the mean, in 0.015 mean distances; 0 where it is the mean."""
    window = len(typical)
    one = 1.0 / window
    mean, _ = mean_and_squares(typical)
    total = abs(typical[0] - mean) if window & 1 else 0.0
    for k in range(window & 1, window, 2):
        total += abs(typical[k] - mean) + abs(typical[k + 1] - mean)
    away = typical[-1] - mean
    return 0.0 if away == 0.0 else quotient(away, 0.015 * (total * one))


def cci(high: Floats, low: Floats, close: Floats, window: int, out: Floats) -> None:
    typical = (high + low + close) / 3.0
    views = np.array(sliding(typical, window)).T
    fill(out, np.array([cci_of(view.tolist()) for view in views]), min(out.size, window - 1))
