"""The stock database: the companies that Magnus follows for a person, and their last figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from mfa.kernel.market import Listing
from mfa.kernel.outcome import Failed, FailureKind, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """One followed company. `figures` by name, only those that a source had; `missing` says of the
    others why not; both empty, with no `as_of`, before they were taken once."""

    symbol: str
    name: str
    sector: str
    added_at: datetime
    figures: Mapping[str, float] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of one company as they were taken at `as_of`."""

    symbol: str
    figures: Mapping[str, float]
    missing: Mapping[str, str]
    as_of: datetime


class StockSource(Protocol):
    """Whoever keeps followed companies. Every answer is an `Outcome`; nothing raises."""

    def stocks(self, user: str, mode: str) -> Outcome[tuple[Stock, ...]]:
        """By symbol; none at all is an empty tuple."""
        ...

    def add_stocks(
        self, user: str, mode: str, listings: Sequence[Listing]
    ) -> Outcome[tuple[str, ...]]:
        """Follow companies; the symbols that were not followed before."""
        ...

    def keep_figures(self, mode: str, taken: Sequence[Figures]) -> Outcome[None]: ...


class NoStocks:
    """Where no place for followed companies was given."""

    def stocks(self, user: str, mode: str) -> Outcome[tuple[Stock, ...]]:
        del user, mode
        return _NOWHERE

    def add_stocks(
        self, user: str, mode: str, listings: Sequence[Listing]
    ) -> Outcome[tuple[str, ...]]:
        del user, mode, listings
        return _NOWHERE

    def keep_figures(self, mode: str, taken: Sequence[Figures]) -> Outcome[None]:
        del mode, taken
        return _NOWHERE


_NOWHERE = Failed(FailureKind.NOT_SUPPORTED, "This house keeps no stock database.")
