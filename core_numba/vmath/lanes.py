"""Loops written as vectors, for those that LLVM's own choice makes slower.

The number of vectors in flight is one for the whole process (`core_numba.jit.settings`), chosen for
long polynomials of few arrays. A loop over twenty arrays wants one vector at a time: four need more
registers than there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, cast

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES: Final = 4
_DOUBLE: Final = ir.DoubleType()
_VECTOR: Final = ir.VectorType(_DOUBLE, LANES)
_INDEX: Final = ir.IntType(32)
_ALIGN: Final = 8


def splat(builder: Any, value: Any) -> Any:
    """The vector that holds `value` in each lane."""
    single = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), value, _INDEX(0))
    zeros = ir.Constant(ir.VectorType(_INDEX, LANES), [0] * LANES)
    return builder.shuffle_vector(single, single, zeros)


def load(builder: Any, data: Any, place: Any) -> Any:
    return builder.load(_at(builder, data, place), align=_ALIGN)


def store(builder: Any, vector: Any, data: Any, place: Any) -> None:
    builder.store(vector, _at(builder, data, place), align=_ALIGN)


def vector_slot(builder: Any) -> Any:
    """Room for a vector that changes from step to step."""
    return cgutils.alloca_once(builder, _VECTOR)  # type: ignore[no-untyped-call]


def data_of(context: Any, builder: Any, array_type: Any, array: Any) -> Any:
    return context.make_array(array_type)(context, builder, array).data


def _at(builder: Any, data: Any, place: Any) -> Any:
    return builder.bitcast(builder.gep(data, [place]), _VECTOR.as_pointer())


def _members(builder: Any, values: Any) -> Sequence[Any]:
    members: Sequence[Any] = cgutils.unpack_tuple(builder, values)  # type: ignore[no-untyped-call]
    return members


class Lanes:
    """Numbers side by side while a loop's body is written down: each operation rounds once."""

    def __init__(self, builder: Any, value: Any) -> None:
        self._builder, self.value = builder, value

    def __add__(self, other: Lanes) -> Lanes:
        return Lanes(self._builder, self._builder.fadd(self.value, other.value))

    def __sub__(self, other: Lanes) -> Lanes:
        return Lanes(self._builder, self._builder.fsub(self.value, other.value))

    def __mul__(self, other: Lanes) -> Lanes:
        return Lanes(self._builder, self._builder.fmul(self.value, other.value))


Body = Callable[[Sequence[Lanes], Sequence[Lanes]], Sequence[Lanes]]


def by_lanes(body: Body) -> Callable[..., None]:
    """A function (count, outputs, inputs, numbers) of tuples, for compiled code.

    `body` writes down one step: from the inputs' elements and the numbers to the outputs' elements.
    An output may lie over an input, as long as no step reads what an earlier one has written.
    """

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        count = values[0]
        outputs, inputs = (
            [
                data_of(context, builder, signature.args[k].dtype, each)
                for each in _members(builder, values[k])
            ]
            for k in (1, 2)
        )
        numbers = _members(builder, values[3])
        wide = [Lanes(builder, splat(builder, each)) for each in numbers]
        vectors = builder.sdiv(count, count.type(LANES))
        with cgutils.for_range(builder, vectors) as loop:
            place = builder.mul(loop.index, count.type(LANES))
            given = [Lanes(builder, load(builder, each, place)) for each in inputs]
            for made, data in zip(body(given, wide), outputs, strict=True):
                store(builder, made.value, data, place)
        single = [Lanes(builder, each) for each in numbers]
        done = builder.mul(vectors, count.type(LANES))
        with cgutils.for_range(builder, count, start=done) as loop:
            given = [
                Lanes(builder, builder.load(builder.gep(each, [loop.index]))) for each in inputs
            ]
            for made, data in zip(body(given, single), outputs, strict=True):
                builder.store(made.value, builder.gep(data, [loop.index]))
        return context.get_dummy_value()

    @intrinsic
    def run(_typing: Any, count: Any, outputs: Any, inputs: Any, numbers: Any) -> Any:
        return types.void(count, outputs, inputs, numbers), emit

    return cast("Callable[..., None]", run)
