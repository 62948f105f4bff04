"""The broker of practice and PAPER: takes orders, fills them by rule, and tells of them.

It keeps its own book of orders in the mode's schema. What an order does to it, to fills, lots,
closed trades and cash is one transaction under the lock of the account's row, so that a process
killed at any moment has done all of it or nothing. An order is known by its client id for ever: the
same sent again, by whomever, is the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol, TypeVar

import psycopg

from connectors.practice.journal import Journal
from connectors.simulated.admission import unfit
from connectors.simulated.dealing import AT_REQUEST, Dealing
from connectors.simulated.view import LOOK_BACK, View
from mfa.kernel.account import AccountSource
from mfa.kernel.broker import (
    Abilities,
    BrokerIdentity,
    NotSent,
    Refused,
    Sent,
    Taken,
    Unanswered,
)
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.orders import AssetClass, BrokerOrder, Order, OrderFill, OrderState
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance
from mfa.store.book_rows import BooksState, Fill
from mfa.store.book_writer import BookWriter
from mfa.store.books import Books, Conn
from mfa.store.broker_orders import BrokerOrders, StandingOrder
from mfa.store.database import Database

ABILITIES: Final = Abilities(
    assets=frozenset({AssetClass.STOCK, AssetClass.OPTION}),
    multi_leg=True,
    replace=True,
    market_orders=True,
    finds_by_client_id=True,
)
_RETRY: Final = timedelta(seconds=1)
T = TypeVar("T")
Look = Callable[[BooksState], View]


class Floor(Protocol):
    """Where orders meet a market: a mode's books, and its view of prices."""

    @property
    def name(self) -> str: ...

    @property
    def account(self) -> AccountSource: ...

    @property
    def database(self) -> Database: ...

    @property
    def books(self) -> Books: ...

    @property
    def writer(self) -> BookWriter: ...

    def locked(self, conn: Conn) -> BooksState:
        """The state, held against other writers. `StoreError` when there are no books."""
        ...

    def state(self, conn: Conn) -> BooksState: ...

    def look(self, orders: Iterable[Order]) -> Look:
        """Ask for what these orders need to know, before anything is locked."""
        ...

    def moved(self, conn: Conn, state: BooksState, at: datetime) -> None:
        """The books were written at a moment: their revision moves."""
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """What one transaction works on."""

    conn: Conn
    state: BooksState
    dealing: Dealing
    view: View


class SimulatedBroker:
    """A `Broker` over one floor. Safe for threads and for several processes."""

    def __init__(self, floor: Floor, schema: str) -> None:
        self._floor = floor
        self._orders = BrokerOrders(schema)

    @property
    def name(self) -> str:
        return self._floor.name

    @property
    def abilities(self) -> Abilities:
        return ABILITIES

    @property
    def account(self) -> AccountSource:
        return self._floor.account

    def identity(self) -> Outcome[BrokerIdentity]:
        def ask(conn: Conn) -> BrokerIdentity:
            state = self._floor.state(conn)
            return BrokerIdentity(broker=self.name, account_id=state.account_id, is_real=False)

        return self._read(ask)

    def submit(self, order: Order) -> Sent:
        """Take the order and let it meet the market at once. Sent again, it is the same order."""
        return unfit(order, self.name) or self._deal(
            (order,), lambda table: self._enter(table, order)
        )

    def cancel(self, broker_id: str) -> Sent:
        def act(table: Table) -> StandingOrder | Refused:
            found = self._orders.by_broker_id(table.conn, broker_id)
            if found is None:
                return Refused(f"There is no order {broker_id}.")
            if not found.is_alive:
                return found
            table.dealing.end(found, OrderState.CANCELLED, AT_REQUEST, table.view.at)
            return table.dealing.standing(found.id)

        return self._deal((), act)

    def replace(self, broker_id: str, order: Order) -> Sent:
        """End one order and take `order` in one step, for what the first had not filled."""

        def act(table: Table) -> StandingOrder | Refused | NotSent:
            old = self._orders.by_broker_id(table.conn, broker_id)
            if old is None:
                return Refused(f"There is no order {broker_id}.")
            return self._enter(table, order, instead_of=old)

        return unfit(order, self.name) or self._deal((order,), act)

    def find(self, order: Order) -> Outcome[BrokerOrder]:
        def ask(conn: Conn) -> tuple[BrokerOrder, ...]:
            known = self._orders.by_client_id(conn, order.client_id)
            return self._told(conn, () if known is None else (known,))

        answer = self._read(ask)
        if isinstance(answer, Found) and not answer.value:
            return Absent(f"The {self.name} never had an order {order.client_id}.")
        return answer.map(lambda one: one[0]) if isinstance(answer, Found) else answer

    def orders(self, since: datetime) -> Outcome[tuple[BrokerOrder, ...]]:
        """Orders that stand or changed since, by the mode's clock or by the real one."""
        return self._read(lambda conn: self._told(conn, self._orders.since(conn, since)))

    # --- one transaction

    def _enter(
        self, table: Table, order: Order, *, instead_of: StandingOrder | None = None
    ) -> StandingOrder | Refused | NotSent:
        known = self._orders.by_client_id(table.conn, order.client_id)
        if known is not None:
            same = known.order == order
            return known if same else Refused("Another order was sent by this client id before.")
        if instead_of is not None and not instead_of.is_alive:
            return Refused(f"The order to be replaced is {instead_of.state.value} already.")
        taken = table.dealing.admit(order, table.view, instead_of=instead_of)
        if not isinstance(taken, StandingOrder):
            return taken
        table.dealing.meet(table.view, arriving=True, among=lambda each: each.id == taken.id)
        return table.dealing.standing(taken.id)

    def _deal(
        self,
        orders: tuple[Order, ...],
        act: Callable[[Table], StandingOrder | Refused | NotSent],
    ) -> Sent:
        done = False
        try:
            look = self._floor.look(orders)
            with self._floor.database.connection() as conn:
                table = self.table(conn, look)
                result = act(table)
                if not isinstance(result, StandingOrder):
                    return result
                self.keep(table)
                told = Taken(self._told(conn, (result,))[0])
                done = True
            return told  # noqa: TRY300 - the commit is inside the block above
        except InputError as error:
            return Refused(str(error))
        except (psycopg.Error, StoreError) as error:
            if done:
                return Unanswered("The database was lost while the order was being written.")
            return NotSent(FailureKind.UNAVAILABLE, f"The books cannot be written: {error}")

    def table(self, conn: Conn, look: Look) -> Table:
        """The books, locked, and the market that their orders meet."""
        state = self._floor.locked(conn)
        view = look(state)
        standing = self._orders.alive(conn)
        journal = Journal(self._floor.books.open_books(conn))
        recent = self._orders.fills_since(conn, view.at - LOOK_BACK)
        return Table(
            conn, state, Dealing(journal, standing, exchange_calendar(), recent=recent), view
        )

    def keep(self, table: Table) -> None:
        """Write what was dealt; nothing where nothing was."""
        dealing = table.dealing
        if not dealing.changed:
            return
        self._floor.writer.append(table.conn, dealing.journal.entries)
        self._orders.save(table.conn, dealing.changed.values())
        self._floor.moved(table.conn, table.state, table.view.at)

    # --- reading

    def _read(self, ask: Callable[[Conn], T]) -> Outcome[T]:
        def asked(conn: Conn) -> tuple[T, BooksState]:
            conn.execute("set transaction isolation level repeatable read")
            return ask(conn), self._floor.state(conn)

        try:
            value, state = self._floor.database.read(asked)
        except (psycopg.Error, StoreError) as error:
            why = f"The books cannot be read: {str(error).strip()}"
            return Failed(FailureKind.UNAVAILABLE, why, _RETRY)
        return Found(value, Provenance(source=self.name, as_of=state.now))

    def _told(self, conn: Conn, orders: Iterable[StandingOrder]) -> tuple[BrokerOrder, ...]:
        own = tuple(orders)
        fills = self._orders.fills_of(conn, [each.id for each in own])
        return tuple(told(each, fills.get(each.id, ())) for each in own)


def told(each: StandingOrder, fills: Iterable[Fill]) -> BrokerOrder:
    """As its owner hears of it."""
    return BrokerOrder(
        broker_id=each.broker_id,
        client_id=each.order.client_id,
        state=each.state,
        filled=Decimal(each.filled),
        updated_at=each.updated_at,
        reason=each.reason,
        fills=tuple(
            OrderFill(
                id=f"{each.broker_id}/{fill.id}",
                instrument=fill.option.occ if fill.option is not None else fill.symbol,
                quantity=Decimal(fill.quantity),
                price=fill.price,
                fees=fill.fees,
                at=fill.at,
            )
            for fill in fills
        ),
        legs=each.order.legs,
        quantity=Decimal(each.quantity),
        limit=each.order.limit,
        created_at=each.received_at,
    )
