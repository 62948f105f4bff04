"""Value at risk (VaR) and expected shortfall (CVaR): losses as positive numbers.

The VaR of level a is the smallest loss x with P(loss <= x) >= a, an observed loss in the historical
case: no interpolation. CVaR is the mean of the worst 1 - a of probability, the VaR's own
observation counted in part where it straddles (Rockafellar and Uryasev 2002; Acerbi and Tasche
2002), so that CVaR >= VaR and CVaR is coherent.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats

_NORMAL = NormalDist()


class TailRisk(NamedTuple):
    """Loss not exceeded with the level's probability, and mean loss beyond it."""

    var: float
    cvar: float


class Moments(NamedTuple):
    """Mean, deviation (n - 1), skewness and excess kurtosis (population ratios)."""

    mean: float
    deviation: float
    skewness: float
    kurtosis: float


def check_level(level: float) -> None:
    if not 0.0 < level < 1.0:
        raise ValueError("A level lies between 0 and 1, such as 0.99.")


def _losses(profits: npt.ArrayLike) -> Floats:
    losses = -np.asarray(profits, np.float64).reshape(-1)
    if losses.size == 0:
        raise ValueError("There are no profits to measure the risk of.")
    return losses


def tail_weights(
    profits: npt.ArrayLike, *, level: float, weights: npt.ArrayLike | None = None
) -> Floats:
    """How much each scenario counts in the CVaR: not negative, adding up to one.

    `weights` are the scenarios' relative probabilities (equal by default; declining with age for an
    age-weighted history).
    """
    check_level(level)
    losses = _losses(profits)
    given = np.ones(losses.size) if weights is None else np.asarray(weights, np.float64).reshape(-1)
    if given.shape != losses.shape or not (given >= 0).all() or not given.sum() > 0:
        raise ValueError("Weights are not negative, one per scenario, and not all zero.")
    order = np.argsort(-losses, kind="stable")
    share = given[order] / given.sum()
    before = np.cumsum(share) - share
    tail = np.empty_like(losses)
    tail[order] = np.clip(1.0 - level - before, 0.0, share) / (1.0 - level)
    return tail


def historical(
    profits: npt.ArrayLike, *, level: float = 0.99, weights: npt.ArrayLike | None = None
) -> TailRisk:
    """From scenarios that happened or were simulated. NaN if a profit is NaN."""
    losses = _losses(profits)
    tail = tail_weights(profits, level=level, weights=weights)
    if np.isnan(losses).any():
        return TailRisk(math.nan, math.nan)
    given = np.ones(losses.size) if weights is None else np.asarray(weights, np.float64).reshape(-1)
    order = np.argsort(losses, kind="stable")
    reached = np.cumsum(given[order])
    # A hair of rounding must not move the quantile to the next observation.
    place = np.searchsorted(reached, level * reached[-1] * (1.0 - 1e-14))
    var = losses[order][min(int(place), losses.size - 1)]
    return TailRisk(float(var), float(tail @ losses))


def normal(mean: float, deviation: float, *, level: float = 0.99) -> TailRisk:
    """Of normal profits with this mean and deviation."""
    check_level(level)
    _check_deviation(deviation)
    z = _NORMAL.inv_cdf(level)
    return TailRisk(deviation * z - mean, deviation * _NORMAL.pdf(z) / (1.0 - level) - mean)


def student(mean: float, deviation: float, dof: float, *, level: float = 0.99) -> TailRisk:
    """Of Student-t profits with this mean and deviation (not scale); `dof` > 2."""
    from scipy.special import gammaln, stdtrit  # noqa: PLC0415 - slow to import, seldom needed

    check_level(level)
    _check_deviation(deviation)
    if not 2.0 < dof < math.inf:
        raise ValueError("Degrees of freedom are finite and exceed 2: a deviation is given.")
    scale = deviation * math.sqrt((dof - 2.0) / dof)
    t = float(stdtrit(dof, level))
    log_top = float(gammaln(0.5 * (dof + 1.0)) - gammaln(0.5 * dof))
    density = math.exp(log_top - 0.5 * (dof + 1.0) * math.log1p(t * t / dof))
    density /= math.sqrt(dof * math.pi)
    shortfall = density * (dof + t * t) / ((dof - 1.0) * (1.0 - level))
    return TailRisk(scale * t - mean, scale * shortfall - mean)


def moments(profits: npt.ArrayLike) -> Moments:
    """Of at least two observations."""
    values = -_losses(profits)
    if values.size < 2:
        raise ValueError("Moments need at least two observations.")
    centred = values - values.mean()
    square = float((centred**2).mean())
    if square == 0.0:
        return Moments(float(values.mean()), 0.0, 0.0, 0.0)
    return Moments(
        float(values.mean()),
        math.sqrt(square * values.size / (values.size - 1)),
        float((centred**3).mean()) / square**1.5,
        float((centred**4).mean()) / square**2 - 3.0,
    )


def cornish_fisher_valid(skewness: float, kurtosis: float) -> bool:
    """Whether the expansion's quantiles rise everywhere, so that they are quantiles.

    The derivative of the expansion is a parabola in z; it must not fall below zero (Maillard: A
    User's Guide to the Cornish Fisher Expansion, 2012).
    """
    a = kurtosis / 8.0 - skewness**2 / 6.0
    b = skewness / 3.0
    c = 1.0 - kurtosis / 8.0 + 5.0 * skewness**2 / 36.0
    if a == 0.0 and b == 0.0:
        return c > 0.0
    return a > 0.0 and b * b <= 4.0 * a * c


def cornish_fisher(of: Moments, *, level: float = 0.99) -> TailRisk:
    """From four moments of the profits; `ValueError` where the expansion is no distribution.

    `kurtosis` is excess. The CVaR is the exact mean of the expansion's tail. The moments are the
    expansion's parameters: those of the resulting law differ when they are far from normal.
    """
    check_level(level)
    _check_deviation(of.deviation)
    s, k = of.skewness, of.kurtosis
    if not cornish_fisher_valid(s, k):
        raise ValueError(
            f"Skewness {s:.3g} with excess kurtosis {k:.3g} lies outside the domain of the "
            "Cornish-Fisher expansion; use the historical or the Student-t measure."
        )
    p = 1.0 - level
    z = _NORMAL.inv_cdf(p)
    w = z + (z**2 - 1) * s / 6 + (z**3 - 3 * z) * k / 24 - (2 * z**3 - 5 * z) * s**2 / 36
    ratio = _NORMAL.pdf(z) / p
    first, square, cube = -ratio, 1.0 - z * ratio, -(z**2 + 2.0) * ratio  # E[z^n | below z]
    tail = first + (square - 1) * s / 6 + (cube - 3 * first) * k / 24
    tail -= (2 * cube - 5 * first) * s**2 / 36
    return TailRisk(-of.mean - of.deviation * w, -of.mean - of.deviation * tail)


class Drawdowns(NamedTuple):
    """Of simulated drawdowns: their mean, median, the level's quantile, and the mean beyond it."""

    mean: float
    median: float
    quantile: float
    conditional: float


def drawdowns(simulated: npt.ArrayLike, *, level: float = 0.95) -> Drawdowns:
    """The distribution of `Walks.drawdown`."""
    depth = np.asarray(simulated, np.float64).reshape(-1)
    tail = historical(-depth, level=level)
    return Drawdowns(float(depth.mean()), historical(-depth, level=0.5).var, tail.var, tail.cvar)


def _check_deviation(deviation: float) -> None:
    if not (math.isfinite(deviation) and deviation >= 0.0):
        raise ValueError("A deviation is finite and not negative.")
