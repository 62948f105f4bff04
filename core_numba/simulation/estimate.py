"""From simulated payoffs to a price with its standard error, antithetic paths and controls."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats


class Estimate(NamedTuple):
    """A mean and its standard error."""

    value: float
    error: float


def mean(payoffs: npt.ArrayLike, *, antithetic: bool = False) -> Estimate:
    """The mean of payoffs; with `antithetic` the second half are twins of the first.

    A pair then counts as one observation: its two payoffs are not independent.
    """
    values = _observations(payoffs, antithetic=antithetic)
    return Estimate(float(values.mean()), float(values.std(ddof=1)) / math.sqrt(values.size))


def discounted(
    payoffs: npt.ArrayLike, rate: float, years: float, *, antithetic: bool = False
) -> Estimate:
    """The price of payoffs at the end of `years`."""
    factor = math.exp(-rate * years)
    value, error = mean(payoffs, antithetic=antithetic)
    return Estimate(factor * value, factor * error)


def controlled(
    payoffs: npt.ArrayLike,
    controls: npt.ArrayLike,
    expected: npt.ArrayLike,
    *,
    antithetic: bool = False,
) -> Estimate:
    """The mean of payoffs corrected by controls whose expectations are known.

    `controls` is (paths,) or (controls, paths). Coefficients by least squares on the same paths: a
    bias of the order of 1 / paths, far below the error.
    """
    values = _observations(payoffs, antithetic=antithetic)
    rows = np.atleast_2d(np.asarray(controls, np.float64))
    known = np.atleast_1d(np.asarray(expected, np.float64))
    if known.shape != (rows.shape[0],):
        raise ValueError("Each control needs the expectation that is known of it.")
    excess = np.stack([_observations(row, antithetic=antithetic) for row in rows])
    excess = excess - known[:, None]
    if excess.shape[1] != values.size or values.size <= known.size + 1:
        raise ValueError("Controls have one value per payoff, and there are more paths than those.")
    design = np.vstack([np.ones(values.size), excess])
    solution = np.linalg.lstsq(design.T, values, rcond=None)[0]
    residual = values - solution @ design
    spread = float(residual @ residual) / (values.size - 1 - known.size)
    return Estimate(float(solution[0]), math.sqrt(spread / values.size))


def _observations(payoffs: npt.ArrayLike, *, antithetic: bool) -> Floats:
    values = np.asarray(payoffs, np.float64).reshape(-1)
    if antithetic:
        if values.size % 2:
            raise ValueError("Antithetic payoffs come in twos.")
        values = 0.5 * (values[: values.size // 2] + values[values.size // 2 :])
    if values.size < 2:
        raise ValueError("A mean with its error needs at least two observations.")
    return values
