"""The book of orders for those that only read it: each user's own, as outcomes."""

# ruff: noqa: S608 - only constants of this package and the schema, as an identifier, are composed

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

import psycopg
from psycopg import sql

from mfa.kernel.errors import StoreError
from mfa.kernel.order_book import (
    EventSource,
    ForeignOrder,
    OrderEvent,
    OrderHistory,
    OrderIntent,
)
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance
from mfa.store.books import Conn
from mfa.store.database import Database
from mfa.store.order_rows import INTENT, fill_of, intent_of, told_of

T = TypeVar("T")
SHORTEST_ID: Final = 4
"""Of the beginning of a client id that is taken for the whole."""
_OVER: Final = [state.value for state in OrderState if state.is_over]


class OrderReader:
    """One mode's book. Safe from any thread; nothing raises."""

    def __init__(self, database: Database, schema: str) -> None:
        self._database = database
        self._schema = sql.Identifier(schema)

    def orders(self, user: str, *, working: bool, limit: int) -> Outcome[tuple[OrderIntent, ...]]:
        left_out = _OVER if working else []
        return self._outcome(
            user,
            lambda conn: tuple(
                intent_of(row)
                for row in conn.execute(
                    self._sql(
                        f"select {INTENT} from {{}}.order_intent where user_name = %s"
                        " and state <> all(%s) order by number desc limit %s"
                    ),
                    (user, left_out, limit),
                )
            ),
        )

    def order_history(self, user: str, order_id: str) -> Outcome[OrderHistory]:
        wanted = order_id.strip()
        found = self._outcome(user, lambda conn: self._meant(conn, user, wanted))
        if not isinstance(found, Found):
            return found
        if not found.value:
            return Absent(f"There is no order {wanted!r}.")
        if len(found.value) > 1:
            return Absent(f"{wanted!r} is the beginning of several orders; say more of it.")
        return self._outcome(user, lambda conn: self._history(conn, found.value[0]))

    def foreign_orders(self, user: str) -> Outcome[tuple[ForeignOrder, ...]]:
        return self._outcome(
            user,
            lambda conn: tuple(
                ForeignOrder(broker=row[0], account=row[1], order=told_of(row[2]))
                for row in conn.execute(
                    self._sql(
                        "select broker, account, body from {}.order_foreign"
                        " where user_name = %s order by broker, account, broker_id"
                    ),
                    (user,),
                )
            ),
        )

    def _meant(self, conn: Conn, user: str, wanted: str) -> tuple[OrderIntent, ...]:
        rows = conn.execute(
            self._sql(
                f"select {INTENT} from {{}}.order_intent where user_name = %(user)s and"
                " (client_id = %(id)s or broker_id = %(id)s"
                " or (length(%(id)s) >= %(least)s and starts_with(client_id, %(id)s)))"
                " order by client_id = %(id)s desc, number limit 2"
            ),
            {"user": user, "id": wanted, "least": SHORTEST_ID},
        ).fetchall()
        intents = tuple(map(intent_of, rows))
        exact = tuple(each for each in intents if each.client_id == wanted)
        return exact or intents

    def _history(self, conn: Conn, intent: OrderIntent) -> OrderHistory:
        events = conn.execute(
            self._sql(
                "select at, source, state, filled, note from {}.order_event"
                " where client_id = %s order by id"
            ),
            (intent.client_id,),
        ).fetchall()
        fills = conn.execute(
            self._sql(
                "select fill_id, instrument, quantity, price, fees, at from {}.order_fill"
                " where client_id = %s order by at, fill_id"
            ),
            (intent.client_id,),
        ).fetchall()
        return OrderHistory(
            intent=intent,
            events=tuple(
                OrderEvent(
                    at=row[0], source=EventSource(row[1]), state=OrderState(row[2]),
                    filled=row[3], note=row[4],
                )
                for row in events
            ),
            fills=tuple(map(fill_of, fills)),
        )  # fmt: skip

    def _outcome(self, user: str, ask: Callable[[Conn], T]) -> Outcome[T]:
        try:
            value, now = self._database.read(lambda conn: (ask(conn), _now(conn)), user=user)
        except (StoreError, psycopg.Error) as error:
            return Failed(FailureKind.UNAVAILABLE, f"Your orders could not be read: {error}")
        return Found(value, Provenance(source="your orders", as_of=now))

    def _sql(self, text: str) -> sql.Composed:
        return sql.SQL(text).format(*([self._schema] * text.count("{}")))


def _now(conn: Conn) -> datetime:
    row: tuple[Any, ...] | None = conn.execute("select clock_timestamp()").fetchone()
    if row is None:
        raise StoreError("The database does not say what time it is.")
    moment: datetime = row[0]
    return moment
