"""Normals and Student-t variates in single precision, eight to an AVX2 register.

A step of a path needs a shock, not sixteen digits of it: an error of 1e-7 of one step's shock is
a thousandth of the Monte Carlo error of a million paths. Sums over steps are kept in double
precision by the walks.

Box-Muller, because it has no branch and no rejection and gives the Student-t as well: Bailey
(Mathematics of Computation 62, 1994) replaces -2 ln U by n (U^(-2/n) - 1) and the pair becomes
bivariate Student-t of n degrees of freedom, exactly. The uniform of the radius has 31 bits: no
normal exceeds 6.66.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from core_numba.jit.declare import inlined

_FLOAT, _INT = ir.FloatType(), ir.IntType(32)


@intrinsic
def _bits(_typing: Any, _x: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], _INT)

    return types.int32(types.float32), emit


@intrinsic
def _from_bits(_typing: Any, _x: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], _FLOAT)

    return types.float32(types.int32), emit


@intrinsic
def _fma(_typing: Any, _x: Any, _y: Any, _z: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.fma(*values)

    return types.float32(types.float32, types.float32, types.float32), emit


bits = cast("Callable[[Any], Any]", _bits)
from_bits = cast("Callable[[Any], Any]", _from_bits)
fma = cast("Callable[[Any, Any, Any], Any]", _fma)


def _unary(name: str) -> Callable[[Any], Any]:
    @intrinsic
    def function(_typing: Any, _x: Any) -> Any:
        def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
            return builder.call(builder.module.declare_intrinsic(name, [_FLOAT]), [values[0]])

        return types.float32(types.float32), emit

    return cast("Callable[[Any], Any]", function)


root: Final = _unary("llvm.sqrt")
_nearest: Final = _unary("llvm.rint")


def _polynomial(coefficients: Sequence[float]) -> Callable[[Any], Any]:
    """As `core_numba.vmath.instructions.polynomial`, in single precision and by Horner's rule.

    Fewest operations: enough vectors are in flight here to hide the latency.
    """
    constants = [float(np.float32(c)) for c in coefficients]

    @intrinsic
    def evaluate(_typing: Any, _x: Any) -> Any:
        def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
            value: Any = ir.Constant(_FLOAT, constants[-1])
            for constant in reversed(constants[:-1]):
                value = builder.fma(value, values[0], ir.Constant(_FLOAT, constant))
            return value

        return types.float32(types.float32), emit

    return cast("Callable[[Any], Any]", evaluate)


# Chebyshev fits; the logarithm's error is 1.4e-7, the others' below half a unit of a single.
_SIN = _polynomial((7.85398161e-01, -8.07454348e-02, 2.49000696e-03, -3.59543993e-05))
"""sin(pi y / 4) / y over y^2 <= 1."""
_COS = _polynomial((9.99999972e-01, -3.08424253e-01, 1.58499130e-02, -3.18878992e-04))
"""cos(pi y / 4) over y^2 <= 1."""
_LOG = _polynomial(
    (
        -0.49999994807667697,
        0.3333365978950745,
        -0.25001609621698845,
        0.19973105881406078,
        -0.16575048107295778,
        0.14806459579618622,
        -0.14257794969573168,
        0.09004202124224316,
    )
)
"""(ln(1 + f) - f) / f^2 over sqrt(1/2) - 1 <= f <= sqrt(2) - 1."""
_EXPM1 = _polynomial(
    (
        1.0000000114396788,
        0.5000000050030964,
        0.1666649866676281,
        0.04166634010250638,
        0.008369872347203365,
        0.001394216242699016,
    )
)
"""(e^r - 1) / r over |r| <= ln(2) / 2."""

_ONE = np.float32(1.0)
_TWO_M31 = np.float32(2.0**-31)
_TWO_M32 = np.float32(2.0**-32)
_LN2 = np.float32(math.log(2.0))
_LOG2_E = np.float32(1.0 / math.log(2.0))
_ROOT_HALF = np.int32(0x3F3504F3)
_MANTISSA = np.int32(23)
_BIAS = np.int32(127)
_SIGN = np.uint32(0x80000000)


@inlined
def whole(word: Any) -> Any:
    """The upper 31 bits of a word, as a number from 0 to 2^31 - 1."""
    return np.int32(np.uint32(word) >> np.uint32(1))


@inlined
def uniform(word: Any) -> Any:
    """In (0, 1]: half a step above a multiple of 2^-31, rounded to single precision."""
    return fma(np.float32(whole(word)), _TWO_M31, _TWO_M32)


@inlined
def minus_log(word: Any) -> Any:
    """-ln of the word's uniform: a standard exponential, between 0 and 22.2."""
    i = bits(uniform(word))
    k = np.int32(np.int32(i - _ROOT_HALF) >> _MANTISSA)
    f = from_bits(np.int32(i - np.int32(k << _MANTISSA))) - _ONE
    return fma(np.float32(k), -_LN2, -fma(f * f, _LOG(f), f))


@inlined
def expm1(x: Any) -> Any:
    """e^x - 1 for 0 <= x < 88."""
    n = _nearest(x * _LOG2_E)
    r = fma(n, -_LN2, x)
    power = from_bits(np.int32(np.int32(np.int32(n) + _BIAS) << _MANTISSA))
    return fma(power, r * _EXPM1(r), power - _ONE)


@inlined
def circle(word: Any) -> tuple[Any, Any]:
    """sqrt(2) times cosine and sine of a uniform angle.

    Thirty bits turn within an eighth about the diagonal of a quadrant, two choose the quadrant.
    """
    y = np.float32(np.int32(np.uint32(word) << np.uint32(2))) * _TWO_M31
    z = y * y
    s, c = _SIN(z) * y, _COS(z)
    across = np.int32(np.uint32(word) & _SIGN)
    up = np.int32(np.uint32(np.uint32(word) << np.uint32(1)) & _SIGN)
    return (
        from_bits(np.int32(bits(c - s) ^ across)),
        from_bits(np.int32(bits(c + s) ^ up)),
    )


@inlined
def normal_radius(word: Any) -> Any:
    """With `circle` two independent standard normals."""
    return root(minus_log(word))


@inlined
def normals(words: Any, lanes: int, out: Any, row: int) -> None:
    """A standard normal from each word, `lanes` (64 or 128) of them, into a row of `out`.

    Of each 64 words the first half are radii, the second half angles; the pair of normals goes to
    the two places that the words came from. So a path reads one word for a normal.
    """
    _pairs(words, 0, out, row)
    if lanes > 64:
        _pairs(words, 64, out, row)


@inlined
def _pairs(words: Any, base: int, out: Any, row: int) -> None:
    for i in range(32):
        r = normal_radius(words[base + i])
        across, up = circle(words[base + 32 + i])
        out[row, base + i] = r * across
        out[row, base + 32 + i] = r * up


@inlined
def student_radius(word: Any, inverse_half: Any, weight: Any) -> Any:
    """With `circle` a pair of Student-t variates: `inverse_half` is 2/n, `weight` half of n.

    More than n in `weight`: see `core_numba.compiled.simulation.regimes`.
    """
    return root(weight * expm1(inverse_half * minus_log(word)))
