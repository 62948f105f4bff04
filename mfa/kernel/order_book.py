"""Our own book of orders: what was meant, what was told of it, and who may read it.

An intent is committed before its order is sent, so that no crash can forget it. Its history is a
row of events that nobody edits, each with whose word it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from mfa.kernel.orders import BrokerOrder, Order, OrderFill, OrderState
from mfa.kernel.outcome import Failed, FailureKind, Outcome


class Link(StrEnum):
    """How an order hangs on another one."""

    AFTER_FILL = "after_fill"
    """A roll's second order: sent for as much as the first one filled, once that is over."""
    AFTER_CANCEL = "after_cancel"
    """Sent for what remains, once the order that it replaces is cancelled."""
    REPLACEMENT = "replacement"
    """Put in the place of the other by the broker, in one step."""

    @property
    def waits(self) -> bool:
        return self is not Link.REPLACEMENT


class EventSource(StrEnum):
    """Whose word an event is."""

    OURS = "ours"
    ANSWER = "answer"
    """The broker's answer to what was sent."""
    POLL = "poll"
    """What the broker told when it was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order to be put into the book. `account` is the broker's own id of it; `card` is what a
    person confirmed."""

    user: str
    broker: str
    account: str
    order: Order
    card: str = ""
    linked: str | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIntent:
    """An order as it stands in our book.

    `created_at` and `updated_at` are of the mode's clock, `sent_at` of the real one. While
    `cancel_wanted` the broker is asked for its end until it answers.
    """

    user: str
    card: str
    broker: str
    account: str
    order: Order
    state: OrderState
    broker_id: str | None
    filled: Decimal
    reason: str
    linked: str | None
    link: Link | None
    cancel_wanted: bool
    created_at: datetime
    sent_at: datetime | None
    updated_at: datetime

    @property
    def client_id(self) -> str:
        return self.order.client_id

    @property
    def waits(self) -> bool:
        """Whether it waits for another order before it is sent."""
        return self.state is OrderState.NEW and self.link is not None and self.link.waits


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """One entry of an order's history: where it stood afterwards, and by whose word."""

    at: datetime
    source: EventSource
    state: OrderState
    filled: Decimal
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHistory:
    """All that is known of one order, oldest first."""

    intent: OrderIntent
    events: tuple[OrderEvent, ...]
    fills: tuple[OrderFill, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignOrder:
    """An order at a broker that is not ours: shown, never touched."""

    broker: str
    account: str
    order: BrokerOrder


class OrderSource(Protocol):
    """Whoever keeps the book of orders, for those that read it. Nothing raises."""

    def orders(self, user: str, *, working: bool, limit: int) -> Outcome[tuple[OrderIntent, ...]]:
        """Latest first; `working` leaves out what is over. None at all is an empty tuple."""
        ...

    def order_history(self, user: str, order_id: str) -> Outcome[OrderHistory]:
        """By client id, the beginning of one, or the broker's id."""
        ...

    def foreign_orders(self, user: str) -> Outcome[tuple[ForeignOrder, ...]]:
        """Orders at the brokers that Magnus did not send, as last seen."""
        ...


class NoOrders:
    """Where no book of orders was given."""

    def orders(self, user: str, *, working: bool, limit: int) -> Outcome[tuple[OrderIntent, ...]]:
        del user, working, limit
        return _NOWHERE

    def order_history(self, user: str, order_id: str) -> Outcome[OrderHistory]:
        del user, order_id
        return _NOWHERE

    def foreign_orders(self, user: str) -> Outcome[tuple[ForeignOrder, ...]]:
        del user
        return _NOWHERE


_NOWHERE = Failed(FailureKind.NOT_SUPPORTED, "This house keeps no book of orders.")
