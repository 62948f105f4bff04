"""The practice account as an `AccountSource`: answers from the books, marks from the market.

Each answer is read in one repeatable transaction, so no figure is mixed from two states. Equity is
cash plus positions at the midpoint of their markets; a dividend counts when it is paid, interest
when it is posted. A lost database is `Failed`, never an exception and never a zero.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import Final, TypeVar

import psycopg

from connectors.practice.collateral import collateral
from connectors.practice.marks import value_lots
from connectors.practice.wiring import Wiring
from mfa.kernel.account import (
    AccountSnapshot,
    ClosedTrade,
    EquityPoint,
    LedgerEntry,
    Position,
)
from mfa.kernel.clock import EXCHANGE_ZONE
from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.money import ZERO
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance
from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import BooksState, Lot
from mfa.store.books import Conn

NAME: Final = "practice account"
UNREACHABLE: Final = "unreachable"
_MARK: Final = Decimal("0.0001")
T = TypeVar("T")


class PracticeAccount:
    """Reads the practice books. Safe for threads; works while other processes write."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._books = wiring.books
        self._snapshot: tuple[int, AccountSnapshot] | None = None
        self._guard = Lock()

    @property
    def name(self) -> str:
        return NAME

    def account(self) -> Outcome[AccountSnapshot]:
        """Cash, positions at the midpoint, buying power by the rules of `collateral`."""
        return self._answer(self._account, computed=True)

    def positions(self) -> Outcome[tuple[Position, ...]]:
        """One position per instrument, stocks before options, by symbol."""
        return self._answer(lambda conn, _: positions(self._books.open_lots(conn)))

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
        return self._answer(lambda conn, _: self._books.equity(conn, start, end), computed=True)

    def revision(self) -> str:
        """Moves with every order, settlement, step of the clock and reset."""
        try:
            state = self._wiring.database.glance(self._wiring.state)
        except (psycopg.OperationalError, StoreError):
            return UNREACHABLE
        return f"{state.account_id}:{state.revision}"

    def _answer(
        self, read: Callable[[Conn, BooksState], T], *, computed: bool = False
    ) -> Outcome[T]:
        def ask(conn: Conn) -> tuple[T, BooksState]:
            state = self._wiring.one_state(conn)
            return read(conn, state), state

        try:
            value, state = self._wiring.database.read(ask)
        except InputError as error:
            return Failed(FailureKind.BAD_DATA, f"The practice market has no price: {error}")
        except (psycopg.OperationalError, StoreError) as error:
            return Failed(
                FailureKind.UNAVAILABLE,
                f"The practice books cannot be read: {str(error).strip()}",
                timedelta(seconds=1),
            )
        return Found(value, Provenance(source=NAME, as_of=state.now, computed=computed))

    def _account(self, conn: Conn, state: BooksState) -> AccountSnapshot:
        with self._guard:
            if self._snapshot is not None and self._snapshot[0] == state.revision:
                return self._snapshot[1]
        snapshot = self._computed(conn, state)
        with self._guard:
            self._snapshot = (state.revision, snapshot)
        return snapshot

    def _computed(self, conn: Conn, state: BooksState) -> AccountSnapshot:
        opening = self._books.open_books(conn)
        realized, dividends, interest = self._books.realized_and_paid(conn)
        valuation = value_lots(opening.lots, self._wiring.prices_of(state.seed), state.now)
        tied_up = collateral(opening.lots, valuation.underlyings)
        return AccountSnapshot(
            account_id=state.account_id,
            cash=opening.cash,
            positions_value=valuation.value,
            equity=opening.cash + valuation.value,
            buying_power=tied_up.buying_power(opening.cash),
            collateral=tied_up.held,
            deposits=opening.deposits,
            realized=realized,
            unrealized=valuation.unrealized,
            dividends=dividends,
            interest=interest,
            as_of=state.now,
        )


def positions(lots: tuple[Lot, ...]) -> tuple[Position, ...]:
    """Open lots by instrument. The first lot's strategy names the position."""
    held: dict[tuple[str, OptionSymbol | None], list[Lot]] = {}
    for lot in lots:
        held.setdefault((lot.symbol, lot.option), []).append(lot)
    found = [
        _position(symbol, option, own)
        for (symbol, option), own in held.items()
        if sum(lot.quantity for lot in own)
    ]
    return tuple(sorted(found, key=lambda p: (p.symbol, p.option is not None, p.instrument)))


def _position(symbol: str, option: OptionSymbol | None, lots: list[Lot]) -> Position:
    quantity = sum(lot.quantity for lot in lots)
    traded = sum((lot.quantity * lot.price for lot in lots), Decimal(0)) / quantity
    cents_say_it_all = traded == traded.quantize(ZERO)
    return Position(
        symbol=symbol,
        option=option,
        quantity=Decimal(quantity),
        average_price=traded.quantize(ZERO if cents_say_it_all else _MARK),
        cost_basis=sum((lot.cost_basis for lot in lots), ZERO),
        opened_at=min(lot.opened_at for lot in lots),
        strategy=lots[0].strategy,
    )


def _bounds(start: date | None, end: date | None) -> tuple[datetime | None, datetime | None]:
    """Exchange dates as UTC moments: from midnight of `start` to before the one after `end`."""
    return (
        None if start is None else _midnight(start),
        None if end is None else _midnight(end + timedelta(days=1)),
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=EXCHANGE_ZONE).astimezone(UTC)
