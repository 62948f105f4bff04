"""Daily closes in the shares that were held on each day.

Most sources divide old closes by later splits, some do not; holdings of an old day are counted in
that day's shares. Which of the two a series is shows at the split itself: a series that jumps by
the ratio is as traded, one that does not is adjusted. Where the series has no closes around the
split, the days before it are not known.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final

from connectors.imported.books import Split

_AROUND: Final = timedelta(days=7)
"""Brokers book a split on the day it takes effect or a few days later."""


@dataclass(frozen=True, slots=True)
class Closes:
    """`days` holds the close of each day in that day's shares."""

    days: Mapping[date, Decimal]
    splits: tuple[Split, ...] = ()

    def on(self, day: date) -> Decimal | None:
        return self.days.get(day)

    def in_units_of(self, later: date, day: date) -> Decimal | None:
        """The close of `day` in the shares of `later`."""
        close = self.days.get(day)
        if close is None:
            return None
        return _scaled(close, 1 / _between(self.splits, day, later))


def as_held(series: Mapping[date, Decimal], splits: Sequence[Split]) -> Closes:
    """A source's series, in the shares that were held on each day."""
    own = tuple(sorted(splits, key=lambda split: split.day))
    days = dict(series)
    for split in own:
        jump = _jump(series, split)
        if jump is None:
            days = {day: close for day, close in days.items() if day >= split.day}
            continue
        moved, at = jump
        as_traded = abs(moved) > abs(math.log(split.ratio)) / 2
        if as_traded:
            days = {day: close for day, close in days.items() if not at <= day < split.day}
        else:
            days = {
                day: _scaled(close, split.ratio) if day < split.day else close
                for day, close in days.items()
            }
    return Closes(days, own)


def _jump(series: Mapping[date, Decimal], split: Split) -> tuple[float, date] | None:
    """The largest log move of a day around the split, and its day."""
    near = sorted(
        day for day in series if split.day - _AROUND <= day <= split.day + timedelta(days=1)
    )
    moves = [
        (math.log(series[b] / series[a]), b)
        for a, b in itertools.pairwise(near)
        if series[a] > 0 and series[b] > 0
    ]
    return max(moves, key=lambda each: abs(each[0]), default=None)


def _between(splits: Sequence[Split], day: date, later: date) -> Fraction:
    ratio = Fraction(1)
    for split in splits:
        if day < split.day <= later:
            ratio *= split.ratio
    return ratio


def _scaled(close: Decimal, ratio: Fraction) -> Decimal:
    return close * ratio.numerator / ratio.denominator
