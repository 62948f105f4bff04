"""SSVI: a volatility surface free of static arbitrage by construction.

Gatheral and Jacquier, 'Arbitrage-free SVI volatility surfaces', Quantitative Finance 14 (2014):
total variance w(k, theta) = theta/2 * (1 + rho phi k + sqrt((phi k + rho)^2 + 1 - rho^2)) with
k = ln(K/F), theta the at-the-money total variance and phi(theta) = eta / sqrt(theta (1 + theta))
(their equation 4.5 with gamma = 1/2). With eta (1 + |rho|) <= 2 and theta nondecreasing in tenor
there is neither butterfly nor calendar arbitrage (their remark 4.4).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats


def arbitrage_free(rho: float, eta: float) -> bool:
    """Whether the parameters meet the sufficient condition."""
    return -1.0 < rho < 1.0 and 0.0 < eta * (1.0 + abs(rho)) <= 2.0


def total_variance(
    log_moneyness: npt.ArrayLike, theta: npt.ArrayLike, *, rho: float, eta: float
) -> Floats:
    """w(k, theta). `ValueError` for parameters that do not exclude arbitrage."""
    if not arbitrage_free(rho, eta):
        raise ValueError(f"SSVI with rho={rho} and eta={eta} may admit arbitrage")
    k, th = np.asarray(log_moneyness, dtype=np.float64), np.asarray(theta, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(th > 0, eta * k / np.sqrt(th * (1.0 + th)), 0.0)
    return np.asarray(0.5 * th * (1.0 + rho * z + np.sqrt((z + rho) ** 2 + 1.0 - rho * rho)))
