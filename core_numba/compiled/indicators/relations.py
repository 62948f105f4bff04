"""Rolling covariance, correlation and slope: see `core_numba.plain.indicators.relations`."""

from __future__ import annotations

import math

from core_numba.arrays import Floats
from core_numba.compiled.indicators.moments import join_windows
from core_numba.compiled.indicators.windows import chunk_size, scratch_rows, unused, warm_up
from core_numba.jit.exact import called_exactly, compiled_exactly

# Three scratch rows of each; the last row stays zero and stands for windows of one element.
_SUMS_X, _SUMS_Y, _SQUARES_X, _SQUARES_Y, _PRODUCTS, _ZERO = 0, 3, 6, 9, 12, 15


@called_exactly
def _row(rows: Floats, quantity: int, row: int) -> Floats:
    return rows[_ZERO] if row < 0 else rows[quantity + row]


@called_exactly
def _join_products(  # noqa: PLR0917
    x: Floats, y: Floats,
    a1: Floats, a2: Floats, b1: Floats, b2: Floats, c1: Floats, c2: Floats,
    first: int, second: int,
    c: Floats,
) -> None:  # fmt: skip
    later_x, later_y, p, q = x[first:], y[first:], float(first), float(second)
    one_p, one_q, weight = 1.0 / p, 1.0 / q, p * q / (p + q)
    for i in range(c.size):
        e = (a2[i] * one_q - a1[i] * one_p) + (later_x[i] - x[i])
        f = (b2[i] * one_q - b1[i] * one_p) + (later_y[i] - y[i])
        c[i] = (c1[i] + c2[i]) + e * f * weight


@called_exactly
def _join(  # noqa: PLR0917
    x: Floats, y: Floats, rows: Floats, earlier: int, later: int, first: int, second: int,
    into: int, count: int,
) -> None:  # fmt: skip
    """Row `earlier`, of windows of `first` elements, with row `later`, of the `second` after."""
    a1, a2 = _row(rows, _SUMS_X, earlier), _row(rows, _SUMS_X, later)[first:]
    b1, b2 = _row(rows, _SUMS_Y, earlier), _row(rows, _SUMS_Y, later)[first:]
    c1, c2 = _row(rows, _PRODUCTS, earlier), _row(rows, _PRODUCTS, later)[first:]
    _join_products(
        x, y, a1, a2, b1, b2, c1, c2, first, second, rows[_PRODUCTS + into][:count]
    )  # fmt: skip
    m1, m2 = _row(rows, _SQUARES_X, earlier), _row(rows, _SQUARES_X, later)[first:]
    join_windows(
        x, a1, a2, m1, m2, first, second,
        rows[_SUMS_X + into][:count], rows[_SQUARES_X + into][:count],
    )  # fmt: skip
    m1, m2 = _row(rows, _SQUARES_Y, earlier), _row(rows, _SQUARES_Y, later)[first:]
    join_windows(
        y, b1, b2, m1, m2, first, second,
        rows[_SUMS_Y + into][:count], rows[_SQUARES_Y + into][:count],
    )  # fmt: skip


@called_exactly
def _window_rows(x: Floats, y: Floats, window: int, rows: Floats) -> int:
    """Join up to windows of `window` elements; the row in which they end."""
    count, length, span, level, total = x.size, 0, 1, -1, -1
    while True:
        if window & span:
            if length == 0:
                total = level
            else:
                into = unused(level, total)
                _join(x, y, rows, total, level, length, span, into, count - length)
                total = into
            length += span
            if length == window:
                return total
        count -= span
        into = unused(level, total)
        _join(x, y, rows, level, level, span, span, into, count)
        level, span = into, span * 2


@called_exactly
def _correlate(xx: Floats, yy: Floats, xy: Floats, out: Floats) -> None:
    for i in range(out.size):
        r = xy[i] / (math.sqrt(xx[i]) * math.sqrt(yy[i]))
        r = min(r, 1.0)
        out[i] = max(r, -1.0)


@compiled_exactly("void(f8[::1], f8[::1], i8, f8, f8[::1], f8[::1], f8[::1])")
def window_relations(  # noqa: PLR0917
    x: Floats, y: Floats, window: int, divisor: float,
    covariance: Floats, correlation: Floats, slope: Floats,
) -> None:  # fmt: skip
    n, chunk = x.size, chunk_size(window)
    warm_up(window, covariance)
    warm_up(window, correlation)
    warm_up(window, slope)
    rows = scratch_rows(_ZERO + 1, min(chunk + window - 1, n))
    rows[_ZERO] = 0.0
    for start in range(0, n - window + 1, chunk):
        at, stop = start + window - 1, min(n, start + chunk + window - 1)
        row = _window_rows(x[start:stop], y[start:stop], window, rows)
        xx, yy = _row(rows, _SQUARES_X, row), _row(rows, _SQUARES_Y, row)
        xy = _row(rows, _PRODUCTS, row)
        _correlate(xx, yy, xy, correlation[at:stop])
        part_c, part_s = covariance[at:stop], slope[at:stop]
        for i in range(stop - at):
            part_c[i] = xy[i] / divisor
            part_s[i] = xy[i] / xx[i]
