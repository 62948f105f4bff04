"""Raw SVI: w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2)), k = ln(strike / forward).

Gatheral and Jacquier, 'Arbitrage-free SVI volatility surfaces', Quantitative Finance 14 (2014):
the raw, natural and jump-wing parameters (their section 3), Durrleman's g (their equation 2.1).
Refuses nothing: parameters that admit arbitrage are told by `least_density` and `wings_bounded`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats

_REACH: Final = np.linspace(-10.0, 10.0, 2001)
"""asinh((k - m) / sigma) of the spots at which a smile is tested."""


class RawSVI(NamedTuple):
    """One smile. `a` may be negative; `b` and `sigma` are positive, -1 < `rho` < 1."""

    a: float
    b: float
    rho: float
    m: float
    sigma: float


class NaturalSVI(NamedTuple):
    """w = delta + omega/2 (1 + zeta rho (k - mu) + sqrt((zeta (k - mu) + rho)^2 + 1 - rho^2))."""

    delta: float
    mu: float
    rho: float
    omega: float
    zeta: float


class JumpWings(NamedTuple):
    """What traders see: at-the-money variance and skew, put and call wing, least variance."""

    variance: float
    skew: float
    put_wing: float
    call_wing: float
    least_variance: float


def total_variance(k: npt.ArrayLike, smile: RawSVI) -> Floats:
    """w(k)."""
    x = np.asarray(k, dtype=np.float64) - smile.m
    return np.asarray(smile.a + smile.b * (smile.rho * x + np.sqrt(x * x + smile.sigma**2)))


def durrleman(k: npt.ArrayLike, smile: RawSVI) -> Floats:
    """g(k) = (1 - k w'/(2w))^2 - w'^2/4 (1/w + 1/4) + w''/2: the sign of the implied density.

    Where it is negative a butterfly costs less than nothing. NaN where w is not positive.
    """
    at = np.asarray(k, dtype=np.float64)
    x = at - smile.m
    root = np.sqrt(x * x + smile.sigma**2)
    w = smile.a + smile.b * (smile.rho * x + root)
    w = np.where(w > 0.0, w, np.nan)
    first = smile.b * (smile.rho + x / root)
    second = smile.b * smile.sigma**2 / root**3
    return np.asarray(
        (1.0 - 0.5 * at * first / w) ** 2 - 0.25 * first**2 * (1.0 / w + 0.25) + 0.5 * second
    )


def wings_bounded(smile: RawSVI) -> bool:
    """Lee's moment bound: neither wing of total variance rises faster than 2 |k|."""
    return smile.b * (1.0 + abs(smile.rho)) <= 2.0


def least_density(smile: RawSVI) -> float:
    """The least g on a grid that is fine at the bend and reaches 11,000 sigma; NaN if w <= 0."""
    return float(np.min(durrleman(smile.m + smile.sigma * np.sinh(_REACH), smile)))


def butterfly_free(smile: RawSVI) -> bool:
    """Positive variance, density nowhere negative on the grid, wings within Lee's bound."""
    return wings_bounded(smile) and least_density(smile) >= 0.0


def calendar_free(early: RawSVI, late: RawSVI) -> bool:
    """Whether total variance at no strike of either smile's grid falls from `early` to `late`."""
    k = np.concatenate([each.m + each.sigma * np.sinh(_REACH) for each in (early, late)])
    first, second = total_variance(k, early), total_variance(k, late)
    return bool((second >= first * (1.0 - 1e-14)).all())


def natural_from_raw(smile: RawSVI) -> NaturalSVI:
    a, b, rho, m, sigma = smile
    root = np.sqrt(1.0 - rho * rho)
    omega, zeta = 2.0 * b * sigma / root, root / sigma
    return NaturalSVI(a - 0.5 * omega * root * root, m + rho / zeta, rho, omega, zeta)


def raw_from_natural(smile: NaturalSVI) -> RawSVI:
    delta, mu, rho, omega, zeta = smile
    rest = 1.0 - rho * rho
    return RawSVI(
        delta + 0.5 * omega * rest, 0.5 * omega * zeta, rho, mu - rho / zeta, np.sqrt(rest) / zeta
    )


def jump_wings_from_raw(smile: RawSVI, years: float) -> JumpWings:
    a, b, rho, m, sigma = smile
    root = np.hypot(m, sigma)
    w = a + b * (root - rho * m)
    deviation = np.sqrt(w)
    return JumpWings(
        w / years,
        0.5 * b / deviation * (rho - m / root),
        b * (1.0 - rho) / deviation,
        b * (1.0 + rho) / deviation,
        (a + b * sigma * np.sqrt(1.0 - rho * rho)) / years,
    )


def raw_from_jump_wings(wings: JumpWings, years: float) -> RawSVI:
    """The inverse; `ValueError` when no smile has these wings, or many.

    A smile symmetric about k = 0 (no skew, equal wings) is one of many: its level and its width
    show only in their sum.
    """
    v, skew, left, right, least = wings
    deviation = np.sqrt(v * years)
    b = 0.5 * deviation * (right + left)
    rho = 1.0 - left * deviation / b
    beta = rho - 2.0 * skew * deviation / b
    if not (-1.0 < rho < 1.0 and abs(beta) <= 1.0):
        raise ValueError("No SVI smile has these wings: the skew must lie between them.")
    rest = np.sqrt(1.0 - rho * rho)
    if beta == rho == 0.0:
        raise ValueError("Wings without any skew do not tell level and width of the smile apart.")
    if beta == 0.0:
        m, sigma = 0.0, (v - least) * years / (b * (1.0 - rest))
    else:
        alpha = np.sign(beta) * np.sqrt(1.0 / beta**2 - 1.0)
        bend = -rho + np.sign(alpha) * np.sqrt(1.0 + alpha**2) - alpha * rest
        m = (v - least) * years / (b * bend)
        sigma = alpha * m
    return RawSVI(least * years - b * sigma * rest, b, rho, m, sigma)
