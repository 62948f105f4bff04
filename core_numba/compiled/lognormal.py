"""What every European option price and Greek is made of: a fast form and a careful one.

`fast` is branch-free and short. It loses digits where the price is the difference of nearly equal
numbers and means nothing outside its domain, so it says which elements it is `trusted` with; the
loops hand the others to `careful`, which takes any input.

Notation: D = spot * exp(-yield T), B = strike * exp(-rate T), s = volatility * sqrt(T),
d1 = ln(D / B) / s + s / 2, d2 = d1 - s, phi the normal density. D phi(d1) = B phi(d2), so one
exponential serves both tails.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from core_numba.jit.declare import inlined
from core_numba.vmath import coefficients
from core_numba.vmath.functions import (
    INV_ROOT_2PI,
    ROOT_HALF,
    erfcx,
    exp,
    exp_square,
    log,
)
from core_numba.vmath.instructions import (
    at_least,
    at_most,
    bits,
    fma,
    from_bits,
    halves,
    polynomial,
    select,
)

ROOT_2PI: Final = 2.5066282746310002

_DISCOUNT = halves(coefficients.EXP_SHORT, -1.0)
_DENSITY = halves([INV_ROOT_2PI * c for c in coefficients.EXP_SHORT], -0.5)
_LOG_RATIO = polynomial(coefficients.LOG_RATIO)
_ABOVE = halves([ROOT_2PI * c for c in coefficients.TAIL])
_BELOW = halves(coefficients.TAIL_BELOW)
_THIRD = polynomial(coefficients.MILLS_THIRD)
_EXPM1 = polynomial(coefficients.EXP[2:])

_LOG2_E: Final = 1.4426950408889634
LN2: Final = 0.6931471805599453
_BIAS: Final = 1023
_ONE: Final = _BIAS << 52
_HALF: Final = 1 << 51
_MAGIC: Final = 6755399441055744.0 + _BIAS
_MAGIC_BITS: Final = 0x4338000000000000
_SIGN: Final = -0x8000000000000000

_NARROW_HALF: Final = 0.15
"""Half deviations up to which six terms of the series are exact to rounding."""
SCALE: Final = 1e100
"""`fast` takes spots and strikes between 1 / SCALE and SCALE."""
FURTHEST: Final = 30.0
"""The largest |d1| of `fast`."""
NARROW: Final = 500.0
"""`fast` takes |d1| <= NARROW * s - 1: nearer to zero deviation the price has lost three digits."""
LARGEST_RATE: Final = 400.0
"""The largest rate * T, either sign, of `fast`."""


@inlined
def discount(x: float) -> float:
    """exp(-x) for |x| < 700. Adding 1.5 * 2^52 rounds and leaves the exponent in the low bits."""
    t = fma(x, -_LOG2_E, _MAGIC)
    return _DISCOUNT(fma(t - _MAGIC, LN2, x)) * from_bits(bits(t) << 52)


@inlined
def density(w: float) -> float:
    """The normal density n(d) of w = d^2 < 1400."""
    t = fma(w, -0.5 * _LOG2_E, _MAGIC)
    return _DENSITY(fma(t - _MAGIC, 2.0 * LN2, w)) * from_bits(bits(t) << 52)


@inlined
def with_sign(x: float, sign: float) -> float:
    """x, negated where `sign` is negative."""
    return from_bits(bits(x) ^ (bits(sign) & _SIGN))


@inlined
def same_sign(x: float, y: float) -> bool:
    return (bits(x) ^ bits(y)) >= 0


@inlined
def tail(a: float) -> tuple[float, float]:
    """p, q with P(Z > a) / n(a) = p / q, for 0 <= a <= 38."""
    return _ABOVE(a), _BELOW(a)


@inlined
def tails(d1: float, d2: float) -> tuple[float, float, float, float]:
    """p1, q1, p2, q2 with P(Z > |d|) / n(d) = p / q: the caller shares the division."""
    a, b = abs(d1), abs(d2)
    return _ABOVE(a), _BELOW(a), _ABOVE(b), _BELOW(b)


@inlined
def apart(large: float, small: float) -> tuple[float, float, float]:
    """k, x - small and x + small with large = x 2^k and x near `small`; both normal and positive.

    ln(large / small) = k ln 2 + 2 atanh((x - small) / (x + small)), and x - small is exact: where
    the two are close nothing is lost.
    """
    i = bits(large)
    k = np.int64(np.uint64(i - bits(small) + (_ONE + _HALF)) >> np.uint64(52))
    x = from_bits(i - (k << 52) + _ONE)
    return from_bits(k + _MAGIC_BITS) - _MAGIC, x - small, x + small


@inlined
def log_of_apart(whole: float, z: float, more: float) -> float:
    """whole * ln 2 + 2 atanh(z) + more, for the quotient z of what `apart` gives."""
    square = z * z
    return fma(z, fma(square, _LOG_RATIO(square), 2.0), fma(whole, LN2, more))


@inlined
def fast_moneyness(
    spot: float, strike: float, deviation: float, drift: float, scale: float
) -> tuple[float, float, float]:
    """d1, 1 / deviation and 1 / (scale * deviation), by one division."""
    whole, difference, total = apart(spot, strike)
    both = scale * deviation
    shared = 1.0 / (total * both)
    one_by_both = total * shared
    one_by = scale * one_by_both
    ratio = log_of_apart(whole, difference * (both * shared), drift)
    return fma(ratio, one_by, 0.5 * deviation), one_by, one_by_both


@inlined
def trusted(  # noqa: PLR0917 - the scalars of one option
    spot: float,
    strike: float,
    deviation: float,
    d1: float,
    rate_t: float,
    yield_t: float,
    sign: float,
) -> bool:
    """Whether `fast` holds 1e-12. A NaN in the inputs is NaN in the result, whatever this says."""
    far = abs(d1)
    return (
        (at_most(spot, strike) >= 1.0 / SCALE)
        & (at_least(spot, strike) <= SCALE)
        & (far <= fma(deviation, NARROW, -1.0))
        & (far <= FURTHEST)
        & (at_least(abs(rate_t), abs(yield_t)) <= LARGEST_RATE)
        & (sign * sign == 1.0)
    )


@inlined
def fast_value(carried: float, owed: float, d1: float, d2: float, sign: float) -> float:
    """The price from D, B, d1, d2: bounded sums of the side in the money less the shared tail."""
    p1, q1, p2, q2 = tails(d1, d2)
    difference = with_sign(p1, d1) * q2 - with_sign(p2, d2) * q1
    inside = select(same_sign(d1, sign), carried, 0.0) - select(same_sign(d2, sign), owed, 0.0)
    return with_sign(inside, sign) - carried * density(d1 * d1) * difference / (q1 * q2)


@inlined
def _mills(x: float) -> float:
    """P(Z > x) / phi(x) for x >= 0."""
    return 0.5 * ROOT_2PI * erfcx(x * ROOT_HALF)


@inlined
def _mills_series(z: float, h: float) -> float:
    """M(z - h) - M(z + h) for z >= 0 and small h >= 0: the odd Taylor series about z.

    Its terms are positive. Derivatives follow D(2j+1) = (z^2 + 4j - 1) D(2j-1) -
    (2j-1)(2j-2) D(2j-3); for large z that cancels, but there the terms hardly count.
    """
    u = 1.0 / (z * ROOT_HALF + 3.0)
    u2, z2, h2 = u * u, z * z, at_most(h * h, _NARROW_HALF * _NARROW_HALF)
    third = u2 * u2 * _THIRD(fma(-6.0, u, 1.0))
    first = (1.0 + third) / (z2 + 3.0)
    fifth = (z2 + 7.0) * third - 6.0 * first
    seventh = (z2 + 11.0) * fifth - 20.0 * third
    ninth = (z2 + 15.0) * seventh - 42.0 * fifth
    eleventh = (z2 + 19.0) * ninth - 72.0 * seventh
    more = fma(h2, eleventh / 39916800.0, ninth / 362880.0)
    more = fma(h2, fma(h2, more, seventh / 5040.0), fifth / 120.0)
    return 2.0 * h * fma(h2, fma(h2, more, third / 6.0), first)


@inlined
def mills_slope(z: float) -> float:
    """-M'(z) = 1 - z M(z) for z >= 0, without that cancellation."""
    u = 1.0 / (z * ROOT_HALF + 3.0)
    u2 = u * u
    return (1.0 + u2 * u2 * _THIRD(fma(-6.0, u, 1.0))) / (z * z + 3.0)


@inlined
def outside(  # noqa: PLR0917 - the scalars of one option
    carried: float, owed: float, x: float, m: float, h: float, d1: float
) -> float:
    """The option out of the money: D phi(d1) (M(|m| - h) - M(|m| + h)), M Mills' ratio.

    By the series where h is small; where |m| < h, by what it lacks to the smaller of D and B.
    """
    scale = carried * (INV_ROOT_2PI * exp_square(d1))
    z = at_most(abs(m), 50.0)  # beyond, the scale is zero; the clamp keeps infinity out
    near, far = _mills(abs(z - h)), _mills(z + h)
    direct = select(
        z < h, select(x < 0.0, carried, owed) - scale * (near + far), scale * (near - far)
    )
    return select(h < _NARROW_HALF, scale * _mills_series(z, h), direct)


@inlined
def careful(  # noqa: PLR0917 - the formula's own seven arguments
    spot: float,
    strike: float,
    years: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
    sign: float,
) -> tuple[float, float, float, float, float, float, float]:
    """Price, D, B, d1, d2, N(sign d1), N(sign d2) for any input; all NaN for an impossible one."""
    root = math.sqrt(years)
    s = volatility * root
    drift = (rate - dividend_yield) * years
    carried = select(spot == 0.0, 0.0, spot * exp(-dividend_yield * years))
    owed = select(strike == 0.0, 0.0, strike * exp(-rate * years))
    ratio = spot / strike
    z = (spot - strike) / (spot + strike)
    square = z * z
    ratio = select(
        abs(z) < 0.2, z * fma(square, _LOG_RATIO(at_most(square, 0.04)), 2.0), log(ratio)
    )
    x = ratio + drift
    ok = (
        (spot >= 0.0)
        & (strike >= 0.0)
        & (years >= 0.0)
        & (volatility >= 0.0)
        & (abs(sign) == 1.0)
        & (spot + strike > 0.0)
        & (spot < np.inf)
        & (strike < np.inf)
        & (years < np.inf)
        & (volatility < np.inf)
        & (abs(drift) < np.inf)
    )
    m = select(s > 0.0, x / s, select(x == 0.0, 0.0, math.copysign(np.inf, x)))
    h = 0.5 * s
    d1, d2 = m + h, m - h
    shape = exp_square(d1)
    small = abs(x) < 0.34
    r = select(small, x, 0.0)
    gap = select(small, owed * fma(r * r, _EXPM1(r), r), carried - owed)
    value = outside(carried, owed, x, m, h, d1) + at_least(with_sign(gap, sign), 0.0)
    lower1 = 0.5 * shape * erfcx(abs(d1) * ROOT_HALF)
    lower2 = 0.5 * exp_square(d2) * erfcx(abs(d2) * ROOT_HALF)
    n1 = select(same_sign(d1, sign), 1.0 - lower1, lower1)
    n2 = select(same_sign(d2, sign), 1.0 - lower2, lower2)
    nothing = select(ok, 0.0, np.nan)
    return value + nothing, carried, owed, d1, d2, n1 + nothing, n2 + nothing
