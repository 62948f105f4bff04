"""The normal distribution: density and accurate cumulative probability.

The tail goes through `erfc`, so N(-30) keeps its relative accuracy instead of becoming zero.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_ROOT_HALF: Final = math.sqrt(0.5)
_INV_ROOT_2PI: Final = 1.0 / math.sqrt(2.0 * math.pi)


def norm_cdf(x: npt.ArrayLike) -> Floats:
    """P(Z <= x) for a standard normal Z; NaN stays NaN.

    libm's `erfc` element by element: a few ulp in both tails, and no import of SciPy.
    """
    values = np.asarray(x, dtype=np.float64)
    scaled = (-_ROOT_HALF * values).ravel().tolist()
    tail = np.fromiter(map(math.erfc, scaled), dtype=np.float64, count=values.size)
    return (0.5 * tail).reshape(values.shape)


def norm_pdf(x: npt.ArrayLike) -> Floats:
    """Density of a standard normal."""
    values = np.asarray(x, dtype=np.float64)
    return np.asarray(_INV_ROOT_2PI * np.exp(-0.5 * values * values))
