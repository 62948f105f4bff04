"""The paper account as an `AccountSource`: answers from its books, marks from the live market.

What has no price stands at what it cost, so that it is neither gain nor loss, and is named in the
provenance's note. Where nothing held could be marked because the market did not answer, the account
is `Failed`: a value from nowhere is not a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

import psycopg

from connectors.portfolio.valuation import Priced, Unpriced, Valuation, value_positions
from connectors.practice.account import positions as positions_of
from connectors.practice.collateral import collateral
from mfa.kernel.account import AccountSnapshot, ClosedTrade, EquityPoint, LedgerEntry, Position
from mfa.kernel.clock import EXCHANGE_ZONE, Clock
from mfa.kernel.errors import StoreError
from mfa.kernel.market import MarketSource
from mfa.kernel.mode import Mode
from mfa.kernel.money import ZERO
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance, derived
from mfa.store.book_rows import BooksState, Lot, OpenBooks
from mfa.store.books import Books, Conn
from mfa.store.database import Database

NAME: Final = "paper account"
T = TypeVar("T")


class PaperAccount:
    """Reads the books of the paper schema. Safe for threads; works while others write."""

    def __init__(self, database: Database, market: MarketSource, clock: Clock) -> None:
        self._database, self._market, self._clock = database, market, clock
        self._books = Books(Mode.PAPER.schema)

    @property
    def name(self) -> str:
        return NAME

    def account(self) -> Outcome[AccountSnapshot]:
        """Cash, positions at the midpoint of their markets, buying power as in practice."""

        def read(conn: Conn, state: BooksState) -> tuple[BooksState, OpenBooks, _Totals]:
            return state, self._books.open_books(conn), self._books.realized_and_paid(conn)

        outcome = self._answer(read)
        return self._marked(outcome) if isinstance(outcome, Found) else outcome

    def positions(self) -> Outcome[tuple[Position, ...]]:
        """One position per instrument, stocks before options, by symbol."""
        return self._answer(lambda conn, _: positions_of(self._books.open_lots(conn)))

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        """Round trips closed from `start` to `end`, exchange dates, both included."""
        opening, before = _bounds(start, end)
        return self._answer(
            lambda conn, _: self._books.closed_trades(conn, opening, before, symbol)
        )

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        """Cash movements from `start` to `end`, exchange dates, both included."""
        opening, before = _bounds(start, end)
        return self._answer(lambda conn, _: self._books.ledger(conn, opening, before))

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        """The value at each settled close from `start` to `end`, both included."""
        return self._answer(lambda conn, _: self._books.equity(conn, start, end))

    def revision(self) -> str:
        """Moves with everything that is written."""
        try:
            state = self._database.glance(self._state)
        except (psycopg.OperationalError, StoreError):
            return "unreachable"
        return f"{state.account_id}:{state.revision}"

    def _answer(self, read: Callable[[Conn, BooksState], T]) -> Outcome[T]:
        """From one state of the books."""

        def ask(conn: Conn) -> T:
            conn.execute("set transaction isolation level repeatable read")
            return read(conn, self._state(conn))

        try:
            value = self._database.read(ask)
        except (psycopg.OperationalError, StoreError) as error:
            return Failed(
                FailureKind.UNAVAILABLE,
                f"The paper books cannot be read: {str(error).strip()}",
                timedelta(seconds=1),
            )
        return Found(value, Provenance(source=NAME, as_of=self._clock.now()))

    def _state(self, conn: Conn) -> BooksState:
        state = self._books.state(conn)
        if state is None:
            raise StoreError("The paper books are not open.", "Start Magnus again.")
        return state

    def _marked(
        self, read: Found[tuple[BooksState, OpenBooks, _Totals]]
    ) -> Outcome[AccountSnapshot]:
        state, books, (realized, dividends, interest) = read.value
        held = positions_of(books.lots)
        marks = value_positions(self._market, held)
        if held and not marks.priced and (why := self._why(held[0])) is not None:
            return why
        value, unrealized = _worth(marks)
        tied_up = collateral(books.lots, _underlyings(books.lots, marks))
        snapshot = AccountSnapshot(
            account_id=state.account_id,
            cash=books.cash,
            positions_value=value,
            equity=books.cash + value,
            buying_power=tied_up.buying_power(books.cash),
            collateral=tied_up.held,
            deposits=books.deposits,
            realized=realized,
            unrealized=unrealized,
            dividends=dividends,
            interest=interest,
            as_of=self._clock.now(),
        )
        unpriced = (each for each in marks.entries if isinstance(each, Unpriced))
        note = " ".join(
            f"{each.position.instrument} stands at what it cost: {each.reason}" for each in unpriced
        )
        if not marks.inputs:
            return Found(snapshot, replace(read.provenance, note=note))
        return Found(snapshot, derived(NAME, read.provenance, *marks.inputs, note=note))

    def _why(self, position: Position) -> Failed | None:
        """The market's failure, where it is one rather than an answer that there is no price."""
        option = position.option
        asked = (
            self._market.quote(position.symbol)
            if option is None
            else self._market.option_quote(option)
        )
        return asked if isinstance(asked, Failed) else None


_Totals = tuple[Decimal, Decimal, Decimal]


def _worth(marks: Valuation) -> tuple[Decimal, Decimal]:
    """Value and unrealised profit; what has no price stands at what it cost."""
    value = unrealized = ZERO
    for each in marks.entries:
        if isinstance(each, Priced):
            value += each.value
            unrealized += each.unrealized
        else:
            value += each.position.cost_basis
    return value, unrealized


def _underlyings(lots: tuple[Lot, ...], marks: Valuation) -> dict[str, Decimal]:
    """USD per share; without a price the highest strike, or what shares traded at, stands in."""
    known = {each.position.symbol: each.underlying for each in marks.priced}
    stand_in: dict[str, Decimal] = {}
    for lot in lots:
        price = lot.price if lot.option is None else lot.option.strike
        stand_in[lot.symbol] = max(stand_in.get(lot.symbol, price), price)
    return {**stand_in, **known}


def _bounds(start: date | None, end: date | None) -> tuple[datetime | None, datetime | None]:
    """Exchange dates as UTC moments: from midnight of `start` to before the one after `end`."""
    return (
        None if start is None else _midnight(start),
        None if end is None else _midnight(end + timedelta(days=1)),
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=EXCHANGE_ZONE).astimezone(UTC)
