"""Few and heavy rows over several threads: curves, or combinations of a sweep.

`threads.split` is for thousands of cheap elements; here one row is work for a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy.typing as npt

from core_numba.jit import threads


def split_rows(
    function: Callable[..., Any], rows: Sequence[npt.NDArray[Any]], *others: Any
) -> None:
    """Call ``function(*rows, *others)`` with `rows` cut along their first axis.

    All of `rows` have the same first length; `others` are given whole to each call.
    """
    size = rows[0].shape[0]
    parts = min(threads.get_threads(), size)
    if parts <= 1:
        function(*rows, *others)
        return
    bounds = [size * part // parts for part in range(parts + 1)]

    def call(part: int) -> None:
        piece = slice(bounds[part], bounds[part + 1])
        function(*(row[piece] for row in rows), *others)

    waiting = [threads._workers().submit(call, part) for part in range(1, parts)]  # noqa: SLF001 - one pool for all kernels
    try:
        call(0)
    finally:
        for each in waiting:
            each.result()
