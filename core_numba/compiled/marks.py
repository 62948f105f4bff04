"""Whether a vector pass has left something to the careful one, asked of a whole block at once.

In integers: the order of doubles is that of their bits, and a loop that only combines bits takes a
quarter of the time that counting comparisons does, which LLVM widens and adds up one by one.
"""

from __future__ import annotations

from typing import Final

from core_numba.jit.declare import inlined
from core_numba.normal import Floats
from core_numba.vmath.instructions import bits

_LEAST: Final = 5e-324
_GREATEST: Final = 1.7976931348623157e308
_INFINITY: Final = 0x7FF0000000000000
_MAGNITUDE: Final = 0x7FFFFFFFFFFFFFFF


@inlined
def any_nan(values: Floats) -> bool:
    beyond = 0
    for i in range(values.shape[0]):
        beyond |= _INFINITY - (bits(values[i]) & _MAGNITUDE)
    return beyond < 0


@inlined
def all_positive(values: Floats) -> bool:
    """Whether each is above zero and finite."""
    return all_between(values, _LEAST, _GREATEST)


@inlined
def all_between(values: Floats, least: float, greatest: float) -> bool:
    """Whether each is within these positive bounds, themselves included."""
    low, high, outside = bits(least), bits(greatest), 0
    for i in range(values.shape[0]):
        x = bits(values[i])
        outside |= (x - low) | (high - x)
    return outside >= 0
