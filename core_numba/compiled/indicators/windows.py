"""Rolling sums, weighted sums and extremes: see `core_numba.plain.indicators.windows`.

Each window is summed by the same tree of pairs whatever its place, so nothing drifts and a stream
gives the same bits. Scratch rows are laid by the first element of a window; a chunk of them stays
in the nearest caches. One output per loop: LLVM gives vectors up where more than eight pairs of
arrays could overlap.
"""

from __future__ import annotations

import numpy as np

from core_numba.arrays import Floats
from core_numba.compiled.marks import any_nan
from core_numba.jit.exact import called_exactly, compiled_exactly, inlined_exactly

_LEAST_CHUNK = 512


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


@called_exactly
def _weigh(w: Floats, y: Floats, v: Floats, p: float, scale: float, out: Floats) -> None:  # noqa: PLR0917
    for i in range(out.size):
        out[i] = (w[i] + (v[i] + p * y[i])) * scale


@called_exactly
def _pairs(x: Floats, rows: Floats, count: int) -> None:
    """Plain and weighted sums of windows of two, into rows 0 and 3."""
    y, total, out = x[1:], rows[0], rows[3]
    for i in range(count):
        total[i] = x[i] + y[i]
        out[i] = x[i] + (y[i] + y[i])


@called_exactly
def _double(rows: Floats, sums: int, weighted: int, span: int, into: int, count: int) -> None:  # noqa: PLR0917
    """Plain and weighted sums of windows twice as long."""
    a, b, w, v = rows[sums], rows[sums][span:], rows[weighted], rows[weighted][span:]
    total, out, p = rows[into], rows[3 + into], float(span)
    for i in range(count):
        total[i] = a[i] + b[i]
        out[i] = w[i] + (v[i] + p * b[i])


@called_exactly
def _weigh_in(  # noqa: PLR0917
    rows: Floats, sums: int, earlier: int, later: int, length: int, into: int, count: int
) -> None:
    """The later windows' weights are all greater by `length`: their plain sums that often more."""
    w, v, y, out = rows[earlier], rows[later][length:], rows[sums][length:], rows[into]
    p = float(length)
    for i in range(count):
        out[i] = w[i] + (v[i] + p * y[i])


@called_exactly
def _weighted_sums(x: Floats, window: int, scale: float, rows: Floats, out: Floats) -> None:
    """Rows 0 to 2 are plain sums, the next three weighted ones, the last the bars themselves."""
    count, length, span, level, total = x.size, 0, 1, -1, -1
    if window & 1:
        bars = rows[6]
        for i in range(count):
            bars[i] = x[i]
    else:
        count, span, level = count - 1, 2, 0
        _pairs(x, rows, count)
    while length + span < window or not window & span:
        s, w = (6, 6) if level < 0 else (level, 3 + level)
        if window & span:
            if length == 0:
                total = level
            else:
                into = unused(level, total)
                before = 6 if total < 0 else 3 + total
                _weigh_in(rows, s, before, w, length, 3 + into, count - length)
                total = into
            length += span
        count -= span
        into = unused(level, total)
        _double(rows, s, w, span, into, count)
        level = into
        span *= 2
    s, w = (6, 6) if level < 0 else (level, 3 + level)
    if length:
        before = 6 if total < 0 else 3 + total
        _weigh(rows[before], rows[s][length:], rows[w][length:], length, scale, out)
    else:
        for i in range(out.size):
            out[i] = rows[w][i] * scale


@compiled_exactly("void(f8[::1], i8, f8, f8[::1])")
def window_weighted(x: Floats, window: int, scale: float, out: Floats) -> None:
    n, chunk = x.size, chunk_size(window)
    warm_up(window, out)
    width = min(chunk + window - 1, n)
    rows = scratch_rows(7, width)
    for start in range(0, n - window + 1, chunk):
        stop = min(n, start + chunk + window - 1)
        target = out[start + window - 1 : stop]
        _weighted_sums(x[start:stop], window, scale, rows, target)


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
