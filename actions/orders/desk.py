"""Everything about orders of one mode, wired once by the composition root.

An action's function finds it among the services; nobody who may only propose is handed one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Self, TypeVar

from actions.halt import Halt
from actions.orders.changing import Changer
from actions.orders.receipts import Receipts
from actions.orders.reconciling import Reconciler
from actions.orders.sending import Sender
from actions.orders.watch import OrderWatch
from mfa.data.events import DataEvent
from mfa.kernel.broker import Broker
from mfa.kernel.clock import Clock, RealClock
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from mfa.kernel.order_book import OrderHistory, OrderIntent
from mfa.kernel.outcome import Absent, Failed, Found, Outcome
from mfa.store.cards import CardRepository
from mfa.store.database import Database
from mfa.store.order_reading import OrderReader
from mfa.store.orders import OrderRepository

T = TypeVar("T")
MOST: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDesk:
    """`watch` is to be started by the process that stands, and closed with it."""

    sender: Sender
    changer: Changer
    reader: OrderReader
    watch: OrderWatch

    @classmethod
    def open(
        cls,
        *,
        database: Database,
        mode: Mode,
        clock: Clock,
        brokers: Callable[[], Mapping[str, Broker]],
        halt: Halt,
        tell: Callable[[DataEvent], object],
        user: str,
        wall: Clock | None = None,
    ) -> Self:
        """`brokers` are those connected now, by name; `user` is whose accounts they hold; `tell`
        is told what makes answers untrue."""
        real, book = wall or RealClock(), OrderRepository(database, mode.schema)
        sender = Sender(
            book=book,
            brokers=brokers,
            mode=mode,
            clock=clock,
            barred=lambda: _sentence(halt),
            tell=tell,
            follow=Receipts(CardRepository(database, mode, real), book).follow,
            wall=real,
        )
        return cls(
            sender=sender,
            changer=Changer(sender),
            reader=OrderReader(database, mode.schema),
            watch=OrderWatch(Reconciler(sender=sender, user=user)),
        )

    def one(self, user: str, order_id: str) -> OrderHistory:
        """An order of this user's. `InputError` when there is none, or more than one is meant."""
        return _value(self.reader.order_history(user, order_id))

    def working(self, user: str) -> tuple[OrderIntent, ...]:
        """The orders of this user that are not over, latest first."""
        return _value(self.reader.orders(user, working=True, limit=MOST))

    def cancel_all(self, user: str) -> tuple[OrderIntent, ...]:
        """End everything that is not over. What waits for another order goes first, so that no end
        sets it free."""
        alive = self.working(user)
        first = sorted(alive, key=lambda each: not each.waits)
        return tuple(self.changer.cancel(each.client_id) for each in first)


def _sentence(halt: Halt) -> str:
    standing = halt.standing()
    return "" if standing is None else standing.sentence


def _value(outcome: Outcome[T]) -> T:
    match outcome:
        case Found(value=value):
            return value
        case Absent(reason=sentence) | Failed(message=sentence):
            raise InputError(sentence)
