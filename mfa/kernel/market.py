"""Market nouns and the protocol of a market source.

Analytics here are float64: prices in USD per share, volatility annual, delta per share, gamma per
share per dollar, theta per share per calendar day, vega per share per volatility point (0.01).
Quotes are rounded to the tick; the ledger rounds again with `money.cents`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol, runtime_checkable

from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Outcome
from mfa.kernel.symbols import OptionSymbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A stock's two-sided quote. `volume` is shares so far today."""

    symbol: str
    bid: Decimal
    ask: Decimal
    last: Decimal
    previous_close: Decimal
    volume: int
    as_of: datetime

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2

    @property
    def change(self) -> Decimal:
        return self.last - self.previous_close


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionQuote:
    """An option's two-sided quote with its model values (see module docstring for units)."""

    option: OptionSymbol
    bid: Decimal
    ask: Decimal
    last: Decimal
    underlying_price: Decimal
    implied_volatility: float
    delta: float
    gamma: float
    theta: float
    vega: float
    open_interest: int
    volume: int
    as_of: datetime

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionChain:
    """All listed options of one underlying and one expiration, ascending by strike."""

    symbol: str
    expiration: date
    underlying_price: Decimal
    calls: tuple[OptionQuote, ...]
    puts: tuple[OptionQuote, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyClose:
    day: date
    close: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyVolatility:
    """What 30-day options at the money implied on a day; annual, 0.25 is 25 %."""

    day: date
    volatility: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dividend:
    """A cash dividend in USD per share. `pay_date` is None where the source does not tell it."""

    symbol: str
    ex_date: date
    pay_date: date | None
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Earnings:
    """An earnings report. `timing` is 'before open' or 'after close'."""

    symbol: str
    day: date
    timing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A listed company."""

    symbol: str
    name: str
    sector: str


class MarketSource(Protocol):
    """Whoever can be asked for prices. Every answer is an `Outcome`; nothing raises."""

    @property
    def name(self) -> str: ...

    def listings(self) -> Outcome[tuple[Listing, ...]]: ...

    def quote(self, symbol: str) -> Outcome[Quote]: ...

    def option_quote(self, option: OptionSymbol) -> Outcome[OptionQuote]: ...

    def expirations(self, symbol: str) -> Outcome[tuple[date, ...]]: ...

    def chain(self, symbol: str, expiration: date) -> Outcome[OptionChain]: ...

    def option_table(self, symbol: str, *, first: date, last: date) -> Outcome[OptionTable]:
        """All options that expire on the days [first, last]."""
        ...

    def daily_closes(
        self, symbol: str, start: date, end: date
    ) -> Outcome[tuple[DailyClose, ...]]: ...

    def implied_volatilities(
        self, symbol: str, start: date, end: date
    ) -> Outcome[tuple[DailyVolatility, ...]]:
        """30-day implied volatility of the sessions in [start, end], ascending."""
        ...

    def dividends(self, symbol: str, start: date, end: date) -> Outcome[tuple[Dividend, ...]]: ...

    def next_earnings(self, symbol: str) -> Outcome[Earnings]: ...

    def earnings(self, symbol: str, start: date, end: date) -> Outcome[tuple[Earnings, ...]]:
        """Reports on the days [start, end], past and scheduled, ascending."""
        ...


@runtime_checkable
class AsksAhead(Protocol):
    """A market that is asked over a network, and can begin many questions at once."""

    def ahead(self, symbols: Sequence[str], options: Sequence[OptionSymbol]) -> None:
        """Begin to ask for these quotes; the questions that follow share the answers."""
        ...
