"""Lognormal probabilities in NumPy: see `core_numba/probability.py`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_numba.plain.normal import Floats, norm_cdf


def _usable(*values: Floats) -> npt.NDArray[np.bool_]:
    finite = np.isfinite(values[0])
    for value in values[1:]:
        finite = finite & np.isfinite(value)
    return finite


def _quotient(x: Floats, deviation: Floats) -> Floats:
    """x / deviation; with no deviation plus or minus infinity, and 0 for 0 / 0."""
    with np.errstate(all="ignore"):
        return np.where(deviation > 0, x / deviation, np.where(x == 0, 0.0, np.copysign(np.inf, x)))


def below(  # noqa: PLR0917 - a kernel's arrays
    spot: Floats,
    level: Floats,
    years: Floats,
    drift: Floats,
    volatility: Floats,
    side: Floats,
    out: Floats,
) -> None:
    ok = _usable(spot, level, years, drift, volatility) & (np.abs(side) == 1)
    ok &= (spot > 0) & (level >= 0) & (years >= 0) & (volatility >= 0)
    with np.errstate(all="ignore"):
        deviation = volatility * np.sqrt(years)
        x = np.log(level / spot) - drift * years
        z = _quotient(x, deviation) + 0.5 * deviation
        out[:] = np.where(ok, norm_cdf(side * z), np.nan)


def touch(  # noqa: PLR0917 - a kernel's arrays
    spot: Floats, barrier: Floats, years: Floats, drift: Floats, volatility: Floats, out: Floats
) -> None:
    ok = _usable(spot, barrier, years, drift, volatility)
    ok &= (spot > 0) & (barrier > 0) & (years >= 0) & (volatility >= 0)
    with np.errstate(all="ignore"):
        x = np.log(barrier / spot)
        distance, deviation = np.abs(x), volatility * np.sqrt(years)
        toward = np.where(x < 0, -1.0, 1.0) * (drift - 0.5 * volatility * volatility) * years
        z1 = _quotient(distance - toward, deviation)
        z2 = _quotient(distance + toward, deviation)
        reflected = np.exp(2.0 * toward * distance / deviation**2) * norm_cdf(-z2)
        found = norm_cdf(-z1) + np.where(deviation > 0, reflected, 0.0)
        found = np.where((deviation == 0) & (toward >= distance), 1.0, np.minimum(found, 1.0))
        out[:] = np.where(ok, np.where(distance == 0, 1.0, found), np.nan)


def strike_for_delta(  # noqa: PLR0917 - a kernel's arrays
    delta: Floats, forward: Floats, deviation: Floats, fade: Floats, sign: Floats, out: Floats
) -> None:
    with np.errstate(all="ignore"):
        share = sign * delta / fade
        ok = (share > 0) & (share < 1) & (forward > 0) & (deviation >= 0) & (np.abs(sign) == 1)
        ok &= np.isfinite(forward) & np.isfinite(deviation)
        quantile = _quantile(np.where(ok, share, 0.5))
        strike = forward * np.exp(deviation * (0.5 * deviation - sign * quantile))
        out[:] = np.where(ok, strike, np.nan)


def _quantile(p: Floats) -> Floats:
    """Inverse of the normal distribution: Newton's method on the logarithm of the smaller tail."""
    tail = np.minimum(p, 1.0 - p)
    x = -np.sqrt(np.maximum(-2.0 * np.log(2.0 * tail), 0.0))
    for _ in range(60):
        n = norm_cdf(x)
        with np.errstate(all="ignore"):
            density = np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi)
            x = x - np.log(n / tail) * n / density
    return np.where(p < 0.5, x, -x)
