"""What strategies pay at expiration: segments, break-evens, the most and the least.

Exact, because the payoff of legs that all expire at once is a chain of line segments. Refuses
strategies whose options expire on different days: see `core_numba.strategies.horizon`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain.strategies import profile as plain
from core_numba.strategies.legs import Integers, Legs

PROFILE = Kernel("strategies.profile", plain.profile)


class Profile(NamedTuple):
    """P&L of each strategy over the spot at one date, as line segments on [0, infinity).

    Strategy i owns `segments[i]` of them from `start[i]` on: segment j begins at spot `x[j]` with
    `pnl[j]` and rises by `slope[j]` per unit of spot until the next one begins; the last has no
    end. Its sign is the same all along a segment. Its break-evens are the `breakevens[i]` values
    of `breakeven` from `start[i]` on: every spot above zero where P&L is zero, of a stretch of
    zeros its ends. `max_profit` and `max_loss` are the highest and the lowest P&L at any spot
    including zero, infinite where unbounded. NaN throughout for strategies with NaN in them.
    """

    start: Integers
    segments: Integers
    x: Floats
    pnl: Floats
    slope: Floats
    breakeven: Floats
    breakevens: Integers
    max_profit: Floats
    max_loss: Floats

    @property
    def profit_unbounded(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.asarray(np.isposinf(self.max_profit))

    @property
    def loss_unbounded(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.asarray(np.isneginf(self.max_loss))

    def breakevens_of(self, strategy: int) -> Floats:
        """The break-even spots of one strategy, rising."""
        begin = self.start[strategy]
        return self.breakeven[begin : begin + self.breakevens[strategy]]


def at_expiration(legs: Legs) -> Profile:
    """P&L when all options of a strategy expire, entry prices included, without interest.

    `ValueError` if the options of one strategy expire on different days.
    """
    first, last = legs.expirations()
    several = np.flatnonzero(first != last)
    several = several[~np.isnan(first[several] + last[several])]
    if several.size:
        raise ValueError(
            f"Options of strategy {several[0]} expire on different days: ask for `at_horizon`."
        )
    n, room = len(legs), 2 * np.diff(legs.offsets) + 2
    start = np.concatenate([[0], np.cumsum(room)[:-1]]).astype(np.int64)[:n]
    total = int(room.sum())
    x, pnl, slope, breakeven = (np.empty(total) for _ in range(4))
    segments, breakevens = np.empty(n, np.int64), np.empty(n, np.int64)
    high, low = np.empty(n), np.empty(n)
    PROFILE.split(
        n, legs.table, legs.begin, legs.end, start, x, pnl, slope, breakeven,
        segments, breakevens, high, low,
    )  # fmt: skip
    return Profile(start, segments, x, pnl, slope, breakeven, breakevens, high, low)
