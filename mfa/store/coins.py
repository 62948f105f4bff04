"""Repository of the simulated exchange of crypto currencies: one mode's schema.

It knows no rule of market or broker. Methods take the caller's connection and never commit; whoever
writes holds the lock of the account's row.
"""

# ruff: noqa: S608 - only constants of this file and the schema, as an identifier, are composed

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from psycopg import sql
from psycopg.types.json import Json

from mfa.kernel.coins import Pair
from mfa.kernel.orders import Order, OrderState
from mfa.store.books import Conn
from mfa.store.order_rows import order_document, order_of

_ORDER: Final = "id, broker_id, body, state, reason, received_at, updated_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinAccount:
    account_id: str
    opened_at: datetime
    opening: Decimal
    looked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinOrder:
    """One order as the exchange has it."""

    id: int
    broker_id: str
    order: Order
    state: OrderState = OrderState.WORKING
    reason: str = ""
    received_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CoinFill:
    """`quantity` is signed; `price` and `fees` are of the pair's second currency."""

    order_id: int
    pair: Pair
    quantity: Decimal
    price: Decimal
    fees: Decimal
    at: datetime


class CoinBooks:
    """The exchange's books in one schema."""

    def __init__(self, schema: str) -> None:
        self._schema = sql.Identifier(schema)

    def open(self, conn: Conn, account: CoinAccount) -> None:
        """The account; nothing where there is one."""
        conn.execute(
            self._sql(
                "insert into {}.coin_account (account_id, opened_at, opening, looked_at)"
                " values (%s, %s, %s, %s) on conflict do nothing"
            ),
            (account.account_id, account.opened_at, account.opening, account.looked_at),
        )

    def account(self, conn: Conn, *, lock: bool = False) -> CoinAccount | None:
        """`lock` holds every other writer off until the transaction ends."""
        row = conn.execute(
            self._sql(
                "select account_id, opened_at, opening, looked_at from {}.coin_account"
                + (" for update" if lock else "")
            )
        ).fetchone()
        if row is None:
            return None
        return CoinAccount(account_id=row[0], opened_at=row[1], opening=row[2], looked_at=row[3])

    def looked(self, conn: Conn, at: datetime) -> None:
        """Standing orders have met the market until then."""
        conn.execute(self._sql("update {}.coin_account set looked_at = %s"), (at,))

    def fills(self, conn: Conn) -> tuple[CoinFill, ...]:
        """All of them, oldest first."""
        rows = conn.execute(
            self._sql(
                "select order_id, pair, quantity, price, fees, at from {}.coin_fill"
                " order by at, order_id"
            )
        )
        return tuple(
            CoinFill(
                order_id=r[0], pair=Pair.parse(r[1]), quantity=r[2], price=r[3], fees=r[4], at=r[5]
            )
            for r in rows
        )

    def alive(self, conn: Conn) -> tuple[CoinOrder, ...]:
        """Those that can still fill, in order of arrival."""
        return self._orders(conn, "where state = 'working'")

    def by_client_id(self, conn: Conn, client_id: str) -> CoinOrder | None:
        return next(iter(self._orders(conn, "where client_id = %s", client_id)), None)

    def by_broker_id(self, conn: Conn, broker_id: str) -> CoinOrder | None:
        return next(iter(self._orders(conn, "where broker_id = %s", broker_id)), None)

    def since(self, conn: Conn, moment: datetime) -> tuple[CoinOrder, ...]:
        """Those that stand or changed since, by the mode's clock or by the real one."""
        where = "where state = 'working' or updated_at >= %s or written_at >= %s"
        return self._orders(conn, where, moment, moment)

    def next_order(self, conn: Conn) -> int:
        row = conn.execute(self._sql("select coalesce(max(id), 0) + 1 from {}.coin_order"))
        return int((row.fetchone() or (1,))[0])

    def save(self, conn: Conn, orders: Iterable[CoinOrder], fills: Iterable[CoinFill] = ()) -> None:
        """New orders, where known ones stand now, and what filled."""
        for each in orders:
            conn.execute(
                self._sql(
                    "insert into {}.coin_order (client_id, " + _ORDER + ")"
                    " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (id) do update set"
                    " state = excluded.state, reason = excluded.reason,"
                    " updated_at = excluded.updated_at, written_at = clock_timestamp()"
                ),
                (
                    each.order.client_id, each.id, each.broker_id, Json(order_document(each.order)),
                    each.state.value, each.reason, each.received_at, each.updated_at,
                ),
            )  # fmt: skip
        for fill in fills:
            conn.execute(
                self._sql(
                    "insert into {}.coin_fill (order_id, pair, quantity, price, fees, at)"
                    " values (%s, %s, %s, %s, %s, %s)"
                ),
                (fill.order_id, str(fill.pair), fill.quantity, fill.price, fill.fees, fill.at),
            )

    def _orders(self, conn: Conn, where: str, *values: object) -> tuple[CoinOrder, ...]:
        rows = conn.execute(
            self._sql(f"select {_ORDER} from {{}}.coin_order {where} order by id"), values
        )
        return tuple(_order(row) for row in rows)

    def _sql(self, text: str) -> sql.Composed:
        return sql.SQL(text).format(self._schema)


def _order(row: tuple[Any, ...]) -> CoinOrder:
    return CoinOrder(
        id=row[0], broker_id=row[1], order=order_of(row[2]), state=OrderState(row[3]),
        reason=row[4], received_at=row[5], updated_at=row[6],
    )  # fmt: skip
