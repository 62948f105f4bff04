"""Where paper orders meet the live market: the paper books, and quotes asked beforehand.

The books' moment is that of their last writing; it never goes back, whatever the system's clock
does, so that nothing is closed before it was opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from connectors.paper.account import PaperAccount
from connectors.paper.view import PaperView
from connectors.simulated.broker import Look
from mfa.kernel.account import AccountSource
from mfa.kernel.clock import Clock
from mfa.kernel.errors import StoreError
from mfa.kernel.market import AsksAhead, MarketSource
from mfa.kernel.mode import Mode
from mfa.kernel.orders import Order
from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import BooksState, Lot
from mfa.store.book_writer import BookWriter
from mfa.store.books import Books, Conn
from mfa.store.database import Database

NAME: Final = "paper broker"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFloor:
    """The paper books and whoever has prices. Safe for threads."""

    database: Database
    market: MarketSource
    clock: Clock
    account: AccountSource
    books: Books = field(default_factory=lambda: Books(Mode.PAPER.schema))
    writer: BookWriter = field(default_factory=lambda: BookWriter(Mode.PAPER.schema))

    @classmethod
    def on(cls, database: Database, market: MarketSource, clock: Clock) -> PaperFloor:
        account = PaperAccount(database, market, clock)
        return cls(database=database, market=market, clock=clock, account=account)

    @property
    def name(self) -> str:
        return NAME

    def locked(self, conn: Conn) -> BooksState:
        return _opened(self.books.lock(conn))

    def state(self, conn: Conn) -> BooksState:
        return _opened(self.books.state(conn))

    def moved(self, conn: Conn, state: BooksState, at: datetime) -> None:
        self.writer.advance_to(conn, at, state.settled_through)

    def now(self, state: BooksState) -> datetime:
        """The present, never before the last writing."""
        return max(self.clock.now(), state.now)

    def look(self, orders: Iterable[Order]) -> Look:
        """Quotes of what is ordered, and of what is held beside it; nothing for no orders."""
        ordered = tuple(orders)
        lots = self.database.read(self.books.open_lots) if ordered else ()
        legs = [leg for order in ordered for leg in order.legs]
        symbols = sorted({leg.symbol for leg in legs} | {lot.symbol for lot in lots})
        options = sorted({leg.option for leg in legs if leg.option is not None})
        ask_ahead(self.market, symbols, options)
        stocks = {symbol: self.market.quote(symbol) for symbol in symbols}
        quoted = {option: self.market.option_quote(option) for option in options}
        stand_ins = _stand_ins(lots)
        return lambda state: PaperView(
            at=self.now(state), stocks=stocks, options=quoted, stand_ins=stand_ins
        )


def ask_ahead(
    market: MarketSource, symbols: Sequence[str], options: Sequence[OptionSymbol]
) -> None:
    """Have all of it under way at once, where the market can."""
    if isinstance(market, AsksAhead) and (symbols or options):
        market.ahead(symbols, options)


def _stand_ins(lots: Iterable[Lot]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for lot in lots:
        price = lot.price if lot.option is None else lot.option.strike
        found[lot.symbol] = max(found.get(lot.symbol, price), price)
    return found


def _opened(state: BooksState | None) -> BooksState:
    if state is None:
        raise StoreError("The paper books are not open.", "Start Magnus again.")
    return state
