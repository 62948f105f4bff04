"""Three exchanges through the real client library over loopbacks that check its signatures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pytest
from pydantic import SecretStr

from connectors.vendors.doors import Doors
from connectors.vendors.ground.door import Conditions, VendorSource
from mfa.kernel.broker import Broker, NotSent, Refused, Taken, Unanswered
from mfa.kernel.clock import FrozenClock
from mfa.kernel.errors import InputError
from mfa.kernel.metrics import Metrics
from mfa.kernel.movements import Effect
from mfa.kernel.orders import AssetClass, Order, OrderLeg, OrderState, OrderType, Side
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.servers import faults
from tests.servers.exchanges import (
    AT,
    KEY,
    SECRET,
    BinanceServer,
    BybitServer,
    Exchange,
    KrakenServer,
)
from tests.servers.faults import Fault

pytest.importorskip("ccxt", reason="needs the extra `brokers`")

NOW: Final = datetime.fromtimestamp(AT / 1000, tz=UTC)
SERVERS: Final = {"binance": BinanceServer, "bybit": BybitServer, "kraken": KrakenServer}
PAIRS: Final = {"binance": "BTC/USDT", "bybit": "BTC/USDT", "kraken": "BTC/USD"}
CLIENT: Final = "0f1de3a2-8d5f-4a7b-9d21-3c8a9a2b7e10"
POOR: Final = {
    "binance": "Account has insufficient balance.",
    "bybit": "Insufficient balance.",
    "kraken": "Insufficient funds.",
}


@pytest.fixture(params=sorted(SERVERS))
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(vendor: str) -> Iterator[Exchange]:
    with SERVERS[vendor]() as fake:
        yield fake


def opened(
    vendor: str, server: Exchange, *, key: str = KEY, deadline: float = 5.0, house: str = "real"
) -> VendorSource:
    secrets = {"house": house, "key": key, "secret": SECRET}
    return (
        Doors.discover()
        .doors[vendor]
        .open(
            {name: SecretStr(each) for name, each in secrets.items()},
            Conditions(
                clock=FrozenClock(NOW), metrics=Metrics(), origin=server.url, deadline=deadline
            ),
        )
    )


def broker_of(source: VendorSource) -> Broker:
    assert source.broker is not None
    return source.broker


@pytest.fixture
def broker(vendor: str, server: Exchange) -> Iterator[Broker]:
    source = opened(vendor, server)
    yield broker_of(source)
    source.close()


def order(
    vendor: str, *, limit: str | None = "50000", quantity: str = "0.01", **more: Any
) -> Order:
    leg = OrderLeg(symbol=PAIRS[vendor], asset=AssetClass.CRYPTO, side=Side.BUY, effect=Effect.OPEN)
    given: dict[str, Any] = {
        "client_id": CLIENT,
        "legs": (leg,),
        "quantity": Decimal(quantity),
        "order_type": OrderType.LIMIT if limit else OrderType.MARKET,
        "limit": None if limit is None else Decimal(limit),
    }
    return Order(**{**given, **more})


def test_the_account_is_coins_at_their_price_and_says_so(vendor: str, server: Exchange) -> None:
    """1,000 in dollars, 100 of them under orders; half a bitcoin at 60,000; OLD has no price."""
    source = opened(vendor, server)
    assert source.account is not None
    account, held = source.account.account(), source.account.positions()
    assert isinstance(account, Found)
    assert isinstance(held, Found)
    assert (account.value.cash, account.value.equity) == (Decimal("1000.00"), Decimal("31000.00"))
    assert account.value.buying_power == Decimal("900.00")
    (coin,) = held.value
    assert (coin.symbol, coin.quantity) == (PAIRS[vendor], Decimal("0.5"))
    assert "stand at their price now" in held.provenance.note
    assert "OLD" in held.provenance.note
    assert isinstance(source.account.ledger(), Failed)
    source.close()


def test_a_limit_goes_out_under_our_own_id(vendor: str, server: Exchange, broker: Broker) -> None:
    answer = broker.submit(order(vendor))
    assert isinstance(answer, Taken)
    told = answer.order
    assert (told.client_id, told.state) == (CLIENT, OrderState.WORKING)
    assert (told.quantity, told.limit) == (Decimal("0.01"), Decimal(50000))
    (booked,) = server.booked
    assert (booked.client, booked.side, booked.kind) == (CLIENT, "buy", "limit")
    assert (booked.amount, booked.price) == (0.01, 50000.0)


def test_a_market_order_goes_out_as_one(vendor: str, server: Exchange, broker: Broker) -> None:
    assert isinstance(broker.submit(order(vendor, limit=None)), Taken)
    (booked,) = server.booked
    assert (booked.kind, booked.amount) == ("market", 0.01)


def test_fills_are_told_with_their_fees_in_dollars(
    vendor: str, server: Exchange, broker: Broker
) -> None:
    assert isinstance(broker.submit(order(vendor)), Taken)
    server.fill(0, 0.004, 50000.0)
    half = broker.orders(NOW)
    assert isinstance(half, Found)
    assert [(each.state, each.filled) for each in half.value] == [
        (OrderState.PARTIALLY_FILLED, Decimal("0.004"))
    ]
    server.fill(0, 0.006, 49999.0)
    whole = broker.find(order(vendor))
    assert isinstance(whole, Found)
    assert (whole.value.state, whole.value.filled) == (OrderState.FILLED, Decimal("0.01"))
    # a tenth of a percent of 200.00 and of 299.994
    assert [(f.quantity, f.price, f.fees) for f in whole.value.fills] == [
        (Decimal("0.004"), Decimal(50000), Decimal("0.2")),
        (Decimal("0.006"), Decimal(49999), pytest.approx(Decimal("0.3"), abs=Decimal("0.0001"))),
    ]


def test_a_cancelled_order_is_told_so_and_a_finished_one_is_refused(
    vendor: str, server: Exchange, broker: Broker
) -> None:
    first = broker.submit(order(vendor))
    assert isinstance(first, Taken)
    gone = broker.cancel(first.order.broker_id)
    assert isinstance(gone, Taken)
    assert gone.order.state is OrderState.CANCELLED
    assert isinstance(broker.cancel(first.order.broker_id), Refused)


def test_want_of_money_is_a_refusal_in_the_exchanges_words(
    vendor: str, server: Exchange, broker: Broker
) -> None:
    server.poor = True
    assert broker.submit(order(vendor)) == Refused(POOR[vendor])


def test_a_wrong_key_never_sends(vendor: str, server: Exchange) -> None:
    source = opened(vendor, server, key="another")
    broker = broker_of(source)
    answer = broker.submit(order(vendor))
    assert isinstance(answer, NotSent)
    assert answer.kind is FailureKind.CREDENTIALS
    assert server.booked == []
    identity = broker.identity()
    assert isinstance(identity, Failed)
    assert identity.kind is FailureKind.CREDENTIALS
    assert "another" not in identity.message
    source.close()


@pytest.mark.parametrize(
    "fault",
    [faults.SILENT, faults.CUT_OFF, faults.MALFORMED, faults.BROKEN],
    ids=lambda fault: fault.name,
)
def test_an_order_without_a_usable_answer_is_found_or_known_to_be_absent(
    vendor: str, server: Exchange, fault: Fault
) -> None:
    source = opened(vendor, server, deadline=1.0 if fault.silent else 5.0)
    broker = broker_of(source)
    assert isinstance(broker.find(order(vendor)), Absent)  # the markets are loaded
    server.inject(fault)
    answer = broker.submit(order(vendor))
    assert isinstance(answer, Unanswered | Taken), answer
    server.inject(fault, times=0)
    told = broker.find(order(vendor))
    if fault.status:
        assert isinstance(told, Absent)
    else:
        assert isinstance(told, Found)
        assert len(server.booked) == 1
    source.close()


def test_a_limit_on_requests_is_no_order(vendor: str, server: Exchange, broker: Broker) -> None:
    assert isinstance(broker.find(order(vendor)), Absent)
    server.inject(faults.LIMITED)
    answer = broker.submit(order(vendor))
    assert isinstance(answer, NotSent)
    assert answer.kind is FailureKind.RATE_LIMITED
    assert server.booked == []


def test_an_exchange_that_is_gone_got_nothing(vendor: str, server: Exchange) -> None:
    source = opened(vendor, server)
    server.close()
    answer = broker_of(source).submit(order(vendor))
    assert isinstance(answer, NotSent)
    assert answer.kind is FailureKind.UNAVAILABLE
    cancelled = broker_of(source).cancel(f"{PAIRS[vendor]}:1000")
    assert isinstance(cancelled, NotSent)
    source.close()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"quantity": "0.0123456789"}, "would do"),
        ({"limit": "50000.001"}, "is no price of"),
    ],
)
def test_what_is_off_the_grid_is_refused_and_not_rounded(
    vendor: str, server: Exchange, broker: Broker, changes: dict[str, str], why: str
) -> None:
    answer = broker.submit(order(vendor, **changes))
    assert isinstance(answer, NotSent)
    assert why in answer.reason
    assert server.booked == []


def test_a_pair_that_is_not_traded_is_said(vendor: str, broker: Broker) -> None:
    leg = OrderLeg(symbol="XYZ/USD", asset=AssetClass.CRYPTO, side=Side.BUY, effect=Effect.OPEN)
    answer = broker.submit(order(vendor, legs=(leg,)))
    assert isinstance(answer, NotSent)
    assert "does not trade XYZ/USD" in answer.reason


def test_shares_are_not_traded_here(vendor: str, broker: Broker) -> None:
    leg = OrderLeg(symbol="KO", side=Side.BUY, effect=Effect.OPEN)
    assert isinstance(broker.submit(order(vendor, legs=(leg,), quantity="1")), NotSent)


def test_a_house_without_a_sandbox_says_so() -> None:
    with KrakenServer() as server, pytest.raises(InputError, match="is one of real"):
        opened("kraken", server, house="sandbox")


def test_money_of_a_sandbox_is_not_real() -> None:
    with BinanceServer() as server:
        source = opened("binance", server, house="sandbox")
        assert not source.account_is_real
        identity = broker_of(source).identity()
        assert isinstance(identity, Found)
        assert not identity.value.is_real
        source.close()
