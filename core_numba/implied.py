"""Implied volatility by bracketed Newton on Black's formula.

The out-of-the-money side of the price is inverted, so that deep in-the-money prices lose nothing
to their intrinsic part beyond what the given price itself has lost. What cannot be inverted is
NaN: a price below intrinsic, at or above its upper bound, without time value, or not a number.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from core_numba.european import black
from core_numba.normal import Floats

_STEPS: Final = 120
_MAX_DEVIATION: Final = 40.0
_RESOLUTION: Final = 1e-12
"""Time value, relative to an in-the-money price, below which rounding has eaten the volatility."""


def implied_deviation(
    value: npt.ArrayLike, forward: npt.ArrayLike, strike: npt.ArrayLike, sign: npt.ArrayLike
) -> Floats:
    """The total standard deviation (volatility * sqrt(T)) behind an undiscounted Black value.

    Newton on the logarithm of the value, kept inside a bracket that halves whenever a step leaves
    it: monotone in the deviation, so it cannot converge to a wrong root.
    """
    v, f, k, side = np.broadcast_arrays(
        *(np.asarray(a, dtype=np.float64) for a in (value, forward, strike, sign))
    )
    outer = np.where(f > k, -1.0, 1.0)
    same = side == outer
    outside = np.where(same, v, v - np.abs(f - k))
    least = np.where(same, 0.0, _RESOLUTION * np.maximum(f, k))
    solvable = (outside > least) & (outside < np.minimum(f, k)) & (f > 0) & (k > 0)
    f_safe, k_safe = np.where(solvable, f, 1.0), np.where(solvable, k, 1.0)
    target = np.where(solvable, outside, 0.1)
    low, high = np.full(target.shape, 1e-9), np.full(target.shape, _MAX_DEVIATION)
    guess = np.clip(np.sqrt(2.0 * np.abs(np.log(f_safe / k_safe))), 0.05, 2.0)
    log_target = np.log(target)
    for _ in range(_STEPS):
        terms = black(f_safe, k_safe, guess, outer)
        above = terms.value > target
        high, low = np.where(above, guess, high), np.where(above, low, guess)
        slope = f_safe * terms.density
        with np.errstate(divide="ignore", invalid="ignore"):
            step = (np.log(terms.value) - log_target) * terms.value / slope
        new = guess - step
        usable = np.isfinite(new) & (new > low) & (new < high)
        new = np.where(usable, new, 0.5 * (low + high))
        moved = np.abs(new - guess) > 1e-15 * guess
        guess = new
        if not bool(np.any(moved & solvable)):
            break
    return np.where(solvable, guess, np.nan)


def implied_volatility(  # noqa: PLR0917 - as in black_scholes
    price: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    sign: npt.ArrayLike,
) -> Floats:
    """Black-Scholes-Merton implied volatility of European prices; NaN where there is none."""
    t = np.asarray(years, dtype=np.float64)
    r, q = np.asarray(rate, dtype=np.float64), np.asarray(dividend_yield, dtype=np.float64)
    forward = np.asarray(spot, dtype=np.float64) * np.exp((r - q) * t)
    value = np.asarray(price, dtype=np.float64) * np.exp(r * t)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(implied_deviation(value, forward, strike, sign) / np.sqrt(t))
