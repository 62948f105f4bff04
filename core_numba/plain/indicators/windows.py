"""Rolling sums, weighted sums and extremes.

A window is summed in pairs, pairs of pairs and so on; where its length is no power of two, the
shortest piece is the oldest. The same tree for every window, so that nothing drifts.
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
    pairs = [(x, x) for x in leaves]
    return tree(pairs, lambda a, p, b, _q: (a[0] + b[0], a[1] + (b[1] + float(p) * b[0])))[1]


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
