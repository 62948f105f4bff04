"""EMA, RSI, MACD: see `core_numba.plain.indicators.smoothing`.

``y = a y' + b x`` four bars at a time, from the line of four bars ago: four short chains side by
side where the plain recursion is one long one. The stream does the same operations.
"""

from __future__ import annotations

import numpy as np

from core_numba.arrays import Floats
from core_numba.compiled.indicators.chains import smooth_fours, smooth_two_fours
from core_numba.jit.exact import called_exactly, compiled_exactly, inlined_exactly

CHUNK = 512
LINE = 4
"""Where the new values begin in a smoothed row; the last four of the bars before stand first."""
INPUT = 3
"""Where the new values begin in a row of inputs; the last three before stand first."""


@inlined_exactly
def rows(count: int) -> Floats:
    """Scratch rows that begin at different places of a memory page."""
    return np.empty((count, CHUNK + 160))


@inlined_exactly
def seed(x: Floats, y: Floats, value: float) -> None:
    """As if the input had been `value` for ever."""
    for i in range(INPUT):
        x[i] = value
    for i in range(LINE):
        y[i] = value


@inlined_exactly
def _rest(x: Floats, y: Floats, done: int, count: int, keep: float, take: float) -> None:  # noqa: PLR0917
    """The last values, fewer than four."""
    keep2 = keep * keep
    w1, w2, w3, keep4 = keep * take, keep2 * take, keep2 * keep * take, keep2 * keep2
    for i in range(done, count):
        fresh = (take * x[i + 3] + w1 * x[i + 2]) + (w2 * x[i + 1] + w3 * x[i])
        y[i + LINE] = keep4 * y[i] + fresh


@called_exactly
def smooth(x: Floats, y: Floats, count: int, keep: float, take: float) -> None:
    """``y = keep y' + take x`` for `count` new values."""
    square = keep * keep
    w1, w2, w3 = keep * take, square * take, square * keep * take
    fours = count // LINE
    smooth_fours(fours, x, y, square * square, take, w1, w2, w3)
    _rest(x, y, fours * LINE, count, keep, take)


@called_exactly
def smooth_two(  # noqa: PLR0917
    x: Floats, y: Floats, keep_y: float, take_y: float,
    v: Floats, z: Floats, keep_z: float, take_z: float,
    count: int,
) -> None:  # fmt: skip
    """Two lines at once: one's operations fill the waits of the other."""
    p, q = keep_y * keep_y, keep_z * keep_z
    fours = count // LINE
    smooth_two_fours(
        fours,
        x, y, p * p, take_y, keep_y * take_y, p * take_y, p * keep_y * take_y,
        v, z, q * q, take_z, keep_z * take_z, q * take_z, q * keep_z * take_z,
    )  # fmt: skip
    _rest(x, y, fours * LINE, count, keep_y, take_y)
    _rest(v, z, fours * LINE, count, keep_z, take_z)


@inlined_exactly
def forward_inputs(x: Floats, count: int) -> None:
    """The last inputs to the front, for the next chunk."""
    for i in range(INPUT):
        x[i] = x[count + i]


@inlined_exactly
def forward(x: Floats, y: Floats, count: int) -> None:
    """The last inputs and values to the front, for the next chunk."""
    forward_inputs(x, count)
    for i in range(LINE):
        y[i] = y[count + i]


@called_exactly
def finite_from(x: Floats, start: int) -> int:
    """The first place from `start` on that holds a finite number; the size where none does."""
    i = start
    while i < x.size and x[i] - x[i] != 0.0:
        i += 1
    return i


@called_exactly
def finite_count(x: Floats, start: int, stop: int) -> int:
    """How many numbers are finite from `start` on before the first that is not; up to `stop`."""
    i = start
    while i < stop and x[i] - x[i] == 0.0:
        i += 1
    return i - start


@inlined_exactly
def broken(y: Floats) -> bool:
    """Whether one of the last inputs was not finite: it is in all four chains then."""
    return bool((y[0] - y[0]) + (y[1] - y[1]) + (y[2] - y[2]) + (y[3] - y[3]) != 0.0)


@inlined_exactly
def void(out: Floats, start: int, stop: int) -> None:
    for i in range(start, stop):
        out[i] = np.nan


@inlined_exactly
def chunk_count(first: bool, left: int) -> int:  # noqa: FBT001
    """The first chunk has as many bars as the next ones look back for."""
    return min(LINE if first else CHUNK, left)


@called_exactly
def line_of(first: bool, made: Floats, out: Floats, start: int) -> Floats:  # noqa: FBT001
    """The row to smooth into: the output itself, once it holds the bars before."""
    return made if first else out[start - LINE :]


@inlined_exactly
def copy_line(made: Floats, out: Floats) -> None:
    for i in range(out.size):
        out[i] = made[LINE + i]


# A run begins at a finite bar and ends before the next one that is not; it says how long it was.


@called_exactly
def _ema_run(x: Floats, period: int, keep: float, take: float, out: Floats) -> int:
    early = finite_count(x, 0, min(x.size, period))
    void(out, 0, min(early, period - 1))
    if early < period:
        return early
    total = 0.0
    for i in range(period):
        total += x[i]
    mean = total / period
    out[period - 1] = mean
    work = rows(2)
    given, made = work[0], work[1]
    seed(given, made, mean)
    start = period
    while start < x.size:
        count = chunk_count(start == period, x.size - start)
        fresh, source = given[INPUT:], x[start:]
        for i in range(count):
            fresh[i] = source[i]
        line = line_of(start == period, made, out, start)
        smooth(given, line, count, keep, take)
        forward_inputs(given, count)
        if start == period:
            copy_line(made, out[start : start + count])
        if broken(line[count:]):
            good = finite_count(x, start, start + count)
            if good < count:
                return start + good
        start += count
    return x.size


@compiled_exactly("void(f8[::1], i8, f8, f8, f8[::1])")
def ema(x: Floats, period: int, keep: float, take: float, out: Floats) -> None:
    start = 0
    while start < x.size:
        first = finite_from(x, start)
        void(out, start, first)
        start = first + _ema_run(x[first:], period, keep, take, out[first:])


@called_exactly
def _rsi_run(x: Floats, period: int, out: Floats) -> int:
    early = finite_count(x, 0, min(x.size, period + 1))
    void(out, 0, min(early, period))
    if early <= period:
        return early
    gain, loss = 0.0, 0.0
    for i in range(1, period + 1):
        change = x[i] - x[i - 1]
        gain += max(0.0, change)
        loss += -change if change < 0.0 else 0.0
    gain, loss = gain / period, loss / period
    out[period] = 100.0 * (gain / (gain + loss)) if gain + loss > 0.0 else 0.0
    take = 1.0 / period
    keep = 1.0 - take
    work = rows(4)
    ups, downs, gains, losses = work[0], work[1], work[2], work[3]
    seed(ups, gains, gain)
    seed(downs, losses, loss)
    for start in range(period + 1, x.size, CHUNK):
        count = min(CHUNK, x.size - start)
        up, down, now, before = ups[INPUT:], downs[INPUT:], x[start:], x[start - 1 :]
        for i in range(count):
            change = now[i] - before[i]
            up[i] = 0.0 if change <= 0.0 else change  # noqa: FURB136 - max loses NaN
            down[i] = 0.0 if change >= 0.0 else -change
        smooth_two(ups, gains, keep, take, downs, losses, keep, take, count)
        target, g, l = out[start:], gains[LINE:], losses[LINE:]  # noqa: E741
        for i in range(count):
            both = g[i] + l[i]
            share = 100.0 * (g[i] / both)
            target[i] = share if both > 0.0 else 0.0
        forward(ups, gains, count)
        forward(downs, losses, count)
        if broken(gains):
            good = finite_count(x, start, start + count)
            if good < count:
                return start + good
    return x.size


@compiled_exactly("void(f8[::1], i8, f8[::1])")
def rsi(x: Floats, period: int, out: Floats) -> None:
    start = 0
    while start < x.size:
        first = finite_from(x, start)
        void(out, start, first)
        start = first + _rsi_run(x[first:], period, out[first:])


@inlined_exactly
def ema_weight(period: int) -> float:
    return 2.0 / (period + 1.0)


@called_exactly
def _mean(x: Floats, start: int, stop: int) -> float:
    total = 0.0
    for i in range(start, stop):
        total += x[i]
    return total / (stop - start)


@called_exactly
def _macd_run(  # noqa: C901, PLR0912, PLR0915, PLR0917
    x: Floats, fast: int, slow: int, signal: int, line: Floats, smoothed: Floats, rest: Floats
) -> int:
    lead = slow + signal - 2
    early = finite_count(x, 0, min(x.size, lead + 1))
    void(line, 0, min(early, lead))
    void(smoothed, 0, min(early, lead))
    void(rest, 0, min(early, lead))
    if early <= lead:
        return early
    work = rows(6)
    given, quick, heavy, lines, signals = work[0], work[1], work[2], work[3], work[4]
    quick_seed, heavy_seed = _mean(x, slow - fast, slow), _mean(x, 0, slow)
    seed(given, quick, quick_seed)
    given_heavy = work[5]
    seed(given_heavy, heavy, heavy_seed)
    quick_take, heavy_take, signal_take = ema_weight(fast), ema_weight(slow), ema_weight(signal)
    difference = quick_seed - heavy_seed
    total = difference
    start, last = slow, slow + signal - 1
    begun = signal == 1
    if begun:
        seed(lines, signals, difference)
        line[lead], smoothed[lead], rest[lead] = difference, difference, 0.0
    while start < x.size:
        stop = min(x.size, start + CHUNK)
        if not begun:
            stop = min(stop, last)
        count = stop - start
        source, fresh, fresh_heavy = x[start:], given[INPUT:], given_heavy[INPUT:]
        for i in range(count):
            fresh[i] = source[i]
            fresh_heavy[i] = source[i]
        smooth_two(
            given, quick, 1.0 - quick_take, quick_take,
            given_heavy, heavy, 1.0 - heavy_take, heavy_take, count,
        )  # fmt: skip
        q, h, d = quick[LINE:], heavy[LINE:], lines[INPUT:]
        for i in range(count):
            d[i] = q[i] - h[i]
        if begun:
            smooth(lines, signals, count, 1.0 - signal_take, signal_take)
            s, out_line, out_signal = signals[LINE:], line[start:], smoothed[start:]
            out_rest = rest[start:]
            for i in range(count):
                out_line[i] = d[i]
                out_signal[i] = s[i]
            for i in range(count):
                out_rest[i] = d[i] - s[i]
            forward(lines, signals, count)
        else:
            for i in range(count):
                total += d[i]
            if stop == last:
                mean = total / signal
                line[lead], smoothed[lead] = d[count - 1], mean
                rest[lead] = d[count - 1] - mean
                seed(lines, signals, mean)
                begun = True
        forward(given, quick, count)
        forward(given_heavy, heavy, count)
        if broken(quick):
            good = finite_count(x, start, stop)
            if good < count:
                return start + good
        start = stop
    return x.size


@compiled_exactly("void(f8[::1], i8, i8, i8, f8[::1], f8[::1], f8[::1])")
def macd(  # noqa: PLR0917
    x: Floats, fast: int, slow: int, signal: int, line: Floats, smoothed: Floats, rest: Floats
) -> None:
    start = 0
    while start < x.size:
        first = finite_from(x, start)
        void(line, start, first)
        void(smoothed, start, first)
        void(rest, start, first)
        start = first + _macd_run(
            x[first:], fast, slow, signal, line[first:], smoothed[first:], rest[first:]
        )  # fmt: skip
