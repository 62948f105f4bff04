"""Exponential smoothing four bars at a time, as vectors.

LLVM makes vectors of loops whose steps do not wait for each other. These do, so their vectors are
written out: four lines side by side, each from its own value of four bars ago.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from core_numba.vmath.lanes import LANES, data_of, load, splat, store, vector_slot


def _emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    steps = values[0]
    rows = []
    for at in range(1, len(values), 7):
        x, y = (data_of(context, builder, signature.args[i], values[i]) for i in (at, at + 1))
        weights = [splat(builder, each) for each in values[at + 2 : at + 7]]
        last = vector_slot(builder)
        builder.store(load(builder, y, steps.type(0)), last)
        rows.append((x, y, weights, last))
    with cgutils.for_range(builder, steps) as loop:
        place = builder.mul(loop.index, steps.type(LANES))
        for x, y, (keep, w0, w1, w2, w3), last in rows:
            oldest, older, old, new = (
                load(builder, x, builder.add(place, steps.type(k))) for k in range(LANES)
            )
            recent = builder.fadd(builder.fmul(w0, new), builder.fmul(w1, old))
            before = builder.fadd(builder.fmul(w2, older), builder.fmul(w3, oldest))
            fresh = builder.fadd(recent, before)
            line = builder.fadd(builder.fmul(keep, builder.load(last)), fresh)
            builder.store(line, last)
            store(builder, line, y, builder.add(place, steps.type(LANES)))
    return context.get_dummy_value()


@intrinsic
def _one(_typing: Any, n: Any, x: Any, y: Any, k: Any, a: Any, b: Any, c: Any, d: Any) -> Any:  # noqa: PLR0917
    return types.void(n, x, y, k, a, b, c, d), _emit


@intrinsic
def _two(  # noqa: PLR0917
    _typing: Any, n: Any, x: Any, y: Any, k: Any, a: Any, b: Any, c: Any, d: Any,
    v: Any, z: Any, l: Any, e: Any, f: Any, g: Any, h: Any,  # noqa: E741
) -> Any:  # fmt: skip
    return types.void(n, x, y, k, a, b, c, d, v, z, l, e, f, g, h), _emit


smooth_fours = cast("Callable[..., None]", _one)
"""smooth_fours(n, x, y, keep4, w0, w1, w2, w3): behind the four values at the front of y, 4 n more,

y[i + 4] = keep4 y[i] + ((w0 x[i + 3] + w1 x[i + 2]) + (w2 x[i + 1] + w3 x[i])).
"""
smooth_two_fours = cast("Callable[..., None]", _two)
"""The same for two lines at once, each with its arrays and weights: one fills the other's waits."""
