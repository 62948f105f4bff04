"""The QD+ exercise boundary (Li 2010) to convergence: a check of the engine's first guess.

It takes the boundary from an ordinary differential equation; its error is near 1e-3. In NumPy:
nothing hot needs it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats, flat
from core_numba.normal import norm_cdf, norm_pdf

_BISECTIONS: Final = 90


def _quadratic(b: Floats, rt: Floats, qt: Floats, sd: Floats) -> Floats:
    """The boundary equation at B / K = b."""
    w = 2.0 * (rt - qt) / sd**2 - 1.0
    over = np.where(np.abs(rt) < 1e-9, 1.0, -np.expm1(-rt) / np.where(rt == 0.0, 1.0, rt))
    ah = 2.0 / (sd**2 * over)
    root = np.sqrt(w * w + 4.0 * ah)
    lam = -0.5 * (w + root)
    d1 = (np.log(b) + rt - qt) / sd + 0.5 * sd
    n1, n2 = np.exp(-qt) * norm_cdf(-d1), np.exp(-rt) * norm_cdf(sd - d1)
    put = n2 - b * n1
    decay = rt * n2 - qt * b * n1 - 0.5 * sd * b * np.exp(-qt) * norm_pdf(d1)
    ratio = decay * over * np.exp(rt) / (1.0 - b - put)
    slope = lam + np.exp(-rt) * ah / root * (1.0 - ratio - ah / (root * root))
    return np.asarray((1.0 - n1) * b + slope * (1.0 - b - put))


def _boundary(rt: Floats, qt: Floats, sd: Floats) -> Floats:
    """B / K by bisection from the limit downwards: its highest root is the one that is meant."""
    limit = np.where(qt > rt, rt / np.where(qt > rt, qt, 1.0), 1.0)
    w, a = 2.0 * (rt - qt) / sd**2 - 1.0, 2.0 * rt / sd**2
    lam = -0.5 * (w + np.sqrt(w * w + 4.0 * a))
    low = 0.5 * lam / (lam - 1.0) * np.minimum(limit, 1.0)
    high = limit * (1.0 - 1e-12)
    for _ in range(_BISECTIONS):
        middle = np.sqrt(low * high)
        f = _quadratic(middle, rt, qt, sd)
        up = f < 0.0
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return np.asarray(np.sqrt(low * high))


def quadratic_boundary(
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
) -> Floats:
    """The QD+ boundary of a put with `years` left. Positive rate and volatility, else NaN."""
    shape, (k, t, r, q, v) = flat(strike, years, rate, dividend_yield, volatility)
    good = (k > 0) & (t > 0) & (r > 0) & (v > 0)
    out = np.full(k.size, np.nan)
    out[good] = k[good] * _boundary((r * t)[good], (q * t)[good], (v * np.sqrt(t))[good])
    return out.reshape(shape)
