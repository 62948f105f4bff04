"""Forwards by parity, expiration by expiration."""

from __future__ import annotations

import numpy as np

from core_numba.compiled.sorting import sort_pairs
from core_numba.jit.declare import compiled
from core_numba.normal import Floats
from core_numba.plain.chains.parity import Integers


@compiled(
    "void(i8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1],"
    " f8[::1], f8[::1], f8[::1], i8[::1])"
)
def parity_forwards(  # noqa: PLR0917 - a kernel takes its arrays by position
    start: Integers,
    strike: Floats,
    discount: Floats,
    call_bid: Floats,
    call_ask: Floats,
    put_bid: Floats,
    put_ask: Floats,
    forward: Floats,
    low: Floats,
    high: Floats,
    pairs: Integers,
) -> None:
    implied, weights = np.empty(strike.size), np.empty(strike.size)
    for g in range(start.size - 1):
        count, total = 0, 0.0
        least, most = -np.inf, np.inf
        for i in range(start[g], start[g + 1]):
            k, d = strike[i], discount[i]
            cb, ca, pb, pa = call_bid[i], call_ask[i], put_bid[i], put_ask[i]
            quoted = cb >= 0.0 and pb >= 0.0 and ca >= cb and pa >= pb and ca > 0.0 and pa > 0.0
            if not (quoted and d > 0.0 and k > 0.0 and abs(k + ca + pa + d) < np.inf):
                continue
            implied[count] = k + (0.5 * (cb + ca) - 0.5 * (pb + pa)) / d
            width = max(ca - cb + (pa - pb), 1e-8 * k)
            weights[count] = 1.0 / (width * width)
            total += weights[count]
            least, most = max(least, k + (cb - pa) / d), min(most, k + (ca - pb) / d)
            count += 1
        pairs[g] = count
        forward[g], low[g], high[g] = np.nan, np.nan, np.nan
        if count == 0:
            continue
        low[g], high[g] = least, most
        sort_pairs(implied, weights, count)
        below, middle = weights[0], 0
        while below < 0.5 * total and middle < count - 1:
            middle += 1
            below += weights[middle]
        forward[g] = implied[middle]
