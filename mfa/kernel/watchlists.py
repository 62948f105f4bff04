"""Watchlists: named lists of symbols that a person keeps, and the protocol of whoever has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mfa.kernel.outcome import Failed, FailureKind, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """`symbols` in the person's order; `source` is where the list came from ('magnus', 'file').

    `origin` is what its source calls it for good, so that a renamed list is known again: empty for
    a list that follows no other. `left_out` is what stands on it there and is no US stock.
    """

    name: str
    symbols: tuple[str, ...]
    source: str
    updated_at: datetime
    origin: str = ""
    left_out: tuple[str, ...] = ()
    synced_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """What a list shall be: the one called `was` (empty: a new one), with all of its content."""

    was: str
    name: str
    symbols: tuple[str, ...]
    source: str
    origin: str


class WatchlistSource(Protocol):
    """Whoever keeps watchlists. Every answer is an `Outcome`; nothing raises."""

    def watchlists(self, user: str) -> Outcome[tuple[Watchlist, ...]]:
        """By name; none at all is an empty tuple."""
        ...


class NoWatchlists:
    """Where no place for watchlists was given."""

    def watchlists(self, user: str) -> Outcome[tuple[Watchlist, ...]]:
        del user
        return Failed(FailureKind.NOT_SUPPORTED, "This house keeps no watchlists.")
