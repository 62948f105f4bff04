"""Rolling sums, weighted sums and extremes: see `core_numba.plain.indicators.windows`.

Each window is summed by the same tree of pairs whatever its place, so nothing drifts and a stream
gives the same bits. Scratch rows are laid by the first element of a window; a chunk of them stays
in the nearest caches. One output per loop: LLVM gives vectors up where more than eight pairs of
arrays could overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core_numba.arrays import Floats
from core_numba.compiled.marks import any_nan
from core_numba.jit.exact import called_exactly, compiled_exactly, inlined_exactly
from core_numba.vmath.instructions import borrowed
from core_numba.vmath.lanes import Body, by_lanes

_LEAST_CHUNK = 512

Numbers = Sequence[Any]


@inlined_exactly
def chunk_size(window: int) -> int:
    """Long enough that the windows reaching back into the last chunk cost little."""
    return max(_LEAST_CHUNK, 8 * window)


@inlined_exactly
def scratch_rows(rows: int, width: int) -> Floats:
    """Rows that begin at different places of a memory page: else stores hold up loads."""
    return np.empty((rows, width + -width % 512 + 160))


@inlined_exactly
def unused(first: int, second: int) -> int:
    """One of 0, 1, 2 that is neither."""
    if first != 0 and second != 0:
        return 0
    return 1 if first != 1 and second != 1 else 2


@inlined_exactly
def warm_up(window: int, out: Floats) -> None:
    for i in range(min(out.size, window - 1)):
        out[i] = np.nan


@called_exactly
def add_pairs(a: Floats, b: Floats, scale: float, out: Floats) -> None:
    for i in range(out.size):
        out[i] = (a[i] + b[i]) * scale


@called_exactly
def window_sums(x: Floats, window: int, scale: float, scratch: Floats, out: Floats) -> None:
    """`scale` times the sum of every `window` of `x`, into `out`; `scratch` has three rows."""
    count, length, span = x.size, 0, 1
    level, level_row = x, -1
    total, total_row = x, -1
    while length + span < window or not window & span:
        if window & span:
            if length == 0:
                total, total_row = level, level_row
            else:
                total_row = unused(level_row, total_row)
                made = scratch[total_row]
                add_pairs(total, level[length:], 1.0, made[: count - length])
                total = made
            length += span
        count -= span
        level_row = unused(level_row, total_row)
        made = scratch[level_row]
        add_pairs(level, level[span:], 1.0, made[:count])
        level = made
        span *= 2
    if length:
        add_pairs(total, level[length:], scale, out)
    else:
        for i in range(out.size):
            out[i] = level[i] * scale


@compiled_exactly("void(f8[::1], i8, f8, f8[::1])")
def window_sum(x: Floats, window: int, scale: float, out: Floats) -> None:
    n, chunk = x.size, chunk_size(window)
    warm_up(window, out)
    scratch = scratch_rows(3, min(chunk + window - 1, n))
    for start in range(0, n - window + 1, chunk):
        stop = min(n, start + chunk + window - 1)
        window_sums(x[start:stop], window, scale, scratch, out[start + window - 1 : stop])


def _of_two(given: Numbers, _numbers: Numbers) -> Numbers:
    x, y = given[:2]
    return x + y, x + (y + y)


def _of_three(given: Numbers, numbers: Numbers) -> Numbers:
    total, weighted = _of_two(given, numbers)
    return total + given[2], weighted + given[2] * numbers[0]


def _of_halves(given: Numbers, numbers: Numbers) -> Numbers:
    """The later half's weights are all greater by its size: its plain sum that often more."""
    a, w, b, v = given[:4]
    return a + b, w + (v + b * numbers[0])


def _of_halves_and_one(given: Numbers, numbers: Numbers) -> Numbers:
    total, weighted = _of_halves(given, numbers)
    return total + given[4], weighted + given[4] * numbers[1]


def _scaled(body: Body) -> Body:
    """The last step: weighted sums alone, times the last of the numbers."""

    def step(given: Numbers, numbers: Numbers) -> Numbers:
        return (body(given, numbers)[1] * numbers[-1],)

    return step


_two, _three = by_lanes(_of_two), by_lanes(_of_three)
_even, _odd = by_lanes(_of_halves), by_lanes(_of_halves_and_one)
_last_two, _last_three = by_lanes(_scaled(_of_two)), by_lanes(_scaled(_of_three))
_last_even, _last_odd = by_lanes(_scaled(_of_halves)), by_lanes(_scaled(_of_halves_and_one))


@called_exactly
def _begin(x: Floats, rows: Floats, odd: bool, last: bool, scale: float, out: Floats) -> None:  # noqa: FBT001, PLR0917
    """Windows of two bars, or of three; of the next row's length where these are not the last."""
    y, z = x[1:], x[2:]
    total, weighted, count = rows[0], rows[1], x.size - 1
    if last and odd:
        _last_three(out.size, (out,), (x, y, z), (3.0, scale))
    elif last:
        _last_two(out.size, (out,), (x, y), (scale,))
    elif odd:
        _three(count - 1, (total, weighted), (x, y, z), (3.0,))
    else:
        _two(count, (total, weighted), (x, y), (0.0,))


@called_exactly
def _grow(  # noqa: PLR0917
    x: Floats, rows: Floats, size: int, odd: bool, last: bool, scale: float, out: Floats,  # noqa: FBT001
) -> None:  # fmt: skip
    """From windows of `size` bars to those twice as long, or longer by one more, in place."""
    a, w = rows[0], rows[1]
    b, v, made = a[size:], w[size:], 2 * size + (1 if odd else 0)
    span, count = float(size), x.size - made + 1
    z = x[made - 1 :]
    if last and odd:
        _last_odd(count, (out,), (a, w, b, v, z), (span, float(made), scale))
    elif last:
        _last_even(count, (out,), (a, w, b, v), (span, scale))
    elif odd:
        _odd(count, (a, w), (a, w, b, v, z), (span, float(made)))
    else:
        _even(count, (a, w), (a, w, b, v), (span,))


@called_exactly
def _weighted_sums(x: Floats, window: int, scale: float, rows: Floats, out: Floats) -> None:
    """Windows grow by the binary digits of their length: twice as long, or by one bar more."""
    if window == 1:
        for i in range(out.size):
            out[i] = x[i] * scale
        return
    digit = 1
    while 2 * digit <= window:
        digit *= 2
    size = 1
    while digit > 1:
        digit //= 2
        odd = window & digit != 0
        if size == 1:
            _begin(x, rows, odd, digit == 1, scale, out)
        else:
            _grow(x, rows, size, odd, digit == 1, scale, out)
        size = 2 * size + (1 if odd else 0)


@compiled_exactly("void(f8[::1], i8, f8, f8[::1])")
def window_weighted(x: Floats, window: int, scale: float, out: Floats) -> None:
    n, chunk = x.size, chunk_size(window)
    warm_up(window, out)
    scratch = scratch_rows(2, min(chunk + window - 1, n))
    rows, bars, target = borrowed(scratch), borrowed(x), borrowed(out)
    for start in range(0, n - window + 1, chunk):
        stop = min(n, start + chunk + window - 1)
        _weighted_sums(bars[start:stop], window, scale, rows, target[start + window - 1 : stop])
    scratch[0, 0] = 0.0  # it must live to here


@called_exactly
def _pair(x: Floats, shift: int, highest: bool, out: Floats) -> None:  # noqa: FBT001
    y = x[shift:]
    if highest:
        for i in range(out.size):
            out[i] = max(x[i], y[i])
    else:
        for i in range(out.size):
            out[i] = min(x[i], y[i])


@called_exactly
def _four(x: Floats, one: int, two: int, three: int, highest: bool, out: Floats) -> None:  # noqa: FBT001, PLR0917
    b, c, d = x[one:], x[two:], x[three:]
    if highest:
        for i in range(out.size):
            out[i] = max(x[i], b[i], c[i], d[i])
    else:
        for i in range(out.size):
            out[i] = min(x[i], b[i], c[i], d[i])


@called_exactly
def _void_windows(x: Floats, window: int, out: Floats) -> None:
    """NaN for the windows that hold one."""
    if not any_nan(x):
        return
    done = 0
    for i in range(x.size):
        if x[i] != x[i]:
            stop = min(i + 1, out.size)
            for k in range(max(done, i - window + 1), stop):
                out[k] = np.nan
            done = stop


@called_exactly
def window_extremes(x: Floats, window: int, highest: bool, scratch: Floats, out: Floats) -> None:  # noqa: FBT001
    """The highest or lowest of every `window` of `x`, into `out`; `scratch` has two rows.

    Of four windows side by side, until two or four that overlap make up the one asked for.
    """
    count, span, row, level = x.size, 1, 0, x
    while 4 * span < window:
        count -= 3 * span
        made = scratch[row][:count]
        _four(level, span, 2 * span, 3 * span, highest, made)
        level = made
        span, row = 4 * span, 1 - row
    last = window - span
    if window <= 2 * span:
        _pair(level, last, highest, out)
    else:
        _four(level, span, last - span, last, highest, out)
    _void_windows(x, window, out)


@compiled_exactly("void(f8[::1], i8, b1, f8[::1])")
def window_extreme(x: Floats, window: int, highest: bool, out: Floats) -> None:  # noqa: FBT001
    n, chunk = x.size, chunk_size(window)
    warm_up(window, out)
    scratch = scratch_rows(2, min(chunk + window - 1, n))
    for start in range(0, n - window + 1, chunk):
        stop = min(n, start + chunk + window - 1)
        target = out[start + window - 1 : stop]
        window_extremes(x[start:stop], window, highest, scratch, target)
