"""True range and what is smoothed of it: ATR, ADX, SuperTrend; as streams, and over arrays."""

from __future__ import annotations

import math
from typing import NamedTuple

from core_numba.arrays import Floats
from core_numba.plain.indicators.smoothing import wilder


def true_range(high: float, low: float, before: float) -> float:
    """The range of a bar together with the close before it (Wilder 1978)."""
    return max(high, before) - min(low, before)


def _finite(high: float, low: float, close: float) -> bool:
    return math.isfinite(high) and math.isfinite(low) and math.isfinite(close)


class Atr:
    """Average true range by Wilder's smoothing, begun by the mean of the first `period` ranges."""

    def __init__(self, period: int = 14) -> None:
        self._period, self._smooth = period, wilder(period)
        self._count, self._before, self._total = 0, 0.0, 0.0

    def update(self, high: float, low: float, close: float) -> float:
        if not _finite(high, low, close):
            self._count = 0
            return math.nan
        before, self._before = self._before, close
        self._count += 1
        if self._count == 1:
            self._total = 0.0
            return math.nan
        span = true_range(high, low, before)
        if self._count > self._period + 1:
            return self._smooth.step(span)
        self._total += span
        if self._count <= self._period:
            return math.nan
        mean = self._total / self._period
        self._smooth.seed(mean)
        return mean


class AdxLines(NamedTuple):
    """The average directional index, and the two directional indicators, 0 to 100 each."""

    adx: float
    plus: float
    minus: float


_NO_ADX = AdxLines(math.nan, math.nan, math.nan)


class Adx:
    """Wilder's directional movement. Where nothing has moved at all, ADX stays as it was."""

    def __init__(self, period: int = 14) -> None:
        self._period = period
        self._up, self._down, self._span = wilder(period), wilder(period), wilder(period)
        self._line = wilder(period)
        self._last = 0.0
        self._begin()

    def _begin(self) -> None:
        self._count, self._bar = 0, (0.0, 0.0, 0.0)
        self._totals, self._total = (0.0, 0.0, 0.0), 0.0

    def update(self, high: float, low: float, close: float) -> AdxLines:
        if not _finite(high, low, close):
            self._begin()
            return _NO_ADX
        (old_high, old_low, before), self._bar = self._bar, (high, low, close)
        self._count += 1
        if self._count == 1:
            return _NO_ADX
        rise, fall = high - old_high, old_low - low
        up = rise if rise > fall and rise > 0.0 else 0.0
        down = fall if fall > rise and fall > 0.0 else 0.0
        span = true_range(high, low, before)
        n = self._period
        if self._count <= n:
            a, b, c = self._totals
            self._totals = (a + up, b + down, c + span)
            return _NO_ADX
        if self._count == n + 1:
            for smooth, total in zip((self._up, self._down, self._span), self._totals, strict=True):
                smooth.seed(total / n)
        up, down, span = self._up.step(up), self._down.step(down), self._span.step(span)
        plus = 100.0 * (up / span) if span > 0.0 else 0.0
        minus = 100.0 * (down / span) if span > 0.0 else 0.0
        return AdxLines(self._index(plus, minus), plus, minus)

    def _index(self, plus: float, minus: float) -> float:
        moved = minus + plus != 0.0
        dx = 100.0 * (abs(minus - plus) / (minus + plus)) if moved else 0.0
        if self._count > 2 * self._period:
            if moved:
                self._last = self._line.step(dx)
            else:
                self._line.seed(self._last)
            return self._last
        self._total += dx
        if self._count < 2 * self._period:
            return math.nan
        self._last = self._total / self._period
        self._line.seed(self._last)
        return self._last


class TrendLine(NamedTuple):
    """The stop line, and 1 while the trend is up, -1 while it is down."""

    line: float
    direction: float


class SuperTrend:
    """Bands of `times` ATR about the middle of the bar that only move with the trend."""

    def __init__(self, period: int = 10, times: float = 3.0) -> None:
        self._atr, self._times = Atr(period), times
        self._upper = self._lower = self._trend = self._before = 0.0

    def update(self, high: float, low: float, close: float) -> TrendLine:
        return self.follow(high, low, close, self._atr.update(high, low, close))

    def follow(self, high: float, low: float, close: float, span: float) -> TrendLine:
        """As `update`, the average true range `span` given."""
        if not math.isfinite(span):
            self._trend = 0.0
            return TrendLine(math.nan, math.nan)
        middle = 0.5 * (high + low)
        above, below = middle + self._times * span, middle - self._times * span
        if self._trend == 0.0:
            self._upper, self._lower, self._trend = above, below, -1.0
        else:
            if above < self._upper or self._before > self._upper:
                self._upper = above
            if below > self._lower or self._before < self._lower:
                self._lower = below
            if self._trend < 0.0:
                self._trend = 1.0 if close > self._upper else -1.0
            else:
                self._trend = -1.0 if close < self._lower else 1.0
        self._before = close
        return TrendLine(self._lower if self._trend > 0.0 else self._upper, self._trend)


def atr(high: Floats, low: Floats, close: Floats, period: int, out: Floats) -> None:
    stream = Atr(period)
    for i in range(close.size):
        out[i] = stream.update(float(high[i]), float(low[i]), float(close[i]))


def adx(  # noqa: PLR0917
    high: Floats, low: Floats, close: Floats, period: int,
    line: Floats, plus: Floats, minus: Floats,
) -> None:  # fmt: skip
    stream = Adx(period)
    for i in range(close.size):
        bar = stream.update(float(high[i]), float(low[i]), float(close[i]))
        line[i], plus[i], minus[i] = bar


def supertrend(  # noqa: PLR0917
    high: Floats, low: Floats, close: Floats, ranged: Floats, times: float,
    line: Floats, direction: Floats,
) -> None:  # fmt: skip
    stream = SuperTrend(times=times)
    for i in range(close.size):
        bar = (float(high[i]), float(low[i]), float(close[i]), float(ranged[i]))
        line[i], direction[i] = stream.follow(*bar)
