"""exp, log, erfcx, the normal tail, sine and cosine of turns: a few units in the last place.

Errors against 60-digit values are in `tests/core_numba/test_vmath.py`. Each function says what it
does outside its domain; NaN stays NaN everywhere.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from core_numba.jit.declare import inlined
from core_numba.vmath import coefficients
from core_numba.vmath.instructions import bits, fma, from_bits, nearest, polynomial

_EXP = polynomial(coefficients.EXP)
_LOG = polynomial(coefficients.LOG)
_ERFCX = polynomial(coefficients.ERFCX)
_SINPI = polynomial(coefficients.SINPI)
_COSPI = polynomial(coefficients.COSPI)

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
    y = min(max(x, -746.0), 710.0)
    n = nearest(y * _LOG2_E)
    r = fma(-n, _LN2_LOW, fma(-n, _LN2_HIGH, y))
    first = min(max(n, -1021.0), 1023.0)  # one factor alone cannot reach 2^-1074 or 2^1024
    value = _EXP(r) * _power_of_two(first) * _power_of_two(n - first)
    return value if x == x else x  # noqa: PLR0124 - the test for NaN


@inlined
def exp_bounded(x: float) -> float:
    """e^x for -708 <= x <= 709, faster; arguments outside count as the nearer bound."""
    y = min(max(x, -708.0), 709.0)
    n = nearest(y * _LOG2_E)
    r = fma(-n, _LN2_LOW, fma(-n, _LN2_HIGH, y))
    value = _EXP(r) * _power_of_two(n)
    return value if x == x else x  # noqa: PLR0124 - the test for NaN


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
    y = log_normal(x * _TWO_54 if small else x)
    y = y - 37.42994775023705 if small else y
    y = y if x > 0.0 else (-np.inf if x == 0.0 else np.nan)
    return y if x < np.inf else x


@inlined
def erfcx(x: float) -> float:
    """exp(x^2) erfc(x) for x >= 0; infinity gives zero. Undefined for x < 0."""
    u = 1.0 / (x + 3.0)
    return u * _ERFCX(fma(-6.0, u, 1.0))


@inlined
def exp_square(x: float) -> float:
    """exp(-x^2 / 2), the rounding of x^2 made good: relative accuracy also where x is large."""
    a = abs(x)
    y = min(a, 39.0)
    square = y * y
    value = exp(-0.5 * square)
    value = fma(value, -0.5 * fma(y, y, -square), value)
    return value if x == x else x  # noqa: PLR0124 - the test for NaN


@inlined
def normal_cdf(x: float) -> float:
    """P(Z <= x), with relative accuracy down to the smallest normal double (x = -37.5)."""
    a = abs(x)
    tail = 0.5 * exp_square(a) * erfcx(a * ROOT_HALF)
    return tail if x < 0.0 else 1.0 - tail


@inlined
def normal_pdf(x: float) -> float:
    """Density of a standard normal."""
    return INV_ROOT_2PI * exp_square(x)


@inlined
def sin_cos_turns(u: float) -> tuple[float, float]:
    """sin(2 pi u) and cos(2 pi u) for |u| < 2^50: no large multiple of pi is ever subtracted."""
    quarters = nearest(4.0 * u)
    r = 2.0 * u - 0.5 * quarters  # half-turns from the nearest quarter: |r| <= 1/4
    z = r * r
    s, c = r * _SINPI(z), _COSPI(z)
    q = bits(quarters + _MAGIC) & 3
    sine = s if q & 1 == 0 else c
    cosine = c if q & 1 == 0 else -s
    return (sine, cosine) if q < 2 else (-sine, -cosine)
