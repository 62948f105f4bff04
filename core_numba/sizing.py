"""How much to hold: by risk at a stop, by volatility, by Kelly, by equal risk.

Sizes are units with the sign left to the caller, cut down to whole lots (`core_numba.rounding`).
NaN where there is no answer: no distance to the stop, no price, no volatility.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain import sizing as plain
from core_numba.rounding import round_to_lot

Integers = npt.NDArray[np.int64]

_RISK_PARITY: Final = Kernel("sizing", plain.risk_parity)


def fixed_fraction(
    equity: npt.ArrayLike,
    *,
    fraction: npt.ArrayLike,
    entry: npt.ArrayLike,
    stop: npt.ArrayLike,
    multiplier: npt.ArrayLike = 1.0,
    lot: npt.ArrayLike | None = 1.0,
    most_weight: npt.ArrayLike = np.inf,
) -> Floats:
    """Units so that the stop costs `fraction` of `equity`: fraction * equity / |entry - stop|.

    `most_weight` bounds the value of the position as a part of the equity (a near stop asks for
    more than there is). No equity, no units. `lot=None` leaves fractions.
    """
    cash, part, price, level, size = _floats(equity, fraction, entry, stop, multiplier)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.abs(price - level) * size
        units = np.where(distance > 0.0, part * cash / distance, np.nan)
        bound = np.asarray(most_weight, dtype=np.float64) * cash / (np.abs(price) * size)
        bound = np.where(np.isnan(bound), np.inf, bound)
        return _lots(np.minimum(units, bound), lot)


def volatility_target(
    equity: npt.ArrayLike,
    *,
    price: npt.ArrayLike,
    volatility: npt.ArrayLike,
    target: npt.ArrayLike,
    multiplier: npt.ArrayLike = 1.0,
    lot: npt.ArrayLike | None = 1.0,
    most_leverage: npt.ArrayLike = np.inf,
) -> Floats:
    """Units whose value has `target` annual volatility of `equity`: target / volatility of it."""
    cash, value, sigma, aim, size = _floats(equity, price, volatility, target, multiplier)
    with np.errstate(divide="ignore", invalid="ignore"):
        leverage = np.where(sigma > 0.0, aim / sigma, np.nan)
        leverage = np.minimum(leverage, np.asarray(most_leverage, dtype=np.float64))
        units = np.where(value > 0.0, leverage * cash / (value * size), np.nan)
        return _lots(units, lot)


def kelly_bet(
    win_probability: npt.ArrayLike, payoff: npt.ArrayLike, *, fraction: npt.ArrayLike = 1.0
) -> Floats:
    """The part of the wealth to bet: p - (1 - p) / b, times `fraction`; 0 where that is negative.

    `payoff` b is what a stake of 1 wins. NaN for p outside 0..1 or b <= 0. J. L. Kelly (1956).
    """
    p, b, part = _floats(win_probability, payoff, fraction)
    with np.errstate(divide="ignore", invalid="ignore"):
        bet = np.maximum(p - (1.0 - p) / b, 0.0) * part
        return np.where((p >= 0.0) & (p <= 1.0) & (b > 0.0), bet, np.nan)


def kelly(
    drift: npt.ArrayLike,
    volatility: npt.ArrayLike,
    *,
    rate: npt.ArrayLike = 0.0,
    fraction: npt.ArrayLike = 1.0,
) -> Floats:
    """The leverage of fastest growth of one lognormal asset: (drift - rate) / volatility^2.

    Negative is a short position. R. C. Merton (1969). NaN without volatility.
    """
    mu, sigma, r, part = _floats(drift, volatility, rate, fraction)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sigma > 0.0, part * (mu - r) / (sigma * sigma), np.nan)


def kelly_portfolio(
    drift: npt.ArrayLike, covariance: npt.ArrayLike, *, rate: float = 0.0, fraction: float = 1.0
) -> Floats:
    """The weights of fastest growth, C^-1 (drift - rate), of assets (..., n) with C (..., n, n).

    They may be negative and need not add up to one; the rest is cash or a loan at `rate`.
    `ValueError` where C is not symmetric and positive definite.
    """
    excess = np.asarray(drift, dtype=np.float64) - rate
    matrix = _covariance(covariance)
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise ValueError("The covariance is not positive definite; drop what it repeats.") from None
    shape = np.broadcast_shapes(excess.shape[:-1], matrix.shape[:-2])
    right = np.broadcast_to(excess, (*shape, excess.shape[-1]))[..., None]
    return np.asarray(fraction * np.linalg.solve(matrix, right)[..., 0])


def growth_rate(
    weights: npt.ArrayLike,
    drift: npt.ArrayLike,
    covariance: npt.ArrayLike,
    *,
    rate: float = 0.0,
) -> Floats:
    """Growth per year of log wealth at constant weights: rate + w (drift - rate) - w C w / 2."""
    w, excess = _floats(weights, np.asarray(drift, dtype=np.float64) - rate)
    quadratic = np.einsum("...i,...ij,...j->...", w, _covariance(covariance), w)
    return np.asarray(rate + np.sum(w * excess, axis=-1) - 0.5 * quadratic)


class RiskParity(NamedTuple):
    weights: Floats
    """(..., n), positive, adding up to one; NaN where it did not converge."""
    contributions: Floats
    """(..., n) of each asset to the variance, adding up to one: the budgets, where it converged."""
    rounds: Integers
    """Rounds of the descent; -1 where `most_rounds` were not enough."""


def risk_parity(
    covariance: npt.ArrayLike,
    *,
    budget: npt.ArrayLike | None = None,
    tolerance: float = 1e-13,
    most_rounds: int = 10_000,
) -> RiskParity:
    """Long weights whose contributions to the variance are as `budget` (equal if not given).

    Cyclical coordinate descent on w C w / 2 - sum b log w, which has one minimum: T. Griveau-
    Billion, J.-C. Richard and T. Roncalli, *A Fast Algorithm for Computing High-dimensional Risk
    Parity Portfolios* (2013). `covariance` (..., n, n), many at once; budgets are scaled to one.
    `ValueError` for budgets that are not positive and matrices that are no covariances.
    """
    matrix = _covariance(covariance)
    size = matrix.shape[-1]
    shares = np.full(size, 1.0) if budget is None else np.asarray(budget, dtype=np.float64)
    if not np.all((shares > 0.0) & np.isfinite(shares)):
        raise ValueError("Budgets must be positive; leave an asset out instead of giving it none.")
    if not np.all(np.diagonal(matrix, axis1=-2, axis2=-1) > 0.0):
        raise ValueError("Each asset needs a positive variance.")
    shares = np.broadcast_to(shares / shares.sum(axis=-1, keepdims=True), matrix.shape[:-1])
    flat = np.ascontiguousarray(matrix).reshape(-1, size, size)
    weights, rounds = np.empty(flat.shape[:2]), np.empty(flat.shape[0], np.int64)
    _RISK_PARITY(
        flat, np.ascontiguousarray(shares).reshape(-1, size), float(tolerance), int(most_rounds),
        weights, rounds,
    )  # fmt: skip
    weights[rounds < 0] = np.nan
    parts = weights * np.einsum("mij,mj->mi", flat, weights)
    parts = parts / parts.sum(axis=-1, keepdims=True)
    shape = matrix.shape[:-1]
    return RiskParity(weights.reshape(shape), parts.reshape(shape), rounds.reshape(shape[:-1]))


def _floats(*values: npt.ArrayLike) -> list[Floats]:
    return [np.asarray(value, dtype=np.float64) for value in values]


def _lots(units: Floats, lot: npt.ArrayLike | None) -> Floats:
    units = np.where(units > 0.0, units, np.where(np.isnan(units), np.nan, 0.0))
    return units if lot is None else round_to_lot(units, lot)


def _covariance(covariance: npt.ArrayLike) -> Floats:
    matrix = np.asarray(covariance, dtype=np.float64)
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2] or not np.all(np.isfinite(matrix)):
        raise ValueError("A covariance is a finite square matrix (..., n, n).")
    scale = np.max(np.abs(matrix), initial=0.0)
    if not np.allclose(matrix, np.swapaxes(matrix, -1, -2), rtol=1e-9, atol=1e-12 * scale):
        raise ValueError("A covariance is symmetric.")
    return matrix
