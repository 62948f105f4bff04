"""A market and an account that answer from memory; whatever they do not have is absent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeVar

from mfa.kernel.account import (
    AccountSnapshot,
    ClosedTrade,
    EquityPoint,
    LedgerEntry,
    Position,
)
from mfa.kernel.market import (
    DailyClose,
    DailyVolatility,
    Dividend,
    Earnings,
    Listing,
    OptionChain,
    OptionQuote,
    Quote,
)
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance
from mfa.kernel.symbols import OptionSymbol

T = TypeVar("T")
NOW = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)
MARKET = Provenance(source="fake market", as_of=NOW, computed=True)


@dataclass
class Market:
    """Answers from its dictionaries; anything else is absent."""

    quotes: dict[str, Outcome[Quote]] = field(default_factory=dict)
    options: dict[OptionSymbol, Outcome[OptionQuote]] = field(default_factory=dict)
    paid: dict[str, Outcome[tuple[Dividend, ...]]] = field(default_factory=dict)
    reports: dict[str, Outcome[Earnings]] = field(default_factory=dict)
    history: dict[str, Outcome[tuple[Earnings, ...]]] = field(default_factory=dict)
    tables: dict[str, Outcome[OptionTable]] = field(default_factory=dict)
    closes: dict[str, Outcome[tuple[DailyClose, ...]]] = field(default_factory=dict)
    implied: dict[str, Outcome[tuple[DailyVolatility, ...]]] = field(default_factory=dict)
    listed: tuple[Listing, ...] = ()
    name: str = "fake market"
    asked: list[str] = field(default_factory=list)

    def quote(self, symbol: str) -> Outcome[Quote]:
        self.asked.append(symbol)
        return self.quotes.get(symbol, Absent(f"There is no listing {symbol}."))

    def option_quote(self, option: OptionSymbol) -> Outcome[OptionQuote]:
        self.asked.append(option.occ)
        return self.options.get(option, Absent(f"{option} is not listed."))

    def dividends(self, symbol: str, start: date, end: date) -> Outcome[tuple[Dividend, ...]]:
        known = self.paid.get(symbol, Absent(f"{symbol} pays no dividend."))
        if not isinstance(known, Found):
            return known
        return known.map(lambda all_: tuple(d for d in all_ if start <= d.ex_date <= end))

    def next_earnings(self, symbol: str) -> Outcome[Earnings]:
        return self.reports.get(symbol, Absent(f"No report of {symbol} is known."))

    def earnings(self, symbol: str, start: date, end: date) -> Outcome[tuple[Earnings, ...]]:
        known = self.history.get(symbol, Absent(f"No report of {symbol} is known."))
        if not isinstance(known, Found):
            return known
        return known.map(lambda all_: tuple(e for e in all_ if start <= e.day <= end))

    def implied_volatilities(
        self, symbol: str, start: date, end: date
    ) -> Outcome[tuple[DailyVolatility, ...]]:
        known = self.implied.get(symbol, Absent(f"{symbol} has no volatility history."))
        if not isinstance(known, Found):
            return known
        return known.map(lambda all_: tuple(v for v in all_ if start <= v.day <= end))

    def option_table(self, symbol: str, *, first: date, last: date) -> Outcome[OptionTable]:
        return self.tables.get(symbol, Absent(f"{symbol} has no options."))

    def listings(self) -> Outcome[tuple[Listing, ...]]:
        return Found(self.listed, MARKET) if self.listed else Absent("Nothing is listed.")

    def expirations(self, symbol: str) -> Outcome[tuple[date, ...]]:
        return Absent(f"{symbol} has no options.")

    def chain(self, symbol: str, expiration: date) -> Outcome[OptionChain]:
        return Absent(f"{symbol} has no options for {expiration}.")

    def daily_closes(self, symbol: str, start: date, end: date) -> Outcome[tuple[DailyClose, ...]]:
        known = self.closes.get(
            symbol, Absent(f"{symbol} has no closes between {start} and {end}.")
        )
        if not isinstance(known, Found):
            return known
        return known.map(lambda all_: tuple(c for c in all_ if start <= c.day <= end))


@dataclass
class Account:
    """Every field is an outcome that a test may replace by another."""

    snapshot: Outcome[AccountSnapshot]
    held: Outcome[tuple[Position, ...]]
    trades: Outcome[tuple[ClosedTrade, ...]]
    entries: Outcome[tuple[LedgerEntry, ...]]
    points: Outcome[tuple[EquityPoint, ...]]
    name: str = "fake account"

    def account(self) -> Outcome[AccountSnapshot]:
        return self.snapshot

    def positions(self) -> Outcome[tuple[Position, ...]]:
        return self.held

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        return _kept(
            self.trades,
            lambda t: within(t.closed_at.date(), start, end) and symbol in (None, t.symbol),
        )

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        return _kept(self.entries, lambda e: within(e.at.date(), start, end))

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        return _kept(self.points, lambda p: within(p.day, start, end))

    def revision(self) -> str:
        return "1"


def _kept(outcome: Outcome[tuple[T, ...]], keep: Callable[[T], bool]) -> Outcome[tuple[T, ...]]:
    if not isinstance(outcome, Found):
        return outcome
    return outcome.map(lambda all_: tuple(each for each in all_ if keep(each)))


def within(day: date, start: date | None, end: date | None) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)
