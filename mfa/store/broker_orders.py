"""Repository of the orders that stand at a broker whose fills are made here: one mode's schema.

It knows no rule of market or broker. Methods take the caller's connection and never commit; whoever
writes holds the lock of the account's row, as for the books.
"""

# ruff: noqa: S608 - only constants of this file and the schema, as an identifier, are composed

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from psycopg import sql
from psycopg.types.json import Json

from mfa.kernel.orders import Order, OrderState
from mfa.store.book_rows import Fill
from mfa.store.books import Conn, stored_option, stored_price
from mfa.store.order_rows import order_document, order_of

_COLUMNS: Final = (
    "id, broker_id, body, quantity, filled, state, reason, day, replaces, received_at, updated_at"
)
_ALIVE: Final = "state in ('working', 'partially_filled')"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOrder:
    """One order as its broker has it. `quantity` and `filled` are units of its own; `day` is the
    session that a day order stands for; `replaces` is the order in whose place it stands."""

    id: int
    broker_id: str
    order: Order
    quantity: int
    filled: int = 0
    state: OrderState = OrderState.WORKING
    reason: str = ""
    day: date
    replaces: int | None = None
    received_at: datetime
    updated_at: datetime

    @property
    def left(self) -> int:
        return self.quantity - self.filled

    @property
    def is_alive(self) -> bool:
        return not self.state.is_over


class BrokerOrders:
    """The orders in one schema."""

    def __init__(self, schema: str) -> None:
        self._schema = sql.Identifier(schema)

    def alive(self, conn: Conn) -> tuple[StandingOrder, ...]:
        """Those that can still fill, in order of arrival."""
        return self._orders(conn, f"where {_ALIVE}")

    def by_client_id(self, conn: Conn, client_id: str) -> StandingOrder | None:
        return next(iter(self._orders(conn, "where client_id = %s", client_id)), None)

    def by_broker_id(self, conn: Conn, broker_id: str) -> StandingOrder | None:
        return next(iter(self._orders(conn, "where broker_id = %s", broker_id)), None)

    def since(self, conn: Conn, moment: datetime) -> tuple[StandingOrder, ...]:
        """Those that can still fill or changed since, by the mode's clock or by the real one."""
        where = f"where {_ALIVE} or updated_at >= %s or written_at >= %s"
        return self._orders(conn, where, moment, moment)

    def fills_of(self, conn: Conn, ids: Collection[int]) -> dict[int, tuple[Fill, ...]]:
        """The fills of these orders, oldest first."""
        found: dict[int, tuple[Fill, ...]] = {}
        for fill in self._fills(conn, "where order_id = any(%s)", list(ids)):
            found[fill.order_id] = (*found.get(fill.order_id, ()), fill)
        return found

    def fills_since(self, conn: Conn, moment: datetime) -> tuple[Fill, ...]:
        """What was traded at `moment` or later: it is no longer there to be taken."""
        return self._fills(conn, "where at >= %s", moment)

    def save(self, conn: Conn, orders: Iterable[StandingOrder]) -> None:
        """New orders, and where known ones stand now."""
        statement = self._sql(
            "insert into {}.broker_order (client_id, " + _COLUMNS + ") "
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
            "on conflict (id) do update set filled = excluded.filled, state = excluded.state, "
            "reason = excluded.reason, updated_at = excluded.updated_at, "
            "written_at = clock_timestamp()"
        )
        with conn.cursor() as cursor:
            cursor.executemany(
                statement,
                [
                    (
                        each.order.client_id,
                        each.id,
                        each.broker_id,
                        Json(order_document(each.order)),
                        each.quantity,
                        each.filled,
                        each.state.value,
                        each.reason,
                        each.day,
                        each.replaces,
                        each.received_at,
                        each.updated_at,
                    )
                    for each in orders
                ],
            )

    def _orders(self, conn: Conn, where: str, *values: object) -> tuple[StandingOrder, ...]:
        rows = conn.execute(
            self._sql(f"select {_COLUMNS} from {{}}.broker_order {where} order by id"), values
        )
        return tuple(_order(row) for row in rows)

    def _fills(self, conn: Conn, where: str, value: object) -> tuple[Fill, ...]:
        rows = conn.execute(
            self._sql(
                "select id, order_id, at, symbol, option, quantity, price, fees, strategy "
                f"from {{}}.fill {where} order by id"
            ),
            (value,),
        )
        return tuple(
            Fill(
                id=r[0],
                order_id=r[1],
                at=r[2],
                symbol=r[3],
                option=stored_option(r[4]),
                quantity=r[5],
                price=stored_price(r[6]),
                fees=r[7],
                strategy=r[8],
            )
            for r in rows
        )

    def _sql(self, text: str) -> sql.Composed:
        return sql.SQL(text).format(self._schema)


def _order(row: tuple[Any, ...]) -> StandingOrder:
    return StandingOrder(
        id=row[0],
        broker_id=row[1],
        order=order_of(row[2]),
        quantity=row[3],
        filled=row[4],
        state=OrderState(row[5]),
        reason=row[6],
        day=row[7],
        replaces=row[8],
        received_at=row[9],
        updated_at=row[10],
    )
