"""Implied volatility of American prices: bracketed, never extrapolated, with a reason for each NaN.

The price rises with volatility from what a certain spot is worth to the strike of the put form.
Where exercise at once is best for all volatilities up to some level, every one of them has the
same price: an option quoted at its exercise value tells nothing but an upper bound, and is NaN.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.american.engine import solve
from core_numba.american.puts import Puts, as_puts, certain
from core_numba.american.schemes import Scheme, scheme_of
from core_numba.arrays import Floats, flat


class Reason(IntEnum):
    """Why there is a volatility, or none."""

    FOUND = 0
    INVALID = 1
    """Not finite, negative, expired, or a sign other than +1 and -1."""
    BELOW_EXERCISE = 2
    """Less than exercising at the best certain date: an arbitrage or a stale quote."""
    EXERCISED = 3
    """At that value: every low volatility prices it so; undetermined."""
    ABOVE_BOUND = 4
    """At or above what an infinite volatility is worth."""
    OUT_OF_RANGE = 5
    """The volatility is below `LEAST` or above `MOST`, in units of 1 / sqrt(years)."""
    UNSETTLED = 6
    """The engine gave no value on the way."""


class Implied(NamedTuple):
    """Volatilities, NaN with a reason."""

    volatility: Floats
    reason: npt.NDArray[np.int8]


LEAST: Final = 1e-4
MOST: Final = 12.0
_RESOLUTION: Final = 1e-9
"""Time value, as a share of the exercise value, below which prices tell no volatility."""
_FIRST: Final = (0.07, 0.35)
_CLOSE: Final = 1e-13
_STEPS: Final = 100


def implied_volatility(  # noqa: PLR0917 - an option's own seven numbers, in their usual order
    price: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    sign: npt.ArrayLike,
    *,
    accuracy: str | Scheme = "accurate",
) -> Implied:
    """The volatility at which `price` returns these prices at the same `accuracy`. Broadcasts."""
    shape, (paid, s, k, t, r, q, side) = flat(
        price, spot, strike, years, rate, dividend_yield, sign
    )
    puts = as_puts(s, k, t, r, q, np.ones_like(s), side)
    scheme = scheme_of(accuracy)
    reason = np.full(paid.size, Reason.FOUND, dtype=np.int8)
    valid = puts.valid & np.isfinite(paid) & (puts.spot > 0) & (puts.strike > 0) & (t > 0)
    with np.errstate(invalid="ignore", over="ignore"):
        floor = certain(puts).value
        top = puts.strike * np.exp(np.maximum(-puts.rate * puts.years, 0.0))
        time_value = paid - floor
        least = _RESOLUTION * floor
        reason[paid >= top] = Reason.ABOVE_BOUND
        reason[time_value <= least] = Reason.EXERCISED
        reason[(time_value < -least) | (paid <= 0.0)] = Reason.BELOW_EXERCISE
    reason[~valid] = Reason.INVALID
    out = np.full(paid.size, np.nan)
    at = np.flatnonzero(reason == Reason.FOUND)
    if at.size:
        some = puts.take(at)
        out[at], reason[at] = _search(some, paid[at] / some.strike, scheme)
    return Implied(out.reshape(shape), reason.reshape(shape))


def _search(puts: Puts, target: Floats, scheme: Scheme) -> tuple[Floats, npt.NDArray[np.int8]]:
    """Chandrupatla's method on the logarithm of the deviation: bisection when in doubt."""
    root_t = np.sqrt(puts.years)

    def excess(where: Floats, at: npt.NDArray[np.intp]) -> Floats:
        some = puts.take(at)._replace(volatility=np.exp(where) / root_t[at])
        return np.asarray(solve(some, scheme).value - target[at])

    size = target.size
    every = np.arange(size)
    a, b = np.full(size, np.log(_FIRST[1])), np.full(size, np.log(_FIRST[0]))
    fa, fb = excess(a, every), excess(b, every)
    # Outwards until the volatility is enclosed: the ends of the range cost a hundred times more.
    while (i := np.flatnonzero((fa < 0.0) & (a < np.log(MOST)))).size:
        b[i], fb[i] = a[i], fa[i]
        a[i] = np.minimum(a[i] + 1.0, np.log(MOST))
        fa[i] = excess(a[i], i)
    while (i := np.flatnonzero((fb > 0.0) & (b > np.log(LEAST)))).size:
        a[i], fa[i] = b[i], fb[i]
        b[i] = np.maximum(b[i] - 1.0, np.log(LEAST))
        fb[i] = excess(b[i], i)
    reason = np.full(size, Reason.FOUND, dtype=np.int8)
    reason[(fa < 0.0) | (fb > 0.0)] = Reason.OUT_OF_RANGE
    reason[np.isnan(fa) | np.isnan(fb)] = Reason.UNSETTLED
    active = np.flatnonzero(reason == Reason.FOUND)
    c, fc = b.copy(), fb.copy()
    share = np.full(size, 0.5)
    for _ in range(_STEPS):
        if not active.size:
            break
        i = active
        x = a[i] + share[i] * (b[i] - a[i])
        f = excess(x, i)
        same = np.signbit(f) == np.signbit(fa[i])
        c[i], fc[i] = np.where(same, a[i], b[i]), np.where(same, fa[i], fb[i])
        b[i], fb[i] = np.where(same, b[i], a[i]), np.where(same, fb[i], fa[i])
        a[i], fa[i] = x, f
        width = np.abs(b[i] - a[i])
        broken = np.isnan(f)
        reason[i[broken]] = Reason.UNSETTLED
        tolerance = np.minimum(_CLOSE / width, 0.5)
        done = broken | (f == 0.0) | (width <= 2.0 * _CLOSE)
        share[i] = np.clip(_inverse_quadratic(a[i], b[i], c[i], fa[i], fb[i], fc[i]),
                           tolerance, 1.0 - tolerance)  # fmt: skip
        active = i[~done]
    best = np.where(np.abs(fb) < np.abs(fa), b, a)
    found = np.exp(best) / root_t
    found[reason != Reason.FOUND] = np.nan
    return found, reason


def _inverse_quadratic(  # noqa: PLR0917 - three points
    a: Floats, b: Floats, c: Floats, fa: Floats, fb: Floats, fc: Floats
) -> Floats:
    """The share of the way from a to b, by inverse interpolation where it is monotone; else 1/2."""
    with np.errstate(all="ignore"):
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        usable = (phi**2 < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
        share = fa / (fb - fa) * fc / (fb - fc)
        share += (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
    return np.where(usable & np.isfinite(share), share, 0.5)
