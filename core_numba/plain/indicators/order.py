"""Rolling quantiles and ranks: selections from a sorted window."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from core_numba.arrays import Floats


def quantile_of(leaves: Sequence[float], share: float) -> float:
    """Linear between the two nearest, as NumPy's default."""
    if any(math.isnan(x) for x in leaves):
        return math.nan
    ordered = sorted(leaves)
    spot = (len(leaves) - 1) * share
    whole = int(spot)
    part = spot - whole
    if part == 0.0:
        return ordered[whole]
    return ordered[whole] + (ordered[whole + 1] - ordered[whole]) * part


def rank_of(leaves: Sequence[float]) -> float:
    """Of the last: 1 for the lowest; equal ones share the mean of their places."""
    if any(math.isnan(x) for x in leaves):
        return math.nan
    ordered = sorted(leaves)
    below = bisect_left(ordered, leaves[-1])
    return below + 0.5 * (bisect_right(ordered, leaves[-1]) - below + 1)


def window_order(x: Floats, window: int, share: float, rank: bool, out: Floats) -> None:  # noqa: FBT001
    for i in range(x.size):
        if i < window - 1:
            out[i] = math.nan
            continue
        leaves = x[i - window + 1 : i + 1].tolist()
        out[i] = rank_of(leaves) if rank else quantile_of(leaves, share)
