"""Memory for results, used again once nobody holds them.

A large array from the system is zeroed page by page when it is first written to, which takes as
long as the prices and Greeks that are written. So the memory of large results goes back to a small
store when the last array over it is gone. It begins at a cache line, and each piece at another
place of its page: where inputs and results lie alike, stores hold up the loads behind them.
"""

from __future__ import annotations

import itertools
import threading
from collections import deque
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats

Bytes = npt.NDArray[np.uint8]

LEAST: Final = 1 << 20
"""Bytes below which the system's allocator does as well."""
MOST: Final = 1 << 27
"""Bytes kept in all; what lay longest goes first."""
_LINE: Final = 64
_PAGE: Final = 4096
_STRIDE: Final = 9 * _LINE
"""From the place in its page of one piece to that of the next."""

_lock: Final = threading.RLock()  # a collection of garbage under the lock gives back as well
_kept: Final[deque[Bytes]] = deque()
_places: Final = itertools.count()


class _Lent:
    """What the arrays over a piece hold on to; with the last of them it goes, and gives back."""

    def __init__(self, memory: Bytes) -> None:
        self._memory = memory
        start = memory.__array_interface__["data"][0]
        start += -start % _PAGE + next(_places) * _STRIDE % _PAGE
        self.__array_interface__: dict[str, Any] = {
            "data": (start, False),
            "shape": (memory.size - 2 * _PAGE,),
            "typestr": "|u1",
            "version": 3,
        }

    def __del__(self) -> None:
        with _lock:
            _kept.append(self._memory)
            held = sum(each.size for each in _kept)
            while held > MOST:
                held -= _kept.popleft().size


def fresh(size: int) -> Floats:
    """An array of `size` floats that hold anything, as of `numpy.empty`."""
    wanted = 8 * size
    if wanted < LEAST:
        return np.empty(size)
    array: Floats = np.asarray(_Lent(_take(wanted + 2 * _PAGE)))[:wanted].view(np.float64)
    return array


def _take(wanted: int) -> Bytes:
    """The last piece given back that is large enough and not half as large again, or a new one."""
    with _lock:
        for place in range(len(_kept) - 1, -1, -1):
            if wanted <= _kept[place].size <= wanted + wanted // 2:
                found = _kept[place]
                del _kept[place]
                return found
    return np.empty(wanted, np.uint8)
