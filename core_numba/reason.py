"""Why an inversion gave no number."""

from __future__ import annotations

from enum import IntEnum


class Reason(IntEnum):
    """The code that stands beside each implied volatility; only `FOUND` goes with a number."""

    FOUND = 0
    BAD_INPUT = 1
    """NaN or infinite input, a forward, strike or time that is not positive, a sign that is not
    +1 or -1."""
    BELOW_INTRINSIC = 2
    """The price is below what exercise is worth at expiry, or negative."""
    ABOVE_BOUND = 3
    """The price reaches the bound that it approaches as volatility grows (the forward for a call,
    the strike for a put, discounted), to within `RESOLUTION` of itself."""
    NO_TIME_VALUE = 4
    """The price is zero, or intrinsic value to within `RESOLUTION` of itself: every small
    volatility explains it as well as any other."""


RESOLUTION = 2.0**-48
"""The relative error that a price is taken to have: 16 times the spacing of doubles."""
