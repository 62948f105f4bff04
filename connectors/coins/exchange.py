"""The simulated exchange of crypto currencies, which PRACTICE and PAPER trade pairs at.

It keeps its own account and its own book of orders in the mode's schema, beside the books of shares
as an exchange stands beside a broker. What an order does is one transaction under the lock of the
account's row. Whoever asks for orders makes standing ones meet the market first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar
from uuid import uuid4

import psycopg

from connectors.coins.filling import Filled, far, meets
from connectors.coins.floor import CoinFloor, Sight, fresh, sights
from connectors.coins.holdings import holdings, most, reserved
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
from mfa.kernel.coins import Pair
from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.orders import (
    AssetClass,
    BrokerOrder,
    Order,
    OrderFill,
    OrderState,
    Side,
    TimeInForce,
)
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance
from mfa.store.books import Conn
from mfa.store.coins import CoinAccount, CoinBooks, CoinFill, CoinOrder
from mfa.store.database import Database

OPENING: Final = Decimal("50000.00")
"""Dollars that the account is opened with."""
ABILITIES: Final = Abilities(
    assets=frozenset({AssetClass.CRYPTO}),
    multi_leg=False,
    replace=False,
    market_orders=True,
    finds_by_client_id=True,
)
_RETRY: Final = timedelta(seconds=1)
T = TypeVar("T")
Seen = Mapping[Pair, Sight | Absent | Failed]


class SimulatedExchange:
    """A `Broker` of pairs. Safe for threads and for several processes."""

    def __init__(self, floor: CoinFloor, database: Database, account: AccountSource) -> None:
        self._floor, self._database, self._account = floor, database, account
        self._books = CoinBooks(floor.mode.schema)

    @property
    def name(self) -> str:
        return self._floor.name

    @property
    def abilities(self) -> Abilities:
        return ABILITIES

    @property
    def account(self) -> AccountSource:
        return self._account

    def identity(self) -> Outcome[BrokerIdentity]:
        def ask(conn: Conn) -> BrokerIdentity:
            account = opened(self._books, conn, self._floor)
            return BrokerIdentity(broker=self.name, account_id=account.account_id, is_real=False)

        return self._read(ask)

    def submit(self, order: Order) -> Sent:
        """Take the order and let it meet the market at once. Sent again, it is the same order."""

        def act(conn: Conn, account: CoinAccount, seen: Seen) -> CoinOrder | Refused | NotSent:
            known = self._books.by_client_id(conn, order.client_id)
            if known is not None:
                same = known.order == order
                return known if same else Refused("Another order was sent by this client id.")
            return self._enter(conn, account, order, seen[Pair.parse(order.legs[0].symbol)])

        return _unfit(order, self.name) or self._deal((order,), act)

    def cancel(self, broker_id: str) -> Sent:
        def act(conn: Conn, _: CoinAccount, __: Seen) -> CoinOrder | Refused:
            found = self._books.by_broker_id(conn, broker_id)
            if found is None:
                return Refused(f"There is no order {broker_id}.")
            if found.state is not OrderState.WORKING:
                return found
            ended = replace(
                found, state=OrderState.CANCELLED, reason="Cancelled at your request.",
                updated_at=self._floor.clock.now(),
            )  # fmt: skip
            self._books.save(conn, (ended,))
            return ended

        return self._deal((), act)

    def replace(self, broker_id: str, order: Order) -> Sent:
        del broker_id, order
        why = f"The {self.name} replaces no orders: cancel it and send another."
        return NotSent(FailureKind.NOT_SUPPORTED, why)

    def find(self, order: Order) -> Outcome[BrokerOrder]:
        def ask(conn: Conn) -> BrokerOrder | None:
            known = self._books.by_client_id(conn, order.client_id)
            return None if known is None else self._told(conn, (known,))[0]

        answer = self._read(ask)
        if not isinstance(answer, Found):
            return answer
        if answer.value is None:
            return Absent(f"The {self.name} never had an order {order.client_id}.")
        return Found(answer.value, answer.provenance)

    def orders(self, since: datetime) -> Outcome[tuple[BrokerOrder, ...]]:
        """After standing orders have met the market: those that stand or changed since."""
        try:
            self.look()
        except (psycopg.Error, StoreError) as error:
            return _unread(error)
        return self._read(lambda conn: self._told(conn, self._books.since(conn, since)))

    def look(self) -> None:
        """Let standing orders meet what the market was since the last look."""
        account, standing = self._database.read(
            lambda conn: (self._books.account(conn), self._books.alive(conn))
        )
        if account is None or not standing:
            return
        now = self._floor.clock.now()
        seen = sights(self._floor, map(_pair, standing), account.looked_at)
        with self._database.connection() as conn:
            held = self._held(conn)
            if held.looked_at != account.looked_at:  # somebody else was here
                return
            alive = {each.id for each in self._books.alive(conn)}
            for each in standing:
                sight = seen[_pair(each)]
                if each.id in alive and isinstance(sight, Sight):
                    self._rested(conn, each, sight)
            self._books.looked(conn, max(now, held.looked_at))

    # --- one transaction

    def _rested(self, conn: Conn, each: CoinOrder, sight: Sight) -> None:
        for quote in sight.since:
            if quote.as_of < each.received_at:
                continue
            filled = meets(each.order, quote, sight.rules, arriving=False)
            if filled is not None:
                self._fill(conn, each, filled, max(quote.as_of, each.updated_at))
                return

    def _fill(self, conn: Conn, each: CoinOrder, filled: Filled, at: datetime) -> CoinOrder:
        (leg,) = each.order.legs
        done = replace(each, state=OrderState.FILLED, updated_at=at)
        fill = CoinFill(
            order_id=each.id, pair=_pair(each), quantity=each.order.quantity * leg.side.sign,
            price=filled.price, fees=filled.fee, at=at,
        )  # fmt: skip
        self._books.save(conn, (done,), (fill,))
        return done

    def _enter(
        self, conn: Conn, account: CoinAccount, order: Order, sight: Sight | Absent | Failed
    ) -> CoinOrder | Refused | NotSent:
        if isinstance(sight, Absent):
            return Refused(sight.reason)
        if isinstance(sight, Failed):
            return NotSent(sight.kind, sight.message)
        now = self._floor.clock.now()
        limit = None if order.limit is None else abs(order.limit)
        if not fresh(sight.now, now):
            return NotSent(FailureKind.UNAVAILABLE, f"The quote of {sight.rules.pair} is too old.")
        why = sight.rules.misfit(order.quantity, limit) or self._unable(conn, account, order, sight)
        if why:
            return Refused(why)
        number = self._books.next_order(conn)
        taken = CoinOrder(
            id=number, broker_id=f"c{number}-{uuid4().hex[:8]}", order=order, received_at=now,
            updated_at=now,
        )  # fmt: skip
        if not self._books.alive(conn):  # nothing stood: nobody has looked for a while
            self._books.looked(conn, max(now, account.looked_at))
        self._books.save(conn, (taken,))
        filled = meets(order, sight.now, sight.rules, arriving=True)
        return taken if filled is None else self._fill(conn, taken, filled, now)

    def _unable(self, conn: Conn, account: CoinAccount, order: Order, sight: Sight) -> str:
        """Why the account does not carry the order beside those that stand; empty when it does."""
        held = holdings(account.opening, self._books.fills(conn))
        standing = self._books.alive(conn)
        pair, rate = sight.rules.pair, sight.rules.taker
        dollars, coins = reserved(standing, {_pair(each): rate for each in standing})
        if order.legs[0].side is Side.SELL:
            free = held.of(pair.base) - coins.get(pair.base, Decimal(0))
            if free < order.quantity:
                return f"Insufficient funds: {free:f} {pair.base} are free to be sold."
            return ""
        price = far(order, sight.now) if order.limit is None else order.limit
        needed, free = most(order, price, rate), held.cash - dollars
        if free < needed:
            return f"Insufficient funds: it takes {needed:,.2f} dollars, and {free:,.2f} are free."
        return ""

    def _deal(
        self,
        orders: tuple[Order, ...],
        act: Callable[[Conn, CoinAccount, Seen], CoinOrder | Refused | NotSent],
    ) -> Sent:
        done = False
        try:
            seen = sights(self._floor, [Pair.parse(order.legs[0].symbol) for order in orders])
            with self._database.connection() as conn:
                result = act(conn, self._held(conn), seen)
                if not isinstance(result, CoinOrder):
                    return result
                told = Taken(self._told(conn, (result,))[0])
                done = True
            return told  # noqa: TRY300 - the commit is inside the block above
        except InputError as error:
            return Refused(str(error))
        except (psycopg.Error, StoreError) as error:
            if done:
                return Unanswered("The database was lost while the order was being written.")
            return NotSent(FailureKind.UNAVAILABLE, f"The books cannot be written: {error}")

    def _held(self, conn: Conn) -> CoinAccount:
        return opened(self._books, conn, self._floor, lock=True)

    # --- reading

    def _read(self, ask: Callable[[Conn], T]) -> Outcome[T]:
        try:
            value = self._database.read(ask)
        except (psycopg.Error, StoreError) as error:
            return _unread(error)
        return Found(value, Provenance(source=self.name, as_of=self._floor.clock.now()))

    def _told(self, conn: Conn, orders: Iterable[CoinOrder]) -> tuple[BrokerOrder, ...]:
        fills = {fill.order_id: fill for fill in self._books.fills(conn)}
        return tuple(told(each, fills.get(each.id)) for each in orders)


def opened(books: CoinBooks, conn: Conn, floor: CoinFloor, *, lock: bool = False) -> CoinAccount:
    """The account; opened by whoever is first to write (`lock`), and again after a reset."""
    account = books.account(conn, lock=lock)
    if account is not None:
        return account
    now = floor.clock.now()
    new = CoinAccount(
        account_id=f"{floor.mode.value}-coins", opened_at=now, opening=OPENING, looked_at=now
    )
    if not lock:
        return new
    books.open(conn, new)
    return books.account(conn, lock=True) or new


def told(each: CoinOrder, fill: CoinFill | None) -> BrokerOrder:
    """As its owner hears of it."""
    order = each.order
    return BrokerOrder(
        broker_id=each.broker_id,
        client_id=order.client_id,
        state=each.state,
        filled=Decimal(0) if fill is None else order.quantity,
        updated_at=each.updated_at,
        reason=each.reason,
        fills=()
        if fill is None
        else (
            OrderFill(
                id=f"{each.broker_id}/1", instrument=str(fill.pair), quantity=fill.quantity,
                price=fill.price, fees=fill.fees, at=fill.at,
            ),
        ),
        legs=order.legs,
        quantity=order.quantity,
        limit=order.limit,
        created_at=each.received_at,
    )  # fmt: skip


def _pair(each: CoinOrder) -> Pair:
    return Pair.parse(each.order.legs[0].symbol)


def _unfit(order: Order, name: str) -> NotSent | Refused | None:
    """What is wrong with the order by itself."""
    if len(order.legs) != 1 or order.legs[0].asset is not AssetClass.CRYPTO:
        why = f"The {name} trades pairs of crypto currencies, one in an order."
        return NotSent(FailureKind.NOT_SUPPORTED, why)
    (leg,) = order.legs
    if leg.ratio != 1:
        return Refused("The quantity of a pair stands in the order, not in its leg.")
    if order.limit is not None and order.limit * leg.side.sign <= 0:
        return Refused(f"{order.limit} is no limit of an order to {leg.side.value}.")
    if order.time_in_force is TimeInForce.DAY and order.limit is not None:
        return Refused("Orders of pairs stand until they are cancelled: the market never closes.")
    return None


def _unread(error: Exception) -> Failed:
    why = f"The books cannot be read: {str(error).strip()}"
    return Failed(FailureKind.UNAVAILABLE, why, _RETRY)
