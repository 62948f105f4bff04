"""Rolling means, variances, bands, skewness and kurtosis.

Chan, Golub and LeVeque (1983): the squares of two parts are joined by the distance of their means.
Sums are of distances from the oldest element of a part, so a large common level costs no digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from core_numba.arrays import Floats
from core_numba.plain.indicators.windows import Number, fill, quotient, sliding, tree


class Part(NamedTuple):
    """Oldest element, sum of the distances from it, sum of squared distances from the mean."""

    first: float
    distances: float
    squares: float


def _join(a: Part, p: int, b: Part, q: int) -> Part:
    gap = b.first - a.first
    means = (b.distances * (1.0 / q) - a.distances * (1.0 / p)) + gap
    return Part(
        a.first,
        a.distances + (b.distances + q * gap),
        (a.squares + b.squares) + means * means * (p * q / (p + q)),
    )


def mean_and_squares(leaves: Sequence[Number]) -> tuple[Number, Number]:
    """The mean, and the sum of squared distances from it."""
    zero = leaves[0] - leaves[0] if len(leaves) == 1 else 0.0
    parts = [Part(x, zero, zero) for x in leaves]  # type: ignore[arg-type]  # numbers or arrays
    part = tree(parts, _join)
    mean = part.first + part.distances * (1.0 / len(leaves))
    return mean, part.squares  # type: ignore[return-value]  # as above


def window_spread(  # noqa: PLR0917
    x: Floats, window: int, divisor: float, root: bool, mean: Floats, spread: Floats  # noqa: FBT001
) -> None:  # fmt: skip
    means, squares = mean_and_squares(sliding(x, window))
    variance = squares * (1.0 / divisor)
    fill(mean, means, min(x.size, window - 1))
    fill(spread, np.sqrt(variance) if root else variance, min(x.size, window - 1))


def bollinger(  # noqa: PLR0917
    x: Floats, window: int, above: float, below: float,
    upper: Floats, middle: Floats, lower: Floats,
) -> None:  # fmt: skip
    mean, squares = mean_and_squares(sliding(x, window))
    deviation = np.sqrt(squares * (1.0 / window))
    lead = min(x.size, window - 1)
    fill(upper, mean + above * deviation, lead)
    fill(middle, mean, lead)
    fill(lower, mean - below * deviation, lead)


def shape(leaves: Sequence[float]) -> tuple[float, float]:
    """Sample skewness and excess kurtosis, as of scipy.stats with bias=False."""
    mean, squares = mean_and_squares(leaves)
    n = float(len(leaves))
    one = 1.0 / n
    cubes = fourths = 0.0
    for x in leaves:
        d = x - mean
        cube = d * d * d
        cubes += cube
        fourths += cube * d
    variance = squares * one
    skew = math.sqrt(n * (n - 1.0)) / (n - 2.0)
    factor = (n - 1.0) / ((n - 2.0) * (n - 3.0))
    tail = quotient(fourths * one, variance * variance)
    return (
        skew * quotient(cubes * one, variance * math.sqrt(variance)),
        factor * ((n + 1.0) * tail - 3.0 * (n - 1.0)),
    )


def window_shape(x: Floats, window: int, skewness: Floats, kurtosis: Floats) -> None:
    for i in range(x.size):
        known = i >= window - 1
        values = shape(x[i - window + 1 : i + 1].tolist()) if known else (math.nan, math.nan)
        skewness[i], kurtosis[i] = values
