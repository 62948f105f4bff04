"""Rolling sums, weighted sums and extremes.

A window is summed in pairs, pairs of pairs and so on; where its length is no power of two, the
shortest piece is the oldest. Weighted, it is two halves, and the newest where one is left over. The
same tree for every window, so that nothing drifts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from core_numba.arrays import Floats

T = TypeVar("T")
Number = TypeVar("Number", float, Floats)


def tree(leaves: Sequence[T], join: Callable[[T, int, T, int], T]) -> T:
    """Join `leaves`, oldest first. `join` takes two nodes, each with its number of leaves."""
    total: T | None = None
    length, span = 0, 1
    while length < len(leaves):
        if len(leaves) & span:
            level, size = list(leaves[length : length + span]), 1
            while len(level) > 1:
                pairs = zip(level[::2], level[1::2], strict=True)
                level = [join(a, size, b, size) for a, b in pairs]
                size *= 2
            total = level[0] if total is None else join(total, length, level[0], span)
            length += span
        span *= 2
    if total is None:
        raise ValueError("A window has at least one element.")
    return total


def sliding(x: Floats, window: int) -> list[Floats]:
    """For every place in the window: the elements that stand there, one of each window."""
    count = max(0, x.size - window + 1)
    return [x[k : k + count] for k in range(window)]


def fill(out: Floats, values: Floats, lead: int) -> None:
    """`values` after the warm-up. An output of no elements is not asked for."""
    if out.size:
        out[:lead] = np.nan
        out[lead:] = values


def total(leaves: Sequence[Number]) -> Number:
    return tree(leaves, lambda a, _p, b, _q: a + b)


def weighted_total(leaves: Sequence[Number]) -> Number:
    """The oldest once, the next twice, and so on."""
    return _plain_and_weighted(leaves)[1]


def _plain_and_weighted(leaves: Sequence[Number]) -> tuple[Number, Number]:
    """Two halves of one size, and the last leaf where there is an odd number of them."""
    count = len(leaves)
    if count == 1:
        return leaves[0], leaves[0]
    half = count // 2
    (a, w), (b, v) = (_plain_and_weighted(leaves[k : k + half]) for k in (0, half))
    total, weighted = a + b, w + (v + b * float(half))
    if count % 2 == 0:
        return total, weighted
    return total + leaves[-1], weighted + leaves[-1] * float(count)


def window_sum(x: Floats, window: int, scale: float, out: Floats) -> None:
    fill(out, total(sliding(x, window)) * scale, min(x.size, window - 1))


def window_weighted(x: Floats, window: int, scale: float, out: Floats) -> None:
    fill(out, weighted_total(sliding(x, window)) * scale, min(x.size, window - 1))


def window_extreme(x: Floats, window: int, highest: bool, out: Floats) -> None:  # noqa: FBT001
    views = sliding(x, window)
    values = np.max(views, axis=0) if highest else np.min(views, axis=0)
    fill(out, values, min(x.size, window - 1))


def extreme(leaves: Sequence[float], *, highest: bool) -> float:
    if any(math.isnan(x) for x in leaves):
        return math.nan
    return max(leaves) if highest else min(leaves)


def quotient(a: float, b: float) -> float:
    """a / b as arrays have it: NaN or infinity where `b` is zero."""
    if b != 0.0:
        return a / b
    return math.nan if a == 0.0 or math.isnan(a) else math.copysign(math.inf, a)
