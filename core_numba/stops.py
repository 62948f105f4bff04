"""Trailing stops: fixed distance, percent, multiples of the average true range, chandelier.

The level that stands in a bar is known before it: from the entry, then from the bars behind. A bar
that opens beyond it leaves at its open (a gap), one that reaches it leaves at it. The level moves
with the position and never back. A position that begins in a bar is taken to begin at its open.

`trailing_stops` runs many positions over arrays; `TrailingStop` is one live position, fed bar by
bar. They agree to the last bit.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain import stops as plain

Integers = npt.NDArray[np.int64]

_TRAIL: Final = Kernel("stops", plain.trail)


class StopKind(IntEnum):
    """What the distance is, and from where."""

    FIXED = plain.FIXED
    """An amount of money below the best price since the entry (above, of a short)."""
    PERCENT = plain.PERCENT
    """A part of that best price."""
    ATR = plain.ATR
    """Multiples of the average true range below the last close."""
    CHANDELIER = plain.CHANDELIER
    """Multiples of the average true range below the highest high since the entry (C. LeBeau)."""


class Stopped(NamedTuple):
    """(k,) where each position left; -1 and NaN where it did not."""

    exit_bar: Integers
    exit_price: Floats
    level: Floats
    """(k, bars) the level that stood in each bar, NaN outside the position; empty unless asked."""


def trailing_stops(
    bars: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
    *,
    entry_bar: npt.ArrayLike,
    entry_price: npt.ArrayLike,
    side: npt.ArrayLike = 1,
    kind: StopKind,
    amount: float,
    atr: npt.ArrayLike | None = None,
    levels: bool = False,
) -> Stopped:
    """Where a trailing stop leaves k positions, over open, high, low and close (bars,).

    `side` is +1 or -1. `atr` (bars,) is needed by the kinds that count in it; a NaN there leaves
    the level where it is, and no level is no stop. A NaN price reaches nothing. `ValueError` for
    an amount that is not positive (of PERCENT: below 1), or an entry outside the bars.
    """
    _check(kind, amount)
    prices = [np.ascontiguousarray(each, dtype=np.float64) for each in bars]
    count = prices[0].size
    if any(each.shape != (count,) for each in prices):
        raise ValueError("Open, high, low and close must be series of one length.")
    if atr is None and kind in {StopKind.ATR, StopKind.CHANDELIER}:
        raise ValueError("This kind of stop counts in average true ranges: give `atr`.")
    widths = np.full(count, np.nan) if atr is None else np.ascontiguousarray(atr, dtype=np.float64)
    if widths.shape != (count,):
        raise ValueError("`atr` must have as many bars as the prices.")
    first, price, sign = np.broadcast_arrays(
        np.atleast_1d(np.asarray(entry_bar, dtype=np.int64)),
        np.asarray(entry_price, dtype=np.float64),
        np.asarray(side, dtype=np.float64),
    )
    if np.any((first < 0) | (first >= count)) or np.any(np.abs(sign) != 1.0):
        raise ValueError("Entries lie within the bars and sides are +1 or -1.")
    left, at = np.empty(first.size, np.int64), np.empty(first.size)
    shown = np.full((first.size, count if levels else 0), np.nan)
    _TRAIL(
        *prices, widths, *(np.ascontiguousarray(x) for x in (first, price, sign)), int(kind),
        float(amount), left, at, shown,
    )  # fmt: skip
    return Stopped(left, at, shown)


class TrailingStop:
    """One position's stop. `level` stands for the bar to come."""

    def __init__(
        self, *, kind: StopKind, amount: float, side: int, entry: float, atr: float = math.nan
    ) -> None:
        """`atr` is that of the bar before the entry. Errors as of `trailing_stops`."""
        _check(kind, amount)
        if side not in {1, -1}:
            raise ValueError("The side is +1 or -1.")
        self._kind, self._amount, self._side = int(kind), float(amount), float(side)
        self._best = float(entry)
        self.level = plain.start(self._kind, self._amount, self._side, self._best, float(atr))

    def update(
        self, opened: float, high: float, low: float, close: float, atr: float = math.nan
    ) -> float:
        """The price at which this bar leaves the position, or NaN; then the level has moved on."""
        against, favour = (low, high) if self._side > 0.0 else (high, low)
        price = plain.leaves(self._side, self.level, opened, against)
        if math.isnan(price):
            if self._side * favour > self._side * self._best:
                self._best = favour
            self.level = plain.follow(
                self._kind, self._amount, self._side, self.level, self._best, close, atr
            )
        return price


def _check(kind: StopKind, amount: float) -> None:
    if not 0.0 < amount < math.inf or (kind == StopKind.PERCENT and amount >= 1.0):
        raise ValueError("The distance of a stop is positive, and as a part of the price below 1.")
