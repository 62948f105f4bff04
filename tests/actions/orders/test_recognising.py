"""An order is recognised where the broker knows no client ids, or it is not; nobody guesses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from actions.orders.recognising import SETTLED, Nothing, Several, recognise
from mfa.kernel.movements import Effect
from mfa.kernel.order_book import OrderIntent
from mfa.kernel.orders import BrokerOrder, OrderState, Side
from tests.actions.orders.desk import FAR, NEAR, leg, order
from tests.actions.orders.test_release import AT, intent

OURS = intent(order(), OrderState.UNKNOWN)


def told(broker_id: str = "b-1", **more: Any) -> BrokerOrder:
    given = {
        "legs": OURS.order.legs,
        "quantity": Decimal(3),
        "limit": Decimal("-1.20"),
        "created_at": AT + timedelta(seconds=1),
        **more,
    }
    return BrokerOrder(
        broker_id=broker_id,
        client_id=None,
        state=OrderState.WORKING,
        filled=Decimal(0),
        updated_at=AT,
        **given,
    )


def look(*orders: BrokerOrder, unknown: tuple[OrderIntent, ...] = (OURS,)) -> object:
    return recognise(OURS, orders, bound={"b-9"}, unknown=unknown)


def test_the_one_that_trades_the_same_is_it() -> None:
    assert look(told(), told("b-9")) == told()


def test_told_twice_is_one() -> None:
    assert look(told(), told()) == told()


def test_the_effect_is_not_compared() -> None:
    legs = (leg(NEAR, Side.SELL, Effect.CLOSE),)
    assert look(told(legs=legs)) == told(legs=legs)


@pytest.mark.parametrize(
    "other",
    [
        {"legs": (leg(FAR),)},
        {"legs": (leg(NEAR, Side.BUY),)},
        {"created_at": AT - timedelta(hours=1)},
        {"created_at": AT + SETTLED + timedelta(seconds=1)},
    ],
)
def test_what_trades_otherwise_or_came_at_another_time_is_not(other: dict[str, Any]) -> None:
    assert look(told(**other)) == Nothing()


@pytest.mark.parametrize("other", [{"quantity": Decimal(2)}, {"limit": Decimal("-1.25")}])
def test_one_that_is_nearly_it_is_neither_it_nor_nothing(other: dict[str, Any]) -> None:
    assert look(told(**other)) == Several(1)


def test_two_that_look_alike_are_not_told_apart() -> None:
    assert look(told(), told("b-2")) == Several(2)


def test_one_that_two_of_ours_could_be_is_not_given_to_either() -> None:
    twin = replace(OURS, order=order())
    assert look(told(), unknown=(OURS, twin)) == Several(2)
