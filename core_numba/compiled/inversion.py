"""Black's formula inverted: the scalar functions behind the implied volatilities.

An out-of-the-money price in units of the smaller of forward and strike, c, is vega * (m(z - h) -
m(z + h)) with the Mills ratio m, z = k / s, h = s / 2, k = |ln(F / K)| and s the deviation sought;
above c = 1/2 its complement 1 - c = vega * (m(h - z) + m(h + z)) is solved instead, so that no
digit is lost at either end. `careful` begins at a lower bound of Choi, Huh and Su (2025, 'Tighter
uniform bounds for Black-Scholes implied volatility') and keeps steps of Householder's method of
order five in the logarithm of the price (Jaeckel 2015) inside a bracket. Most prices never come
here: `core_numba.compiled.stages` answers them.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from core_numba.compiled import mills
from core_numba.jit.declare import inlined
from core_numba.vmath import coefficients
from core_numba.vmath.functions import log
from core_numba.vmath.instructions import bits, fma, from_bits, nearest, polynomial

ROOT_2PI: Final = 2.5066282746310002
_LOG_INV_ROOT_2PI: Final = -0.9189385332046727
_LN2_HIGH: Final = 0.6931471805599453
_LN2_LOW: Final = 2.3190468138462996e-17
_LOG2_E: Final = 1.4426950408889634
_BIAS: Final = 1023
_SHIFT: Final = 52
_ROOT_HALF_BITS: Final = 0x3FE6A09E667F3BCD
_MAGIC: Final = 6755399441055744.0
_MAGIC_BITS: Final = 0x4338000000000000
_LEAST: Final = 1e-300
_STEPS: Final = 300

_LOG = polynomial(coefficients.LOG)
_EXPM1 = polynomial(coefficients.EXP[1:])
_ROUGH_LOG = polynomial((
    0.9999999682122513, -0.500003753849558, 0.33334603759856846, -0.2496888371856469,
    0.19913419564172785, -0.17278628999392673, 0.16125716604297247, -0.0989306851239577,
))  # fmt: skip


@inlined
def _split(x: float) -> tuple[float, np.int64, float]:
    """m in [sqrt(1/2), sqrt(2)), 2^n's bits above the bias, and n itself, with x = m 2^n."""
    i = bits(x)
    k = np.int64(np.uint64(i - _ROOT_HALF_BITS + (_BIAS << _SHIFT)) >> np.uint64(_SHIFT))
    shift = (k - _BIAS) << _SHIFT
    return from_bits(i - shift), shift, from_bits(k + _MAGIC_BITS) - (_MAGIC + _BIAS)


@inlined
def _rough_log(x: float) -> float:
    """ln x to about 1e-6, for positive normal x."""
    m, _, n = _split(x)
    f = m - 1.0
    return fma(n, _LN2_HIGH, f * _ROUGH_LOG(f))


@inlined
def log1p(x: float) -> float:
    """ln(1 + x) for x >= 0, with relative accuracy also where x is small."""
    u = 1.0 + x
    m, shift, n = _split(u)
    f = (m - 1.0) + (x - (u - 1.0)) * from_bits((_BIAS << _SHIFT) - shift)
    s = f / (m + 1.0)
    z = s * s
    return fma(n, _LN2_HIGH, f - (s * (f - z * _LOG(z)) - n * _LN2_LOW))


@inlined
def expm1(x: float) -> float:
    """e^x - 1 for 0 <= x <= 709, with relative accuracy also where x is small."""
    n = nearest(x * _LOG2_E)
    r = fma(-n, _LN2_LOW, fma(-n, _LN2_HIGH, x))
    power = from_bits((bits(n + _MAGIC) + _BIAS) << _SHIFT)
    return fma(power, r * _EXPM1(r), power - 1.0)


@inlined
def _bound(k: float, grown: float, c: float) -> float:
    """A deviation at or below the one sought and at least 0.64 of it; `grown` is e^k - 1."""
    y = c * (grown + 1.0 + c) / (2.0 * c + grown)
    t = math.sqrt(-2.0 * _rough_log(max(min(y, 1.0 - y), _LEAST)))
    # The normal quantile by Hastings' formula (Abramowitz and Stegun 26.2.23).
    top = fma(t, fma(t, 0.010328, 0.802853), 2.515517)
    q = t - top / fma(t, fma(t, fma(t, 0.001308, 0.189269), 1.432788), 1.0)
    root = math.sqrt(fma(q, q, 2.0 * k)) + q
    return max(root if y > 0.5 else 2.0 * k / root, ROOT_2PI * 0.999 * c)


@inlined
def _householder(z: float, h: float, off: float, share: float) -> tuple[float, float]:
    """The relative move of s, as a fraction. `off` is ln(price / target), `share` vega * s / price.

    With r = -off / share, the n-th derivative of vega over vega times (r s)^n is the polynomial in
    z^2 and h^2 below; 1 / price never appears, for it always meets r.
    """
    r = -off * share
    zz = z * z
    p = zz - h * h
    p1 = fma(-3.0, zz, -h * h)
    a = r * p
    b = r * r * fma(p, p, p1)
    g = r * r * r * fma(p, fma(p, p, 3.0 * p1), 12.0 * zz)
    off2 = off * off
    second = a + off
    third = fma(3.0 * a, off, fma(2.0, off2, b))
    inner = fma(12.0 * a, off2, fma(6.0 * off, off2, g))
    fourth = fma(4.0 * b, off, fma(3.0 * a * a, off, inner))
    over = fma(third, 1 / 6, 1.0 + second)
    half = fma(second, 0.25 * second, fma(1.5, second, 1.0))
    return r * over, fma(fourth, 1 / 24, fma(third, 1 / 3, half))


@inlined
def careful(k: float, grown: float, c: float, log_target: float) -> float:
    """The deviation for any k >= 0 and 0 <= c < 1: steps kept inside a bracket.

    `log_target` is ln(1 - c) if c > 1/2, else ln c, which may be finite where c has become zero.
    """
    upper = c > 0.5
    side = -1.0 if upper else 1.0
    middle = math.sqrt(2.0 * k)
    # d1 is between -infinity and 0.75 below c = 1/2, and positive above.
    low = middle if upper else 0.0
    high = 20.0 + math.sqrt(400.0 + 2.0 * k) if upper else 0.75 + math.sqrt(0.5625 + 2.0 * k)
    s = _bound(k, grown, c)
    for _ in range(_STEPS):
        if not low < s < high:
            s = 0.5 * (low + high)
        z, h = k / s, 0.5 * s
        d1 = h - z
        q = mills.difference(-side * d1, z + h, 2.0 * z if upper else s, upper)
        off = log(q) + _LOG_INV_ROOT_2PI - 0.5 * d1 * d1 - log_target
        if side * off > 0.0:
            high = s
        else:
            low = s
        over, under = _householder(z, h, off, side * q / s)
        move = over / under
        new = s + s * move
        if abs(move) < 1e-4 or high - low <= 4e-16 * s:
            return new if abs(move) < 1e-4 else s
        s = new if low < new < high else 0.5 * (low + high)
    return np.nan
