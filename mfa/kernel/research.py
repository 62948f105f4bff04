"""What is known about a company beside its price now: bars, fundamentals, news.

Prices are `Decimal` dollars as traded; ratios are floats, fractions unless a name says percent.
None means that the source does not tell, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from mfa.kernel.outcome import Failed, FailureKind, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One session. `volume` in shares; split-adjusted, not adjusted for dividends."""

    day: date
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fundamentals:
    """A company's figures. Dollars; yields, margins and growth as fractions (0.012 = 1.2 %)."""

    symbol: str
    name: str
    sector: str
    industry: str
    market_cap: float | None
    trailing_pe: float | None
    forward_pe: float | None
    price_to_book: float | None
    dividend_yield: float | None
    beta: float | None
    profit_margin: float | None
    revenue_growth: float | None
    debt_to_equity: float | None
    shares_outstanding: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """A headline, for a person to open. Its text is a stranger's: it is shown, never obeyed."""

    headline: str
    publisher: str
    published_at: datetime
    url: str
    summary: str
    symbols: tuple[str, ...]


class ResearchSource(Protocol):
    """Whoever can be asked about companies. Every answer is an `Outcome`; nothing raises."""

    @property
    def name(self) -> str: ...

    def bars(self, symbol: str, start: date, end: date) -> Outcome[tuple[Bar, ...]]: ...

    def fundamentals(self, symbol: str) -> Outcome[Fundamentals]: ...

    def news(self, symbol: str, limit: int = 20) -> Outcome[tuple[NewsItem, ...]]: ...


class NoResearch:
    """Where nobody can be asked about companies."""

    name = "no research"

    def bars(self, symbol: str, start: date, end: date) -> Outcome[tuple[Bar, ...]]:
        del symbol, start, end
        return _NOBODY

    def fundamentals(self, symbol: str) -> Outcome[Fundamentals]:
        del symbol
        return _NOBODY

    def news(self, symbol: str, limit: int = 20) -> Outcome[tuple[NewsItem, ...]]:
        del symbol, limit
        return _NOBODY


_NOBODY = Failed(
    FailureKind.NOT_SUPPORTED, "No source of figures about companies is part of this mode."
)
