"""A sender, a changer and a reconciler over a real database and one broker, with clocks in hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from actions.orders.changing import Changer
from actions.orders.reconciling import Reconciler
from actions.orders.sending import Sender
from mfa.data.events import DataEvent
from mfa.kernel.broker import Broker
from mfa.kernel.clock import exchange_date
from mfa.kernel.mode import Mode
from mfa.kernel.movements import Effect
from mfa.kernel.order_book import NewOrder, OrderIntent
from mfa.kernel.orders import AssetClass, Order, OrderLeg, Side
from mfa.kernel.symbols import OptionSymbol, OptionType
from mfa.store.database import Database
from mfa.store.orders import OrderRepository

USER = "ada"
ACCOUNT = "A-1"
NEAR = OptionSymbol("KO", date(2027, 1, 15), OptionType.PUT, Decimal(60))
FAR = OptionSymbol("KO", date(2027, 2, 19), OptionType.PUT, Decimal(58))


@dataclass
class Moving:
    """The real moment, and what a test adds to it."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def today(self) -> date:
        return exchange_date(self.now())


@dataclass(frozen=True)
class Standstill:
    """One moment, for the days of orders."""

    at: datetime = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return exchange_date(self.at)


def leg(option: OptionSymbol = NEAR, side: Side = Side.SELL, effect: Effect = Effect.OPEN) -> Any:
    return OrderLeg(
        symbol=option.root, option=option, asset=AssetClass.OPTION, side=side, effect=effect
    )


def order(
    *legs: OrderLeg, quantity: int = 3, limit: str = "-1.20", client_id: str | None = None
) -> Order:
    return Order(
        client_id=client_id or str(uuid4()),
        legs=legs or (leg(),),
        quantity=Decimal(quantity),
        limit=Decimal(limit),
    )


def closing(quantity: int = 3, client_id: str | None = None) -> Order:
    """Buys back what was sold: the first half of a roll."""
    return order(
        leg(NEAR, Side.BUY, Effect.CLOSE), quantity=quantity, limit="1.30", client_id=client_id
    )


def opening(quantity: int = 3, client_id: str | None = None) -> Order:
    """Sells the later one: the second half."""
    return order(leg(FAR), quantity=quantity, limit="-1.80", client_id=client_id)


@dataclass
class Desk:
    """`halted` is the sentence of a halt."""

    database: Database
    brokers: Mapping[str, Broker]
    account: str = ACCOUNT
    wall: Moving = field(default_factory=Moving)
    clock: Any = field(default_factory=Standstill)
    halted: str = ""
    events: list[DataEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book = OrderRepository(self.database, Mode.PAPER.schema)
        self.sender = Sender(
            book=self.book,
            brokers=lambda: self.brokers,
            mode=Mode.PAPER,
            clock=self.clock,
            barred=lambda: self.halted,
            tell=self.events.append,
            wall=self.wall,
        )
        self.changer = Changer(self.sender)
        self.reconciler = Reconciler(sender=self.sender, user=USER)

    def new(self, order: Order, **more: Any) -> NewOrder:
        broker = next(iter(self.brokers), "loopback")
        return NewOrder(user=USER, broker=broker, account=self.account, order=order, **more)

    def place(self, order: Order) -> OrderIntent:
        return self.sender.place(self.new(order))

    def state(self, client_id: str) -> OrderIntent:
        found = self.book.get(client_id)
        assert found is not None
        return found
