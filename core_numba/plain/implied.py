"""Implied volatility by bracketed Newton on Black's and Bachelier's formulas, in NumPy.

The out-of-the-money side of the price is inverted, so that deep in-the-money prices lose nothing
to their intrinsic part beyond what the given price itself has lost. An in-the-money price whose
time value is below 1e-12 of the larger of forward and strike has none here: coarser than the
compiled kernels, which draw that line at `RESOLUTION`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from core_numba.normal import Floats, norm_cdf, norm_pdf
from core_numba.reason import RESOLUTION, Reason

Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

_STEPS: Final = 120
_MAX_DEVIATION: Final = 40.0
_RESOLUTION: Final = 1e-12
"""Time value, relative to an in-the-money price, below which rounding has eaten the volatility."""


def _black(f: Floats, k: Floats, s: Floats, outer: Floats) -> tuple[Floats, Floats]:
    """Undiscounted value of the out-of-the-money side, and n(d1)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        d1 = np.log(f / k) / s + 0.5 * s
        value = outer * (f * norm_cdf(outer * d1) - k * norm_cdf(outer * (d1 - s)))
    return np.maximum(value, 0.0), norm_pdf(d1)


def deviation(value: Floats, forward: Floats, strike: Floats, sign: Floats) -> Floats:
    """The total standard deviation (volatility * sqrt(T)) behind an undiscounted Black value.

    Newton on the logarithm of the value, kept inside a bracket that halves whenever a step leaves
    it: monotone in the deviation, so it cannot converge to a wrong root.
    """
    v, f, k, side = value, forward, strike, sign
    outer = np.where(f > k, -1.0, 1.0)
    same = (side == outer) | (f == k)
    with np.errstate(invalid="ignore"):
        outside = np.where(same, v, v - np.abs(f - k))
        least = np.where(same, 0.0, _RESOLUTION * np.maximum(f, k))
    solvable = (outside > least) & (outside < np.minimum(f, k)) & (f > 0) & (k > 0)
    solvable &= (f < np.inf) & (k < np.inf) & (np.abs(side) == 1.0)
    f_safe, k_safe = np.where(solvable, f, 1.0), np.where(solvable, k, 1.0)
    target = np.where(solvable, outside, 0.1)
    low, high = np.full(target.shape, 1e-9), np.full(target.shape, _MAX_DEVIATION)
    guess = np.clip(np.sqrt(2.0 * np.abs(np.log(f_safe / k_safe))), 0.05, 2.0)
    log_target = np.log(target)
    for _ in range(_STEPS):
        found, density = _black(f_safe, k_safe, guess, outer)
        above = found > target
        high, low = np.where(above, guess, high), np.where(above, low, guess)
        slope = f_safe * density
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            step = (np.log(found) - log_target) * found / slope
        new = guess - step
        usable = np.isfinite(new) & (new > low) & (new < high)
        new = np.where(usable, new, 0.5 * (low + high))
        moved = np.abs(new - guess) > 1e-15 * guess
        guess = new
        if not bool(np.any(moved & solvable)):
            break
    return np.where(solvable, guess, np.nan)


def _reasons(  # noqa: PLR0917 - one verdict from these six
    found: Floats, value: Floats, worth: Floats, bound: Floats, noise: Floats, fair: Flags
) -> Codes:
    extra = value - worth
    below = (value < 0.0) | (extra < -noise)
    above = (bound - value <= RESOLUTION * bound) & (bound < np.inf)
    code = np.where(np.isnan(found), Reason.NO_TIME_VALUE, Reason.FOUND)
    code = np.where(above, Reason.ABOVE_BOUND, code)
    code = np.where(below, Reason.BELOW_INTRINSIC, code)
    return np.where(fair, code, Reason.BAD_INPUT).astype(np.int8)


def forward_volatilities(  # noqa: PLR0917 - a kernel takes its arrays by position
    price: Floats,
    forward: Floats,
    strike: Floats,
    years: Floats,
    discount: Floats,
    sign: Floats,
    out: Floats,
    reason: Codes,
) -> None:
    """Black (1976): `price` is discounted by `discount`."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value = price / discount
        fair = np.isfinite(value) & np.isfinite(forward) & np.isfinite(strike) & (forward > 0)
        fair &= (strike > 0) & (years > 0) & (years < np.inf) & (np.abs(sign) == 1.0)
        fair &= (discount > 0) & (discount < np.inf)
        found = deviation(np.where(fair, value, np.nan), forward, strike, sign) / np.sqrt(years)
        worth = np.maximum(sign * (forward - strike), 0.0)
        bound = np.where(sign > 0, forward, strike)
        reason[:] = _reasons(found, value, worth, bound, RESOLUTION * value, fair)
    out[:] = np.where(reason == Reason.FOUND, found, np.nan)


def spot_volatilities(  # noqa: PLR0917 - as above
    price: Floats,
    spot: Floats,
    strike: Floats,
    years: Floats,
    rate: Floats,
    dividend_yield: Floats,
    sign: Floats,
    out: Floats,
    reason: Codes,
) -> None:
    """Black-Scholes-Merton with a continuous yield."""
    with np.errstate(over="ignore", invalid="ignore"):
        forward = spot * np.exp((rate - dividend_yield) * years)
        discount = np.exp(-rate * years)
    forward_volatilities(price, forward, strike, years, discount, sign, out, reason)


def normal_volatilities(  # noqa: PLR0917 - as above
    price: Floats,
    forward: Floats,
    strike: Floats,
    years: Floats,
    discount: Floats,
    sign: Floats,
    out: Floats,
    reason: Codes,
) -> None:
    """Bachelier: bisection of the deviation that halves its bracket to the last digit."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value, distance = price / discount, np.abs(forward - strike)
        fair = np.isfinite(value) & np.isfinite(distance) & (years > 0) & (years < np.inf)
        fair &= (discount > 0) & (discount < np.inf) & (np.abs(sign) == 1.0)
        worth = np.maximum(sign * (forward - strike), 0.0)
        extra = value - worth
        least = np.where(worth > 0.0, RESOLUTION * value, 0.0)
        solvable = fair & (extra > least)
        target = np.where(solvable, extra, 1.0)
        low, high = np.zeros(target.shape), (target + distance) * np.sqrt(2.0 * np.pi)
        for _ in range(2 * _STEPS):
            middle = 0.5 * (low + high)
            x = distance / middle
            above = middle * (norm_pdf(x) - x * norm_cdf(-x)) > target
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        found = np.where(solvable, 0.5 * (low + high), np.nan) / np.sqrt(years)
        everywhere = np.full(target.shape, np.inf)
        reason[:] = _reasons(found, value, worth, everywhere, RESOLUTION * np.abs(value), fair)
    out[:] = np.where(reason == Reason.FOUND, found, np.nan)
