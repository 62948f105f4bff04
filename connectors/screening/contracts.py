"""The option tables of several companies as one set of columns, with everything computed of them.

Quotes are taken as European on each expiration's forward by put-call parity, and without interest:
what a desk ranks by (weeks to a few months) changes by less than its spreads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.chains import Scan, parity_forwards, scan
from core_numba.probability import above
from mfa.kernel.option_table import OptionTable
from mfa.kernel.symbols import OptionSymbol

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contracts:
    """Columns of one length; `table` and `row` say where a contract stands in `tables`.

    `day` is the expiration as a proleptic Gregorian ordinal.
    """

    tables: tuple[OptionTable, ...]
    table: Integers
    row: Integers
    spot: Floats
    strike: Floats
    sign: Floats
    years: Floats
    day: Integers
    bid: Floats
    ask: Floats
    volume: Floats
    open_interest: Floats
    forward: Floats
    found: Scan

    def __len__(self) -> int:
        return len(self.strike)

    @property
    def break_even(self) -> Floats:
        """Of selling at the bid: a put's strike less it; a covered call's spot less it."""
        return np.where(self.sign < 0, self.strike, self.spot) - self.bid

    @property
    def profit_chance(self) -> Floats:
        """P(price at expiration above the break-even), lognormal at the implied volatility."""
        return self.ends_above(self.break_even)

    def ends_above(self, level: Floats, places: Integers | slice = slice(None)) -> Floats:
        """P(price at expiration above `level`), of the contracts at `places`, at their own
        implied volatility."""
        return above(
            self.forward[places], level, self.years[places], 0.0, self.found.implied[places]
        )

    def expiration(self, place: int) -> date:
        return date.fromordinal(int(self.day[place]))

    def symbol(self, place: int) -> str:
        return self.tables[int(self.table[place])].symbol

    def option(self, place: int) -> OptionSymbol:
        return self.tables[int(self.table[place])].option(int(self.row[place]))

    @property
    def otm(self) -> Floats:
        """How far out of the money, a share of the price; negative inside."""
        return self.otm_at(slice(None))

    def otm_at(self, places: Integers | slice) -> Floats:
        """`otm` of the contracts at `places` alone."""
        spot = self.spot[places]
        return np.asarray(self.sign[places] * (self.strike[places] - spot) / spot)


def contracts(tables: Sequence[OptionTable]) -> Contracts:
    """Every contract of the tables, scanned. Empty columns for no tables."""
    groups, columns = _joined(tables)
    forward = _forwards(groups, columns)
    found = scan(
        bid=columns["bid"],
        ask=columns["ask"],
        forward=forward,
        spot=columns["spot"],
        strike=columns["strike"],
        years=columns["years"],
        rate=0.0,
        sign=columns["sign"],
        volume=np.nan_to_num(columns["volume"]),
        open_interest=np.nan_to_num(columns["open_interest"]),
    )
    return Contracts(tables=tuple(tables), forward=forward, found=found, **columns)


def _joined(tables: Sequence[OptionTable]) -> tuple[Integers, dict[str, Any]]:
    """The number of each contract's expiration over all tables, and the columns."""
    names = ("strike", "sign", "years", "bid", "ask", "volume", "open_interest")
    sizes = [len(each) for each in tables]
    first = np.cumsum([0, *(len(each.expirations) for each in tables)])
    columns: dict[str, Any] = {
        name: np.concatenate([np.empty(0), *(getattr(each, name) for each in tables)])
        for name in names
    }
    columns["spot"] = np.repeat([each.spot for each in tables], sizes).astype(np.float64)
    columns["table"] = np.repeat(np.arange(len(tables), dtype=np.int64), sizes)
    columns["day"] = np.concatenate(
        [
            np.empty(0, np.int64),
            *(
                np.array([day.toordinal() for day in each.expirations], np.int64)[each.expiration]
                for each in tables
            ),
        ]
    )
    columns["row"] = np.concatenate([np.empty(0, np.int64), *(np.arange(n) for n in sizes)])
    groups = np.concatenate(
        [
            np.empty(0, np.int64),
            *(each.expiration + first[i] for i, each in enumerate(tables)),
        ]
    )
    return groups, columns


def _forwards(groups: Integers, columns: dict[str, Any]) -> Floats:
    """Of each contract's expiration; the spot where no pair of quotes gives one."""
    strike, sign = columns["strike"], columns["sign"]
    before, after = _neighbours(groups, strike, sign)
    pair = np.flatnonzero(
        (groups[before] == groups[after])
        & (strike[before] == strike[after])
        & (sign[before] > 0)
        & (sign[after] < 0)
    )
    calls, puts = before[pair], after[pair]
    count = int(groups.max()) + 1 if groups.size else 0
    start = np.searchsorted(groups[calls], np.arange(count + 1))
    found = parity_forwards(
        start,
        strike[calls],
        columns["bid"][calls],
        columns["ask"][calls],
        columns["bid"][puts],
        columns["ask"][puts],
        discount=1.0,
    )
    forward = found.forward[groups] if count else np.empty(0)
    return np.where(np.isfinite(forward), forward, columns["spot"])


def _neighbours(groups: Integers, strike: Floats, sign: Floats) -> tuple[Integers, Integers]:
    """Places before and after one another by expiration, strike, call before put.

    Tables come in that order; the sort is for a source that does not keep to it.
    """
    order = np.arange(groups.size)
    later = groups[1:] > groups[:-1]
    higher = strike[1:] > strike[:-1]
    put = (strike[1:] == strike[:-1]) & (sign[1:] <= sign[:-1])
    if not (later | (groups[1:] == groups[:-1]) & (higher | put)).all():
        order = np.lexsort((-sign, strike, groups))
    return order[:-1], order[1:]
