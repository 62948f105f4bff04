"""Single machine instructions that Python has no word for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_DOUBLE = ir.DoubleType()
_LONG = ir.IntType(64)
_STACK = 64


@intrinsic
def _bits(_typing: Any, _x: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], _LONG)

    return types.int64(types.float64), emit


@intrinsic
def _from_bits(_typing: Any, _x: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], _DOUBLE)

    return types.float64(types.int64), emit


@intrinsic
def _nearest(_typing: Any, _x: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        function = builder.module.declare_intrinsic("llvm.rint", [_DOUBLE])
        return builder.call(function, [values[0]])

    return types.float64(types.float64), emit


@intrinsic
def _fma(_typing: Any, _x: Any, _y: Any, _z: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.fma(*values)

    return types.float64(types.float64, types.float64, types.float64), emit


@intrinsic
def _select(_typing: Any, _condition: Any, _x: Any, _y: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.select(*values)

    return types.float64(types.boolean, types.float64, types.float64), emit


@intrinsic
def _at_least(_typing: Any, _x: Any, _low: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        x, low = values
        return builder.select(builder.fcmp_ordered(">", low, x), low, x)

    return types.float64(types.float64, types.float64), emit


@intrinsic
def _at_most(_typing: Any, _x: Any, _high: Any) -> Any:
    def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        x, high = values
        return builder.select(builder.fcmp_ordered("<", high, x), high, x)

    return types.float64(types.float64, types.float64), emit


@intrinsic
def _align_stack(_typing: Any) -> Any:
    def emit(context: Any, builder: Any, _signature: Any, _values: Any) -> Any:
        attributes = builder.function.attributes
        attributes.add("nounwind")  # llvmlite forgets the alignment where it stands alone
        attributes.alignstack = _STACK
        return context.get_dummy_value()

    return types.void(), emit


@intrinsic
def _borrowed(_typing: Any, array: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, values[0])
        made.meminfo = made.meminfo.type(None)
        made.parent = made.parent.type(None)
        return made._getvalue()  # noqa: SLF001 - Numba's own name for it

    return array(array), emit


bits = cast("Callable[[float], int]", _bits)
"""The 64 bits of a float as an integer."""
from_bits = cast("Callable[[int | np.int64], float]", _from_bits)
"""The float that has these 64 bits."""
nearest = cast("Callable[[float], float]", _nearest)
"""The nearest whole number, halves to even, as a float."""
fma = cast("Callable[[float, float, float], float]", _fma)
"""x * y + z, rounded once."""
select = cast("Callable[[bool, float, float], float]", _select)
"""x where the condition holds, else y, both computed: never a branch, which a conditional
expression can become where LLVM sees that two conditions are related; a branch ends vectors."""
at_least = cast("Callable[[float, float], float]", _at_least)
"""max(x, low), one instruction; a NaN in x stays NaN."""
at_most = cast("Callable[[float, float], float]", _at_most)
"""min(x, high), one instruction; a NaN in x stays NaN."""


align_stack = cast("Callable[[], None]", _align_stack)
"""To be called first in an entry point whose loops need more vectors than there are registers.

The calling convention aligns the stack to 16 bytes only, so that half of the vectors put there
lie across two cache lines, which ones depending on the caller."""

borrowed = cast("Callable[[Any], Any]", _borrowed)
"""The array without its owner: slices of it, and calls with them, count no references. Counting is
atomic and costs as much as twenty elements do. The owner must be used again behind the last use."""


def polynomial(coefficients: Sequence[float]) -> Callable[[float], float]:
    """c[0] + c[1] x + c[2] x^2 + ... for compiled code, by Estrin's scheme in multiply-adds.

    Estrin's tree is short where Horner's chain is long: the processor works on its branches at
    once.
    """
    constants = tuple(float(c) for c in coefficients)

    @intrinsic
    def evaluate(_typing: Any, _x: Any) -> Any:
        def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
            power = values[0]
            terms: list[Any] = [ir.Constant(_DOUBLE, c) for c in constants]
            while len(terms) > 1:
                pairs = [
                    builder.fma(terms[i + 1], power, terms[i]) for i in range(0, len(terms) - 1, 2)
                ]
                terms = pairs + terms[len(pairs) * 2 :]
                if len(terms) > 1:
                    power = builder.fmul(power, power)
            return terms[0]

        return types.float64(types.float64), emit

    return cast("Callable[[float], float]", evaluate)


def halves(coefficients: Sequence[float], scale: float = 1.0) -> Callable[[float], float]:
    """c[0] + c[1] (scale x) + ..., as two Horner chains of even and odd powers.

    Fewer registers than Estrin's tree: for loops in which many polynomials live at once.
    """
    constants = [float(c) * scale**i for i, c in enumerate(coefficients)]

    @intrinsic
    def evaluate(_typing: Any, _x: Any) -> Any:
        def emit(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
            square = builder.fmul(values[0], values[0])
            even, odd = (_horner(builder, constants[start::2], square) for start in (0, 1))
            return builder.fma(odd, values[0], even)

        return types.float64(types.float64), emit

    return cast("Callable[[float], float]", evaluate)


def _horner(builder: Any, constants: Sequence[float], x: Any) -> Any:
    value = ir.Constant(_DOUBLE, constants[-1])
    for c in reversed(constants[:-1]):
        value = builder.fma(value, x, ir.Constant(_DOUBLE, c))
    return value
