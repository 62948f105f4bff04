"""exp, log, erfcx, the normal tail, sine and cosine of turns: a few units in the last place.

Errors against 60-digit values are in `tests/core_numba/test_vmath.py`. Each function says what it
does outside its domain; NaN stays NaN everywhere.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from core_numba.jit.declare import inlined
from core_numba.vmath import coefficients
from core_numba.vmath.instructions import (
    at_least,
    at_most,
    bits,
    fma,
    from_bits,
    nearest,
    polynomial,
    select,
)

_EXP = polynomial(coefficients.EXP)
_LOG = polynomial(coefficients.LOG)
_ERFCX = polynomial(coefficients.ERFCX)
_SINPI = polynomial(coefficients.SINPI)
_COSPI = polynomial(coefficients.COSPI)
_CENTRE = polynomial(coefficients.QUANTILE_CENTRE)
_CENTRE_BELOW = polynomial(coefficients.QUANTILE_CENTRE_BELOW)
_TAIL = polynomial(coefficients.QUANTILE_TAIL)
_TAIL_BELOW = polynomial(coefficients.QUANTILE_TAIL_BELOW)
_FAR = polynomial(coefficients.QUANTILE_FAR)
_FAR_BELOW = polynomial(coefficients.QUANTILE_FAR_BELOW)

_LOG2_E: Final = 1.4426950408889634
_LN2_HIGH: Final = 0.6931471805599453
_LN2_LOW: Final = 2.3190468138462996e-17
_BIAS: Final = 1023
_ROOT_HALF_BITS: Final = 0x3FE6A09E667F3BCD
_SHIFT: Final = 52
_MAGIC: Final = 6755399441055744.0
"""1.5 * 2^52: a sum with it holds a whole number in its low bits."""
_MAGIC_BITS: Final = 0x4338000000000000
_TWO_54: Final = 18014398509481984.0
_LEAST_NORMAL: Final = 2.2250738585072014e-308
ROOT_HALF: Final = 0.7071067811865476
INV_ROOT_2PI: Final = 0.3989422804014327


@inlined
def _power_of_two(n: float) -> float:
    """2^n for whole -1022 <= n <= 1023. AVX2 cannot convert to 64-bit integers; adding can."""
    return from_bits((bits(n + _MAGIC) + _BIAS) << _SHIFT)


@inlined
def exp(x: float) -> float:
    """e^x. Above 709.78 infinity, below -745.13 zero, subnormal results in between rounded."""
    y = at_most(at_least(x, -746.0), 710.0)
    n = nearest(y * _LOG2_E)
    r = fma(-n, _LN2_LOW, fma(-n, _LN2_HIGH, y))
    first = at_most(at_least(n, -1021.0), 1023.0)  # one factor cannot reach 2^-1074 or 2^1024
    return _EXP(r) * _power_of_two(first) * _power_of_two(n - first)


@inlined
def exp_bounded(x: float) -> float:
    """e^x for -708 <= x <= 709, faster; arguments outside count as the nearer bound."""
    y = at_most(at_least(x, -708.0), 709.0)
    n = nearest(y * _LOG2_E)
    r = fma(-n, _LN2_LOW, fma(-n, _LN2_HIGH, y))
    return _EXP(r) * _power_of_two(n)


@inlined
def log_normal(x: float) -> float:
    """ln x for positive normal x (2.2e-308 to the largest double); anything else is undefined."""
    i = bits(x)
    # The exponent, biased to stay positive: AVX2 has no arithmetic shift of 64 bits.
    k = np.int64(np.uint64(i - _ROOT_HALF_BITS + (_BIAS << _SHIFT)) >> np.uint64(_SHIFT))
    m = from_bits(i - ((k - _BIAS) << _SHIFT))  # sqrt(1/2) <= m < sqrt(2)
    f = m - 1.0
    s = f / (m + 1.0)
    z = s * s
    n = from_bits(k + _MAGIC_BITS) - (_MAGIC + _BIAS)
    # ln m = 2 s + s z p = f - s (f - z p); the low half of n ln 2 goes into the small part.
    return fma(n, _LN2_HIGH, f - (s * (f - z * _LOG(z)) - n * _LN2_LOW))


@inlined
def log(x: float) -> float:
    """ln x; zero gives -infinity, a negative number NaN, infinity itself. Subnormals are exact."""
    small = x < _LEAST_NORMAL
    y = log_normal(select(small, x * _TWO_54, x)) - select(small, 37.42994775023705, 0.0)
    y = select(x > 0.0, y, select(x == 0.0, -np.inf, np.nan))
    return select(x < np.inf, y, x + y)


@inlined
def erfcx(x: float) -> float:
    """exp(x^2) erfc(x) for x >= 0; infinity gives zero. Undefined for x < 0."""
    u = 1.0 / (x + 3.0)
    return u * _ERFCX(fma(-6.0, u, 1.0))


@inlined
def exp_square(x: float) -> float:
    """exp(-x^2 / 2), the rounding of x^2 made good: relative accuracy also where x is large."""
    y = at_most(abs(x), 39.0)
    square = y * y
    value = exp(-0.5 * square)
    return fma(value, -0.5 * fma(y, y, -square), value)


@inlined
def normal_cdf(x: float) -> float:
    """P(Z <= x), with relative accuracy down to the smallest normal double (x = -37.5)."""
    a = abs(x)
    tail = 0.5 * exp_square(a) * erfcx(a * ROOT_HALF)
    return select(x < 0.0, tail, 1.0 - tail)


@inlined
def normal_pdf(x: float) -> float:
    """Density of a standard normal."""
    return INV_ROOT_2PI * exp_square(x)


@inlined
def normal_quantile(p: float) -> float:
    """x with P(Z <= x) = p, relative accuracy in both tails of p (Wichura 1988, AS 241).

    Zero gives -infinity, one infinity, anything outside NaN. Subnormal p are good to their own
    precision. All three of Wichura's regions are computed and one is chosen.
    """
    q = p - 0.5
    share = select(q < 0.0, p, 1.0 - p)
    r = at_most(math.sqrt(-log(share)), 28.0)
    central, far = abs(q) <= 0.425, r > 5.0
    u, v, w = 0.180625 - q * q, r - 1.6, r - 5.0
    above = select(central, q * _CENTRE(u), select(far, _FAR(w), _TAIL(v)))
    below = select(central, _CENTRE_BELOW(u), select(far, _FAR_BELOW(w), _TAIL_BELOW(v)))
    x = select(share == 0.0, np.inf, above / below)
    return select(central, x, select(q < 0.0, -x, x))


@inlined
def sin_cos_turns(u: float) -> tuple[float, float]:
    """sin(2 pi u) and cos(2 pi u) for |u| < 2^50: no large multiple of pi is ever subtracted."""
    quarters = nearest(4.0 * u)
    r = 2.0 * u - 0.5 * quarters  # half-turns from the nearest quarter: |r| <= 1/4
    z = r * r
    s, c = r * _SINPI(z), _COSPI(z)
    q = bits(quarters + _MAGIC) & 3
    even = q & 1 == 0
    sine, cosine = select(even, s, c), select(even, c, -s)
    return select(q < 2, sine, -sine), select(q < 2, cosine, -cosine)
