"""When an order that waits for another leaves, and for how much."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from actions.orders.release import Drop, Send, Wait, verdict
from mfa.kernel.movements import Effect
from mfa.kernel.order_book import Link, OrderIntent
from mfa.kernel.orders import AssetClass, Order, OrderLeg, OrderState, Side
from tests.actions.orders.desk import closing, opening, order

AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def intent(order: Order, state: OrderState, filled: int = 0, **more: Any) -> OrderIntent:
    given: dict[str, Any] = {
        "user": "ada", "card": "", "broker": "loopback", "account": "A-1", "broker_id": None,
        "reason": "", "linked": None, "link": None, "cancel_wanted": False, "created_at": AT,
        "sent_at": AT, "updated_at": AT, **more,
    }  # fmt: skip
    return OrderIntent(order=order, state=state, filled=Decimal(filled), **given)


def waiting(quantity: int = 3, link: Link = Link.AFTER_FILL, **more: Any) -> OrderIntent:
    return intent(opening(quantity), OrderState.NEW, linked="first", link=link, **more)


@pytest.mark.parametrize(
    "state", [OrderState.SENT, OrderState.UNKNOWN, OrderState.WORKING, OrderState.PARTIALLY_FILLED]
)
def test_nothing_leaves_while_the_first_order_is_alive(state: OrderState) -> None:
    assert verdict(waiting(), intent(closing(), state, 2), TODAY) == Wait()


def test_a_whole_fill_frees_the_whole() -> None:
    second = waiting()
    decided = verdict(second, intent(closing(), OrderState.FILLED, 3), TODAY)
    assert isinstance(decided, Send)
    assert decided.order == second.order


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.EXPIRED])
def test_a_fill_in_part_frees_its_part_at_the_end(state: OrderState) -> None:
    decided = verdict(waiting(), intent(closing(), state, 2), TODAY)
    assert isinstance(decided, Send)
    assert decided.order.quantity == Decimal(2)


def test_two_for_one_are_freed_two_for_one_and_contracts_stay_whole() -> None:
    # 3 closed were to free 2; 2 closed free 1.33, which is 1 contract
    decided = verdict(waiting(2), intent(closing(3), OrderState.CANCELLED, 2), TODAY)
    assert isinstance(decided, Send)
    assert decided.order.quantity == Decimal(1)


def test_coins_are_freed_by_fractions() -> None:
    coin = OrderLeg(symbol="BTC/USD", asset=AssetClass.CRYPTO, side=Side.BUY, effect=Effect.OPEN)
    second = intent(
        order(coin, quantity=1, limit="50000"), OrderState.NEW, linked="x", link=Link.AFTER_FILL
    )
    decided = verdict(second, intent(closing(4), OrderState.CANCELLED, 1), TODAY)
    assert isinstance(decided, Send)
    assert decided.order.quantity == Decimal("0.25")


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.EXPIRED, OrderState.REJECTED])
def test_no_fill_frees_nothing(state: OrderState) -> None:
    assert isinstance(verdict(waiting(), intent(closing(), state), TODAY), Drop)


def test_an_order_for_the_day_does_not_leave_on_the_next() -> None:
    first = intent(closing(), OrderState.FILLED, 3)
    assert isinstance(verdict(waiting(), first, date(2026, 11, 21)), Drop)


def test_a_replacement_waits_for_the_wanted_end() -> None:
    second = waiting(link=Link.AFTER_CANCEL)
    first = intent(closing(), OrderState.WORKING, cancel_wanted=True)
    assert verdict(second, first, TODAY) == Wait()


def test_a_replacement_leaves_for_what_the_old_order_had_not_filled() -> None:
    second = waiting(5, link=Link.AFTER_CANCEL)
    decided = verdict(second, intent(closing(), OrderState.CANCELLED, 2), TODAY)
    assert isinstance(decided, Send)
    assert decided.order.quantity == Decimal(3)


@pytest.mark.parametrize(
    ("state", "filled"),
    [
        (OrderState.FILLED, 3),
        (OrderState.EXPIRED, 0),
        (OrderState.REJECTED, 0),
        (OrderState.CANCELLED, 3),
        (OrderState.WORKING, 0),  # its broker would not cancel it
    ],
)
def test_a_replacement_is_dropped_where_the_old_order_went_its_own_way(
    state: OrderState, filled: int
) -> None:
    second = waiting(link=Link.AFTER_CANCEL)
    assert isinstance(verdict(second, intent(closing(), state, filled), TODAY), Drop)
