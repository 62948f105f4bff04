"""Whose risk it is: a portfolio's VaR or CVaR divided among its parts, adding up to the whole.

Euler's rule: a part's share is its size times the change of the whole with that size.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.risk.measures import check_level, tail_weights


class Allocation(NamedTuple):
    """The whole, and for each position what one more unit adds and what it contributes."""

    total: float
    marginal: Floats
    component: Floats


def normal_var(
    positions: npt.ArrayLike, covariance: npt.ArrayLike, *, level: float = 0.99
) -> Allocation:
    """VaR of normal returns with mean zero: `positions` in money, `covariance` of returns."""
    check_level(level)
    held, matrix = np.asarray(positions, np.float64), np.asarray(covariance, np.float64)
    if held.ndim != 1 or matrix.shape != (held.size, held.size):
        raise ValueError("`covariance` has a row and a column for each position.")
    variance = float(held @ matrix @ held)
    if variance < 0.0 or not math.isfinite(variance):
        raise ValueError("This is no covariance matrix: the portfolio's variance is negative.")
    if variance == 0.0:
        return Allocation(0.0, np.zeros(held.size), np.zeros(held.size))
    deviation, z = math.sqrt(variance), NormalDist().inv_cdf(level)
    marginal = z * (matrix @ held) / deviation
    return Allocation(z * deviation, marginal, held * marginal)


def shortfall(profits: npt.ArrayLike, *, level: float = 0.99) -> Floats:
    """Each part's share of the CVaR of their sum; `profits` is (parts, scenarios)."""
    each = np.atleast_2d(np.asarray(profits, np.float64))
    weights = tail_weights(each.sum(axis=0), level=level)
    shares: Floats = -(each @ weights)
    return shares
