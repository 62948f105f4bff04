"""The practice broker's floor: the practice books, and the market of the seed at the moment they
stand at.

The broker itself is `connectors.simulated`. Time stands still here until somebody moves it, so an
order meets the market when it is given, and then at every step that `working` walks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from connectors.practice.account import PracticeAccount
from connectors.practice.marks import Prices
from connectors.practice.wiring import Wiring
from connectors.simulated.broker import Look
from connectors.simulated.view import Blind, Sight, option_size, stock_size
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.errors import InputError
from mfa.kernel.orders import Order, OrderLeg
from mfa.store.book_rows import BooksState
from mfa.store.book_writer import BookWriter
from mfa.store.books import Books, Conn
from mfa.store.database import Database

NAME: Final = "practice broker"


@dataclass(frozen=True, slots=True)
class PracticeView:
    """The practice market at `at`. Not for threads: it remembers what it was asked."""

    prices: Prices
    at: datetime
    last_day: date | None
    _seen: dict[str, Sight | Blind] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return exchange_calendar().is_open(self.at)

    def sight(self, leg: OrderLeg) -> Sight | Blind:
        if leg.instrument not in self._seen:
            try:
                self._seen[leg.instrument] = self._look(leg)
            except InputError as error:
                self._seen[leg.instrument] = Blind(str(error), absent=True)
        return self._seen[leg.instrument]

    def price(self, symbol: str) -> Decimal | None:
        return self.prices.quote_at(symbol, self.at).mid

    def _look(self, leg: OrderLeg) -> Sight:
        if leg.option is None:
            stock = self.prices.quote_at(leg.symbol, self.at)
            size = stock_size(stock.volume)
            return Sight(stock.bid, stock.ask, size, size, stock.as_of)
        option = self.prices.option_quote_at(leg.option, self.at)
        size = option_size(option.open_interest, option.volume)
        return Sight(option.bid, option.ask, size, size, option.as_of)


@dataclass(frozen=True, slots=True)
class PracticeFloor:
    """Where practice orders meet the practice market."""

    wiring: Wiring
    account: PracticeAccount
    last_day: date

    @property
    def name(self) -> str:
        return NAME

    @property
    def database(self) -> Database:
        return self.wiring.database

    @property
    def books(self) -> Books:
        return self.wiring.books

    @property
    def writer(self) -> BookWriter:
        return self.wiring.writer

    def locked(self, conn: Conn) -> BooksState:
        return self.wiring.locked(conn)

    def state(self, conn: Conn) -> BooksState:
        return self.wiring.state(conn)

    def moved(self, conn: Conn, state: BooksState, at: datetime) -> None:
        """Practice time stands where it stood."""
        del state, at
        self.writer.touch(conn)

    def look(self, orders: Iterable[Order]) -> Look:
        """The market follows from the state: there is nothing to ask beforehand."""
        del orders
        return lambda state: PracticeView(
            self.wiring.prices_of(state.seed), state.now, self.last_day
        )
