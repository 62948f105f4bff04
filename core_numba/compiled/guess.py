"""The first guess of an implied deviation, within 0.1 %: its coefficients are `tools.guess`'s.

Up to half its bound a price is nearly a normal one, and the deviation that Bachelier's formula
implies, a rational function of one logarithm, needs a small correction only. Above, the complement
has nearly a normal tail: a cubic in two square roots of that logarithm.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from core_numba.jit.declare import inlined
from core_numba.vmath.instructions import bits, fma, from_bits, polynomial, select

NORMAL: Final = (
    0.19937112636915252,
    0.011812825810876677,
    0.0003331064282229482,
    3.929979458919668e-07,
)
NORMAL_BELOW: Final = (
    1.0,
    0.058070589321962233,
    0.002991225864075767,
    1.869794101912755e-05,
)
LOWER: Final = (
    0.99995256253627,
    1.3277536836012921e-05,
    -0.0001012965907687283,
    6.25767972795935e-05,
    0.04221771930762227,
    0.0005773684489715778,
    -0.0007422821570614115,
    0.002501098344929467,
    -0.00020844350826511174,
    0.0009996622992974197,
)
UPPER: Final = (
    -2.0697589109220864,
    7.521873202696356,
    -11.81432155753157,
    8.45768499774756,
    -5.096872955772459,
    22.97570829778881,
    -23.15097031354027,
    -11.209010938693448,
    20.965662429140956,
    -6.270304664043899,
)
LOG: Final = (
    1.0000045554762333,
    -0.4999021950353093,
    0.33258053537667837,
    -0.254032475939287,
    0.22055598275070198,
    -0.1429178039273473,
)
SHIFT: Final = 0.26
SLOPE: Final = 0.385

_LN2: Final = 0.6931471805599453
_BIAS: Final = 1023
_SHIFT: Final = 52
_ROOT_HALF_BITS: Final = 0x3FE6A09E667F3BCD
_MAGIC: Final = 6755399441055744.0
_MAGIC_BITS: Final = 0x4338000000000000

_normal, _normal_below = polynomial(NORMAL), polynomial(NORMAL_BELOW)
_log = polynomial(LOG)


@inlined
def rough_log1p(x: float) -> float:
    """ln(1 + x) to 1e-5 of itself, for x >= 1e-10."""
    i = bits(1.0 + x)
    k = np.int64(np.uint64(i - _ROOT_HALF_BITS + (_BIAS << _SHIFT)) >> np.uint64(_SHIFT))
    f = from_bits(i - ((k - _BIAS) << _SHIFT)) - 1.0
    return fma(from_bits(k + _MAGIC_BITS) - (_MAGIC + _BIAS), _LN2, f * _log(f))


@inlined
def guess(k: float, t: float, upper: bool) -> float:  # noqa: FBT001
    """The deviation; t is 2 ln(1 + (e^k - 1) / c), or with `upper` -2 ln(1 - c)."""
    normal = k * _normal_below(t) / (t * _normal(t))
    a = select(upper, math.sqrt(t), normal * normal)
    b = select(upper, math.sqrt(fma(SLOPE, k, t + SHIFT)), k)
    first = fma(
        a,
        fma(
            a,
            fma(a, select(upper, UPPER[9], LOWER[9]), select(upper, UPPER[7], LOWER[7])),
            select(upper, UPPER[4], LOWER[4]),
        ),
        select(upper, UPPER[0], LOWER[0]),
    )
    second = fma(
        a,
        fma(a, select(upper, UPPER[8], LOWER[8]), select(upper, UPPER[5], LOWER[5])),
        select(upper, UPPER[1], LOWER[1]),
    )
    third = fma(a, select(upper, UPPER[6], LOWER[6]), select(upper, UPPER[2], LOWER[2]))
    fourth = select(upper, UPPER[3], LOWER[3])
    cubic = fma(b, fma(b, fma(b, fourth, third), second), first)
    return cubic * select(upper, 1.0, normal)
