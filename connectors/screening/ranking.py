"""The best of many by score, with no company taking all the places."""

from __future__ import annotations

import numpy as np

from connectors.screening.contracts import Integers
from core_numba.arrays import Floats
from core_numba.selection import top


def best(score: Floats, company: Integers, *, per_company: int, limit: int) -> list[int]:
    """Places of the best `limit` scores, at most `per_company` of one company, best first.

    Equal scores keep their order. NaN is no score and takes no place.
    """
    scored, count = int(np.count_nonzero(~np.isnan(score))), 4 * limit
    while True:
        places = top(score, min(count, scored))
        kept = _thinned(places, company, per_company)
        if len(kept) >= limit or count >= scored:
            return kept[:limit]
        count *= 8


def _thinned(places: Integers, company: Integers, most: int) -> list[int]:
    taken: dict[int, int] = {}
    kept = []
    for place, owner in zip(places.tolist(), company[places].tolist(), strict=True):
        taken[owner] = taken.get(owner, 0) + 1
        if taken[owner] <= most:
            kept.append(place)
    return kept
