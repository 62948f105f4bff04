"""The best few by a heap whose root is the worst of those kept."""

from __future__ import annotations

import numpy as np

from core_numba.jit.declare import compiled, inlined
from core_numba.normal import Floats


@inlined
def _worse(values: Floats, i: int, j: int) -> bool:
    """Whether place i stands behind place j: smaller, NaN, or equal and later."""
    a, b = values[i], values[j]
    if a != a or b != b:  # noqa: PLR0124 - NaN
        return (i > j) if (a != a and b != b) else a != a  # noqa: PLR0124 - NaN
    return a < b if a != b else i > j


@inlined
def _sink(values: Floats, heap: np.ndarray, root: int, size: int) -> None:
    """Move the entry at `root` down until no child is worse."""
    while True:
        child = 2 * root + 1
        if child >= size:
            return
        if child + 1 < size and _worse(values, heap[child + 1], heap[child]):
            child += 1
        if not _worse(values, heap[child], heap[root]):
            return
        heap[root], heap[child] = heap[child], heap[root]
        root = child


@compiled("void(f8[::1], i8[::1])")
def top(values: Floats, places: np.ndarray) -> None:
    size = places.size
    if size == 0:
        return
    for i in range(size):
        places[i] = i
    for root in range(size // 2 - 1, -1, -1):
        _sink(values, places, root, size)
    for i in range(size, values.size):
        # A later place wins only by being larger, or by being a number where NaN is kept.
        if values[i] > values[places[0]] or _worse(values, places[0], i):
            places[0] = i
            _sink(values, places, 0, size)
    for last in range(size - 1, 0, -1):
        places[0], places[last] = places[last], places[0]
        _sink(values, places, 0, last)
