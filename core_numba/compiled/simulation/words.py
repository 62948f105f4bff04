"""ARS words by the processor's AES instructions, two blocks a register where it can.

The sources' scheme is in `core_numba.plain.simulation.words`. Without such instructions tables
answer with the same words, several times slower.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from core_numba.jit.declare import compiled, inlined
from core_numba.plain.simulation.words import BOX, MIXED, ROUNDS, Words

BATCH: Final = 32
"""Words that one call of `fill` makes per turn: eight blocks in flight hide the latency."""

_I32, _I64 = ir.IntType(32), ir.IntType(64)
_FEATURES: Final = llvm.get_host_cpu_features()
_BYTE = np.uint32(0xFF)
_BOX, _MIXED = BOX, MIXED.reshape(-1)


def by_instructions(blocks: int) -> Callable[..., None]:
    """`fill` by AES instructions on registers of `blocks` blocks of 128 bits (1 or 2)."""
    wide = ir.VectorType(_I64, 2 * blocks)
    suffix = ".256" if blocks == 2 else ""
    count = 8 // blocks

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        def pointer(which: int, to: Any) -> Any:
            of = cast("Callable[..., Any]", cgutils.create_struct_proxy)(signature.args[which])
            array = of(context, builder, values[which])
            return builder.bitcast(array.data, to.as_pointer())

        def constant(value: int, of: Any = _I64) -> Any:
            return ir.Constant(of, value)

        out, key = pointer(0, wide), pointer(1, ir.VectorType(_I64, 2))
        kind = ir.FunctionType(wide, [wide, wide])
        middle, last = (
            builder.module.declare_intrinsic(f"llvm.x86.aesni.{name}{suffix}", fnty=kind)
            for name in ("aesenc", "aesenclast")
        )
        spread = ir.Constant(ir.VectorType(_I32, 2 * blocks), [0, 1] * blocks)
        none = ir.Constant(ir.VectorType(_I64, 2), ir.Undefined)
        keys = [
            builder.shuffle_vector(
                builder.load(builder.gep(key, [constant(r)]), align=8), none, spread
            )
            for r in range(ROUNDS + 1)
        ]
        first, draw, turns = values[2:]
        with cgutils.for_range(builder, turns) as loop:
            base = builder.add(first, builder.mul(loop.index, constant(8)))
            states = []
            for j in range(count):
                state = ir.Constant(wide, ir.Undefined)
                for block in range(blocks):
                    counter = builder.add(base, constant(blocks * j + block))
                    for half, value in enumerate((counter, draw)):
                        place = constant(2 * block + half, _I32)
                        state = builder.insert_element(state, value, place)
                states.append(builder.xor(state, keys[0]))
            for r in range(1, ROUNDS):
                states = [builder.call(middle, [state, keys[r]]) for state in states]
            states = [builder.call(last, [state, keys[ROUNDS]]) for state in states]
            place = builder.mul(loop.index, constant(count))
            for j, state in enumerate(states):
                builder.store(state, builder.gep(out, [builder.add(place, constant(j))]), align=4)
        return context.get_dummy_value()

    @intrinsic
    def fill(_typing: Any, _out: Any, _keys: Any, _first: Any, _draw: Any, _turns: Any) -> Any:
        return types.void(
            types.Array(types.uint32, 1, "C"),
            types.Array(types.uint64, 2, "C"),
            types.uint64,
            types.uint64,
            types.int64,
        ), emit

    return cast("Callable[..., None]", fill)


@inlined
def by_tables(out: Words, keys: Any, first: int, draw: int, turns: int) -> None:
    """`fill` without any such instruction."""
    for block in range(8 * turns):
        low = np.uint64(first + np.uint64(block)) ^ keys[0, 0]
        high = np.uint64(draw) ^ keys[0, 1]
        a, b = np.uint32(low), np.uint32(low >> np.uint64(32))
        c, d = np.uint32(high), np.uint32(high >> np.uint64(32))
        for r in range(1, ROUNDS):
            a, b, c, d = _mix(a, b, c, d), _mix(b, c, d, a), _mix(c, d, a, b), _mix(d, a, b, c)
            low, high = keys[0, 2 * r], keys[0, 2 * r + 1]
            a, b = np.uint32(a ^ np.uint32(low)), np.uint32(b ^ np.uint32(low >> np.uint64(32)))
            c, d = np.uint32(c ^ np.uint32(high)), np.uint32(d ^ np.uint32(high >> np.uint64(32)))
        low, high = keys[0, 2 * ROUNDS], keys[0, 2 * ROUNDS + 1]
        out[4 * block] = _end(a, b, c, d) ^ np.uint32(low)
        out[4 * block + 1] = _end(b, c, d, a) ^ np.uint32(low >> np.uint64(32))
        out[4 * block + 2] = _end(c, d, a, b) ^ np.uint32(high)
        out[4 * block + 3] = _end(d, a, b, c) ^ np.uint32(high >> np.uint64(32))


@inlined
def _mix(a: Any, b: Any, c: Any, d: Any) -> Any:
    return np.uint32(
        _MIXED[a & _BYTE]
        ^ _MIXED[256 + (b >> np.uint32(8) & _BYTE)]
        ^ _MIXED[512 + (c >> np.uint32(16) & _BYTE)]
        ^ _MIXED[768 + (d >> np.uint32(24))]
    )


@inlined
def _end(a: Any, b: Any, c: Any, d: Any) -> Any:
    return np.uint32(
        _BOX[a & _BYTE]
        | _BOX[b >> np.uint32(8) & _BYTE] << np.uint32(8)
        | _BOX[c >> np.uint32(16) & _BYTE] << np.uint32(16)
        | _BOX[d >> np.uint32(24)] << np.uint32(24)
    )


def _choose() -> Callable[..., None]:
    if _FEATURES.get("vaes") and _FEATURES.get("avx"):
        return by_instructions(2)
    if _FEATURES.get("aes"):
        return by_instructions(1)
    return by_tables


fill: Final = _choose()
"""fill(out, keys, group, draw, turns): 32 words a turn, of groups `group`, `group` + 1, ..."""


@compiled("void(u8[:,::1], u8, u8, u4[::1])")
def words(keys: Any, first: int, draw: int, out: Words) -> None:
    turns = out.size // BATCH
    group = np.uint64(first) // np.uint64(4)
    fill(out, keys, group, draw, turns)
    rest = out.size - turns * BATCH
    if rest:
        tail = np.empty(BATCH, np.uint32)
        fill(tail, keys, group + np.uint64(8 * turns), draw, 1)
        for i in range(rest):
            out[turns * BATCH + i] = tail[i]
