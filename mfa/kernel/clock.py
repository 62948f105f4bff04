"""Time comes from a clock object, so that practice can replay and tests can stand still.

Inside, time is aware and UTC. `today` is the date at the exchange (New York), which is what a
trader means by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

EXCHANGE_ZONE: Final = ZoneInfo("America/New_York")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...

    def today(self) -> date:
        """The date at the exchange."""
        ...


def exchange_date(at: datetime) -> date:
    """The New York date of an aware moment. `ValueError` when it is naive."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return at.astimezone(EXCHANGE_ZONE).date()


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        return exchange_date(self.now())


@dataclass(frozen=True, slots=True)
class FrozenClock:
    """Stands at one moment."""

    at: datetime

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def today(self) -> date:
        return exchange_date(self.at)


@dataclass(frozen=True, slots=True)
class ReplayedClock:
    """Reads its moment from elsewhere at each call: the practice clock lives in the database."""

    read: Callable[[], datetime]

    def now(self) -> datetime:
        return self.read().astimezone(UTC)

    def today(self) -> date:
        return exchange_date(self.read())
