"""SSVI fitted to all expirations at once: few parameters, free of static arbitrage by design.

The surface of `core_numba.ssvi`: one rho and eta, with eta (1 + |rho|) <= 2, and one at-the-money
total variance theta per expiration, not falling with time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.ssvi import total_variance as ssvi


class SSVI(NamedTuple):
    """`theta` per expiration; `error` the weighted root mean square in total variance."""

    rho: float
    eta: float
    theta: Floats
    error: float

    def raw(self) -> Floats:
        """The smiles as raw SVI parameters, (expirations, 5), for `Surface.of`."""
        phi = self.eta / np.sqrt(self.theta * (1.0 + self.theta))
        rest = 1.0 - self.rho**2
        return np.stack(
            [
                0.5 * self.theta * rest,
                0.5 * self.theta * phi,
                np.full_like(phi, self.rho),
                -self.rho / phi,
                np.sqrt(rest) / phi,
            ],
            axis=1,
        )


def fit_ssvi(
    log_moneyness: Sequence[npt.ArrayLike],
    total_variance: Sequence[npt.ArrayLike],
    weights: Sequence[npt.ArrayLike] | None = None,
) -> SSVI:
    """Least squares over every quote of every expiration, in order of time.

    Weights count per quote, scaled so that each expiration's errors are relative to its level of
    variance. `ValueError` when an expiration has no usable quote.
    """
    from scipy.optimize import least_squares  # noqa: PLC0415

    slices = []
    for i in range(len(log_moneyness)):
        k, w = (np.ravel(np.asarray(x[i], np.float64)) for x in (log_moneyness, total_variance))
        c = np.ones_like(k) if weights is None else np.ravel(np.asarray(weights[i], np.float64))
        used = np.isfinite(k + w + c) & (w > 0.0) & (c > 0.0)
        if not used.any():
            raise ValueError(f"Expiration {i} has no usable quote.")
        slices.append((k[used], w[used], c[used] / c[used].sum()))
    if not slices:
        raise ValueError("Give at least one expiration.")
    levels = np.array([w[np.argmin(np.abs(k))] for k, w, _ in slices])
    start = np.maximum(np.diff(np.maximum.accumulate(levels), prepend=0.0), 1e-6 * levels[0])

    def surface(x: Floats) -> tuple[float, float, Floats]:
        return x[0], 2.0 * x[1] / (1.0 + abs(x[0])), np.cumsum(np.exp(x[2:]))

    def errors(x: Floats) -> Floats:
        rho, eta, theta = surface(x)
        return np.concatenate(
            [
                np.sqrt(c) * (ssvi(k, theta[i], rho=rho, eta=eta) - w) / levels[i]
                for i, (k, w, c) in enumerate(slices)
            ]
        )

    low = np.concatenate([[-0.999, 1e-4], np.full(len(slices), -40.0)])
    high = np.concatenate([[0.999, 1.0 - 1e-12], np.full(len(slices), 5.0)])
    found = min(
        (
            least_squares(
                errors,
                np.concatenate([[rho, 0.5], np.log(start)]),
                bounds=(low, high),
                xtol=1e-14,
                ftol=1e-14,
                gtol=1e-14,
            )
            for rho in (-0.4, 0.2)
        ),
        key=lambda each: float(each.cost),
    )
    rho, eta, theta = surface(found.x)
    squares = [
        (c * (ssvi(k, theta[i], rho=rho, eta=eta) - w) ** 2).sum()
        for i, (k, w, c) in enumerate(slices)
    ]
    return SSVI(float(rho), float(eta), theta, float(np.sqrt(np.mean(squares))))
