"""The only place from which an order leaves.

The intent is committed, then that it was sent, then it is sent; what the broker answers moves it
on. An order is handed to a broker once in its life: a crash, an exception or a missing answer leave
it to be asked for, never to be sent again. While an order is on its way its lock is held, so
that nobody who finds it takes it for lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

import psycopg

from actions.orders import asking
from actions.orders.release import Drop, Send, verdict
from mfa.data.events import DataEvent
from mfa.kernel.broker import Broker, NotSent, Refused, Sent, Taken
from mfa.kernel.clock import Clock, RealClock
from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.logs import get_logger
from mfa.kernel.mode import Mode
from mfa.kernel.order_book import EventSource, Link, NewOrder, OrderIntent
from mfa.kernel.orders import BrokerOrder, Order, OrderState
from mfa.kernel.outcome import Found
from mfa.store.orders import OrderRepository, Recorded

_ON_ITS_WAY: Final = frozenset({OrderState.SENT, OrderState.UNKNOWN})
_NOT_LEFT: Final = frozenset({OrderState.NEW})

Act: TypeAlias = Callable[[Broker, Order], Sent]

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Sends orders of one mode. Safe from any thread and beside other processes.

    `barred` says why nothing may leave at this moment (the halt), or nothing; it is asked right
    before each sending. `clock` is the mode's, `wall` the real one; `follow` is told of every order
    that the broker or time moved.
    """

    book: OrderRepository
    brokers: Callable[[], Mapping[str, Broker]]
    mode: Mode
    clock: Clock
    barred: Callable[[], str]
    tell: Callable[[DataEvent], object]
    follow: Callable[[OrderIntent], object] = lambda _: None
    wall: Clock = field(default_factory=RealClock)

    def place(self, new: NewOrder, *waiting: NewOrder, despite_halt: bool = False) -> OrderIntent:
        """Put an order, and those that wait for it, into the book and send it.

        One that is in the book already stays where it stands. `StoreError` or psycopg's when it
        could not be committed: then it has not left. `despite_halt` lets closing orders pass.
        """
        return self._place((new, *waiting), _submit, despite_halt=despite_halt)

    def put_in_place_of(
        self, old: OrderIntent, new: NewOrder, *, despite_halt: bool = False
    ) -> OrderIntent:
        """Send an order that its broker puts in the place of another in one step."""
        linked = replace(new, linked=old.client_id, link=Link.REPLACEMENT)
        place = str(old.broker_id)
        return self._place(
            (linked,), lambda broker, order: broker.replace(place, order), despite_halt=despite_halt
        )

    def release(self, first: OrderIntent) -> None:
        """Send, or drop, what waits for `first`. Held back while `barred` says so."""
        for waiting in self.book.waiting_for(first.client_id):
            decided = verdict(waiting, first, self.clock.today())
            if isinstance(decided, Drop):
                dropped = self.book.move(
                    waiting.client_id, OrderState.CANCELLED, at=self.clock.now(),
                    reason=decided.reason, only=_NOT_LEFT,
                )  # fmt: skip
                if dropped is not None:
                    self.follow(dropped)
                    self.release(dropped)
            elif isinstance(decided, Send):
                self._release(waiting, decided)

    def record(self, intent: OrderIntent, told: BrokerOrder, source: EventSource) -> Recorded:
        """A broker's word into the book, and what follows from it."""
        recorded = self.book.record(intent.client_id, told, at=self.clock.now(), source=source)
        if recorded.news:
            filled = recorded.new_fills or recorded.intent.filled != intent.filled
            self.tell(DataEvent.ORDER_FILLED if filled else DataEvent.ORDER_SENT)
            self.follow(recorded.intent)
        if recorded.refused is not None:
            log.error(
                "order.contradicted", order=intent.client_id, ours=recorded.intent.state.value,
                told=recorded.refused.value,
            )  # fmt: skip
        return recorded

    def _place(self, orders: tuple[NewOrder, ...], act: Act, *, despite_halt: bool) -> OrderIntent:
        client_id = orders[0].order.client_id
        with self.book.sending(client_id) as ours:
            if not ours:
                raise InputError("This order is being sent at this moment.")
            intent = self.book.add(orders, self.clock.now())[0]
            if intent.state is not OrderState.NEW:
                return intent
            barred = self._barred(intent, despite_halt=despite_halt)
            if barred:
                intent = self._moved(intent, OrderState.REJECTED, barred)
            else:
                intent = self._send(intent, intent.order, "", act)
        self.release(intent)
        return intent

    def _release(self, waiting: OrderIntent, decided: Send) -> None:
        with self.book.sending(waiting.client_id) as ours:
            if not ours:
                return
            barred = self._barred(waiting, despite_halt=False)
            if barred:
                self.book.note(waiting.client_id, barred, self.clock.now())
                return
            after = self._send(waiting, decided.order, decided.note, _submit)
        self.release(after)

    def _barred(self, intent: OrderIntent, *, despite_halt: bool) -> str:
        """Why an order may not leave now. The broker's account must be the one that was meant."""
        broker = self.brokers().get(intent.broker)
        if broker is None:
            return f"Not sent: {intent.broker} is not connected."
        if intent.order.is_opening or not despite_halt:
            halted = self.barred()
            if halted:
                return f"Not sent: {halted}"
        identity = asking.read(broker.identity)
        if not isinstance(identity, Found):
            return "Not sent: the broker did not say whose account it is."
        if identity.value.account_id != intent.account:
            return f"Not sent: {intent.broker} is connected to another account."
        if identity.value.is_real is not (self.mode is Mode.LIVE):
            kind = "real" if identity.value.is_real else "simulated"
            return f"Not sent: the account is {kind}, and the mode is {self.mode.badge}."
        return ""

    def _send(self, intent: OrderIntent, order: Order, note: str, act: Act) -> OrderIntent:
        broker = self.brokers()[intent.broker]
        left = self.book.leave(
            intent.client_id, at=self.clock.now(), sent_at=self.wall.now(), order=order, note=note
        )
        if left is None:  # cancelled meanwhile
            return self._now(intent)
        answer = asking.sent(lambda: act(broker, left.order))
        self.tell(DataEvent.ORDER_SENT)
        try:
            return self._take(left, answer)
        except (StoreError, psycopg.Error) as error:
            log.warning("order.answer_not_stored", order=left.client_id, exc_info=error)
            lost = "The broker's answer could not be stored; it will be asked again."
            return replace(left, state=OrderState.UNKNOWN, reason=lost)

    def _take(self, left: OrderIntent, answer: Sent) -> OrderIntent:
        if isinstance(answer, Taken):
            return self.record(left, answer.order, EventSource.ANSWER).intent
        if isinstance(answer, Refused):
            return self._moved(left, OrderState.REJECTED, answer.reason, EventSource.ANSWER)
        if isinstance(answer, NotSent):
            return self._moved(left, OrderState.REJECTED, f"Not sent: {answer.reason}")
        return self._moved(left, OrderState.UNKNOWN, answer.reason)

    def _moved(
        self, intent: OrderIntent, to: OrderState, reason: str,
        source: EventSource = EventSource.OURS,
    ) -> OrderIntent:  # fmt: skip
        only = _NOT_LEFT if intent.state is OrderState.NEW else _ON_ITS_WAY
        moved = self.book.move(
            intent.client_id, to, at=self.clock.now(), reason=reason, only=only, source=source
        )
        return moved if moved is not None else self._now(intent)

    def _now(self, intent: OrderIntent) -> OrderIntent:
        return self.book.get(intent.client_id) or intent


def _submit(broker: Broker, order: Order) -> Sent:
    return broker.submit(order)
