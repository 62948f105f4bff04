"""Both books held against each other: what is ours, what is not, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from actions.orders.watch import EVERY, OrderWatch
from mfa.kernel.order_book import EventSource
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Found
from mfa.store.database import Database
from mfa.store.order_reading import OrderReader
from mfa.store.order_rows import order_document
from tests.actions.orders.desk import USER, Desk, order
from tests.servers.broker import BrokerServer, Drop
from tests.servers.broker_client import LoopbackBroker
from tests.servers.faults import BROKEN


@pytest.fixture
def nameless() -> Iterator[BrokerServer]:
    """A broker that knows no client ids."""
    with BrokerServer(client_ids=False) as server:
        yield server


@pytest.fixture
def blind(database: Database, nameless: BrokerServer) -> Iterator[Desk]:
    broker = LoopbackBroker(nameless.url, client_ids=False)
    yield Desk(database, {broker.name: broker})
    broker.close()


def test_fills_come_in_once_however_often_they_are_told(
    desk: Desk, exchange: BrokerServer, database: Database
) -> None:
    exchange.twice = True
    placed = desk.place(order())
    for units in (1, 2):
        exchange.book.fill("b1", units)
        desk.reconciler.tick()
        desk.reconciler.tick()
    state = desk.state(placed.client_id)
    assert (state.state, state.filled) == (OrderState.FILLED, Decimal(3))
    history = OrderReader(database, "paper").order_history(USER, placed.client_id)
    assert isinstance(history, Found)
    assert [fill.quantity for fill in history.value.fills] == [Decimal(-1), Decimal(-2)]
    polls = [event for event in history.value.events if event.source is EventSource.POLL]
    assert [event.filled for event in polls] == [Decimal(1), Decimal(3)]


def test_an_expired_order_keeps_the_brokers_words(desk: Desk, exchange: BrokerServer) -> None:
    placed = desk.place(order())
    exchange.book.expire()
    desk.reconciler.tick()
    state = desk.state(placed.client_id)
    assert (state.state, state.reason) == (OrderState.EXPIRED, "The day is over.")


def test_orders_that_are_not_ours_are_listed_and_not_touched(
    desk: Desk, exchange: BrokerServer, database: Database
) -> None:
    exchange.book.submit(order_document(order(client_id="by hand")))
    report = desk.reconciler.tick()
    assert report is not None
    assert report.foreign == 1
    seen = OrderReader(database, "paper").foreign_orders(USER)
    assert isinstance(seen, Found)
    assert [each.order.client_id for each in seen.value] == ["by hand"]
    assert exchange.book.orders["b1"].state is OrderState.WORKING
    exchange.book.cancel("b1")
    report = desk.reconciler.tick()
    assert report is not None
    assert report.foreign == 0


def test_an_order_without_a_name_is_recognised_by_what_it_trades(
    blind: Desk, nameless: BrokerServer
) -> None:
    nameless.drops.append(Drop.AFTER)
    placed = blind.place(order())
    assert placed.state is OrderState.UNKNOWN
    blind.reconciler.tick()
    found = blind.state(placed.client_id)
    assert (found.state, found.broker_id) == (OrderState.WORKING, "b1")


def test_two_orders_that_look_alike_stay_unknown_and_a_person_is_told(
    blind: Desk, nameless: BrokerServer
) -> None:
    nameless.book.submit(order_document(order()))
    nameless.drops.append(Drop.AFTER)
    placed = blind.place(order())
    blind.wall.ahead = timedelta(hours=1)
    report = blind.reconciler.tick()
    assert report is not None
    assert blind.state(placed.client_id).state is OrderState.UNKNOWN
    (notice,) = report.notices
    assert notice.startswith("KO: 2 orders at loopback look like it.")


def test_a_broker_that_does_not_answer_changes_nothing_and_is_named(
    desk: Desk, exchange: BrokerServer
) -> None:
    placed = desk.place(order())
    exchange.inject(BROKEN)
    report = desk.reconciler.tick()
    assert report is not None
    assert report.notices == ["loopback does not say whose account it is."]
    assert desk.state(placed.client_id).state is OrderState.WORKING
    absent = Desk(desk.database, {}).reconciler.tick()
    assert absent is not None
    assert absent.notices == ["loopback is not connected; its orders are as last known."]


def test_orders_of_another_account_are_left_alone(desk: Desk, exchange: BrokerServer) -> None:
    other = replace(desk.new(order(client_id="c-1")), account="A-2")
    desk.book.add((other,), desk.clock.now())
    desk.book.leave("c-1", at=desk.clock.now(), sent_at=desk.wall.now())
    desk.wall.ahead = timedelta(hours=1)
    desk.reconciler.tick()
    assert desk.state("c-1").state is OrderState.UNKNOWN, "its broker was not asked"


def test_an_order_that_came_back_from_the_dead_is_told_of(
    desk: Desk, exchange: BrokerServer
) -> None:
    exchange.drops.append(Drop.LATE)
    placed = desk.place(order())
    desk.wall.ahead = timedelta(hours=1)
    desk.reconciler.tick()
    assert desk.state(placed.client_id).state is OrderState.REJECTED
    exchange.arrive()
    report = desk.reconciler.tick()
    assert report is not None
    assert report.notices == [
        "loopback says that order b1 (KO) is working; here it is rejected. Look at it there."
    ]


def test_the_watch_compares_at_once_and_every_minute_until_it_is_closed(desk: Desk) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 3

    watch = OrderWatch(desk.reconciler, wait=wait).start()
    watch.close(patience=60.0)
    assert waits == [EVERY] * 3
    assert watch.last is not None


def test_the_watch_outlives_a_database_that_is_away(desk: Desk) -> None:
    watch = OrderWatch(desk.reconciler)
    desk.database.pool.close()
    assert watch.tick() is None
