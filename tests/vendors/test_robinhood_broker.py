"""Orders at Robinhood over its loopback: what is sent, each of the four answers, what is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.vendors.ground.door import Conditions, VendorSource
from connectors.vendors.robinhood.door import DOOR
from mfa.kernel.broker import Broker, BrokerIdentity, NotSent, Refused, Taken, Unanswered
from mfa.kernel.clock import FrozenClock
from mfa.kernel.metrics import Metrics
from mfa.kernel.movements import Effect
from mfa.kernel.orders import (
    AssetClass,
    Order,
    OrderLeg,
    OrderState,
    OrderType,
    Side,
    TimeInForce,
)
from mfa.kernel.outcome import Absent, FailureKind, Found
from mfa.kernel.symbols import OptionSymbol, OptionType
from tests.servers import faults
from tests.servers.faults import Fault
from tests.servers.robinhood import NOW
from tests.servers.robinhood_account import ACCOUNT
from tests.servers.robinhood_names import API, KO, option_id
from tests.servers.robinhood_orders import RobinhoodTrading

EXPIRATION = date(2026, 12, 18)
CLIENT = "0f1de3a2-8d5f-4a7b-9d21-3c8a9a2b7e10"


@pytest.fixture
def server() -> Iterator[RobinhoodTrading]:
    with RobinhoodTrading() as fake:
        yield fake


def opened(
    server: RobinhoodTrading, *, refresh: bool = True, deadline: float = 5.0
) -> VendorSource:
    secrets = {"access_token": SecretStr(server.access)}
    if refresh:
        secrets["refresh_token"] = SecretStr(server.refresh)
    return DOOR.open(
        secrets,
        Conditions(clock=FrozenClock(NOW), metrics=Metrics(), origin=server.url, deadline=deadline),
    )


def broker_of(source: VendorSource) -> Broker:
    assert source.broker is not None
    return source.broker


@pytest.fixture
def broker(server: RobinhoodTrading) -> Iterator[Broker]:
    source = opened(server)
    yield broker_of(source)
    source.close()


def leg(strike: int, kind: str, side: Side, effect: Effect = Effect.OPEN) -> OrderLeg:
    option = OptionSymbol("KO", EXPIRATION, OptionType(kind), Decimal(strike))
    return OrderLeg(symbol="KO", option=option, asset=AssetClass.OPTION, side=side, effect=effect)


def order(*legs: OrderLeg, limit: str | None = "-0.55", quantity: int = 1, **more: Any) -> Order:
    given = {
        "client_id": CLIENT,
        "order_type": OrderType.LIMIT if limit else OrderType.MARKET,
        "limit": None if limit is None else Decimal(limit),
        **more,
    }
    return Order(legs=legs, quantity=Decimal(quantity), **given)


PUT = leg(70, "put", Side.SELL)
SHARES = OrderLeg(symbol="KO", side=Side.BUY, effect=Effect.OPEN)


def test_it_says_whose_account_it_is(broker: Broker) -> None:
    identity = broker.identity()
    assert isinstance(identity, Found)
    assert identity.value == BrokerIdentity(broker="robinhood", account_id=ACCOUNT, is_real=True)


def test_an_option_goes_out_as_a_limit_under_our_own_id(
    server: RobinhoodTrading, broker: Broker
) -> None:
    answer = broker.submit(order(PUT, quantity=2))
    assert isinstance(answer, Taken)
    assert answer.order.broker_id == "option:option-order-1"
    assert (answer.order.client_id, answer.order.state) == (CLIENT, OrderState.WORKING)
    assert (answer.order.quantity, answer.order.limit) == (Decimal(2), Decimal("-0.55"))
    assert answer.order.legs == (PUT,)
    assert server.sent == [
        {
            "account": f"{API}/accounts/{ACCOUNT}/",
            "direction": "credit",
            "time_in_force": "gfd",
            "legs": [
                {
                    "option": f"{API}/options/instruments/{option_id(EXPIRATION, 70.0, 'put')}/",
                    "side": "sell",
                    "position_effect": "open",
                    "ratio_quantity": 1,
                }
            ],
            "type": "limit",
            "trigger": "immediate",
            "price": "0.55",
            "quantity": "2",
            "override_day_trade_checks": False,
            "override_dtbp_checks": False,
            "ref_id": CLIENT,
        }
    ]


def test_a_roll_is_one_order_for_a_net_price(server: RobinhoodTrading, broker: Broker) -> None:
    closing = leg(70, "put", Side.BUY, Effect.CLOSE)
    opening = leg(65, "put", Side.SELL)
    answer = broker.submit(order(closing, opening, limit="0.30"))
    assert isinstance(answer, Taken)
    (sent,) = server.sent
    assert (sent["direction"], sent["price"]) == ("debit", "0.30")
    assert [(each["side"], each["position_effect"]) for each in sent["legs"]] == [
        ("buy", "close"),
        ("sell", "open"),
    ]


def test_shares_go_out_as_a_limit_too(server: RobinhoodTrading, broker: Broker) -> None:
    bought = order(
        SHARES, limit="70.10", quantity=10, time_in_force=TimeInForce.GOOD_TILL_CANCELLED
    )
    answer = broker.submit(bought)
    assert isinstance(answer, Taken)
    assert answer.order.broker_id == "stock:stock-order-1"
    (sent,) = server.sent
    assert (sent["type"], sent["price"], sent["quantity"], sent["side"]) == (
        "limit", "70.10", "10", "buy",
    )  # fmt: skip
    assert (sent["time_in_force"], sent["instrument"]) == ("gtc", f"{API}/instruments/{KO}/")
    assert "preset_percent_limit" not in sent


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (order(SHARES, limit=None), "a market buy becomes a limit 5 % above"),
        (order(PUT, limit=None), "takes no real market orders"),
        (order(PUT, SHARES, limit="65"), "orders of their own"),
        (order(PUT, limit="0"), "no limit of zero"),
        (order(leg(71, "put", Side.SELL)), "does not know the option KO 71 put"),
    ],
)
def test_what_robinhood_cannot_do_never_leaves(
    server: RobinhoodTrading, broker: Broker, asked: Order, why: str
) -> None:
    answer = broker.submit(asked)
    assert isinstance(answer, NotSent)
    assert answer.kind is FailureKind.NOT_SUPPORTED
    assert why in answer.reason
    assert server.sent == []


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"detail": "Not enough buying power."}, "Not enough buying power."),
        ({"non_field_errors": ["You can only purchase 0 contracts."]},
         "You can only purchase 0 contracts."),
        ({}, ""),
    ],
)  # fmt: skip
def test_an_error_document_is_a_refusal_in_robinhoods_words(
    server: RobinhoodTrading, broker: Broker, document: dict[str, Any], words: str
) -> None:
    server.refusal = document or {"quantity": "?"}
    answer = broker.submit(order(PUT))
    assert isinstance(answer, Refused)
    assert answer.reason == (words or "Robinhood refused it without a reason.")


@pytest.mark.parametrize(
    "fault",
    [faults.SILENT, faults.CUT_OFF, faults.MALFORMED, faults.BROKEN, faults.NOT_AN_OBJECT],
    ids=lambda fault: fault.name,
)
def test_an_order_without_a_usable_answer_is_unknown_and_can_be_found(
    server: RobinhoodTrading, fault: Fault
) -> None:
    source = opened(server, deadline=1.0 if fault.silent else 5.0)
    broker = broker_of(source)
    server.inject(fault)
    asked = order(PUT)
    assert isinstance(broker.submit(asked), Unanswered)
    server.inject(fault, times=0)
    told = broker.find(asked)
    if fault.status:  # an error of the server, before it took anything
        assert told == Absent("Robinhood has no such order.")
        assert server.option_orders == []
    else:
        assert isinstance(told, Found)
        assert told.value.client_id == CLIENT
        assert len(server.option_orders) == len(server.sent) == 1  # it was posted once
    source.close()


def test_a_server_that_is_gone_got_nothing(server: RobinhoodTrading) -> None:
    server.close()
    source = opened(server)
    broker = broker_of(source)
    cancelled = broker.cancel("option:option-order-1")
    assert isinstance(cancelled, NotSent)
    assert cancelled.kind is FailureKind.UNAVAILABLE
    assert isinstance(broker.submit(order(PUT)), NotSent)
    source.close()


def test_a_token_that_expired_is_exchanged_and_the_order_goes_out_once(
    server: RobinhoodTrading, broker: Broker
) -> None:
    assert isinstance(broker.submit(order(SHARES, limit="70")), Taken)
    server.expire()
    stock = broker.cancel("stock:stock-order-1")
    assert isinstance(stock, Taken)
    assert stock.order.state is OrderState.CANCELLED
    assert [path for path in server.paths() if path.endswith("/cancel/")] == [
        "/orders/stock-order-1/cancel/",
        "/orders/stock-order-1/cancel/",
    ]


def test_without_a_way_to_sign_in_nothing_leaves(server: RobinhoodTrading) -> None:
    source = opened(server, refresh=False)
    broker = broker_of(source)
    server.log_out()
    answer = broker.submit(order(PUT))
    assert isinstance(answer, NotSent)
    assert answer.kind is FailureKind.CREDENTIALS
    cancelled = broker.cancel("option:any")
    assert isinstance(cancelled, NotSent)
    assert cancelled.kind is FailureKind.CREDENTIALS
    assert "magnus connect robinhood" in cancelled.reason
    source.close()


def test_a_limit_on_requests_is_no_order(server: RobinhoodTrading, broker: Broker) -> None:
    server.inject(faults.LIMITED)
    answer = broker.submit(order(PUT))
    assert isinstance(answer, NotSent)
    assert answer.kind is FailureKind.RATE_LIMITED
    assert server.option_orders == []


def test_fills_are_told_leg_by_leg_with_their_fees_once(
    server: RobinhoodTrading, broker: Broker
) -> None:
    spread = order(PUT, leg(65, "put", Side.BUY), limit="-0.40", quantity=2)
    assert isinstance(broker.submit(spread), Taken)
    server.fill_option(0, "0.90")
    told = broker.orders(NOW - timedelta(hours=1))
    assert isinstance(told, Found)
    (half,) = told.value
    assert (half.state, half.filled) == (OrderState.PARTIALLY_FILLED, Decimal(1))
    server.fill_option(0, "0.91")
    whole = broker.find(spread)
    assert isinstance(whole, Found)
    assert (whole.value.state, whole.value.filled) == (OrderState.FILLED, Decimal(2))
    assert [(fill.quantity, fill.price, fill.fees) for fill in whole.value.fills] == [
        (Decimal(-1), Decimal("0.90"), Decimal("0.04")),
        (Decimal(-1), Decimal("0.91"), Decimal(0)),
        (Decimal(1), Decimal("0.90"), Decimal(0)),
        (Decimal(1), Decimal("0.91"), Decimal(0)),
    ]
    assert len({fill.id for fill in whole.value.fills}) == 4


def test_what_is_over_is_not_cancelled_any_more(server: RobinhoodTrading, broker: Broker) -> None:
    taken = broker.submit(order(PUT))
    assert isinstance(taken, Taken)
    server.fill_option(0, "0.55")
    assert broker.cancel(taken.order.broker_id) == Refused("This order can no longer be cancelled.")


@pytest.mark.parametrize("key", ["", "nothing", "crypto:1"])
def test_what_is_no_order_of_theirs_is_not_cancelled(broker: Broker, key: str) -> None:
    assert isinstance(broker.cancel(key), NotSent)


def test_an_order_in_a_state_that_is_not_known_is_not_guessed(
    server: RobinhoodTrading, broker: Broker
) -> None:
    assert isinstance(broker.submit(order(PUT)), Taken)
    server.option_orders[0]["state"] = "on_the_moon"
    told = broker.orders(NOW - timedelta(hours=1))
    assert not isinstance(told, Found | Absent)
    assert told.kind is FailureKind.BAD_DATA


def test_one_unreadable_order_never_makes_another_one_absent(
    server: RobinhoodTrading, broker: Broker
) -> None:
    assert isinstance(broker.submit(order(PUT)), Taken)
    server.option_orders.append(
        {"id": "damaged", "updated_at": server.option_orders[0]["updated_at"]}
    )
    missing = broker.find(order(leg(65, "put", Side.SELL), client_id="another-one"))
    assert not isinstance(missing, Found | Absent)
