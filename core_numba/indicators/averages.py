"""Moving averages, and what lies between two of them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.indicators.series import bars, lines, whole
from core_numba.jit.kernel import Kernel
from core_numba.plain.indicators import smoothing, windows

SUM: Final = Kernel("indicators.windows", windows.window_sum)
_WEIGHTED: Final = Kernel("indicators.windows", windows.window_weighted)
_EMA: Final = Kernel("indicators.smoothing", smoothing.ema)
_MACD: Final = Kernel("indicators.smoothing", smoothing.macd)


def sma(x: npt.ArrayLike, period: int = 30) -> Floats:
    """Mean of the last `period` bars. First value at bar ``period - 1`` (counted from 0)."""
    period = whole("period", period)
    return lines(SUM, bars(x), 1, period, 1.0 / period)[0]


def wma(x: npt.ArrayLike, period: int = 30) -> Floats:
    """Mean with weights 1 for the oldest to `period` for the latest bar."""
    period = whole("period", period)
    return lines(_WEIGHTED, bars(x), 1, period, 2.0 / (period * (period + 1.0)))[0]


def ema(x: npt.ArrayLike, period: int = 30) -> Floats:
    """Exponential average: ``y + 2 / (period + 1) (x - y)``, begun by the mean of `period` bars.

    First value at bar ``period - 1``.
    """
    period = whole("period", period)
    take = 2.0 / (period + 1.0)
    return lines(_EMA, bars(x), 1, period, 1.0 - take, take)[0]


def wilder(x: npt.ArrayLike, period: int = 14) -> Floats:
    """Wilder's smoothing: as `ema` with the weight ``1 / period``."""
    period = whole("period", period)
    take = 1.0 / period
    return lines(_EMA, bars(x), 1, period, 1.0 - take, take)[0]


class Macd(NamedTuple):
    """The difference of two averages, its own average, and what lies between."""

    line: Floats
    signal: Floats
    histogram: Floats


def macd(x: npt.ArrayLike, *, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """``ema(fast) - ema(slow)`` and its `signal` average. All begin at bar slow + signal - 2.

    As in TA-Lib both averages begin at the same bar, with the mean of their own last bars.
    `ValueError` unless `fast` is below `slow`.
    """
    fast, slow, signal = whole("fast", fast), whole("slow", slow), whole("signal", signal)
    if fast >= slow:
        raise ValueError(f"fast is {fast} and slow {slow}; fast must be the shorter one.")
    return Macd(*lines(_MACD, bars(x), 3, fast, slow, signal))
