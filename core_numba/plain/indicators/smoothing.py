"""EMA, RSI and MACD as streams, and over arrays.

Wilder's and exponential smoothing are ``y = keep y' + take x``. Unrolled four bars it reads
``y = keep^4 y'''' + take (x + keep x' + keep^2 x'' + keep^3 x''')``: the compiled form computes
that, as it has no long chain of operations that wait for each other; so does the stream, to the
bit. A bar that is not finite ends the line; a new one begins after it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from core_numba.arrays import Floats


class Smooth:
    """One smoothed line. `seed` it, then `step`."""

    def __init__(self, keep: float, take: float) -> None:
        square = keep * keep
        self._keep4 = square * square
        self._weights = (take, keep * take, square * take, square * keep * take)
        self._inputs = (math.nan, math.nan, math.nan)
        self._lines = (math.nan, math.nan, math.nan, math.nan)

    def seed(self, value: float) -> None:
        """As if the input had been `value` for ever."""
        self._inputs = (value, value, value)
        self._lines = (value, value, value, value)

    def step(self, x: float) -> float:
        w0, w1, w2, w3 = self._weights
        x1, x2, x3 = self._inputs
        y1, y2, y3, y4 = self._lines
        y = self._keep4 * y4 + ((w0 * x + w1 * x1) + (w2 * x2 + w3 * x3))
        self._inputs, self._lines = (x, x1, x2), (y, y1, y2, y3)
        return y


def wilder(period: int) -> Smooth:
    return Smooth(1.0 - 1.0 / period, 1.0 / period)


def exponential(period: int) -> Smooth:
    take = 2.0 / (period + 1.0)
    return Smooth(1.0 - take, take)


class Ema:
    """Exponential moving average, begun by the mean of the first `period` bars."""

    def __init__(self, period: int, *, smooth: Smooth | None = None) -> None:
        self._period = period
        self._smooth = smooth if smooth is not None else exponential(period)
        self._count, self._total = 0, 0.0

    def update(self, x: float) -> float:
        if not math.isfinite(x):
            self._count, self._total = 0, 0.0
            return math.nan
        self._count += 1
        if self._count > self._period:
            return self._smooth.step(x)
        self._total += x
        if self._count < self._period:
            return math.nan
        mean = self._total / self._period
        self._smooth.seed(mean)
        return mean


class Rsi:
    """Wilder's relative strength index, 0 to 100; 0 where there was no change at all."""

    def __init__(self, period: int = 14) -> None:
        self._period = period
        self._gains, self._losses = wilder(period), wilder(period)
        self._count, self._before, self._gain, self._loss = 0, 0.0, 0.0, 0.0

    def update(self, x: float) -> float:
        if not math.isfinite(x):
            self._count = 0
            return math.nan
        change, self._before = x - self._before, x
        self._count += 1
        if self._count == 1:
            self._gain = self._loss = 0.0
            return math.nan
        up, down = max(change, 0.0), max(-change, 0.0)
        if self._count <= self._period + 1:
            self._gain += up
            self._loss += down
            if self._count <= self._period:
                return math.nan
            gain, loss = self._gain / self._period, self._loss / self._period
            self._gains.seed(gain)
            self._losses.seed(loss)
        else:
            gain, loss = self._gains.step(up), self._losses.step(down)
        return 100.0 * (gain / (gain + loss)) if gain + loss > 0.0 else 0.0


class MacdLines(NamedTuple):
    """The difference of two averages, its own average, and what lies between."""

    line: float
    signal: float
    histogram: float


_NO_LINES = MacdLines(math.nan, math.nan, math.nan)


class Macd:
    """Moving average convergence and divergence; all three lines begin with the signal."""

    def __init__(self, fast: int = 12, slow: int = 26, signal: int = 9) -> None:
        self._periods = (fast, slow, signal)
        self._quick, self._heavy = exponential(fast), exponential(slow)
        self._signal = exponential(signal)
        self._count, self._totals, self._total = 0, (0.0, 0.0), 0.0

    def update(self, x: float) -> MacdLines:
        if not math.isfinite(x):
            self._count, self._totals, self._total = 0, (0.0, 0.0), 0.0
            return _NO_LINES
        fast, slow, signal = self._periods
        self._count += 1
        if self._count <= slow:
            quick, heavy = self._totals
            self._totals = (quick + x if self._count > slow - fast else quick, heavy + x)
            if self._count < slow:
                return _NO_LINES
            quick, heavy = self._totals[0] / fast, self._totals[1] / slow
            self._quick.seed(quick)
            self._heavy.seed(heavy)
        else:
            quick, heavy = self._quick.step(x), self._heavy.step(x)
        line = quick - heavy
        if self._count >= slow + signal:
            average = self._signal.step(line)
            return MacdLines(line, average, line - average)
        self._total += line
        if self._count < slow + signal - 1:
            return _NO_LINES
        average = self._total / signal
        self._signal.seed(average)
        return MacdLines(line, average, line - average)


def ema(x: Floats, period: int, keep: float, take: float, out: Floats) -> None:
    stream = Ema(period, smooth=Smooth(keep, take))
    for i in range(x.size):
        out[i] = stream.update(float(x[i]))


def rsi(x: Floats, period: int, out: Floats) -> None:
    stream = Rsi(period)
    for i in range(x.size):
        out[i] = stream.update(float(x[i]))


def macd(  # noqa: PLR0917
    x: Floats, fast: int, slow: int, signal: int, line: Floats, smoothed: Floats, rest: Floats
) -> None:
    stream = Macd(fast, slow, signal)
    for i in range(x.size):
        line[i], smoothed[i], rest[i] = stream.update(float(x[i]))
