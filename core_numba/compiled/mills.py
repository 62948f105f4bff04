"""The Mills ratio m(z) = P(Z > z) / n(z), and its differences without cancellation.

A Black price in units of the vega is m(a) - m(b), which loses all digits when a and b are close.
For a polynomial p, p(x) and (p(x) - p(y)) / (x - y) come out of the same Horner scheme with one
more multiply-add a step: no digit is lost, and no branch for close arguments is needed.

The coefficients are those that `python -m tools.mills` prints; z must not be below -0.8.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from core_numba.jit.declare import inlined
from core_numba.vmath.instructions import fma

SHIFT: Final = 5.0
SCALE: Final = 8.4
LEAST: Final = -0.8
"""The polynomials end here."""

FULL: Final = (
    2.296836394123803,
    -2.6655161897003814,
    2.5421243141538192,
    -1.9764406711598408,
    1.2224105054781171,
    -0.5679814511774117,
    0.16874633400786013,
    -0.00884401500066719,
    -0.017827844211387046,
    0.006480966218311013,
    0.0010565791483315948,
    -0.0012061838173053011,
    -6.937848436722115e-06,
    0.00020949686861561302,
    -9.951500576390467e-06,
    -3.935470219896835e-05,
    1.2164714914155433e-06,
    8.022773226973805e-06,
    3.320388976840926e-07,
    -1.6683100225605775e-06,
    -2.2172673956395199e-07,
    3.1896873101702796e-07,
    5.964699876209758e-08,
    -4.757903090815766e-08,
    -7.111722076413223e-09,
    3.947517033029662e-09,
)

ROUGH: Final = (
    2.296838359781659,
    -2.665517766787727,
    2.542025980209103,
    -1.9763615504454854,
    1.2231993086550614,
    -0.5686256515499254,
    0.1665250073173911,
    -0.006968724739270972,
    -0.015259787952286436,
    0.004144271755216337,
)


def _divided(coefficients: Sequence[float]) -> Callable[[float, float], tuple[float, float]]:
    """(p(y), (p(x) - p(y)) / (x - y)) of the polynomial p, for compiled code; p'(x) if x = y."""
    constants = tuple(float(c) for c in coefficients)

    @intrinsic
    def evaluate(_typing: Any, _x: Any, _y: Any) -> Any:
        pair: Any = types.UniTuple(types.float64, 2)  # type: ignore[no-untyped-call]

        def emit(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
            x, y = values
            value = ir.Constant(ir.DoubleType(), constants[-1])
            slope = None
            for c in reversed(constants[:-1]):
                slope = value if slope is None else builder.fma(slope, x, value)
                value = builder.fma(value, y, ir.Constant(ir.DoubleType(), c))
            return context.make_tuple(builder, pair, (value, slope))

        return pair(types.float64, types.float64), emit

    return cast("Callable[[float, float], tuple[float, float]]", evaluate)


_full = _divided(FULL)
_rough = _divided(ROUGH)


@inlined
def difference(a: float, b: float, gap: float, upper: bool) -> float:  # noqa: FBT001
    """m(a) - m(b), or with `upper` m(a) + m(b), for -0.8 <= a <= b; `gap` is b - a exactly."""
    ua, ub = 1.0 / (a + SHIFT), 1.0 / (b + SHIFT)
    value, slope = _full(fma(-SCALE, ua, 1.0), fma(-SCALE, ub, 1.0))
    return _combine(ua, ub, gap, value, slope, upper)


@inlined
def rough_difference(a: float, b: float, gap: float, upper: bool) -> float:  # noqa: FBT001
    """`difference` to about 1e-5, at half the cost."""
    ua, ub = 1.0 / (a + SHIFT), 1.0 / (b + SHIFT)
    value, slope = _rough(fma(-SCALE, ua, 1.0), fma(-SCALE, ub, 1.0))
    return _combine(ua, ub, gap, value, slope, upper)


@inlined
def _combine(  # noqa: PLR0917 - what both of the above have
    ua: float,
    ub: float,
    gap: float,
    value: float,
    slope: float,
    upper: bool,  # noqa: FBT001
) -> float:
    # m(a) = ua p(ta) with p(ta) = p(tb) + (ta - tb) slope, and ua - ub = ua ub (b - a).
    apart = ua * ub * gap
    less = apart * fma(-SCALE * ua, slope, value)
    return fma(2.0 * ub, value, less) if upper else less


@inlined
def decay(z: float) -> float:
    """1 - z m(z) = -m'(z) for z >= -0.8, with relative accuracy however large z is."""
    u = 1.0 / (z + SHIFT)
    t = fma(-SCALE, u, 1.0)
    value, slope = _full(t, t)
    return u * u * fma(-SCALE * u, slope, value)


@inlined
def mills(z: float) -> float:
    """m(z) for z >= -0.8."""
    u = 1.0 / (z + SHIFT)
    t = fma(-SCALE, u, 1.0)
    return u * _full(t, t)[0]
