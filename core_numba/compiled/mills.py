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
from core_numba.vmath.instructions import fma, select

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

ABOVE: Final = (
    1.2533141373155001,
    1.7706415390455899,
    1.2498420814036477,
    0.5601290160878387,
    0.1732789648980746,
    0.038105631345668085,
    0.005938945126400689,
    0.0006323868023269517,
    4.182918529135262e-05,
    1.3151858402903949e-06,
)

BELOW: Final = (
    1.0,
    2.210652107523565,
    2.261074886093053,
    1.4116305029327816,
    0.5969857469058232,
    0.17913405869674467,
    0.03873539850004351,
    0.005980773864034545,
    0.0006337020012944887,
    4.182918505159276e-05,
    1.3151858423315656e-06,
)
MOST: Final = 16.0
"""The quotient ends here."""


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
_above = _divided(ABOVE)
_below = _divided(BELOW)


@inlined
def difference(a: float, b: float, gap: float, upper: bool) -> float:  # noqa: FBT001
    """m(a) - m(b), or with `upper` m(a) + m(b), for -0.8 <= a <= b; `gap` is b - a exactly."""
    ua, ub = 1.0 / (a + SHIFT), 1.0 / (b + SHIFT)
    value, slope = _full(fma(-SCALE, ua, 1.0), fma(-SCALE, ub, 1.0))
    # m(a) = ua p(ta) with p(ta) = p(tb) + (ta - tb) slope, and ua - ub = ua ub (b - a).
    apart = ua * ub * gap
    less = apart * fma(-SCALE * ua, slope, value)
    return fma(2.0 * ub, value, less) if upper else less


@inlined
def quotient(a: float, b: float, gap: float, upper: bool) -> tuple[float, float]:  # noqa: FBT001
    """Numerator and denominator of `difference` for -0.8 <= a <= b <= 16, with no division.

    With m = p / q and slopes p' = (p(b) - p(a)) / (b - a), q' likewise, the difference is
    (b - a) (p(a) q' - q(a) p') / (q(a) q(b)). All coefficients are positive: nothing but that
    one subtraction cancels, and it loses a factor of ten at most.
    """
    above, above_slope = _above(b, a)
    below, below_slope = _below(b, a)
    beyond = fma(gap, below_slope, below)
    twice = 2.0 * fma(gap, above_slope, above) * below
    less = fma(above, below_slope, -(below * above_slope))
    return fma(gap, less, select(upper, twice, 0.0)), below * beyond


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
