"""Element-wise kernels over several threads, by slices.

Numba's own threading is not used: its default layer on Linux ends the process when two Python
threads enter it at once, and turns run on many. Kernels release the GIL, so plain threads do.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import numpy as np

LEAST: Final = 8192
"""Elements below which another thread costs more than it gives."""
_ALIGN: Final = 64
"""Slices begin at multiples of this, so that vector loops see whole vectors."""

_lock = threading.Lock()
_pool: ThreadPoolExecutor | None = None
_threads = os.cpu_count() or 1


def set_threads(count: int) -> None:
    """Use at most `count` threads from now on."""
    global _threads, _pool
    if count < 1:
        raise ValueError("At least one thread is needed.")
    with _lock:
        if _pool is not None:
            _pool.shutdown()
        _pool, _threads = None, count


def get_threads() -> int:
    return _threads


def split(
    function: Callable[..., Any], size: int, arguments: Sequence[Any], least: int = LEAST
) -> None:
    """Call `function` on slices of those `arguments` that are arrays of first length `size`.

    `least` elements make another thread worth while; fewer than usual where each costs much.
    """
    parts = min(_threads, size // least)
    if parts <= 1:
        function(*arguments)
        return
    step = -(-size // parts)
    step += -step % _ALIGN
    slices = [slice(start, min(start + step, size)) for start in range(0, size, step)]

    def part(piece: slice) -> None:
        function(
            *(
                a[piece] if isinstance(a, np.ndarray) and a.ndim and a.shape[0] == size else a
                for a in arguments
            )
        )

    others = [_workers().submit(part, piece) for piece in slices[1:]]
    try:
        part(slices[0])
    finally:
        for other in others:
            other.result()


def _workers() -> ThreadPoolExecutor:
    global _pool  # noqa: PLW0603 - as above
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(max(1, _threads - 1), "kernel")
        return _pool
