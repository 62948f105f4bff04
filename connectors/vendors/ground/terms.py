"""On what terms a vendor may be asked, and one question under way.

Terms are data, from the vendor's documentation. Nothing here measures or waits.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from connectors.vendors.ground.notes import Notes


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitHeaders:
    """Names (lower case) of the headers in which a vendor tells what is left of its limit.

    `reset` holds an epoch moment, in units of `reset_unit` seconds (0.001 for milliseconds).
    """

    remaining: str
    reset: str
    reset_unit: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A vendor's documented limits and our own manners towards it.

    `vendor` is the short name in logs, metrics and commands; `title` is what a person reads;
    `remedy` says what to do when the vendor refuses the credentials. Seconds and bytes.
    """

    vendor: str
    title: str
    per_minute: int
    burst: int
    remedy: str
    concurrency: int = 4
    deadline: float = 2.0
    attempts: int = 3
    max_bytes: int = 16 << 20
    pause_when_limited: float = 15.0
    """How long to be quiet after a 429 that does not say."""
    limit_headers: LimitHeaders | None = None

    @property
    def refill(self) -> int:
        """Tokens a minute: with a full burst before, no minute sees more than `per_minute`."""
        return self.per_minute - self.burst

    def with_deadline(self, seconds: float) -> Terms:
        return replace(self, deadline=seconds)

    def with_size(self, max_bytes: int) -> Terms:
        return replace(self, max_bytes=max_bytes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question to a vendor, however many requests it takes.

    `until` is of `time.monotonic`; `now` is the clock's moment at the start.
    """

    operation: str
    until: float
    now: datetime
    notes: Notes = field(default_factory=Notes)
    prices: dict[str, Decimal] = field(default_factory=dict)
    """Prices of underlyings that this question has read already."""

    def left(self) -> float:
        """Seconds until the deadline; negative when it has passed."""
        return self.until - time.monotonic()
