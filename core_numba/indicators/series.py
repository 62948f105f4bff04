"""Bars along the last axis: how every indicator takes its inputs and makes its outputs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.room import fresh


def bars(*values: npt.ArrayLike) -> list[Floats]:
    """Inputs broadcast to one shape, C-contiguous float64. `ValueError` for a single number.

    A read-only array is copied: kernels are compiled for arrays that can be written to.
    """
    arrays = [np.asarray(value, dtype=np.float64) for value in values]
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    if not shape:
        raise ValueError("Indicators need an array of bars; give one with at least one axis.")
    return [
        np.require(
            array if array.shape == shape else np.broadcast_to(array, shape),
            requirements=("C", "A", "W"),
        )
        for array in arrays
    ]


def lines(
    kernel: Kernel,
    inputs: Sequence[npt.NDArray[Any]],
    count: int,
    *options: Any,
    only: int | None = None,
) -> list[Floats]:
    """`kernel(*inputs, *options, *outputs)` for each asset; its `count` outputs.

    Where `only` one of them is wanted, the others are empty: the kernel leaves them out.
    """
    shape = inputs[0].shape
    wanted = [only is None or only == k for k in range(count)]
    size = math.prod(shape)
    out = [fresh(size).reshape(shape) if want else np.empty((*shape[:-1], 0)) for want in wanted]
    if len(shape) == 1:
        kernel(*inputs, *options, *out)
        return out
    flat_inputs = [each.reshape(-1, shape[-1]) for each in inputs]
    assets = len(flat_inputs[0])
    flat_out = [each.reshape(assets, -1) if each.size else np.empty((assets, 0)) for each in out]
    for row in range(assets):
        kernel(*(each[row] for each in flat_inputs), *options, *(each[row] for each in flat_out))
    return out


def whole(name: str, value: int, least: int = 1) -> int:
    """`value` as it is. `ValueError` where it is no whole number or below `least`."""
    if int(value) != value or value < least:
        raise ValueError(f"{name} is {value}; give a whole number of at least {least}.")
    return int(value)
