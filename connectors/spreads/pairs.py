"""Every pair of contracts that differ in their expiration alone, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from connectors.screening.contracts import Contracts, Integers
from connectors.spreads.pricing import Spreads
from mfa.kernel.symbols import OptionType

_EXACT: Final = 1e-9
"""Of the price: 95 lies within 5 % of 100, whatever binary fractions say."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairs:
    """`near[i]` and `far[i]` are places in the contracts: one strike, one type, one company."""

    near: Integers
    far: Integers

    def __len__(self) -> int:
        return len(self.near)

    def chosen(self, kept: npt.NDArray[np.bool_] | Integers) -> Pairs:
        return Pairs(near=self.near[kept], far=self.far[kept])


def tradable(found: Contracts) -> npt.NDArray[np.bool_]:
    """Two-sided, and priced by some volatility."""
    return np.asarray((found.bid > 0) & (found.ask >= found.bid) & np.isfinite(found.found.implied))


def calendars(
    found: Contracts,
    kinds: Sequence[OptionType],
    *,
    today: int,
    front: tuple[int, int],
    apart: tuple[int, int],
    reach: float,
) -> Pairs:
    """Pairs whose front expiration lies `front` days ahead and whose back one `apart` days later,
    at strikes within `reach` (a share) of the price. `today` is an ordinal."""
    near_enough = np.abs(found.strike - found.spot) <= (reach + _EXACT) * found.spot
    usable = tradable(found) & near_enough
    starts = np.searchsorted(found.table, np.arange(len(found.tables) + 1))
    near, far = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        for kind in kinds:
            sign = 1.0 if kind is OptionType.CALL else -1.0
            here = slice(begin, end)
            rows = begin + np.flatnonzero(usable[here] & (found.sign[here] == sign))
            for fronts, backs in _paired(found, rows, today, front, apart):
                near.append(fronts)
                far.append(backs)
    return Pairs(near=np.concatenate(near), far=np.concatenate(far))


def _paired(
    found: Contracts, rows: Integers, today: int, front: tuple[int, int], apart: tuple[int, int]
) -> list[tuple[Integers, Integers]]:
    """On a grid of expirations by strikes."""
    if not rows.size:
        return []
    days, day = np.unique(found.day[rows], return_inverse=True)
    strikes, strike = np.unique(found.strike[rows], return_inverse=True)
    grid = np.full((len(days), len(strikes)), -1, dtype=np.int64)
    grid[day, strike] = rows
    ahead, later = days - today, days[None, :] - days[:, None]
    fits = (
        (ahead[:, None] >= front[0]) & (ahead[:, None] <= front[1])
        & (later >= apart[0]) & (later <= apart[1])
    )  # fmt: skip
    fronts, backs = np.nonzero(fits)
    near, far = grid[fronts], grid[backs]
    both = (near >= 0) & (far >= 0)
    return [(near[both], far[both])]


def spreads_of(found: Contracts, pairs: Pairs) -> Spreads:
    """Bought at the back's ask, sold at the front's bid."""
    near, far = pairs.near, pairs.far
    return Spreads(
        sign=found.sign[near],
        spot=found.spot[near],
        cost=found.ask[far] - found.bid[near],
        near_strike=found.strike[near],
        near_years=found.years[near],
        near_volatility=found.found.implied[near],
        near_forward=found.forward[near],
        far_strike=found.strike[far],
        far_years=found.years[far],
        far_volatility=found.found.implied[far],
        far_forward=found.forward[far],
    )
