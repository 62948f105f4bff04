"""Ending an order and putting another in its place, also where the broker does not answer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from mfa.kernel.errors import InputError
from mfa.kernel.order_book import Link
from mfa.kernel.orders import OrderState
from mfa.store.database import Database
from tests.actions.orders.desk import FAR, Desk, closing, leg, opening, order
from tests.servers.broker import BrokerServer, Drop
from tests.servers.broker_client import LoopbackBroker


@pytest.fixture
def plain(database: Database, exchange: BrokerServer) -> Iterator[Desk]:
    """A desk whose broker does not replace."""
    broker = LoopbackBroker(exchange.url, replace=False)
    yield Desk(database, {broker.name: broker})
    broker.close()


def test_a_cancelled_order_is_over_when_its_broker_says_so(
    desk: Desk, exchange: BrokerServer
) -> None:
    placed = desk.place(order())
    ended = desk.changer.cancel(placed.client_id)
    assert (ended.state, ended.reason) == (OrderState.CANCELLED, "Cancelled by request.")
    assert exchange.book.orders["b1"].state is OrderState.CANCELLED


@pytest.mark.parametrize("drop", [Drop.BEFORE, Drop.AFTER, Drop.ERROR])
def test_a_cancellation_that_was_not_answered_is_asked_for_again(
    desk: Desk, exchange: BrokerServer, drop: Drop
) -> None:
    placed = desk.place(order())
    exchange.drops.append(drop)
    asked = desk.changer.cancel(placed.client_id)
    assert asked.state is OrderState.WORKING
    assert asked.cancel_wanted
    desk.reconciler.tick()
    assert desk.state(placed.client_id).state is OrderState.CANCELLED


def test_an_unanswered_order_that_is_to_end_ends_once_it_is_found(
    desk: Desk, exchange: BrokerServer
) -> None:
    exchange.drops.append(Drop.AFTER)
    placed = desk.place(order())
    assert desk.changer.cancel(placed.client_id).state is OrderState.UNKNOWN
    desk.reconciler.tick()
    assert desk.state(placed.client_id).state is OrderState.CANCELLED


def test_a_cancellation_that_comes_too_late_says_so(desk: Desk, exchange: BrokerServer) -> None:
    placed = desk.place(order())
    exchange.book.fill("b1", 3)
    refused = desk.changer.cancel(placed.client_id)
    assert (refused.cancel_wanted, refused.reason) == (False, "Order is filled.")
    desk.reconciler.tick()
    assert desk.state(placed.client_id).state is OrderState.FILLED


def test_what_waits_ends_here_and_its_first_order_works_on(desk: Desk) -> None:
    first, second = closing(client_id="c-1"), opening(client_id="c-2")
    desk.sender.place(desk.new(first), desk.new(second, linked="c-1", link=Link.AFTER_FILL))
    assert desk.changer.cancel("c-2").state is OrderState.CANCELLED
    assert desk.state("c-1").state is OrderState.WORKING


def test_the_end_of_a_rolls_first_order_opens_what_it_had_closed(
    desk: Desk, exchange: BrokerServer
) -> None:
    first, second = closing(client_id="c-1"), opening(client_id="c-2")
    desk.sender.place(desk.new(first), desk.new(second, linked="c-1", link=Link.AFTER_FILL))
    exchange.book.fill("b1", 2)
    desk.changer.cancel("c-1")
    assert desk.state("c-2").state is OrderState.WORKING
    assert exchange.book.orders["b2"].quantity == 2


def test_a_broker_that_replaces_does_so_in_one_step(desk: Desk, exchange: BrokerServer) -> None:
    placed = desk.place(order())
    exchange.book.fill("b1", 1)
    desk.reconciler.tick()
    new = desk.changer.replace(
        placed.client_id, desk.new(order(quantity=5, limit="-1.10", client_id="c-2"))
    )
    assert (new.state, new.linked, new.link) == (
        OrderState.WORKING,
        placed.client_id,
        Link.REPLACEMENT,
    )
    old = desk.state(placed.client_id)
    assert (old.state, old.filled) == (OrderState.CANCELLED, Decimal(1))
    assert exchange.book.orders["b2"].quantity == 4, "5 in all, of which 1 was filled"


def test_another_broker_cancels_first_and_gets_what_remains(
    plain: Desk, exchange: BrokerServer
) -> None:
    placed = plain.place(order())
    exchange.book.fill("b1", 1)
    plain.reconciler.tick()
    new = plain.changer.replace(
        placed.client_id, plain.new(order(quantity=5, limit="-1.10", client_id="c-2"))
    )
    assert (new.state, new.link) == (OrderState.WORKING, Link.AFTER_CANCEL)
    assert new.order.quantity == 4
    assert [each.state for each in exchange.book.orders.values()] == [
        OrderState.CANCELLED,
        OrderState.WORKING,
    ]


def test_a_replacement_waits_where_the_cancellation_was_not_answered(
    plain: Desk, exchange: BrokerServer
) -> None:
    placed = plain.place(order())
    exchange.drops.append(Drop.AFTER)
    new = plain.changer.replace(placed.client_id, plain.new(order(limit="-1.10")))
    assert new.waits
    plain.reconciler.tick()
    assert plain.state(new.client_id).state is OrderState.WORKING
    assert len(exchange.book.orders) == 2


def test_a_replacement_is_dropped_where_the_order_filled_first(
    plain: Desk, exchange: BrokerServer
) -> None:
    placed = plain.place(order())
    exchange.book.fill("b1", 3)
    new = plain.changer.replace(placed.client_id, plain.new(order(quantity=5, limit="-1.10")))
    assert new.state is OrderState.CANCELLED
    assert len(exchange.book.orders) == 1


def test_a_replacement_asked_for_twice_is_one(desk: Desk, exchange: BrokerServer) -> None:
    placed = desk.place(order())
    wanted = desk.new(order(limit="-1.10", client_id="c-2"))
    assert desk.changer.replace(placed.client_id, wanted) == desk.changer.replace(
        placed.client_id, wanted
    )
    assert len(exchange.book.orders) == 2


def test_what_cannot_be_replaced_is_refused_with_the_reason(
    desk: Desk, exchange: BrokerServer
) -> None:
    placed = desk.place(order())
    with pytest.raises(InputError, match="same instruments"):
        desk.changer.replace(placed.client_id, desk.new(order(leg(FAR))))
    exchange.book.fill("b1", 2)
    desk.reconciler.tick()
    with pytest.raises(InputError, match="filled 2 already"):
        desk.changer.replace(placed.client_id, desk.new(order(quantity=2)))
    desk.changer.cancel(placed.client_id)
    with pytest.raises(InputError, match="cancelled; only a working one"):
        desk.changer.replace(placed.client_id, desk.new(order()))
    with pytest.raises(InputError, match="no such order"):
        desk.changer.replace("nobody", desk.new(order()))
    first = closing()
    desk.sender.place(
        desk.new(first), desk.new(opening(), linked=first.client_id, link=Link.AFTER_FILL)
    )
    with pytest.raises(InputError, match="Another order waits"):
        desk.changer.replace(first.client_id, desk.new(closing(4)))
