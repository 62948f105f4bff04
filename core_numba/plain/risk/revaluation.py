"""Value of option and stock legs of one underlying in many scenarios, by Black-Scholes-Merton."""

from __future__ import annotations

import numpy as np

from core_numba.arrays import Floats

LEAST_DEVIATION = 1e-10
"""Below this deviation of the log price an option is worth its discounted intrinsic value."""


def revalue(spot: Floats, shift: Floats, elapsed: Floats, legs: Floats, out: Floats) -> None:
    """Add the value of `legs` (rows sign, strike, years, volatility, rate, yield, quantity)."""
    from scipy.special import ndtr  # noqa: PLC0415 - slow to import, and seldom needed

    with np.errstate(divide="ignore", invalid="ignore"):
        log_spot = np.log(spot)
    for sign, strike, years, volatility, rate, dividend, quantity in legs.T:
        if sign == 0.0:
            out += quantity * spot
            continue
        left = np.maximum(years - elapsed, 0.0)
        deviation = np.maximum(volatility + shift, 0.0) * np.sqrt(left)
        deviation = np.maximum(deviation, LEAST_DEVIATION)
        moneyness = log_spot - np.log(strike) + (rate - dividend) * left
        d1 = moneyness / deviation + 0.5 * deviation
        value = spot * np.exp(-dividend * left) * ndtr(sign * d1)
        value -= strike * np.exp(-rate * left) * ndtr(sign * (d1 - deviation))
        out += quantity * sign * value
