"""Rolling quantiles and ranks: see `core_numba.plain.indicators.order`."""

from __future__ import annotations

import numpy as np

from core_numba.arrays import Floats
from core_numba.jit.exact import called_exactly, compiled_exactly


@called_exactly
def _place(ordered: Floats, size: int, value: float) -> int:
    """How many of the first `size` are below `value`."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@called_exactly
def _rank(ordered: Floats, size: int, value: float) -> float:
    below = _place(ordered, size, value)
    equal = 0
    while below + equal < size and ordered[below + equal] == value:
        equal += 1
    return below + 0.5 * (equal + 1)


@compiled_exactly("void(f8[::1], i8, f8, b1, f8[::1])")
def window_order(x: Floats, window: int, share: float, rank: bool, out: Floats) -> None:  # noqa: FBT001
    ordered = np.empty(window)
    size = 0
    spot = (window - 1) * share
    whole = int(spot)
    part = spot - whole
    for i in range(x.size):
        if i >= window:
            old = x[i - window]
            if old == old:  # noqa: PLR0124 - not NaN
                for k in range(_place(ordered, size, old), size - 1):
                    ordered[k] = ordered[k + 1]
                size -= 1
        value = x[i]
        if value == value:  # noqa: PLR0124 - not NaN
            k = size
            while k > 0 and ordered[k - 1] > value:
                ordered[k] = ordered[k - 1]
                k -= 1
            ordered[k] = value
            size += 1
        if size < window:
            out[i] = np.nan
        elif rank:
            out[i] = _rank(ordered, size, value)
        elif part == 0.0:
            out[i] = ordered[whole]
        else:
            out[i] = ordered[whole] + (ordered[whole + 1] - ordered[whole]) * part
