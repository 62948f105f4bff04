"""Rolling covariance, correlation and slope: see `core_numba.plain.indicators.relations`."""

from __future__ import annotations

import math

from core_numba.arrays import Floats
from core_numba.compiled.indicators.windows import chunk_size, scratch_rows, unused, warm_up
from core_numba.jit.exact import called_exactly, compiled_exactly, inlined_exactly

# Three scratch rows of each; the last row stays zero and stands for windows of one element.
_X, _Y, _XX, _YY, _XY, _ZERO = 0, 3, 6, 9, 12, 15


@inlined_exactly
def _row(rows: Floats, quantity: int, row: int) -> Floats:
    found: Floats = rows[_ZERO] if row < 0 else rows[quantity + row]
    return found


@called_exactly
def _join_one(  # noqa: PLR0917
    x: Floats, rows: Floats, sums: int, squares: int,
    earlier: int, later: int, first: int, second: int, into: int, count: int,
) -> None:  # fmt: skip
    """Of one series: windows of `first` elements, and of the `second` elements after them."""
    z, p, q = x[first:], float(first), float(second)
    one_p, one_q, weight = 1.0 / p, 1.0 / q, p * q / (p + q)
    a1, m1 = _row(rows, sums, earlier), _row(rows, squares, earlier)
    a2, m2 = _row(rows, sums, later)[first:], _row(rows, squares, later)[first:]
    a, m = rows[sums + into], rows[squares + into]
    for i in range(count):
        d = z[i] - x[i]
        e = (a2[i] * one_q - a1[i] * one_p) + d
        a[i] = a1[i] + (a2[i] + q * d)
        m[i] = (m1[i] + m2[i]) + e * e * weight


@called_exactly
def _join_products(  # noqa: PLR0917
    x: Floats, y: Floats, rows: Floats,
    earlier: int, later: int, first: int, second: int, into: int, count: int,
) -> None:  # fmt: skip
    z, w, p, q = x[first:], y[first:], float(first), float(second)
    one_p, one_q, weight = 1.0 / p, 1.0 / q, p * q / (p + q)
    a1, a2 = _row(rows, _X, earlier), _row(rows, _X, later)[first:]
    b1, b2 = _row(rows, _Y, earlier), _row(rows, _Y, later)[first:]
    c1, c2 = _row(rows, _XY, earlier), _row(rows, _XY, later)[first:]
    c = rows[_XY + into]
    for i in range(count):
        e = (a2[i] * one_q - a1[i] * one_p) + (z[i] - x[i])
        f = (b2[i] * one_q - b1[i] * one_p) + (w[i] - y[i])
        c[i] = (c1[i] + c2[i]) + e * f * weight


@called_exactly
def _join(  # noqa: PLR0917
    x: Floats, y: Floats, rows: Floats,
    earlier: int, later: int, first: int, second: int, into: int, count: int,
) -> None:  # fmt: skip
    _join_products(x, y, rows, earlier, later, first, second, into, count)
    _join_one(x, rows, _X, _XX, earlier, later, first, second, into, count)
    _join_one(y, rows, _Y, _YY, earlier, later, first, second, into, count)


@called_exactly
def _pairs(x: Floats, y: Floats, rows: Floats, count: int) -> None:
    """Windows of two elements, into row 0."""
    z, w = x[1:], y[1:]
    a, b, xx, yy, xy = rows[_X], rows[_Y], rows[_XX], rows[_YY], rows[_XY]
    for i in range(count):
        d, f = z[i] - x[i], w[i] - y[i]
        a[i] = d
        b[i] = f
        xx[i] = d * d * 0.5
        yy[i] = f * f * 0.5
        xy[i] = d * f * 0.5


@called_exactly
def _four(x: Floats, rows: Floats, sums: int, squares: int, count: int) -> None:
    """Windows of four elements of one series, into row 0; as if joined from pairs."""
    y, z, w, a, m = x[1:], x[2:], x[3:], rows[sums], rows[squares]
    for i in range(count):
        d, f, g = y[i] - x[i], w[i] - z[i], z[i] - x[i]
        e = (f * 0.5 - d * 0.5) + g
        a[i] = d + (f + 2.0 * g)
        m[i] = (d * d * 0.5 + f * f * 0.5) + e * e


@called_exactly
def _fours(x: Floats, y: Floats, rows: Floats, count: int) -> None:
    x1, x2, x3, y1, y2, y3, c = x[1:], x[2:], x[3:], y[1:], y[2:], y[3:], rows[_XY]
    for i in range(count):
        d, f, g = x1[i] - x[i], x3[i] - x2[i], x2[i] - x[i]
        s, t, u = y1[i] - y[i], y3[i] - y2[i], y2[i] - y[i]
        e, v = (f * 0.5 - d * 0.5) + g, (t * 0.5 - s * 0.5) + u
        c[i] = (d * s * 0.5 + f * t * 0.5) + e * v
    _four(x, rows, _X, _XX, count)
    _four(y, rows, _Y, _YY, count)


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
        if span == 1 and window >= 4 and window & 2 == 0:
            count, span, level = count - 3, 4, 0
            _fours(x, y, rows, count)
            continue
        count -= span
        if span == 1:
            level = 0
            _pairs(x, y, rows, count)
        else:
            into = unused(level, total)
            _join(x, y, rows, level, level, span, span, into, count)
            level = into
        span *= 2


@called_exactly
def _correlate(rows: Floats, row: int, out: Floats) -> None:
    xx, yy, xy = _row(rows, _XX, row), _row(rows, _YY, row), _row(rows, _XY, row)
    for i in range(out.size):
        r = xy[i] / (math.sqrt(xx[i]) * math.sqrt(yy[i]))
        r = min(r, 1.0)
        out[i] = max(r, -1.0)


@called_exactly
def _divide(rows: Floats, row: int, out: Floats) -> None:
    xx, xy = _row(rows, _XX, row), _row(rows, _XY, row)
    for i in range(out.size):
        out[i] = xy[i] / xx[i]


@compiled_exactly("void(f8[::1], f8[::1], i8, f8, f8[::1], f8[::1], f8[::1])")
def window_relations(  # noqa: PLR0917
    x: Floats, y: Floats, window: int, divisor: float,
    covariance: Floats, correlation: Floats, slope: Floats,
) -> None:  # fmt: skip
    """An output of no elements is not asked for."""
    n, chunk = x.size, chunk_size(window)
    warm_up(window, covariance)
    warm_up(window, correlation)
    warm_up(window, slope)
    rows = scratch_rows(_ZERO + 1, min(chunk + window - 1, n))
    rows[_ZERO] = 0.0
    for start in range(0, n - window + 1, chunk):
        at, stop = start + window - 1, min(n, start + chunk + window - 1)
        row = _window_rows(x[start:stop], y[start:stop], window, rows)
        if correlation.size:
            _correlate(rows, row, correlation[at:stop])
        if slope.size:
            _divide(rows, row, slope[at:stop])
        if covariance.size:
            xy, target = _row(rows, _XY, row), covariance[at:stop]
            for i in range(target.size):
                target[i] = xy[i] / divisor
