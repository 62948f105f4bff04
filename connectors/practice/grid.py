"""Which expirations and strikes are listed.

Expirations: every week for two months, every month for a year, each quarter's third month for
fifteen months, January for two years; a holiday moves one to the session before. Once listed, an
expiration stays until it expires.

Strikes: multiples of an increment that depends on the strike alone, over a range around every close
since listing, finer for the last two months. The range only grows, so a strike that somebody holds
never disappears. No close of the running day or later is used.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Final

from mfa.kernel.calendar import exchange_calendar

FRIDAY: Final = 4
FINE_DAYS: Final = 63
_LEAST_REACH: Final = 2.0


class Term(Enum):
    """When an expiration is listed (days before it) and how wide its strikes reach."""

    WEEKLY = (59, 0.70, 1.30)
    MONTHLY = (365, 0.50, 1.60)
    QUARTERLY = (456, 0.50, 1.60)
    LEAPS = (730, 0.40, 2.00)

    @property
    def listed_days(self) -> int:
        return self.value[0]

    @property
    def reach(self) -> tuple[float, float]:
        return self.value[1], self.value[2]


_COARSE: Final = ((5_000, 500), (10_000, 1_000), (50_000, 2_500), (200_000, 5_000), (None, 10_000))
_FINE: Final = ((25_000, 500), (150_000, 1_000), (300_000, 2_500), (None, 5_000))
"""(below this strike, increment), in thousandths of a dollar."""


def term(expiration: date) -> Term:
    """The kind of an expiration that `expirations` gave."""
    friday = expiration + timedelta(days=FRIDAY - expiration.weekday())
    if not 15 <= friday.day <= 21:
        return Term.WEEKLY
    if friday.month == 1:
        return Term.LEAPS
    return Term.QUARTERLY if friday.month % 3 == 0 else Term.MONTHLY


@lru_cache(maxsize=256)
def expirations(day: date) -> tuple[date, ...]:
    """Expirations listed on `day`, ascending, from `day` itself on."""
    calendar = exchange_calendar()
    found = []
    friday = day + timedelta(days=(FRIDAY - day.weekday()) % 7)
    while (friday - day).days <= Term.LEAPS.listed_days + 1:
        expiration = calendar.last_session_on_or_before(friday)
        left = (expiration - day).days
        if 0 <= left <= term(expiration).listed_days:
            found.append(expiration)
        friday += timedelta(days=7)
    return tuple(found)


def listed_since(expiration: date) -> date:
    return expiration - timedelta(days=term(expiration).listed_days)


def fine_since(expiration: date) -> date:
    """From when on the fine strikes around the price are added."""
    return max(listed_since(expiration), expiration - timedelta(days=FINE_DAYS))


def strikes(
    expiration: date, *, seen: tuple[float, float], lately: tuple[float, float] | None
) -> tuple[Decimal, ...]:
    """Strikes of an expiration, ascending.

    `seen` is the lowest and highest close since listing, `lately` since `fine_since` (None before).
    """
    kind = term(expiration)
    found: set[int] = set()
    if kind is not Term.WEEKLY:
        found |= _around(seen, kind, _COARSE)
    if lately is not None:
        found |= _around(lately, Term.WEEKLY, _FINE)
    return tuple(Decimal(thousandths) / 1000 for thousandths in sorted(found))


def _around(
    prices: tuple[float, float], kind: Term, increments: tuple[tuple[int | None, int], ...]
) -> set[int]:
    """Strikes in reach of a price range, and at least within two dollars of it."""
    below, above = kind.reach
    low = 1000 * min(prices[0] * below, prices[0] - _LEAST_REACH)
    high = 1000 * max(prices[1] * above, prices[1] + _LEAST_REACH)
    found: set[int] = set()
    start = 0
    for limit, step in increments:
        first = max(math.ceil(max(low, start) / step) * step, step)
        last = high if limit is None else min(high, limit - 1)
        found.update(range(first, math.floor(last) + 1, step))
        start = limit or start
    return found
