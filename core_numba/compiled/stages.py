"""Implied deviations of a block of prices: a close guess and one step of high order.

Four short loops instead of a long one. Each has few numbers alive, so that four vectors of it fit
the registers, and what one leaves for the next stays in the nearest cache: twice as fast as one
loop. What they do not reach is NaN and left to `core_numba.compiled.inversion.careful`, which
brackets and cannot miss.

Notation as in `core_numba.compiled.inversion`. A block's numbers lie in rows of one array `w`; a
loop over separate arrays would begin with checks that they do not overlap.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from core_numba.compiled import mills
from core_numba.compiled.guess import guess, rough_log1p
from core_numba.compiled.lognormal import apart, log_of_apart
from core_numba.jit.declare import inlined
from core_numba.normal import Floats
from core_numba.reason import RESOLUTION
from core_numba.vmath.functions import INV_ROOT_2PI
from core_numba.vmath.instructions import at_least, at_most, fma, select

BLOCK: Final = 128
_ROWS: Final = 7
_STRIDE: Final = BLOCK + 8
ROOM: Final = _ROWS * _STRIDE
_K, _START, _LOG, _SCALE, _ABOVE, _BELOW, _Z = range(0, ROOM, _STRIDE)
_S: Final = _START
"""The deviation takes the place of what it was guessed from."""
_LARGEST: Final = 1e280
_CLOSE: Final = 1e-10
"""Added to (e^k - 1) / c before the guess, which has a limit but no value where it is zero."""
_FARTHEST: Final = 6.389
"""e^k - 1 must be below."""
_TRUSTED: Final = 0.004
"""A step up to this size leaves an error of order its fifth power."""


@inlined
def forward_terms(  # noqa: PLR0917 - a block's arrays
    price: Floats, forward: Floats, strike: Floats, discount: Floats, sign: Floats, w: Floats
) -> None:
    """What the next stages need of prices on a forward; all arrays but `w` of one length."""
    for i in range(price.shape[0]):
        value, f, k = price[i] / discount[i], forward[i], strike[i]
        larger, smaller = at_least(f, k), at_most(f, k)
        outside = (f > k) == (sign[i] < 0.0)
        gap = larger - smaller
        worth = select(outside, 0.0, gap)
        extra = value - worth
        bound = select(outside, smaller, larger)
        rest = bound - value
        upper, target = extra > rest, at_most(extra, rest)
        whole, difference, total = apart(larger, smaller)
        one = 1.0 / (target * total)
        by_total, by_target = target * one, total * one
        sure = (
            (one < _LARGEST)
            & (sign[i] * sign[i] == 1.0)
            & (extra > RESOLUTION * worth)
            & (rest > RESOLUTION * bound)
            & (gap < _FARTHEST * smaller)  # false for NaN
        )
        scale = INV_ROOT_2PI * smaller * by_target
        log = log_of_apart(whole, difference * by_total, 0.0)
        w[_K + i] = log
        w[_START + i] = fma(2.0 * _CLOSE * target, by_total, log)
        w[_LOG + i] = fma(select(upper, extra, gap), by_target, _CLOSE)
        w[_SCALE + i] = select(sure, select(upper, -scale, scale), np.nan)


@inlined
def unit_terms(  # noqa: PLR0917 - the scalars of one option
    i: int,
    k: float,
    grown: float,
    value: float,
    inside: bool,  # noqa: FBT001
    sure: bool,  # noqa: FBT001
    w: Floats,
) -> None:
    """The same for one option: `grown` is e^k - 1, `value` in units of the smaller of F and K."""
    worth, bound = select(inside, grown, 0.0), select(inside, 1.0 + grown, 1.0)
    extra, rest = value - worth, bound - value
    upper, target = extra > rest, at_most(extra, rest)
    by_target = 1.0 / target
    normal = (by_target < _LARGEST) & (grown < _FARTHEST)
    within = (extra > RESOLUTION * worth) & (rest > RESOLUTION * bound)
    scale = INV_ROOT_2PI * by_target
    w[_K + i] = k
    w[_START + i] = fma(_CLOSE, target, k)
    w[_LOG + i] = fma(select(upper, extra, grown), by_target, _CLOSE)
    w[_SCALE + i] = select(sure & within & normal, select(upper, -scale, scale), np.nan)


@inlined
def _guesses(w: Floats) -> None:
    for i in range(BLOCK):
        log = rough_log1p(w[_LOG + i])
        w[_S + i] = guess(w[_START + i], log + log, w[_SCALE + i] < 0.0)


@inlined
def _prices(w: Floats) -> None:
    """Numerator and denominator of price / vega at the guess."""
    for i in range(BLOCK):
        s, upper = w[_S + i], w[_SCALE + i] < 0.0
        z, h = w[_K + i] / s, 0.5 * s
        least = select(upper, h - z, z - h)
        above, below = mills.quotient(least, z + h, select(upper, 2.0 * z, s), upper)
        w[_Z + i], w[_ABOVE + i], w[_BELOW + i] = z, above, below


@inlined
def _move(z: float, h: float, off: float, r: float) -> float:
    """The relative move of s. `off` is ln(price / target), `r` Newton's move in its logarithm.

    The series of the inverse function to the fourth power of r. The n-th derivative of vega over
    vega times (r s)^n is a polynomial in z^2 and h^2; 1 / price never appears, for it always meets
    r.
    """
    zz, hh, rr = z * z, h * h, r * r
    p = zz - hh
    p1 = fma(-3.0, zz, -hh)
    a, b = r * p, rr * fma(p, p, p1)
    g = rr * r * fma(p, fma(p, p, 3.0 * p1), 12.0 * zz)
    second = 0.5 * (a + off)
    third = fma(off, fma(2.0, off, 3.0 * a), b) * (1 / 6)
    fourth = fma(off, fma(off, fma(6.0, off, 12.0 * a), fma(4.0, b, 3.0 * a * a)), g)
    more = fma(fourth, -1 / 24, fma(2.0 * second, second, -third))
    return fma(r, fma(-5.0 * second, fma(second, second, -third), more) - second, r)


@inlined
def _stepped(i: int, w: Floats) -> float:
    signed, s, z = w[_SCALE + i], w[_S + i], w[_Z + i]
    upper = signed < 0.0
    h = 0.5 * s
    x = z - h
    above, below = w[_ABOVE + i] * abs(signed), w[_BELOW + i]
    whole, difference, total = apart(above, below)
    below_s = below * s
    one = 1.0 / (below_s * total)
    off = log_of_apart(whole, difference * (below_s * one), -0.5 * x * x)
    share = w[_ABOVE + i] * (total * one)  # vega s / price
    r = off * select(upper, share, -share)
    move = _move(z, h, off, r)
    sure = (s > 0.0) & (select(upper, -x, x) > mills.LEAST) & (z + h < mills.MOST)
    return select(sure & (abs(move) < _TRUSTED), fma(s, move, s), np.nan)


@inlined
def volatilities(w: Floats, years: Floats, out: Floats) -> None:
    """From the terms in `w` to volatilities, NaN where `careful` must decide."""
    _guesses(w)
    _prices(w)
    for i in range(out.shape[0]):
        out[i] = _stepped(i, w) / math.sqrt(years[i])
