"""Rolling covariance, correlation and slope; see `core_numba.plain.indicators.moments`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from core_numba.arrays import Floats
from core_numba.plain.indicators.windows import fill, quotient, tree


class Part(NamedTuple):
    """Of pairs (x, y): the oldest, sums of distances from it, squares and products about means."""

    x: float
    y: float
    a: float
    b: float
    xx: float
    yy: float
    xy: float


def _join(one: Part, p: int, two: Part, q: int) -> Part:
    gap_x, gap_y = two.x - one.x, two.y - one.y
    weight = p * q / (p + q)
    e = (two.a * (1.0 / q) - one.a * (1.0 / p)) + gap_x
    f = (two.b * (1.0 / q) - one.b * (1.0 / p)) + gap_y
    return Part(
        one.x,
        one.y,
        one.a + (two.a + q * gap_x),
        one.b + (two.b + q * gap_y),
        (one.xx + two.xx) + e * e * weight,
        (one.yy + two.yy) + f * f * weight,
        (one.xy + two.xy) + e * f * weight,
    )


def relations(x: Sequence[float], y: Sequence[float], divisor: float) -> tuple[float, float, float]:
    """Covariance, correlation, and the slope of `y` over `x`."""
    parts = [Part(u, v, 0.0, 0.0, 0.0, 0.0, 0.0) for u, v in zip(x, y, strict=True)]
    part = tree(parts, _join)
    r = quotient(part.xy, math.sqrt(part.xx) * math.sqrt(part.yy))
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
