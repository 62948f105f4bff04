"""The forward of each expiration, from the put-call pairs of its chain."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import flat
from core_numba.jit.kernel import Kernel
from core_numba.normal import Floats
from core_numba.plain.chains import parity as plain

_PARITY = Kernel("chains.parity", plain.parity_forwards)


class Forwards(NamedTuple):
    """One entry per expiration; NaN where no pair is quoted on both sides."""

    forward: Floats
    low: Floats
    """The highest forward that can be sold: max of K + (call bid - put ask) / discount."""
    high: Floats
    """The lowest that can be bought: min of K + (call ask - put bid) / discount. Above it `low`
    is arbitrage."""
    pairs: npt.NDArray[np.int64]
    """How many pairs were quoted on both sides."""


def parity_forwards(  # noqa: PLR0917 - a pair's own four quotes
    start: npt.ArrayLike,
    strike: npt.ArrayLike,
    call_bid: npt.ArrayLike,
    call_ask: npt.ArrayLike,
    put_bid: npt.ArrayLike,
    put_ask: npt.ArrayLike,
    *,
    discount: npt.ArrayLike,
) -> Forwards:
    """Forward by put-call parity, C - P = discount (F - K), robust against single bad quotes.

    One row per pair of call and put with the same strike; the rows of an expiration lie together,
    those of the i-th from start[i] to start[i + 1] (as in a CSR matrix, so `start` has one entry
    more than there are expirations). The forward is the median of the pairs' forwards at
    midpoints, each weighted by 1 / (call spread + put spread)^2: one crossed, stale or wide quote
    cannot move it. Pairs with a missing side (NaN), a crossed market or an ask of zero are left
    out.

    Parity is an equality of European options. American quotes deviate by the difference of the
    two early-exercise premiums, least near and out of the money with little carry; subtract the
    premiums from the quotes where they matter.

    `ValueError` if `start` does not cut the rows into expirations.
    """
    shape, columns = flat(strike, discount, call_bid, call_ask, put_bid, put_ask)
    cuts = np.ascontiguousarray(start, dtype=np.int64)
    if len(shape) != 1 or cuts.ndim != 1 or cuts.size == 0:
        raise ValueError("Pairs and the starts of expirations are arrays of one axis.")
    if cuts[0] != 0 or cuts[-1] != shape[0] or (np.diff(cuts) < 0).any():
        raise ValueError(
            f"`start` must rise from 0 to {shape[0]}, the number of pairs, one entry more than"
            " there are expirations."
        )
    count = cuts.size - 1
    forward, low, high = np.empty(count), np.empty(count), np.empty(count)
    pairs = np.empty(count, dtype=np.int64)
    _PARITY(cuts, *columns, forward, low, high, pairs)
    return Forwards(forward, low, high, pairs)
