"""Bands about the price: Bollinger, Keltner, Donchian, Ichimoku, SuperTrend."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.indicators.averages import ema
from core_numba.indicators.directional import atr
from core_numba.indicators.rolling import rolling_max, rolling_min
from core_numba.indicators.series import bars, lines, whole
from core_numba.jit.kernel import Kernel
from core_numba.plain.indicators import moments, ranges

_BOLLINGER: Final = Kernel("indicators.moments", moments.bollinger)
_SUPERTREND: Final = Kernel("indicators.ranges", ranges.supertrend)


class Band(NamedTuple):
    """An upper, a middle and a lower line."""

    upper: Floats
    middle: Floats
    lower: Floats


def bollinger(
    x: npt.ArrayLike, period: int = 20, *, above: float = 2.0, below: float = 2.0
) -> Band:
    """The mean of `period` bars, and `above` and `below` standard deviations (of a population)."""
    return Band(*lines(_BOLLINGER, bars(x), 3, whole("period", period), float(above), float(below)))


def keltner(
    high: npt.ArrayLike, low: npt.ArrayLike, close: npt.ArrayLike, *,
    period: int = 20, atr_period: int = 10, times: float = 2.0,
) -> Band:  # fmt: skip
    """EMA of the close and `times` ATR about it (Raschke's form of Keltner 1960)."""
    middle = ema(close, period)
    span = times * atr(high, low, close, atr_period)
    return Band(middle + span, middle, middle - span)


def donchian(high: npt.ArrayLike, low: npt.ArrayLike, period: int = 20) -> Band:
    """Highest high and lowest low of `period` bars, this one included, and their middle."""
    upper, lower = rolling_max(high, period), rolling_min(low, period)
    return Band(upper, 0.5 * (upper + lower), lower)


class Ichimoku(NamedTuple):
    """Lines at the bar whose data they need; charts draw the spans displaced."""

    conversion: Floats
    base: Floats
    span_a: Floats
    span_b: Floats


def ichimoku(
    high: npt.ArrayLike, low: npt.ArrayLike, *,
    conversion: int = 9, base: int = 26, span_b: int = 52,
) -> Ichimoku:  # fmt: skip
    """Ichimoku kinko hyo (Hosoda 1969): middles of ranges, tenkan, kijun and the senkou spans.

    Nothing is displaced, so nothing looks ahead: charts draw the spans `base` bars later, and the
    close itself (chikou) `base` bars earlier.
    """
    fast = donchian(high, low, conversion).middle
    slow = donchian(high, low, base).middle
    return Ichimoku(fast, slow, 0.5 * (fast + slow), donchian(high, low, span_b).middle)


class Trend(NamedTuple):
    """The stop line, and 1 while the trend is up, -1 while it is down."""

    line: Floats
    direction: Floats


def supertrend(
    high: npt.ArrayLike, low: npt.ArrayLike, close: npt.ArrayLike, *,
    period: int = 10, times: float = 3.0,
) -> Trend:  # fmt: skip
    """Seban's SuperTrend: ``(high + low) / 2 -+ times ATR``, moved only with the trend.

    The trend turns when the close passes the line; it begins down, as at TradingView.
    """
    if not (times > 0.0 and math.isfinite(times)):
        raise ValueError(f"times is {times}; give a positive number of average true ranges.")
    h, l, c = bars(high, low, close)  # noqa: E741 - the usual letters
    span = atr(h, l, c, period)
    return Trend(*lines(_SUPERTREND, [h, l, c, span], 2, float(times)))
