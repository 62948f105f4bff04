"""Forwards by put-call parity in NumPy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_numba.normal import Floats

Integers = npt.NDArray[np.int64]


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
    for g in range(start.size - 1):
        rows = slice(int(start[g]), int(start[g + 1]))
        k, d = strike[rows], discount[rows]
        cb, ca, pb, pa = call_bid[rows], call_ask[rows], put_bid[rows], put_ask[rows]
        with np.errstate(invalid="ignore", divide="ignore"):
            used = (cb >= 0) & (pb >= 0) & (ca >= cb) & (pa >= pb) & (ca > 0) & (pa > 0)
            used &= (d > 0) & (k > 0) & np.isfinite(k + ca + pa + d)
        k, d, cb, ca, pb, pa = (a[used] for a in (k, d, cb, ca, pb, pa))
        pairs[g] = k.size
        if k.size == 0:
            forward[g] = low[g] = high[g] = np.nan
            continue
        implied = k + (0.5 * (cb + ca) - 0.5 * (pb + pa)) / d
        width = np.maximum(ca - cb + (pa - pb), 1e-8 * k)
        weight = 1.0 / width**2
        order = np.argsort(implied, kind="stable")
        implied, weight = implied[order], weight[order]
        cumulated = np.cumsum(weight)
        middle = int(np.searchsorted(cumulated, 0.5 * cumulated[-1]))
        forward[g] = implied[min(middle, k.size - 1)]
        low[g] = np.max(k + (cb - pa) / d)
        high[g] = np.min(k + (ca - pb) / d)
