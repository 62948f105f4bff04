"""The indicators bar by bar: ``update`` gives what the batch form has at that bar, to the bit.

Plain Python and floats; one object per series. Begun at the same bar as the array, of course:
recursive lines remember all bars. Periods are checked by the batch functions' rules.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from core_numba.indicators.series import whole
from core_numba.plain.indicators import moments, order, oscillators, relations, windows
from core_numba.plain.indicators.ranges import Adx, AdxLines, Atr, SuperTrend, TrendLine
from core_numba.plain.indicators.smoothing import (
    Ema,
    Macd,
    MacdLines,
    Rsi,
    wilder,
)
from core_numba.plain.indicators.volume import Obv, SessionVwap, VolumeProfile

__all__ = [
    "Adx",
    "AdxLines",
    "Atr",
    "BandValues",
    "Beta",
    "Bollinger",
    "Cci",
    "Donchian",
    "Ema",
    "Highest",
    "Ichimoku",
    "IchimokuValues",
    "Keltner",
    "Lowest",
    "Macd",
    "MacdLines",
    "Mean",
    "Obv",
    "Quantile",
    "Rank",
    "Relation",
    "RelationValues",
    "RollingVwap",
    "Rsi",
    "SessionVwap",
    "Shape",
    "ShapeValues",
    "Spread",
    "SpreadValues",
    "Stochastic",
    "StochasticFast",
    "StochasticValues",
    "Sum",
    "SuperTrend",
    "SwingValues",
    "Swings",
    "TrendLine",
    "VolumeProfile",
    "Weighted",
    "Wilder",
    "WilliamsR",
]

T = TypeVar("T")


class Window(Generic[T]):
    """The last `size` values, oldest first, once there are so many."""

    def __init__(self, size: int) -> None:
        self._values: deque[T] = deque(maxlen=whole("window", size))

    def add(self, value: T) -> Sequence[T] | None:
        self._values.append(value)
        full = len(self._values) == self._values.maxlen
        return list(self._values) if full else None


class _OfWindow(ABC):
    """A number of the last `window` values."""

    def __init__(self, window: int) -> None:
        self._window: Window[float] = Window(window)

    def update(self, x: float) -> float:
        values = self._window.add(x)
        return math.nan if values is None else self._value(values)

    @abstractmethod
    def _value(self, values: Sequence[float]) -> float: ...


class Sum(_OfWindow):
    def _value(self, values: Sequence[float]) -> float:
        return windows.total(values)


class Mean(_OfWindow):
    """Simple moving average."""

    def _value(self, values: Sequence[float]) -> float:
        return windows.total(values) * (1.0 / len(values))


class Weighted(_OfWindow):
    """Linearly weighted moving average."""

    def _value(self, values: Sequence[float]) -> float:
        n = len(values)
        return windows.weighted_total(values) * (2.0 / (n * (n + 1.0)))


class Highest(_OfWindow):
    def _value(self, values: Sequence[float]) -> float:
        return windows.extreme(values, highest=True)


class Lowest(_OfWindow):
    def _value(self, values: Sequence[float]) -> float:
        return windows.extreme(values, highest=False)


class Rank(_OfWindow):
    def _value(self, values: Sequence[float]) -> float:
        return order.rank_of(values)


class Quantile(_OfWindow):
    def __init__(self, window: int, share: float = 0.5) -> None:
        super().__init__(window)
        self._share = share

    def _value(self, values: Sequence[float]) -> float:
        return order.quantile_of(values, self._share)


class Wilder(Ema):
    """Wilder's smoothing."""

    def __init__(self, period: int = 14) -> None:
        super().__init__(period, smooth=wilder(period))


class SpreadValues(NamedTuple):
    mean: float
    variance: float
    deviation: float
    zscore: float


class Spread:
    """Mean, variance, standard deviation and z-score of the last `window` values."""

    def __init__(self, window: int, *, ddof: int = 0) -> None:
        self._window: Window[float] = Window(whole("window", window, ddof + 1))
        self._share = 1.0 / (window - ddof)

    def update(self, x: float) -> SpreadValues:
        values = self._window.add(x)
        if values is None:
            return SpreadValues(math.nan, math.nan, math.nan, math.nan)
        mean, squares = moments.mean_and_squares(values)
        variance = squares * self._share
        deviation = math.sqrt(variance)
        return SpreadValues(mean, variance, deviation, windows.quotient(x - mean, deviation))


class ShapeValues(NamedTuple):
    skewness: float
    kurtosis: float


class Shape:
    """Sample skewness and excess kurtosis of the last `window` values."""

    def __init__(self, window: int) -> None:
        self._window: Window[float] = Window(whole("window", window, 4))

    def update(self, x: float) -> ShapeValues:
        values = self._window.add(x)
        return ShapeValues(*((math.nan, math.nan) if values is None else moments.shape(values)))


class RelationValues(NamedTuple):
    covariance: float
    correlation: float
    slope: float


class Relation:
    """Covariance, correlation and slope of `y` over `x` of the last `window` pairs."""

    def __init__(self, window: int, *, ddof: int = 0) -> None:
        self._window: Window[tuple[float, float]] = Window(
            whole("window", window, max(2, ddof + 1))
        )
        self._divisor = float(window - ddof)

    def update(self, x: float, y: float) -> RelationValues:
        pairs = self._window.add((x, y))
        if pairs is None:
            return RelationValues(math.nan, math.nan, math.nan)
        xs, ys = zip(*pairs, strict=True)
        return RelationValues(*relations.relations(xs, ys, self._divisor))


class Beta:
    """Slope of the simple returns of `y` over those of `x`."""

    def __init__(self, period: int = 5) -> None:
        self._relation, self._before = Relation(period), (math.nan, math.nan)
        self._first = True

    def update(self, x: float, y: float) -> float:
        (old_x, old_y), self._before = self._before, (x, y)
        if self._first:
            self._first = False
            return math.nan
        returns = (windows.quotient(x - old_x, old_x), windows.quotient(y - old_y, old_y))
        return self._relation.update(*returns).slope


class BandValues(NamedTuple):
    upper: float
    middle: float
    lower: float


class Bollinger:
    def __init__(self, period: int = 20, *, above: float = 2.0, below: float = 2.0) -> None:
        self._spread, self._above, self._below = Spread(period), above, below

    def update(self, x: float) -> BandValues:
        values = self._spread.update(x)
        mean, deviation = values.mean, values.deviation
        return BandValues(mean + self._above * deviation, mean, mean - self._below * deviation)


class Keltner:
    def __init__(self, period: int = 20, atr_period: int = 10, times: float = 2.0) -> None:
        self._ema, self._atr, self._times = Ema(period), Atr(atr_period), times

    def update(self, high: float, low: float, close: float) -> BandValues:
        middle = self._ema.update(close)
        span = self._times * self._atr.update(high, low, close)
        return BandValues(middle + span, middle, middle - span)


class Donchian:
    def __init__(self, period: int = 20) -> None:
        self._high, self._low = Highest(period), Lowest(period)

    def update(self, high: float, low: float) -> BandValues:
        upper, lower = self._high.update(high), self._low.update(low)
        return BandValues(upper, 0.5 * (upper + lower), lower)


class IchimokuValues(NamedTuple):
    conversion: float
    base: float
    span_a: float
    span_b: float


class Ichimoku:
    def __init__(self, conversion: int = 9, base: int = 26, span_b: int = 52) -> None:
        self._channels = (Donchian(conversion), Donchian(base), Donchian(span_b))

    def update(self, high: float, low: float) -> IchimokuValues:
        fast, slow, wide = (channel.update(high, low).middle for channel in self._channels)
        return IchimokuValues(fast, slow, 0.5 * (fast + slow), wide)


class _Position:
    def __init__(self, window: int, *, from_top: bool) -> None:
        self._high, self._low, self._from_top = Highest(window), Lowest(window), from_top

    def update(self, high: float, low: float, close: float) -> float:
        highest, lowest = self._high.update(high), self._low.update(low)
        return oscillators.position(close, highest, lowest, from_top=self._from_top)


class WilliamsR(_Position):
    def __init__(self, period: int = 14) -> None:
        super().__init__(period, from_top=True)


class StochasticValues(NamedTuple):
    k: float
    d: float


class StochasticFast:
    def __init__(self, fast_k: int = 5, fast_d: int = 3) -> None:
        self._position, self._average = _Position(fast_k, from_top=False), Mean(fast_d)
        self._left = fast_k + fast_d - 2

    def update(self, high: float, low: float, close: float) -> StochasticValues:
        k = self._smoothed(self._position.update(high, low, close))
        d = self._average.update(k)
        self._left -= 1
        return StochasticValues(math.nan if self._left >= 0 else k, d)

    def _smoothed(self, k: float) -> float:
        return k


class Stochastic(StochasticFast):
    def __init__(self, fast_k: int = 5, slow_k: int = 3, slow_d: int = 3) -> None:
        super().__init__(fast_k, slow_d)
        self._slow = Mean(slow_k)
        self._left = fast_k + slow_k + slow_d - 3

    def _smoothed(self, k: float) -> float:
        return self._slow.update(k)


class Cci:
    def __init__(self, period: int = 14) -> None:
        self._window: Window[float] = Window(whole("period", period, 2))

    def update(self, high: float, low: float, close: float) -> float:
        values = self._window.add((high + low + close) / 3.0)
        return math.nan if values is None else oscillators.cci_of(values)


class RollingVwap:
    def __init__(self, window: int) -> None:
        self._money, self._shares = Sum(window), Sum(window)

    def update(self, price: float, volume: float) -> float:
        money, shares = self._money.update(price * volume), self._shares.update(volume)
        return windows.quotient(money, shares)


class SwingValues(NamedTuple):
    high: float
    low: float


class Swings:
    """Swing highs and lows, told `right` bars later."""

    def __init__(self, left: int = 5, right: int = 5) -> None:
        self._left = whole("left", left)
        size = self._left + whole("right", right) + 1
        self._highs: Window[float] = Window(size)
        self._lows: Window[float] = Window(size)

    def update(self, high: float, low: float) -> SwingValues:
        return SwingValues(self._swing(self._highs.add(high)), -self._swing(self._lows.add(-low)))

    def _swing(self, values: Sequence[float] | None) -> float:
        if values is None:
            return math.nan
        here = values[self._left]
        before, after = values[: self._left], values[self._left + 1 :]
        swing = all(here > x for x in before) and all(here >= x for x in after)
        return here if swing else math.nan
