"""The computed path of a price through one session, between two real closes.

A Brownian bridge of the logarithm from the previous close (less a dividend that goes ex) to the
day's close: an overnight gap, then 390 minutes whose variance is larger near the bells. The normals
come from a counter-based generator keyed by a hash of (seed, symbol, day), so that any moment can
be asked for in any order and on any machine with the same result.

The bridge of a day knows that day's close: that is what makes the real close come true. Nothing
else that is quoted during the day does.
"""

from __future__ import annotations

import hashlib
import math
from datetime import date
from typing import Final

import numpy as np

from core_numba.normal import Floats

MINUTES: Final = 390
OVERNIGHT: Final = 0.25
"""Share of a day's variance that the opening gap takes."""


def key(*parts: object) -> int:
    """A 128-bit key for a random stream, from anything with a stable text."""
    text = "|".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")


def intensity(progress: Floats | float) -> Floats:
    """Share of a session's variance (and volume) gone by at `progress` in [0, 1]: U-shaped.

    The integral of 0.6 + 1.2 (2x - 1)^2, which is three times as busy at the bells as at noon.
    """
    x = np.asarray(progress, dtype=np.float64)
    return np.asarray(0.6 * x + 0.2 * ((2.0 * x - 1.0) ** 3 + 1.0))


def session_path(
    *, seed: int, symbol: str, day: date, start: float, close: float, volatility: float
) -> Floats:
    """Logarithms of the price at the opening bell and after each of the 390 minutes (391 values).

    `start` is the previous close less the dividend of the day, `volatility` the annual one known
    before the day. The last value is ln(close) exactly.
    """
    times = OVERNIGHT + (1.0 - OVERNIGHT) * intensity(np.linspace(0.0, 1.0, MINUTES + 1))
    steps = np.sqrt(np.diff(times, prepend=0.0))
    generator = np.random.Generator(np.random.Philox(key=key(seed, "path", symbol, day)))
    walk = np.cumsum(steps * generator.standard_normal(MINUTES + 1))
    bridge = walk - times * walk[-1]
    drift = math.log(close / start)
    path = math.log(start) + drift * times + volatility / math.sqrt(252.0) * bridge
    path[-1] = math.log(close)
    return np.asarray(path)


def interpolate(path: Floats, progress: float) -> float:
    """The price at `progress` in [0, 1] of the session: linear in the logarithm between minutes."""
    place = min(max(progress, 0.0), 1.0) * MINUTES
    low = min(int(place), MINUTES - 1)
    share = place - low
    return math.exp(float(path[low]) * (1.0 - share) + float(path[low + 1]) * share)
