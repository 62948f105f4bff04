"""Where the book of orders is written: legal moves only, each under its row's lock.

Nothing here talks to a broker or decides anything. What a broker tells is taken in whatever order
it comes: a fill told twice is one fill, `filled` never shrinks, and word that is older than what is
known moves nothing. Every change and its event are one transaction; rows are locked before the
first event is written, because an event also takes the lock of the account's generation.
"""

# ruff: noqa: S608 - only constants of this package and the schema, as an identifier, are composed

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from psycopg import sql
from psycopg.types.json import Json

from mfa.kernel.order_book import EventSource, NewOrder, OrderIntent
from mfa.kernel.orders import MAY_FOLLOW, BrokerOrder, Order, OrderFill, OrderState
from mfa.store.books import Conn
from mfa.store.database import Database
from mfa.store.order_rows import INTENT, intent_of, order_document, told_document

_OVER: Final = tuple(state.value for state in OrderState if state.is_over)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An order after a broker's word. `news` says whether the word told anything new; `refused` is
    the state that it told and that cannot follow ours."""

    intent: OrderIntent
    news: bool
    new_fills: int
    refused: OrderState | None = None


class OrderRepository:
    """The book of orders in one mode's schema. Safe from any thread."""

    def __init__(self, database: Database, schema: str) -> None:
        self._database = database
        self._name = schema
        self._schema = sql.Identifier(schema)

    # --- locks

    def sending(self, client_id: str) -> AbstractContextManager[bool]:
        """Held while an order is on its way: whoever gets it knows that nobody is sending it."""
        return self._database.exclusively_if_free(f"order:{self._name}:{client_id}")

    def reconciling(self) -> AbstractContextManager[bool]:
        """Held by the one who compares this book with the brokers'."""
        return self._database.exclusively_if_free(f"orders:{self._name}")

    # --- writing

    def add(self, orders: Sequence[NewOrder], at: datetime) -> tuple[OrderIntent, ...]:
        """Put orders into the book as NEW, all or none; those that are in it stay as they are."""
        with self._database.connection() as conn:
            made = [self._insert(conn, new, at) for new in orders]
            stored = tuple(self._locked(conn, new.order.client_id) for new in orders)
            for intent, is_new in zip(stored, made, strict=True):
                if is_new:
                    self._tell(conn, intent, at, EventSource.OURS, "")
            return stored

    def replace_later(self, new: NewOrder, at: datetime) -> OrderIntent:
        """Put an order into the book that waits for the end of another, and want that end."""
        with self._database.connection() as conn:
            old = self._locked(conn, str(new.linked))
            is_new = self._insert(conn, new, at)
            stored = self._locked(conn, new.order.client_id)
            if is_new:
                self._tell(conn, stored, at, EventSource.OURS, "")
                self._want_cancel(conn, old, at)
            return stored

    def move(
        self, client_id: str, to: OrderState, *, at: datetime, reason: str = "",
        only: Collection[OrderState] = frozenset(OrderState),
        source: EventSource = EventSource.OURS,
    ) -> OrderIntent | None:  # fmt: skip
        """Move an order; None where it stands elsewhere than `only` or may not go."""
        with self._database.connection() as conn:
            intent = self._locked(conn, client_id)
            if intent.state not in only or to not in MAY_FOLLOW[intent.state]:
                return None
            moved = replace(intent, state=to, reason=reason)
            return self._change(conn, moved, at, source=source)

    def leave(
        self, client_id: str, *, at: datetime, sent_at: datetime, order: Order | None = None,
        note: str = "",
    ) -> OrderIntent | None:  # fmt: skip
        """NEW becomes SENT; None where it is not NEW any more. `order` is what is sent instead."""
        with self._database.connection() as conn:
            intent = self._locked(conn, client_id)
            if intent.state is not OrderState.NEW:
                return None
            sent = replace(
                intent, state=OrderState.SENT, sent_at=sent_at, order=order or intent.order
            )
            return self._change(conn, sent, at, note=note)

    def note(self, client_id: str, reason: str, at: datetime) -> None:
        """What is to be told of an order that stays where it is; told once."""
        with self._database.connection() as conn:
            intent = self._locked(conn, client_id)
            if intent.reason != reason and not intent.state.is_over:
                self._change(conn, replace(intent, reason=reason), at)

    def want_cancel(self, client_id: str, at: datetime) -> OrderIntent:
        """Remember that an order is to end, until its broker has answered. What was never sent
        ends at once."""
        with self._database.connection() as conn:
            return self._want_cancel(conn, self._locked(conn, client_id), at)

    def cancel_refused(self, client_id: str, reason: str, at: datetime) -> OrderIntent:
        """The broker will not cancel it; its reason."""
        with self._database.connection() as conn:
            intent = self._locked(conn, client_id)
            if intent.state.is_over or not intent.cancel_wanted:
                return intent
            still = replace(intent, cancel_wanted=False, reason=reason)
            return self._change(conn, still, at, source=EventSource.ANSWER)

    def record(
        self, client_id: str, told: BrokerOrder, *, at: datetime, source: EventSource
    ) -> Recorded:
        """Take in a broker's word about an order: its fills, its state, its reason."""
        with self._database.connection() as conn:
            intent = self._locked(conn, client_id)
            fills = sum(self._insert_fill(conn, intent, fill) for fill in told.fills)
            after = replace(
                intent,
                broker_id=intent.broker_id or told.broker_id,
                filled=max(intent.filled, told.filled),
            )
            refused = None
            if told.state in MAY_FOLLOW[intent.state]:
                wanted = intent.cancel_wanted and not told.state.is_over
                same = told.state is intent.state
                after = replace(
                    after, state=told.state, cancel_wanted=wanted,
                    reason=told.reason or (intent.reason if same else ""),
                )  # fmt: skip
            elif told.state.is_over and told.state is not intent.state:
                refused = told.state
            elif intent.state is OrderState.REJECTED and told.state is not OrderState.REJECTED:
                refused = told.state  # given up for lost, and alive after all
            if after == intent and not fills:
                return Recorded(intent, news=False, new_fills=0, refused=refused)
            changed = self._change(conn, after, at, source=source)
            return Recorded(changed, news=True, new_fills=fills, refused=refused)

    def see_foreign(
        self, broker: str, account: str, orders: Sequence[BrokerOrder], user: str
    ) -> None:
        """These are the orders of an account that are not ours, and no others."""
        rows = {order.broker_id: told_document(order) for order in orders}
        with self._database.connection() as conn:
            known: Mapping[str, Any] = dict(
                conn.execute(
                    self._sql(
                        "select broker_id, body from {}.order_foreign"
                        " where broker = %s and account = %s"
                    ),
                    (broker, account),
                ).fetchall()
            )
            if known == rows:
                return
            conn.execute(
                self._sql("delete from {}.order_foreign where broker = %s and account = %s"),
                (broker, account),
            )
            for broker_id, document in rows.items():
                conn.execute(
                    self._sql(
                        "insert into {}.order_foreign (broker, account, broker_id, user_name, body)"
                        " values (%s, %s, %s, %s, %s)"
                    ),
                    (broker, account, broker_id, user, Json(document)),
                )

    # --- reading, for those who act

    def get(self, client_id: str) -> OrderIntent | None:
        return next(iter(self._select("where client_id = %s", (client_id,))), None)

    def alive(self) -> tuple[OrderIntent, ...]:
        """Every order that is not over, oldest first."""
        return self._select("where state <> all(%s) order by number", (list(_OVER),))

    def waiting_for(self, client_id: str) -> tuple[OrderIntent, ...]:
        """The orders that are sent when this one is over."""
        found = self._select("where linked = %s and state = 'new' order by number", (client_id,))
        return tuple(intent for intent in found if intent.waits)

    def known(
        self, broker: str, account: str, told: Sequence[BrokerOrder]
    ) -> tuple[OrderIntent, ...]:
        """Ours among what a broker tells, over or not."""
        return self._select(
            "where broker = %s and account = %s and (broker_id = any(%s) or client_id = any(%s))",
            (broker, account, [each.broker_id for each in told],
             [each.client_id for each in told if each.client_id]),
        )  # fmt: skip

    # --- within a transaction

    def _insert(self, conn: Conn, new: NewOrder, at: datetime) -> bool:
        made = conn.execute(
            self._sql(
                "insert into {}.order_intent (client_id, user_name, card, broker, account, body,"
                " state, linked, link, created_at, updated_at)"
                " values (%s, %s, %s, %s, %s, %s, 'new', %s, %s, %s, %s)"
                " on conflict (client_id) do nothing returning client_id"
            ),
            (new.order.client_id, new.user, new.card, new.broker, new.account,
             Json(order_document(new.order)), new.linked, new.link, at, at),
        ).fetchone()  # fmt: skip
        return made is not None

    def _want_cancel(self, conn: Conn, intent: OrderIntent, at: datetime) -> OrderIntent:
        if intent.state.is_over or intent.cancel_wanted:
            return intent
        if intent.state is OrderState.NEW:
            gone = replace(intent, state=OrderState.CANCELLED, reason="Cancelled before it left.")
            return self._change(conn, gone, at)
        wanted = replace(intent, cancel_wanted=True)
        return self._change(conn, wanted, at, note="Its cancellation is wanted.")

    def _change(
        self, conn: Conn, intent: OrderIntent, at: datetime, *,
        source: EventSource = EventSource.OURS, note: str = "",
    ) -> OrderIntent:  # fmt: skip
        conn.execute(
            self._sql(
                "update {}.order_intent set body = %s, state = %s, broker_id = %s, filled = %s,"
                " reason = %s, cancel_wanted = %s, sent_at = %s, updated_at = %s"
                " where client_id = %s"
            ),
            (Json(order_document(intent.order)), intent.state, intent.broker_id, intent.filled,
             intent.reason, intent.cancel_wanted, intent.sent_at, at, intent.client_id),
        )  # fmt: skip
        self._tell(conn, intent, at, source, note or intent.reason)
        return replace(intent, updated_at=at)

    def _tell(
        self, conn: Conn, intent: OrderIntent, at: datetime, source: EventSource, note: str
    ) -> None:
        conn.execute(
            self._sql(
                "insert into {}.order_event (client_id, user_name, at, source, state, filled, note)"
                " values (%s, %s, %s, %s, %s, %s, %s)"
            ),
            (intent.client_id, intent.user, at, source, intent.state, intent.filled, note),
        )

    def _insert_fill(self, conn: Conn, intent: OrderIntent, fill: OrderFill) -> int:
        return conn.execute(
            self._sql(
                "insert into {}.order_fill (broker, account, fill_id, client_id, user_name,"
                " instrument, quantity, price, fees, at)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing"
            ),
            (intent.broker, intent.account, fill.id, intent.client_id, intent.user,
             fill.instrument, fill.quantity, fill.price, fill.fees, fill.at),
        ).rowcount  # fmt: skip

    def _locked(self, conn: Conn, client_id: str) -> OrderIntent:
        row = conn.execute(
            self._sql(f"select {INTENT} from {{}}.order_intent where client_id = %s for update"),
            (client_id,),
        ).fetchone()
        if row is None:
            raise LookupError(f"no order {client_id}")
        return intent_of(row)

    def _select(self, where: str, values: tuple[Any, ...]) -> tuple[OrderIntent, ...]:
        text = self._sql(f"select {INTENT} from {{}}.order_intent {where}")
        rows = self._database.read(lambda conn: conn.execute(text, values).fetchall())
        return tuple(map(intent_of, rows))

    def _sql(self, text: str) -> sql.Composed:
        return sql.SQL(text).format(*([self._schema] * text.count("{}")))
