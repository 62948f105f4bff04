"""Expected profit and the probability of a profit under a measure."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain.strategies import profile as plain
from core_numba.strategies.measures import Measure
from core_numba.strategies.profile import Profile

INTEGRATE = Kernel("strategies.profile", plain.integrate)


class Expectation(NamedTuple):
    """Per strategy: the mean of P&L in money (undiscounted), and P(P&L > 0)."""

    expected: Floats
    probability_of_profit: Floats


def expectation(profile: Profile, measure: Measure) -> Expectation:
    """Sum the segments of `profile` under `measure`, which must speak of the profile's date.

    Exact for a profile at expiration: each segment needs only the probability and the partial
    mean below its ends. A zero P&L is no profit. NaN where the profile or the measure is NaN.
    """
    n = len(profile.start)
    room = np.diff(np.append(profile.start, len(profile.x)))
    owner = np.repeat(np.arange(n), room)
    below, strictly, partial = measure.below(profile.x, owner)
    mean = np.array(np.broadcast_to(measure.mean, (n,)))
    expected, probability = np.empty(n), np.empty(n)
    INTEGRATE.split(
        n, profile.start, profile.segments, profile.x, profile.pnl, profile.slope,
        below, strictly, partial, mean, expected, probability,
    )  # fmt: skip
    return Expectation(expected, probability)
