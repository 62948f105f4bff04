"""Ending an order, or putting another in its place.

That an order is to end is committed before its broker is asked, and asked again after a crash or a
lost answer: asking twice harms nothing. A broker that cannot replace in one step is asked to cancel
first; the new order is in the book by then, and leaves for what remains once the broker has said
how much of the old one filled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from actions.orders import asking
from actions.orders.sending import Sender
from mfa.kernel.broker import Refused, Taken
from mfa.kernel.errors import InputError
from mfa.kernel.order_book import EventSource, Link, NewOrder, OrderIntent
from mfa.kernel.orders import Order, OrderState
from mfa.kernel.outcome import Found

_AT_THE_BROKER: Final = frozenset({OrderState.WORKING, OrderState.PARTIALLY_FILLED})


@dataclass(frozen=True, slots=True)
class Changer:
    """Cancels and replaces orders of one mode. Safe from any thread."""

    sender: Sender

    def cancel(self, client_id: str) -> OrderIntent:
        """Want its end and ask for it. What waits for it is decided by what it had filled."""
        book, clock = self.sender.book, self.sender.clock
        intent = book.want_cancel(client_id, clock.now())
        if not intent.state.is_over:
            return self.ask(intent)
        self.sender.follow(intent)
        self.sender.release(intent)
        return intent

    def ask(self, intent: OrderIntent) -> OrderIntent:
        """Ask the broker for the end that is wanted; where it cannot be asked yet, later."""
        broker = self.sender.brokers().get(intent.broker)
        if broker is None or intent.broker_id is None:
            return intent
        book, clock = self.sender.book, self.sender.clock
        identity = asking.read(broker.identity)
        if isinstance(identity, Found) and identity.value.account_id != intent.account:
            book.note(intent.client_id, f"{intent.broker} has another account now.", clock.now())
            return intent
        answer = asking.sent(lambda: broker.cancel(str(intent.broker_id)))
        if isinstance(answer, Taken):
            intent = self.sender.record(intent, answer.order, EventSource.ANSWER).intent
        elif isinstance(answer, Refused):
            intent = book.cancel_refused(intent.client_id, answer.reason, clock.now())
        else:
            book.note(intent.client_id, answer.reason, clock.now())
        self.sender.release(intent)
        return intent

    def replace(self, client_id: str, new: NewOrder, *, despite_halt: bool = False) -> OrderIntent:
        """Another price or quantity for an order that works. The new order's quantity is of the
        whole: what the old one filled counts towards it."""
        known = self.sender.book.get(new.order.client_id)
        if known is not None:
            return known
        old = self._replaceable(client_id, new.order)
        broker = self.sender.brokers().get(old.broker)
        if broker is None:
            raise InputError(f"{old.broker} is not connected.")
        # what remains of a replaced order cannot be recognised by its size: it must have a name
        if broker.abilities.replace and broker.abilities.finds_by_client_id:
            placed = self.sender.put_in_place_of(old, new, despite_halt=despite_halt)
            told = asking.read(lambda: broker.find(old.order))
            if isinstance(told, Found):
                self.sender.record(old, told.value, EventSource.POLL)
            return placed
        linked = replace(new, linked=client_id, link=Link.AFTER_CANCEL)
        waiting = self.sender.book.replace_later(linked, self.sender.clock.now())
        self.ask(replace(old, cancel_wanted=True))
        return self.sender.book.get(waiting.client_id) or waiting

    def _replaceable(self, client_id: str, order: Order) -> OrderIntent:
        old = self.sender.book.get(client_id)
        if old is None:
            raise InputError("There is no such order.")
        if old.state not in _AT_THE_BROKER or old.broker_id is None:
            raise InputError(f"The order is {old.state.value}; only a working one is replaced.")
        if old.cancel_wanted:
            raise InputError("The order is being cancelled.")
        if self.sender.book.waiting_for(client_id):
            raise InputError(
                "Another order waits for this one.", "Cancel it, and roll the position anew."
            )
        if order.legs != old.order.legs:
            raise InputError("A replacement trades the same instruments on the same sides.")
        if order.quantity <= old.filled:
            raise InputError(f"The order has filled {old.filled:f} already.")
        return old
