"""Sorting in place for compiled code: small, and quick to compile."""

from __future__ import annotations

from core_numba.jit.declare import inlined
from core_numba.normal import Floats


@inlined
def sort_pairs(keys: Floats, values: Floats, count: int) -> None:
    """Sort the first `count` keys upwards, values along with them (Shell's sort, Knuth's gaps)."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap >= 1:
        for i in range(gap, count):
            key, value = keys[i], values[i]
            j = i
            while j >= gap and keys[j - gap] > key:
                keys[j], values[j] = keys[j - gap], values[j - gap]
                j -= gap
            keys[j], values[j] = key, value
        gap //= 3
