"""Rolling means, variances, skewness and kurtosis: see `core_numba.plain.indicators.moments`.

Sums are of distances from the first element of their window, and the squares of two halves are
joined by the distance of their means: a large common level costs no digits.
"""

from __future__ import annotations

import math

from core_numba.arrays import Floats
from core_numba.compiled.indicators.windows import chunk_size, scratch_rows, unused, warm_up
from core_numba.jit.exact import called_exactly, compiled_exactly


@called_exactly
def join_windows(  # noqa: PLR0917
    x: Floats,
    a1: Floats, a2: Floats, m1: Floats, m2: Floats,
    first: int, second: int,
    a: Floats, m: Floats,
) -> None:  # fmt: skip
    """Windows of `first` elements and those of the `second` elements after them."""
    y, p, q = x[first:], float(first), float(second)
    one_p, one_q, weight = 1.0 / p, 1.0 / q, p * q / (p + q)
    for i in range(a.size):
        d = y[i] - x[i]
        e = (a2[i] * one_q - a1[i] * one_p) + d
        a[i] = a1[i] + (a2[i] + q * d)
        m[i] = (m1[i] + m2[i]) + e * e * weight


@called_exactly
def _pair(x: Floats, a: Floats, m: Floats) -> None:
    y = x[1:]
    for i in range(a.size):
        d = y[i] - x[i]
        a[i] = d
        m[i] = d * d * 0.5


@called_exactly
def window_moments(x: Floats, window: int, sums: Floats, squares: Floats) -> tuple[Floats, Floats]:
    """Sums of distances from a window's first element, and of squared distances from its mean.

    `sums` and `squares` are scratch of four rows; the last one of each is zero.
    """
    count, length, span = x.size, 0, 1
    a, m, row = sums[3], squares[3], -1
    total_a, total_m, total_row = a, m, -1
    while True:
        if window & span:
            if length == 0:
                total_a, total_m, total_row = a, m, row
            else:
                total_row = unused(row, total_row)
                size = count - length
                next_a, next_m = sums[total_row][:size], squares[total_row][:size]
                join_windows(
                    x, total_a, a[length:], total_m, m[length:],
                    length, span, next_a, next_m,
                )  # fmt: skip
                total_a, total_m = next_a, next_m
            length += span
            if length == window:
                return total_a, total_m
        count -= span
        row = unused(row, total_row)
        next_a, next_m = sums[row][:count], squares[row][:count]
        if span == 1:
            _pair(x, next_a, next_m)
        else:
            join_windows(x, a, a[span:], m, m[span:], span, span, next_a, next_m)
        a, m = next_a, next_m
        span *= 2


@compiled_exactly("void(f8[::1], i8, f8, b1, f8[::1], f8[::1])")
def window_spread(  # noqa: PLR0917
    x: Floats,
    window: int,
    divisor: float,
    root: bool,
    mean: Floats,
    spread: Floats,  # noqa: FBT001
) -> None:
    n, chunk = x.size, chunk_size(window)
    warm_up(window, mean)
    warm_up(window, spread)
    width = min(chunk + window - 1, n)
    sums, squares = scratch_rows(4, width), scratch_rows(4, width)
    sums[3] = 0.0
    squares[3] = 0.0
    one, share = 1.0 / window, 1.0 / divisor
    for start in range(0, n - window + 1, chunk):
        stop = min(n, start + chunk + window - 1)
        part = x[start:stop]
        a, m = window_moments(part, window, sums, squares)
        means, spreads = mean[start + window - 1 : stop], spread[start + window - 1 : stop]
        if root:
            for i in range(means.size):
                means[i] = part[i] + a[i] * one
                spreads[i] = math.sqrt(m[i] * share)
        else:
            for i in range(means.size):
                means[i] = part[i] + a[i] * one
                spreads[i] = m[i] * share


@compiled_exactly("void(f8[::1], i8, f8, f8, f8[::1], f8[::1], f8[::1])")
def bollinger(  # noqa: PLR0917
    x: Floats, window: int, above: float, below: float,
    upper: Floats, middle: Floats, lower: Floats,
) -> None:  # fmt: skip
    n, chunk = x.size, chunk_size(window)
    warm_up(window, upper)
    warm_up(window, middle)
    warm_up(window, lower)
    width = min(chunk + window - 1, n)
    sums, squares = scratch_rows(4, width), scratch_rows(4, width)
    sums[3] = 0.0
    squares[3] = 0.0
    one = 1.0 / window
    for start in range(0, n - window + 1, chunk):
        first, stop = start + window - 1, min(n, start + chunk + window - 1)
        part = x[start:stop]
        a, m = window_moments(part, window, sums, squares)
        up, middles, low = upper[first:stop], middle[first:stop], lower[first:stop]
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
    width = min(chunk + window - 1, n)
    sums, squares, rows = scratch_rows(4, width), scratch_rows(4, width), scratch_rows(3, width)
    sums[3] = 0.0
    squares[3] = 0.0
    w = float(window)
    one = 1.0 / w
    skew_factor = math.sqrt(w * (w - 1.0)) / (w - 2.0)
    factor = (w - 1.0) / ((w - 2.0) * (w - 3.0))
    for start in range(0, n - window + 1, chunk):
        at, stop = start + window - 1, min(n, start + chunk + window - 1)
        part = x[start:stop]
        a, m = window_moments(part, window, sums, squares)
        size = stop - at
        mean, cubes, fourths = rows[0][:size], rows[1][:size], rows[2][:size]
        for i in range(size):
            mean[i] = part[i] + a[i] * one
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
