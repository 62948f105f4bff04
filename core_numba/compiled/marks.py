"""Whether a vector pass has left something to the careful one, asked of a whole block at once.

In integers: the order of doubles is that of their bits, and a loop that only combines bits takes a
quarter of the time that counting comparisons does, which LLVM widens and adds up one by one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from core_numba.jit.declare import inlined
from core_numba.normal import Floats
from core_numba.vmath.instructions import bits

_INFINITY: Final = 0x7FF0000000000000
_MAGNITUDE: Final = 0x7FFFFFFFFFFFFFFF


@inlined
def any_nan(values: Floats) -> bool:
    beyond = np.int64(0)
    for i in range(values.shape[0]):
        beyond |= _INFINITY - (bits(values[i]) & _MAGNITUDE)
    return beyond < 0


@inlined
def all_positive(values: Floats) -> bool:
    """Whether each is above zero and finite."""
    outside = np.int64(0)
    for i in range(values.shape[0]):
        x = bits(values[i])
        outside |= (x - 1) | (_INFINITY - 1 - x)
    return outside >= 0
