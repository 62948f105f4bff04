"""Legs of many strategies as a structure of arrays.

Exists so that a scan of thousands of strategies is one call: the legs of all of them lie one
after another, and `offsets` says where each strategy begins. Refuses legs that are no legs (an
unknown kind, offsets that do not rise); a NaN inside a leg is data and makes the results of its
strategy NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats

Integers = npt.NDArray[np.int64]

CALL: Final = 1.0
PUT: Final = -1.0
STOCK: Final = 0.0
CONTRACT: Final = 100.0
"""Shares per listed equity option."""


class Leg(NamedTuple):
    """One position. `quantity` is signed: positive is long.

    `kind` is +1 for a call, -1 for a put, 0 for stock; `entry` the price per share paid or
    received; `expiry` in years from today (infinite for stock); `volatility` is what the option
    is valued with before it expires.
    """

    kind: float
    quantity: float
    entry: float
    strike: float = 0.0
    expiry: float = np.inf
    volatility: float = np.nan
    multiplier: float = CONTRACT


def stock(quantity: float, entry: float) -> Leg:
    """`quantity` shares at `entry` each."""
    return Leg(STOCK, quantity, entry, multiplier=1.0)


def call(  # noqa: PLR0917 - arrays by position
    quantity: float,
    strike: float,
    entry: float,
    expiry: float = 0.0,
    volatility: float = np.nan,
    multiplier: float = CONTRACT,
) -> Leg:
    """`quantity` calls at `entry` a share."""
    return Leg(CALL, quantity, entry, strike, expiry, volatility, multiplier)


def put(  # noqa: PLR0917 - arrays by position
    quantity: float,
    strike: float,
    entry: float,
    expiry: float = 0.0,
    volatility: float = np.nan,
    multiplier: float = CONTRACT,
) -> Leg:
    """`quantity` puts at `entry` a share."""
    return Leg(PUT, quantity, entry, strike, expiry, volatility, multiplier)


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """`table` has the fields of `Leg` as its 7 rows; strategy i is `offsets[i]:offsets[i + 1]`."""

    table: Floats
    offsets: Integers

    @classmethod
    def of(cls, strategies: Sequence[Sequence[Leg]]) -> Legs:
        """From a list of strategies, each a list of legs."""
        legs = [leg for strategy in strategies for leg in strategy]
        table = np.array(legs, dtype=np.float64).reshape(len(legs), len(Leg._fields)).T
        return cls._checked(table, np.cumsum([0, *(len(each) for each in strategies)]))

    @classmethod
    def from_arrays(
        cls,
        *,
        kind: npt.ArrayLike,
        quantity: npt.ArrayLike,
        entry: npt.ArrayLike,
        strike: npt.ArrayLike,
        expiry: npt.ArrayLike = 0.0,
        volatility: npt.ArrayLike = np.nan,
        multiplier: npt.ArrayLike = CONTRACT,
        offsets: npt.ArrayLike,
    ) -> Legs:
        """From one array per field; they broadcast. Strike and expiry of stock are ignored."""
        fields = (kind, quantity, entry, strike, expiry, volatility, multiplier)
        return cls._checked(
            np.stack(np.broadcast_arrays(*(np.atleast_1d(each) for each in fields))), offsets
        )

    @classmethod
    def _checked(cls, table: npt.ArrayLike, offsets: npt.ArrayLike) -> Legs:
        rows = np.array(table, dtype=np.float64, order="C")
        at = np.asarray(offsets, dtype=np.int64)
        if not np.isin(rows[0], (CALL, PUT, STOCK)).all():
            raise ValueError("A leg's kind is 1 (call), -1 (put) or 0 (stock).")
        if at.ndim != 1 or not at.size or at[0] != 0 or at[-1] != rows.shape[1]:
            raise ValueError("Offsets begin with 0 and end with the number of legs.")
        if (np.diff(at) < 0).any():
            raise ValueError("Offsets must not fall: strategy i ends where strategy i + 1 begins.")
        if ((rows[0] != STOCK) & (rows[3] <= 0.0)).any():
            raise ValueError("The strike of an option must be positive.")
        if (rows[6] <= 0.0).any():
            raise ValueError("The multiplier of a leg must be positive.")
        rows[3, rows[0] == STOCK] = 0.0
        rows[4, rows[0] == STOCK] = np.inf
        return cls(np.ascontiguousarray(rows), np.ascontiguousarray(at))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def begin(self) -> Integers:
        return np.ascontiguousarray(self.offsets[:-1])

    @property
    def end(self) -> Integers:
        return np.ascontiguousarray(self.offsets[1:])

    @property
    def owner(self) -> Integers:
        """The strategy that each leg belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.offsets))

    @property
    def is_option(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self.table[0] != STOCK)

    @property
    def shares(self) -> Floats:
        """Quantity times multiplier of each leg."""
        return np.asarray(self.table[1] * self.table[6])

    def debit(self) -> Floats:
        """What each strategy cost to enter (negative: a credit), in money."""
        paid = self.shares * self.table[2]
        return np.asarray(np.bincount(self.owner, paid, len(self)), dtype=np.float64)

    def expirations(self) -> tuple[Floats, Floats]:
        """Of each strategy the first and the last expiry of its options; infinite without any."""
        first = np.full(len(self), np.inf)
        last = np.full(len(self), -np.inf)
        option = self.is_option
        np.minimum.at(first, self.owner[option], self.table[4, option])
        np.maximum.at(last, self.owner[option], self.table[4, option])
        return first, np.where(np.isneginf(last), np.inf, last)
