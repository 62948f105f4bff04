"""Rolling means, variances, skewness and kurtosis: see `core_numba.plain.indicators.moments`.

Sums are of distances from the first element of their window, and the squares of two halves are
joined by the distance of their means: a large common level costs no digits.

Scratch is one table, rows named by number: a slice handed to a function costs as much as 50 bars.
"""

from __future__ import annotations

import math

from core_numba.arrays import Floats
from core_numba.compiled.indicators.windows import chunk_size, scratch_rows, unused, warm_up
from core_numba.jit.exact import called_exactly, compiled_exactly, inlined_exactly

SQUARES = 3
"""Rows 0 to 2 are sums of distances, these and the next two sums of squares."""
_ZERO = 6


@called_exactly
def _join(  # noqa: PLR0917
    x: Floats, rows: Floats, earlier: int, later: int, first: int, second: int, into: int,
    count: int,
) -> None:  # fmt: skip
    """Windows of `first` elements, in row `earlier`, and of the `second` elements after them."""
    y, p, q = x[first:], float(first), float(second)
    one_p, one_q, weight = 1.0 / p, 1.0 / q, p * q / (p + q)
    if earlier < 0:
        a1, m1 = rows[_ZERO], rows[_ZERO]
    else:
        a1, m1 = rows[earlier], rows[SQUARES + earlier]
    a2, m2 = rows[later][first:], rows[SQUARES + later][first:]
    a, m = rows[into], rows[SQUARES + into]
    for i in range(count):
        d = y[i] - x[i]
        e = (a2[i] * one_q - a1[i] * one_p) + d
        a[i] = a1[i] + (a2[i] + q * d)
        m[i] = (m1[i] + m2[i]) + e * e * weight


@called_exactly
def _pairs(x: Floats, rows: Floats, count: int) -> None:
    """Windows of two elements, into row 0."""
    y, a, m = x[1:], rows[0], rows[SQUARES]
    for i in range(count):
        d = y[i] - x[i]
        a[i] = d
        m[i] = d * d * 0.5


@called_exactly
def _fours(x: Floats, rows: Floats, count: int) -> None:
    """Windows of four elements, into row 0; as if joined from pairs."""
    y, z, w, a, m = x[1:], x[2:], x[3:], rows[0], rows[SQUARES]
    for i in range(count):
        d, f, g = y[i] - x[i], w[i] - z[i], z[i] - x[i]
        e = (f * 0.5 - d * 0.5) + g
        a[i] = d + (f + 2.0 * g)
        m[i] = (d * d * 0.5 + f * f * 0.5) + e * e


@called_exactly
def window_moments(x: Floats, window: int, rows: Floats) -> int:
    """The row that holds sums of distances from a window's first element.

    `SQUARES` rows further are sums of squared distances from its mean.
    """
    count, length, span, level, total = x.size, 0, 1, -1, -1
    if window == 1:
        nothing = rows[_ZERO]
        for i in range(count):
            nothing[i] = x[i] - x[i]  # NaN where there is no bar
    while True:
        if window & span:
            if length == 0:
                total = level
            else:
                into = unused(level, total)
                _join(x, rows, total, level, length, span, into, count - length)
                total = into
            length += span
            if length == window:
                return total
        if span == 1 and window >= 4 and window & 2 == 0:
            count, span, level = count - 3, 4, 0
            _fours(x, rows, count)
            continue
        count -= span
        if span == 1:
            level = 0
            _pairs(x, rows, count)
        else:
            into = unused(level, total)
            _join(x, rows, level, level, span, span, into, count)
            level = into
        span *= 2


@inlined_exactly
def moment_rows(window: int, size: int) -> Floats:
    """Scratch for `window_moments` of chunks of up to `size` bars."""
    rows = scratch_rows(_ZERO + 1, min(chunk_size(window) + window - 1, size))
    rows[_ZERO] = 0.0
    return rows


@inlined_exactly
def row_or_zero(rows: Floats, row: int) -> Floats:
    """A window of one element is in no row."""
    found: Floats = rows[_ZERO] if row < 0 else rows[row]
    return found


@called_exactly
def means_of(x: Floats, rows: Floats, row: int, window: int, out: Floats) -> None:
    a, one = row_or_zero(rows, row), 1.0 / window
    for i in range(out.size):
        out[i] = x[i] + a[i] * one


@called_exactly
def _spreads(rows: Floats, row: int, divisor: float, root: bool, out: Floats) -> None:  # noqa: FBT001
    m, share = row_or_zero(rows, SQUARES + row if row >= 0 else -1), 1.0 / divisor
    if root:
        for i in range(out.size):
            out[i] = math.sqrt(m[i] * share)
    else:
        for i in range(out.size):
            out[i] = m[i] * share


@compiled_exactly("void(f8[::1], i8, f8, b1, f8[::1], f8[::1])")
def window_spread(  # noqa: PLR0917
    x: Floats, window: int, divisor: float, root: bool, mean: Floats, spread: Floats,  # noqa: FBT001
) -> None:  # fmt: skip
    n, chunk = x.size, chunk_size(window)
    warm_up(window, mean)
    warm_up(window, spread)
    rows = moment_rows(window, n)
    for start in range(0, n - window + 1, chunk):
        at, stop = start + window - 1, min(n, start + chunk + window - 1)
        row = window_moments(x[start:stop], window, rows)
        if mean.size:
            means_of(x[start:], rows, row, window, mean[at:stop])
        _spreads(rows, row, divisor, root, spread[at:stop])


@compiled_exactly("void(f8[::1], i8, f8, f8, f8[::1], f8[::1], f8[::1])")
def bollinger(  # noqa: PLR0917
    x: Floats, window: int, above: float, below: float,
    upper: Floats, middle: Floats, lower: Floats,
) -> None:  # fmt: skip
    n, chunk = x.size, chunk_size(window)
    warm_up(window, upper)
    warm_up(window, middle)
    warm_up(window, lower)
    rows = moment_rows(window, n)
    one = 1.0 / window
    for start in range(0, n - window + 1, chunk):
        at, stop = start + window - 1, min(n, start + chunk + window - 1)
        part = x[start:stop]
        row = window_moments(part, window, rows)
        a, m = row_or_zero(rows, row), row_or_zero(rows, SQUARES + row if row >= 0 else -1)
        up, middles, low = upper[at:stop], middle[at:stop], lower[at:stop]
        for i in range(up.size):
            mean = part[i] + a[i] * one
            deviation = math.sqrt(m[i] * one)
            up[i] = mean + above * deviation
            middles[i] = mean
            low[i] = mean - below * deviation


@called_exactly
def _add_powers(x: Floats, mean: Floats, cubes: Floats, fourths: Floats) -> None:
    for i in range(mean.size):
        d = x[i] - mean[i]
        cube = d * d * d
        cubes[i] += cube
        fourths[i] += cube * d


@compiled_exactly("void(f8[::1], i8, f8[::1], f8[::1])")
def window_shape(x: Floats, window: int, skewness: Floats, kurtosis: Floats) -> None:
    n, chunk = x.size, chunk_size(window)
    warm_up(window, skewness)
    warm_up(window, kurtosis)
    rows, work = moment_rows(window, n), scratch_rows(3, chunk)
    w = float(window)
    one = 1.0 / w
    skew_factor = math.sqrt(w * (w - 1.0)) / (w - 2.0)
    factor = (w - 1.0) / ((w - 2.0) * (w - 3.0))
    for start in range(0, n - window + 1, chunk):
        at, stop = start + window - 1, min(n, start + chunk + window - 1)
        part, size = x[start:stop], stop - at
        row = window_moments(part, window, rows)
        m = rows[SQUARES + row]
        mean, cubes, fourths = work[0][:size], work[1][:size], work[2][:size]
        means_of(part, rows, row, window, mean)
        for i in range(size):
            cubes[i] = 0.0
            fourths[i] = 0.0
        for k in range(window):
            _add_powers(part[k:], mean, cubes, fourths)
        skews, kurts = skewness[at:stop], kurtosis[at:stop]
        for i in range(size):
            variance = m[i] * one
            skews[i] = skew_factor * (cubes[i] * one / (variance * math.sqrt(variance)))
            tail = fourths[i] * one / (variance * variance)
            kurts[i] = factor * ((w + 1.0) * tail - 3.0 * (w - 1.0))
