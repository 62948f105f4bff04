"""Four exchanges through the real client library over loopbacks that check its signatures."""

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
from tests.servers.exchange import AT, KEY, SECRET, Exchange
from tests.servers.exchange_binance import BinanceServer
from tests.servers.exchange_bybit import BybitServer
from tests.servers.exchange_coinbase import COINBASE_KEY, COINBASE_SECRET, CoinbaseServer
from tests.servers.exchange_kraken import KrakenServer
from tests.servers.faults import Fault

pytest.importorskip("ccxt", reason="needs the extra `brokers`")

NOW: Final = datetime.fromtimestamp(AT / 1000, tz=UTC)
SERVERS: Final = {
    "binance": BinanceServer,
    "bybit": BybitServer,
    "coinbase": CoinbaseServer,
    "kraken": KrakenServer,
}
PAIRS: Final = {
    "binance": "BTC/USDT",
    "bybit": "BTC/USDT",
    "coinbase": "BTC/USD",
    "kraken": "BTC/USD",
}
KEYS: Final = {"coinbase": (COINBASE_KEY, COINBASE_SECRET)}
CLIENT: Final = "0f1de3a2-8d5f-4a7b-9d21-3c8a9a2b7e10"
POOR: Final = {
    "binance": "Account has insufficient balance.",
    "bybit": "Insufficient balance.",
    "coinbase": "Insufficient balance in source account.",
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
    vendor: str, server: Exchange, *, key: str = "", deadline: float = 5.0, house: str = "real"
) -> VendorSource:
    known, secret = KEYS.get(vendor, (KEY, SECRET))
    secrets = {"house": house, "key": key or known, "secret": secret}
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
    if not broker.abilities.market_orders:  # coinbase sizes a purchase at the market in money
        answer = broker.submit(order(vendor, limit=None))
        assert isinstance(answer, NotSent)
        assert "Use a limit" in answer.reason
        return
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
    source = opened(vendor, server, key="organizations/another/apiKeys/one")
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


def test_a_fee_in_the_exchanges_own_coin_is_valued_by_its_pair() -> None:
    """0.0003 BNB a trade at 600 USDT are 0.18 USDT."""
    with BinanceServer() as server:
        server.fee_coin = "BNB"
        source = opened("binance", server)
        broker = broker_of(source)
        assert isinstance(broker.submit(order("binance")), Taken)
        server.fill(0, 0.01, 50000.0)
        told = broker.find(order("binance"))
        assert isinstance(told, Found)
        assert [fill.fees for fill in told.value.fills] == [Decimal("0.18")]
        assert told.value.reason == ""
        source.close()


def test_a_fee_in_a_coin_without_a_price_is_said_and_not_silently_nothing() -> None:
    with BinanceServer() as server:
        server.fee_coin = "OLD"
        source = opened("binance", server)
        broker = broker_of(source)
        assert isinstance(broker.submit(order("binance")), Taken)
        server.fill(0, 0.01, 50000.0)
        told = broker.find(order("binance"))
        assert isinstance(told, Found)
        assert told.value.reason == (
            "A fee of 0.0003 OLD is not counted: it has no price in USDT here."
        )
        source.close()


def test_a_refusal_that_the_library_does_not_name_is_one_in_the_exchanges_words() -> None:
    with CoinbaseServer() as server:
        server.refusing = "INVALID_LIMIT_PRICE_POST_ONLY"
        source = opened("coinbase", server)
        assert broker_of(source).submit(order("coinbase")) == Refused("Order would cross the book.")
        source.close()


@pytest.mark.parametrize("state", ["PENDING", "QUEUED", "CANCEL_QUEUED"])
def test_an_order_that_is_on_its_way_in_or_out_still_works(state: str) -> None:
    with CoinbaseServer() as server:
        source = opened("coinbase", server)
        broker = broker_of(source)
        assert isinstance(broker.submit(order("coinbase")), Taken)
        server.booked[0].wire_state = state
        told = broker.find(order("coinbase"))
        assert isinstance(told, Found)
        assert told.value.state is OrderState.WORKING
        source.close()


def test_a_private_key_may_be_entered_as_its_file_has_it() -> None:
    """In one line, with the two characters of a line's end in the place of each end."""
    with CoinbaseServer() as server:
        secrets = {"house": "real", "key": COINBASE_KEY, "secret": COINBASE_SECRET}
        secrets["secret"] = secrets["secret"].replace("\n", "\\n")
        source = (
            Doors.discover()
            .doors["coinbase"]
            .open(
                {name: SecretStr(each) for name, each in secrets.items()},
                Conditions(clock=FrozenClock(NOW), origin=server.url, deadline=5.0),
            )
        )
        assert isinstance(broker_of(source).identity(), Found)
        source.close()
