"""How an order leaves: committed first, sent once, and then only the broker's word counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from actions.orders.reconciling import LOST, STOPPED
from mfa.data.events import DataEvent
from mfa.kernel.account import AccountSource
from mfa.kernel.broker import (
    Abilities,
    BrokerIdentity,
    NotSent,
    Refused,
    Sent,
    Taken,
    Unanswered,
)
from mfa.kernel.errors import InputError
from mfa.kernel.order_book import Link
from mfa.kernel.orders import AssetClass, BrokerOrder, Order, OrderState
from mfa.kernel.outcome import Absent, FailureKind, Found, Outcome, Provenance
from mfa.store.database import Database
from tests.actions.orders.desk import Desk, closing, opening, order
from tests.actions.orders.test_release import AT
from tests.servers.broker import BrokerServer, Drop


@dataclass
class OneAnswer:
    """A broker whose answer to a sending is given; it looks at our book while it is asked."""

    answer: Sent | Exception
    desk: Desk | None = None
    seen: OrderState | None = None
    name: str = "loopback"
    real: bool = False

    abilities = Abilities(
        assets=frozenset({AssetClass.OPTION}), multi_leg=True, replace=False, market_orders=True,
        finds_by_client_id=True,
    )  # fmt: skip

    @property
    def account(self) -> AccountSource:
        raise NotImplementedError

    def identity(self) -> Outcome[BrokerIdentity]:
        identity = BrokerIdentity(broker=self.name, account_id="A-1", is_real=self.real)
        return Found(identity, Provenance(source=self.name, as_of=AT))

    def submit(self, order: Order) -> Sent:
        if self.desk is not None:
            self.seen = self.desk.state(order.client_id).state
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def cancel(self, broker_id: str) -> Sent:
        return self.submit(order())

    def replace(self, broker_id: str, order: Order) -> Sent:
        return self.submit(order)

    def find(self, order: Order) -> Outcome[BrokerOrder]:
        return Absent("never heard of it")

    def orders(self, since: datetime) -> Outcome[tuple[BrokerOrder, ...]]:
        return Found((), Provenance(source=self.name, as_of=AT))


def working(name: str) -> Taken:
    return Taken(
        BrokerOrder(
            broker_id="b-1", client_id=name, state=OrderState.WORKING, filled=Decimal(0),
            updated_at=AT,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (working("c-1"), OrderState.WORKING, ""),
        (Refused("Insufficient funds."), OrderState.REJECTED, "Insufficient funds."),
        (
            NotSent(FailureKind.UNAVAILABLE, "No route."),
            OrderState.REJECTED,
            "Not sent: No route.",
        ),
        (Unanswered("It timed out."), OrderState.UNKNOWN, "It timed out."),
        (
            RuntimeError("a defect"),
            OrderState.UNKNOWN,
            "The connection to the broker broke (RuntimeError).",
        ),
    ],
)
def test_each_answer_leads_to_its_state(
    database: Database, answer: Sent | Exception, state: OrderState, reason: str
) -> None:
    broker = OneAnswer(answer)
    desk = broker.desk = Desk(database, {broker.name: broker})
    placed = desk.place(order(client_id="c-1"))
    assert (placed.state, placed.reason) == (state, reason)
    assert desk.state("c-1") == placed
    assert broker.seen is OrderState.SENT, "that it left was committed before it left"


def test_an_order_placed_again_is_not_sent_again(desk: Desk, exchange: BrokerServer) -> None:
    first = desk.place(order(client_id="c-1"))
    assert desk.place(order(client_id="c-1")) == first
    assert len(exchange.book.orders) == 1


def test_fifty_threads_with_one_order_send_one(desk: Desk, exchange: BrokerServer) -> None:
    wanted = order()

    def place(_: int) -> str:
        try:
            return desk.place(wanted).state.value
        except InputError as error:
            return str(error)

    with ThreadPoolExecutor(50) as pool:
        answers = set(pool.map(place, range(50)))
    assert len(exchange.book.orders) == 1
    assert answers <= {"working", "This order is being sent at this moment."}


def test_under_a_halt_nothing_leaves_but_what_closes_and_was_asked_for(
    desk: Desk, exchange: BrokerServer
) -> None:
    desk.halted = "Magnus is halted."
    stopped = desk.place(order())
    assert (stopped.state, stopped.reason) == (
        OrderState.REJECTED,
        "Not sent: Magnus is halted.",
    )
    assert desk.place(closing()).state is OrderState.REJECTED
    despite = desk.sender.place(desk.new(order()), despite_halt=True)
    assert despite.state is OrderState.REJECTED, "opening is never let through"
    asked = desk.sender.place(desk.new(closing()), despite_halt=True)
    assert asked.state is OrderState.WORKING
    assert len(exchange.book.orders) == 1


def test_another_account_and_real_money_in_paper_are_refused(database: Database) -> None:
    broker = OneAnswer(working("c-1"))
    desk = Desk(database, {broker.name: broker})
    other = desk.sender.place(replace(desk.new(order()), account="A-2"))
    assert other.reason == "Not sent: loopback is connected to another account."
    broker.real = True
    assert desk.place(order()).reason == "Not sent: the account is real, and the mode is PAPER."
    gone = Desk(database, {})
    assert gone.place(order()).reason == "Not sent: loopback is not connected."


def test_answers_about_the_account_are_told_to_be_untrue(
    desk: Desk, exchange: BrokerServer
) -> None:
    desk.place(order())
    assert set(desk.events) == {DataEvent.ORDER_SENT}
    exchange.book.market = [3]
    desk.place(order())
    assert DataEvent.ORDER_FILLED in desk.events


def test_a_roll_in_two_opens_what_was_closed(desk: Desk, exchange: BrokerServer) -> None:
    first, second = closing(client_id="c-1"), opening(client_id="c-2")
    desk.sender.place(desk.new(first), desk.new(second, linked="c-1", link=Link.AFTER_FILL))
    assert desk.state("c-2").waits
    exchange.book.fill("b1", 2)
    desk.reconciler.tick()
    assert desk.state("c-2").waits, "a part frees nothing while the rest works"
    exchange.book.fill("b1", 1)
    desk.reconciler.tick()
    assert desk.state("c-2").state is OrderState.WORKING


def test_a_rolls_second_order_is_held_back_by_a_halt_and_told_why(
    desk: Desk, exchange: BrokerServer
) -> None:
    first, second = closing(client_id="c-1"), opening(client_id="c-2")
    desk.sender.place(desk.new(first), desk.new(second, linked="c-1", link=Link.AFTER_FILL))
    exchange.book.fill("b1", 3)
    desk.halted = "Magnus is halted."
    desk.reconciler.tick()
    assert desk.state("c-2").waits
    assert desk.state("c-2").reason == "Not sent: Magnus is halted."
    desk.halted = ""
    desk.reconciler.tick()
    assert desk.state("c-2").state is OrderState.WORKING


def test_what_was_never_sent_is_cancelled_and_not_sent_late(
    desk: Desk, exchange: BrokerServer
) -> None:
    desk.book.add((desk.new(order(client_id="c-1")),), AT)
    desk.reconciler.tick()
    assert (desk.state("c-1").state, desk.state("c-1").reason) == (OrderState.CANCELLED, STOPPED)
    assert not exchange.book.orders


def test_an_unanswered_order_is_found_by_its_name(desk: Desk, exchange: BrokerServer) -> None:
    exchange.drops.append(Drop.AFTER)
    assert desk.place(order(client_id="c-1")).state is OrderState.UNKNOWN
    desk.reconciler.tick()
    assert desk.state("c-1").state is OrderState.WORKING
    assert len(exchange.book.orders) == 1


def test_an_order_that_is_late_is_not_given_up_before_it_can_be_known(
    desk: Desk, exchange: BrokerServer
) -> None:
    exchange.drops.append(Drop.LATE)
    desk.place(order(client_id="c-1"))
    desk.reconciler.tick()
    assert desk.state("c-1").state is OrderState.UNKNOWN, "it may still arrive"
    exchange.arrive()
    desk.reconciler.tick()
    assert desk.state("c-1").state is OrderState.WORKING


def test_an_order_that_never_arrived_is_given_up_in_time_and_not_sent_again(
    desk: Desk, exchange: BrokerServer
) -> None:
    exchange.drops.append(Drop.BEFORE)
    desk.place(order(client_id="c-1"))
    desk.reconciler.tick()
    assert desk.state("c-1").state is OrderState.UNKNOWN
    desk.wall.ahead += timedelta(minutes=3)
    desk.reconciler.tick()
    assert (desk.state("c-1").state, desk.state("c-1").reason) == (OrderState.REJECTED, LOST)
    assert not exchange.book.orders


def test_an_order_that_somebody_is_sending_is_left_alone(
    desk: Desk, exchange: BrokerServer
) -> None:
    desk.book.add((desk.new(order(client_id="c-1")),), AT)
    with desk.book.sending("c-1") as ours:
        assert ours
        desk.reconciler.tick()
        assert desk.state("c-1").state is OrderState.NEW
        desk.book.leave("c-1", at=AT, sent_at=AT)
        desk.reconciler.tick()
        assert desk.state("c-1").state is OrderState.SENT
    desk.reconciler.tick()
    assert desk.state("c-1").state is OrderState.REJECTED


def test_two_do_not_compare_at_once(desk: Desk) -> None:
    with desk.book.reconciling() as ours:
        assert ours
        assert desk.reconciler.tick() is None
    assert desk.reconciler.tick() is not None
