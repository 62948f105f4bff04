"""Probabilities of a lognormal spot: where it ends, what it touches, which strike has a delta.

The spot moves as a geometric Brownian motion whose expectation grows at `drift` a year: with
rate - yield these are probabilities under the pricing measure, with one's own expectation real
ones. Level probabilities: Hull, section 15.2. Touch: the reflection principle, Shreve, Stochastic
Calculus for Finance II, section 7.2.

A spot that is not positive, a negative level, time or volatility, NaN and infinity give NaN. With
no volatility or no time the spot ends at its expectation; a level that it meets exactly counts
half as below (the limit of the formula), and as touched. Levels of zero are never reached from
above: `below` is zero. Results keep their relative accuracy in the far tails.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats, flat
from core_numba.jit.kernel import Kernel
from core_numba.plain import probability as plain

_BELOW: Final = Kernel("probability", plain.below)
_TOUCH: Final = Kernel("probability", plain.touch)
_STRIKE: Final = Kernel("probability", plain.strike_for_delta)

Convention = Literal["spot", "forward"]


def _ends(side: float, *inputs: npt.ArrayLike) -> Floats:
    shape, arrays = flat(*inputs, side)
    out = np.empty(arrays[0].size)
    _BELOW.split(out.size, *arrays, out)
    return out.reshape(shape)


def below(
    spot: npt.ArrayLike,
    level: npt.ArrayLike,
    years: npt.ArrayLike,
    drift: npt.ArrayLike,
    volatility: npt.ArrayLike,
) -> Floats:
    """Probability that the spot is below `level` after `years`."""
    return _ends(1.0, spot, level, years, drift, volatility)


def above(
    spot: npt.ArrayLike,
    level: npt.ArrayLike,
    years: npt.ArrayLike,
    drift: npt.ArrayLike,
    volatility: npt.ArrayLike,
) -> Floats:
    """Probability that the spot is above `level` after `years`."""
    return _ends(-1.0, spot, level, years, drift, volatility)


def in_the_money(  # noqa: PLR0917 - the field's order
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    drift: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
) -> Floats:
    """Probability that an option is exercised: above the strike for calls, below it for puts."""
    side = -np.asarray(sign, dtype=np.float64)
    shape, arrays = flat(spot, strike, years, drift, volatility, side)
    out = np.empty(arrays[0].size)
    _BELOW.split(out.size, *arrays, out)
    return out.reshape(shape)


def between(  # noqa: PLR0917 - the field's order
    spot: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    years: npt.ArrayLike,
    drift: npt.ArrayLike,
    volatility: npt.ArrayLike,
) -> Floats:
    """Probability of ending between two levels: the profit of a position between its break-evens.

    Its complement is that of a position that earns outside them. NaN where `low` exceeds `high`.
    The difference is taken in the tail in which both levels lie, so a far interval stays accurate.
    """
    under = below(spot, high, years, drift, volatility) - below(spot, low, years, drift, volatility)
    over = above(spot, low, years, drift, volatility) - above(spot, high, years, drift, volatility)
    lower_tail = below(spot, high, years, drift, volatility) < 0.5
    found = np.where(lower_tail, under, over)
    ordered = np.asarray(low, dtype=np.float64) <= np.asarray(high, dtype=np.float64)
    return np.where(ordered, found, np.nan)


def touch(
    spot: npt.ArrayLike,
    barrier: npt.ArrayLike,
    years: npt.ArrayLike,
    drift: npt.ArrayLike,
    volatility: npt.ArrayLike,
) -> Floats:
    """Probability that the spot touches `barrier`, above or below it, at any time within `years`.

    The barrier is watched continuously; one at the spot is touched. A barrier of zero gives NaN.
    """
    shape, arrays = flat(spot, barrier, years, drift, volatility)
    out = np.empty(arrays[0].size)
    _TOUCH.split(out.size, *arrays, out)
    return out.reshape(shape)


def strike_for_delta(  # noqa: PLR0917 - the formula's own arguments
    delta: npt.ArrayLike,
    spot: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
    *,
    convention: Convention = "spot",
) -> Floats:
    """The strike whose option has `delta` (negative for puts), in closed form.

    `convention`: "spot", delta by the spot, exp(-yield years) N(d1) for a call; "forward", delta
    of the undiscounted option by the forward, N(d1). NaN where no strike has that delta.
    `ValueError` for another convention.
    """
    if convention not in {"spot", "forward"}:
        raise ValueError(f"convention is {convention!r}; it can be spot or forward.")
    shape, (d, s, t, r, q, v, side) = flat(
        delta, spot, years, rate, dividend_yield, volatility, sign
    )
    with np.errstate(all="ignore"):
        forward, deviation = s * np.exp((r - q) * t), v * np.sqrt(t)
        deviation = np.where(v >= 0.0, deviation, np.nan)
        fade = np.exp(-q * t) if convention == "spot" else np.ones_like(t)
    out = np.empty(d.size)
    _STRIKE.split(out.size, d, forward, deviation, fade, side, out)
    return out.reshape(shape)


def expected_range(
    spot: npt.ArrayLike,
    years: npt.ArrayLike,
    drift: npt.ArrayLike,
    volatility: npt.ArrayLike,
    share: npt.ArrayLike = 0.6826894921370859,
) -> tuple[Floats, Floats]:
    """The levels between which the spot ends with probability `share`, both tails equal.

    The default share is that of one standard deviation. `core_numba.european.expected_move` is
    the desk's first-order form of it: spot * volatility * sqrt(years).
    """
    part = np.asarray(share, dtype=np.float64)
    # exp(-v^2 T): the deltas N(d1) of the median strike shifted from N(d2) to N(d1)
    s, t, m, v = (np.asarray(a, dtype=np.float64) for a in (spot, years, drift, volatility))
    middle = s * np.exp((m - v * v) * t)
    deviation = np.where(v >= 0.0, v * np.sqrt(np.abs(t)), np.nan)
    deviation = np.where(t >= 0.0, deviation, np.nan)
    shape, arrays = flat(0.5 * (1.0 - part), middle, deviation, 1.0, 1.0)
    high = np.empty(arrays[0].size)
    _STRIKE.split(high.size, *arrays, high)
    shape, arrays = flat(0.5 * (1.0 + part), middle, deviation, 1.0, 1.0)
    low = np.empty(arrays[0].size)
    _STRIKE.split(low.size, *arrays, low)
    return low.reshape(shape), high.reshape(shape)
