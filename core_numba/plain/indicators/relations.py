"""Rolling covariance, correlation and slope; see `core_numba.plain.indicators.moments`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from core_numba.arrays import Floats
from core_numba.plain.indicators.windows import fill, quotient

LEAST_PRODUCT: Final = 2.2250738585072014e-308
GREATEST_PRODUCT: Final = 1.7976931348623157e308
"""Between them the product of two sums of squares has lost nothing."""


class Part(NamedTuple):
    """Of pairs: the oldest; the means' distances from it; squares and products about the means."""

    x: float
    y: float
    a: float
    b: float
    xx: float
    yy: float
    xy: float


def _double(one: Part, two: Part, size: int) -> Part:
    """Two parts of `size` pairs each."""
    e = (two.a - one.a) + (two.x - one.x)
    f = (two.b - one.b) + (two.y - one.y)
    weight = 0.5 * size
    ew, fw = e * weight, f * weight
    return Part(
        one.x,
        one.y,
        one.a + 0.5 * e,
        one.b + 0.5 * f,
        (one.xx + two.xx) + e * ew,
        (one.yy + two.yy) + f * fw,
        (one.xy + two.xy) + e * fw,
    )


def _append(one: Part, size: int, x: float, y: float) -> Part:
    """A part of `size` pairs and one pair more."""
    e, f = (x - one.x) - one.a, (y - one.y) - one.b
    share = 1.0 / (size + 1.0)
    weight = size * share
    ew, fw = e * weight, f * weight
    return Part(
        one.x,
        one.y,
        one.a + e * share,
        one.b + f * share,
        one.xx + e * ew,
        one.yy + f * fw,
        one.xy + e * fw,
    )


def _of(x: Sequence[float], y: Sequence[float]) -> Part:
    """Halves, and what is left over: the same additions whatever the window's place."""
    size = len(x) // 2
    if size == 0:
        return Part(x[0], y[0], 0.0, 0.0, 0.0, 0.0, 0.0)
    part = _double(_of(x[:size], y[:size]), _of(x[size : 2 * size], y[size : 2 * size]), size)
    return _append(part, 2 * size, x[-1], y[-1]) if len(x) > 2 * size else part


def relations(x: Sequence[float], y: Sequence[float], divisor: float) -> tuple[float, float, float]:
    """Covariance, correlation, and the slope of `y` over `x`."""
    part = _of(x, y)
    product = part.xx * part.yy
    normal = LEAST_PRODUCT <= product <= GREATEST_PRODUCT
    root = math.sqrt(product) if normal else math.sqrt(part.xx) * math.sqrt(part.yy)
    r = quotient(part.xy, root)
    r = max(min(r, 1.0), -1.0)
    return part.xy / divisor, r, quotient(part.xy, part.xx)


def window_relations(  # noqa: PLR0917
    x: Floats, y: Floats, window: int, divisor: float,
    covariance: Floats, correlation: Floats, slope: Floats,
) -> None:  # fmt: skip
    """An output of no elements is not asked for."""
    values = np.full((x.size, 3), np.nan)
    for i in range(window - 1, x.size):
        part = slice(i - window + 1, i + 1)
        values[i] = relations(x[part].tolist(), y[part].tolist(), divisor)
    for out, column in zip((covariance, correlation, slope), values.T, strict=True):
        fill(out, column, 0)
