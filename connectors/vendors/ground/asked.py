"""The questions of a vendor's market and of its history, the same for every vendor.

A vendor writes one method for each question that it can answer (`_quote`, `_chain`, `_bars` ...),
which gets the question under way and may raise `Trouble`; here they pass the vendor's gate. What a
vendor has no data for, it does not write: the answer then says that it has none.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import date
from typing import Protocol, TypeVar

from connectors.vendors.ground.answers import found
from connectors.vendors.ground.table import option_table
from connectors.vendors.ground.terms import Call, Terms
from connectors.vendors.ground.trouble import not_supported
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
from mfa.kernel.outcome import Absent, Outcome
from mfa.kernel.research import Bar, Fundamentals, NewsItem
from mfa.kernel.symbols import OptionSymbol

T = TypeVar("T")


class Ask(Protocol):
    """The way through the gate."""

    def __call__(self, operation: str, work: Callable[[Call], Outcome[T]], /) -> Outcome[T]: ...


class AskedHistory(ABC):
    """What a vendor knows of companies: `ResearchSource`, and the past in `MarketSource`."""

    _ask: Ask
    _terms: Terms

    @property
    @abstractmethod
    def name(self) -> str: ...

    @abstractmethod
    def _bars(self, call: Call, symbol: str, start: date, end: date) -> tuple[Bar, ...] | Absent:
        """Finished sessions in [start, end], ascending; split-adjusted only."""

    def bars(self, symbol: str, start: date, end: date) -> Outcome[tuple[Bar, ...]]:
        def work(call: Call) -> Outcome[tuple[Bar, ...]]:
            bars = self._bars(call, symbol, start, end)
            return bars if isinstance(bars, Absent) else found(bars, source=self.name, call=call)

        return self._ask("bars", work)

    def daily_closes(self, symbol: str, start: date, end: date) -> Outcome[tuple[DailyClose, ...]]:
        def work(call: Call) -> Outcome[tuple[DailyClose, ...]]:
            bars = self._bars(call, symbol, start, end)
            if isinstance(bars, Absent):
                return bars
            closes = tuple(DailyClose(day=bar.day, close=bar.close) for bar in bars)
            return found(closes, source=self.name, call=call)

        return self._ask("daily_closes", work)

    def dividends(self, symbol: str, start: date, end: date) -> Outcome[tuple[Dividend, ...]]:
        return not_supported(self._terms, f"companies' dividends ({symbol}, {start} to {end})")

    def next_earnings(self, symbol: str) -> Outcome[Earnings]:
        return not_supported(self._terms, f"earnings dates ({symbol})")

    def earnings(self, symbol: str, start: date, end: date) -> Outcome[tuple[Earnings, ...]]:
        return not_supported(self._terms, f"earnings dates ({symbol}, {start} to {end})")

    def fundamentals(self, symbol: str) -> Outcome[Fundamentals]:
        return not_supported(self._terms, f"fundamentals ({symbol})")

    def news(self, symbol: str, limit: int = 20) -> Outcome[tuple[NewsItem, ...]]:
        return not_supported(self._terms, f"news ({symbol}, {limit} items)")


class AskedMarket(ABC):
    """What a vendor quotes now: the part of `MarketSource` that `AskedHistory` is not."""

    _ask: Ask
    _terms: Terms

    @abstractmethod
    def _quote(self, call: Call, symbol: str) -> Outcome[Quote]: ...

    @abstractmethod
    def _option_quote(self, call: Call, option: OptionSymbol) -> Outcome[OptionQuote]: ...

    @abstractmethod
    def _expirations(self, call: Call, symbol: str) -> Outcome[tuple[date, ...]]: ...

    @abstractmethod
    def _chain(self, call: Call, symbol: str, expiration: date) -> Outcome[OptionChain]: ...

    def listings(self) -> Outcome[tuple[Listing, ...]]:
        return not_supported(self._terms, "a list of companies with their sectors")

    def quote(self, symbol: str) -> Outcome[Quote]:
        return self._ask("quote", lambda call: self._quote(call, symbol))

    def option_quote(self, option: OptionSymbol) -> Outcome[OptionQuote]:
        return self._ask("option_quote", lambda call: self._option_quote(call, option))

    def expirations(self, symbol: str) -> Outcome[tuple[date, ...]]:
        return self._ask("expirations", lambda call: self._expirations(call, symbol))

    def chain(self, symbol: str, expiration: date) -> Outcome[OptionChain]:
        return self._ask("chain", lambda call: self._chain(call, symbol, expiration))

    def option_table(self, symbol: str, *, first: date, last: date) -> Outcome[OptionTable]:
        def work(call: Call) -> Outcome[OptionTable]:
            return option_table(
                call,
                symbol,
                self._expirations(call, symbol),
                lambda day: self._chain(call, symbol, day),
                first=first,
                last=last,
            )

        return self._ask("option_table", work)

    def implied_volatilities(
        self, symbol: str, start: date, end: date
    ) -> Outcome[tuple[DailyVolatility, ...]]:
        return not_supported(self._terms, f"past volatilities ({symbol}, {start} to {end})")
