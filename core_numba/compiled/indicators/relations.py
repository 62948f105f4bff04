"""Rolling covariance, correlation and slope: see `core_numba.plain.indicators.relations`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from core_numba.arrays import Floats
from core_numba.compiled.indicators.windows import scratch_rows, warm_up
from core_numba.compiled.marks import all_between
from core_numba.jit.exact import called_exactly, compiled_exactly
from core_numba.plain.indicators.relations import GREATEST_PRODUCT, LEAST_PRODUCT
from core_numba.vmath.instructions import borrowed
from core_numba.vmath.lanes import by_lanes

_X, _Y, _XX, _YY, _XY = range(5)
"""Scratch rows: distances of the means from the oldest pair, squares and products about them."""
_LEAST_CHUNK = 512

Numbers = Sequence[Any]


def _double(one: Numbers, two: Numbers, gaps: Numbers, half: Any, weight: Any) -> Numbers:
    e, f = (two[_X] - one[_X]) + gaps[0], (two[_Y] - one[_Y]) + gaps[1]
    ew, fw = e * weight, f * weight
    return (
        one[_X] + half * e,
        one[_Y] + half * f,
        (one[_XX] + two[_XX]) + e * ew,
        (one[_YY] + two[_YY]) + f * fw,
        (one[_XY] + two[_XY]) + e * fw,
    )


def _append(one: Numbers, gaps: Numbers, share: Any, weight: Any) -> Numbers:
    e, f = gaps[0] - one[_X], gaps[1] - one[_Y]
    ew, fw = e * weight, f * weight
    return (
        one[_X] + e * share,
        one[_Y] + f * share,
        one[_XX] + e * ew,
        one[_YY] + f * fw,
        one[_XY] + e * fw,
    )


def _of_two(given: Numbers, numbers: Numbers) -> Numbers:
    x, y, x1, y1 = given[:4]
    (half,) = numbers[:1]
    e, f = x1 - x, y1 - y
    ew, fw = e * half, f * half
    return half * e, half * f, e * ew, f * fw, e * fw


def _of_three(given: Numbers, numbers: Numbers) -> Numbers:
    x, y, _, _, x2, y2 = given
    _, share, weight = numbers
    return _append(_of_two(given, numbers), (x2 - x, y2 - y), share, weight)


def _of_halves(given: Numbers, numbers: Numbers) -> Numbers:
    x, y, x1, y1 = given[:4]
    half, weight = numbers[:2]
    return _double(given[-10:-5], given[-5:], (x1 - x, y1 - y), half, weight)


def _of_halves_and_one(given: Numbers, numbers: Numbers) -> Numbers:
    x, y, _, _, x2, y2 = given[:6]
    return _append(_of_halves(given, numbers), (x2 - x, y2 - y), *numbers[2:])


_two, _three = by_lanes(_of_two), by_lanes(_of_three)
_even, _odd = by_lanes(_of_halves), by_lanes(_of_halves_and_one)


@called_exactly
def _begin(x: Floats, y: Floats, rows: Floats, odd: bool, count: int) -> None:  # noqa: FBT001
    """Windows of two pairs, or of three."""
    outputs = (rows[_X], rows[_Y], rows[_XX], rows[_YY], rows[_XY])
    if odd:
        inputs = (x, y, x[1:], y[1:], x[2:], y[2:])
        _three(count, outputs, inputs, (0.5, 1.0 / 3.0, 2.0 / 3.0))
    else:
        _two(count, outputs, (x, y, x[1:], y[1:]), (0.5,))


@called_exactly
def _grow(x: Floats, y: Floats, rows: Floats, size: int, odd: bool, count: int) -> None:  # noqa: FBT001, PLR0917
    """From windows of `size` pairs to those twice as long, or longer by one more pair, in place."""
    z, w = x[size:], y[size:]
    a, b, xx, yy, xy = rows[_X], rows[_Y], rows[_XX], rows[_YY], rows[_XY]
    a2, b2, xx2, yy2, xy2 = a[size:], b[size:], xx[size:], yy[size:], xy[size:]
    outputs = (a, b, xx, yy, xy)
    if odd:
        both = 2.0 * size
        share = 1.0 / (both + 1.0)
        inputs = (x, y, z, w, z[size:], w[size:], a, b, xx, yy, xy, a2, b2, xx2, yy2, xy2)
        _odd(count, outputs, inputs, (0.5, 0.5 * size, share, both * share))
    else:
        given = (x, y, z, w, a, b, xx, yy, xy, a2, b2, xx2, yy2, xy2)
        _even(count, outputs, given, (0.5, 0.5 * size))


@called_exactly
def _window_rows(x: Floats, y: Floats, window: int, rows: Floats) -> None:
    """Windows of `window` pairs, by the binary digits of their length."""
    digit = 1
    while 2 * digit <= window:
        digit *= 2
    size = 1
    while digit > 1:
        digit //= 2
        odd = window & digit != 0
        made = 2 * size + (1 if odd else 0)
        count = x.size - made + 1
        if size == 1:
            _begin(x, y, rows, odd, count)
        else:
            _grow(x, y, rows, size, odd, count)
        size = made


@called_exactly
def _correlate(rows: Floats, out: Floats) -> None:
    """One root of the product, or where that is no normal number the product of two."""
    xx, yy, xy = rows[_XX], rows[_YY], rows[_XY]
    for i in range(out.size):
        out[i] = xx[i] * yy[i]
    if all_between(out, LEAST_PRODUCT, GREATEST_PRODUCT):
        for i in range(out.size):
            out[i] = max(min(xy[i] / math.sqrt(out[i]), 1.0), -1.0)
        return
    for i in range(out.size):
        r = xy[i] / (math.sqrt(xx[i]) * math.sqrt(yy[i]))
        if LEAST_PRODUCT <= out[i] <= GREATEST_PRODUCT:
            r = xy[i] / math.sqrt(out[i])
        r = min(r, 1.0)
        out[i] = max(r, -1.0)


@called_exactly
def _divide(rows: Floats, out: Floats) -> None:
    xx, xy = rows[_XX], rows[_XY]
    for i in range(out.size):
        out[i] = xy[i] / xx[i]


@compiled_exactly("void(f8[::1], f8[::1], i8, f8, f8[::1], f8[::1], f8[::1])")
def window_relations(  # noqa: PLR0917
    x: Floats, y: Floats, window: int, divisor: float,
    covariance: Floats, correlation: Floats, slope: Floats,
) -> None:  # fmt: skip
    """An output of no elements is not asked for."""
    n, chunk = x.size, max(_LEAST_CHUNK, 4 * window)
    warm_up(window, covariance)
    warm_up(window, correlation)
    warm_up(window, slope)
    scratch = scratch_rows(5, min(chunk + window - 1, n))
    rows, u, v = borrowed(scratch), borrowed(x), borrowed(y)
    products, correlations, slopes = borrowed(covariance), borrowed(correlation), borrowed(slope)
    for start in range(0, n - window + 1, chunk):
        at, stop = start + window - 1, min(n, start + chunk + window - 1)
        _window_rows(u[start:stop], v[start:stop], window, rows)
        if correlations.size:
            _correlate(rows, correlations[at:stop])
        if slopes.size:
            _divide(rows, slopes[at:stop])
        if products.size:
            xy, target = rows[_XY], products[at:stop]
            for i in range(target.size):
                target[i] = xy[i] / divisor
    scratch[0, 0] = 0.0  # it must live to here
