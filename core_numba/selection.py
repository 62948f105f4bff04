"""The best few of many without sorting the rest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_numba.arrays import flat
from core_numba.jit.kernel import Kernel
from core_numba.plain import selection as plain

_TOP = Kernel("selection", plain.top)


def top(values: npt.ArrayLike, count: int, *, largest: bool = True) -> npt.NDArray[np.int64]:
    """Places of the `count` largest (or smallest) values, best first; all if there are fewer.

    Equal values stand in their original order (0.0 and -0.0 are equal), NaN comes last: the same
    places as the head of a stable sort, in one pass over the values with a heap of `count`.

    `ValueError` for a negative count or more than one axis.
    """
    shape, (column,) = flat(values)
    if len(shape) != 1 or count < 0:
        raise ValueError("Give values of one axis and a count of zero or more.")
    places = np.empty(min(count, shape[0]), dtype=np.int64)
    _TOP(column if largest else -column, places)
    return places
