"""Our book against the brokers': at the start, and every minute.

What stopped between two steps is brought to an end here, by the broker's word and never by a guess.
An order that was never sent is cancelled; one that may have been sent is asked for; only when its
broker has had time to receive it and still does not know it has it never arrived. Orders that are
not ours are listed, and never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from actions.orders import asking
from actions.orders.changing import Changer
from actions.orders.recognising import SETTLED, Nothing, Several, recognise
from actions.orders.sending import Sender
from mfa.kernel.broker import Broker
from mfa.kernel.order_book import EventSource, OrderIntent
from mfa.kernel.orders import BrokerOrder, OrderState
from mfa.kernel.outcome import Absent, Failed, Found

LOOK_BACK: Final = timedelta(days=1)
"""How far before the oldest living order the brokers are asked: late fills are found there."""
STOPPED: Final = "Magnus stopped before sending it."
LOST: Final = "It never arrived at the broker."


@dataclass(slots=True)
class Reconciliation:
    """What one comparison found. `notices` are sentences for the person; `foreign` counts."""

    notices: list[str] = field(default_factory=list)
    foreign: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """Compares one mode's book with its brokers'. `user` is whose accounts these are."""

    sender: Sender
    user: str

    def tick(self) -> Reconciliation | None:
        """Compare once; None while somebody else does. `StoreError` without a database."""
        with self.sender.book.reconciling() as ours:
            if not ours:
                return None
            report = Reconciliation()
            self._unsent()
            self._cut_off()
            for name, broker in self.sender.brokers().items():
                self._with(name, broker, report)
            self._unconnected(report)
            self._waiting()
            return report

    def _unsent(self) -> None:
        """Whoever put these into the book is gone: nobody will send them any more."""
        for intent in self._alive(OrderState.NEW):
            if intent.waits:
                continue
            with self.sender.book.sending(intent.client_id) as nobody:
                if nobody:
                    self._move(intent, OrderState.CANCELLED, STOPPED)

    def _cut_off(self) -> None:
        for intent in self._alive(OrderState.SENT):
            with self.sender.book.sending(intent.client_id) as nobody:
                if nobody:
                    self._move(
                        intent, OrderState.UNKNOWN, "Magnus stopped while it was being sent."
                    )

    def _with(self, name: str, broker: Broker, report: Reconciliation) -> None:
        identity = asking.read(broker.identity)
        if not isinstance(identity, Found):
            report.notices.append(f"{name} does not say whose account it is.")
            return
        account = identity.value.account_id
        alive = [
            each
            for each in self.sender.book.alive()
            if (each.broker, each.account) == (name, account) and each.state is not OrderState.NEW
        ]
        since = min([each.created_at for each in alive], default=self.sender.clock.now())
        told = asking.read(lambda: broker.orders(since - LOOK_BACK))
        if isinstance(told, Failed):
            report.notices.append(f"{name} could not be asked for its orders: {told.message}")
            return
        orders = told.value if isinstance(told, Found) else ()
        seen = self._known(name, account, orders, report)
        self._recover(broker, [each for each in alive if each.client_id not in seen], orders)
        self._cancellations(name, account)
        ours = self.sender.book.known(name, account, orders)
        foreign = _strangers(orders, ours)
        self.sender.book.see_foreign(name, account, foreign, self.user)
        report.foreign += len(foreign)
        report.notices += [
            f"{each.order.symbol}: {each.reason}"
            for each in self._alive(OrderState.UNKNOWN)
            if each.broker == name
        ]

    def _known(
        self, name: str, account: str, orders: Sequence[BrokerOrder], report: Reconciliation
    ) -> set[str]:
        """Record what was told of ours; which those are."""
        known = self.sender.book.known(name, account, orders)
        by_client = {each.client_id: each for each in known}
        by_id = {each.broker_id: each for each in known if each.broker_id is not None}
        seen = set()
        for told in orders:
            intent = by_client.get(told.client_id or "") or by_id.get(told.broker_id)
            if intent is None:
                continue
            recorded = self.sender.record(intent, told, EventSource.POLL)
            seen.add(intent.client_id)
            if recorded.refused is not None:
                report.notices.append(
                    f"{name} says that order {told.broker_id} ({intent.order.symbol}) is"
                    f" {recorded.refused.value}; here it is {recorded.intent.state.value}."
                    " Look at it there."
                )
        return seen

    def _recover(
        self, broker: Broker, missing: Sequence[OrderIntent], orders: Sequence[BrokerOrder]
    ) -> None:
        """Orders that the broker did not list: ask for each, or recognise it."""
        unknown = [each for each in missing if each.state is OrderState.UNKNOWN]
        if broker.abilities.finds_by_client_id:
            for intent in missing:
                if intent.state is not OrderState.SENT:  # somebody is sending it
                    self._find(broker, intent)
            return
        for intent in unknown:
            bound = self._bound(broker, intent, orders)
            found = recognise(intent, orders, bound=bound, unknown=unknown)
            if isinstance(found, BrokerOrder):
                self.sender.record(intent, found, EventSource.POLL)
            elif isinstance(found, Nothing):
                self._lost(intent)
            elif isinstance(found, Several):
                self._note(
                    intent, f"{found.count} orders at {intent.broker} look like it."
                    " Look there which one is yours; Magnus does not guess.",
                )  # fmt: skip

    def _find(self, broker: Broker, intent: OrderIntent) -> None:
        told = asking.read(lambda: broker.find(intent.order))
        if isinstance(told, Found):
            self.sender.record(intent, told.value, EventSource.POLL)
        elif isinstance(told, Failed):
            self._note(intent, f"It could not be asked for: {told.message}")
        elif intent.state is OrderState.UNKNOWN:
            self._lost(intent)
        elif isinstance(told, Absent):
            self._note(intent, f"{intent.broker} does not list it any more. Look at it there.")

    def _lost(self, intent: OrderIntent) -> None:
        """Given up, once it cannot arrive any more and nobody is sending it."""
        sent_at = intent.sent_at
        if sent_at is None or self.sender.wall.now() - sent_at < SETTLED:
            return
        with self.sender.book.sending(intent.client_id) as nobody:
            if nobody:
                self._move(intent, OrderState.REJECTED, LOST)

    def _cancellations(self, name: str, account: str) -> None:
        """Ask again for the ends that were wanted and not answered."""
        for intent in self.sender.book.alive():
            wanted = intent.cancel_wanted and intent.broker_id is not None
            if wanted and (intent.broker, intent.account) == (name, account):
                Changer(self.sender).ask(intent)

    def _unconnected(self, report: Reconciliation) -> None:
        connected = self.sender.brokers()
        for name in sorted({each.broker for each in self.sender.book.alive()}):
            if name not in connected:
                report.notices.append(f"{name} is not connected; its orders are as last known.")

    def _waiting(self) -> None:
        """Release or drop what waits for orders that are over, after a crash in between."""
        for intent in self._alive(OrderState.NEW):
            first = self.sender.book.get(intent.linked) if intent.linked else None
            if intent.waits and first is not None:
                self.sender.release(first)

    def _bound(
        self, broker: Broker, intent: OrderIntent, orders: Sequence[BrokerOrder]
    ) -> Collection[str]:
        known = self.sender.book.known(broker.name, intent.account, orders)
        return {each.broker_id for each in known if each.broker_id is not None}

    def _alive(self, state: OrderState) -> list[OrderIntent]:
        return [each for each in self.sender.book.alive() if each.state is state]

    def _move(self, intent: OrderIntent, to: OrderState, reason: str) -> None:
        moved = self.sender.book.move(
            intent.client_id, to, at=self.sender.clock.now(), reason=reason, only={intent.state}
        )
        if moved is not None:
            self.sender.follow(moved)

    def _note(self, intent: OrderIntent, reason: str) -> None:
        self.sender.book.note(intent.client_id, reason, self.sender.clock.now())


def _strangers(orders: Sequence[BrokerOrder], ours: Sequence[OrderIntent]) -> list[BrokerOrder]:
    """Living orders of the broker that are none of ours."""
    broker_ids = {each.broker_id for each in ours}
    client_ids = {each.client_id for each in ours}
    return [
        each
        for each in orders
        if not each.state.is_over
        and each.broker_id not in broker_ids
        and each.client_id not in client_ids
    ]
