"""Pairs of four exchanges through the real client library: quotes, grids, fees, without any key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.vendors.doors import Doors
from connectors.vendors.ground.door import Conditions, VendorSource
from mfa.kernel.clock import FrozenClock
from mfa.kernel.coins import Pair, PairMarket
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.servers import faults
from tests.servers.exchange import Exchange
from tests.vendors.test_crypto_brokers import NOW, PAIRS, SERVERS, opened

FEES = {
    "binance": ("0.001", "0.001"),
    "bybit": ("0.001", "0.001"),
    "coinbase": ("0.006", "0.012"),
    "kraken": ("0.0025", "0.004"),
}
"""Maker and taker as each exchange's own documents, or without keys the library's schedule, say."""
NAMES = {
    "binance": "BTCUSDT", "bybit": "BTCUSDT", "coinbase": "BTC-USD", "kraken": "XXBTZUSD",
}  # fmt: skip


@pytest.fixture(params=sorted(SERVERS))
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(vendor: str) -> Iterator[Exchange]:
    with SERVERS[vendor]() as fake:
        yield fake


@pytest.fixture
def public(vendor: str, server: Exchange) -> Iterator[VendorSource]:
    door = Doors.discover().doors[vendor]
    assert door.public is not None
    source = door.public(Conditions(clock=FrozenClock(NOW), origin=server.url, deadline=5.0))
    yield source
    source.close()


@pytest.fixture
def pairs(public: VendorSource) -> PairMarket:
    assert public.pairs is not None
    return public.pairs


def test_the_ticker_is_two_sided_and_of_now(vendor: str, pairs: PairMarket) -> None:
    found = pairs.quote(Pair.parse(PAIRS[vendor]))
    assert isinstance(found, Found)
    quote = found.value
    assert (quote.bid, quote.last, quote.ask) == (
        Decimal("59999.9"), Decimal(60000), Decimal("60000.1"),
    )  # fmt: skip
    assert timedelta(0) <= NOW - quote.as_of < timedelta(seconds=5)
    assert found.provenance.source.lower() == vendor


def test_a_coin_is_found_against_the_dollars_that_the_exchange_has(
    vendor: str, pairs: PairMarket
) -> None:
    found = pairs.pair("BTC", None)
    assert isinstance(found, Found)
    assert str(found.value) == PAIRS[vendor]
    nothing = pairs.pair("XYZ", None)
    assert isinstance(nothing, Absent)
    assert "does not trade XYZ against dollars" in nothing.reason
    assert isinstance(pairs.pair("BTC", "EUR"), Absent)


def test_grid_and_fees_are_the_exchanges_own(vendor: str, pairs: PairMarket) -> None:
    found = pairs.rules(Pair.parse(PAIRS[vendor]))
    assert isinstance(found, Found)
    rules = found.value
    assert rules.symbol == NAMES[vendor]
    assert (rules.amount_step, rules.price_step) == (Decimal("0.00001"), Decimal("0.01"))
    assert (rules.maker, rules.taker) == tuple(map(Decimal, FEES[vendor]))
    assert isinstance(pairs.rules(Pair("XYZ", "USD")), Absent)


def test_an_account_with_keys_is_told_its_own_fees() -> None:
    """Coinbase tells the tier of an account: 0.6 % and 0.8 %."""
    with SERVERS["coinbase"]() as server:
        source = opened("coinbase", server)
        assert source.pairs is not None
        found = source.pairs.rules(Pair.parse("BTC/USD"))
        assert isinstance(found, Found)
        assert (found.value.maker, found.value.taker) == (Decimal("0.006"), Decimal("0.008"))
        source.close()


def test_free_funds_are_those_of_one_currency(vendor: str, server: Exchange) -> None:
    source = opened(vendor, server)
    assert source.funds is not None
    free = [source.funds(each) for each in (PAIRS[vendor].partition("/")[2], "BTC", "ETH")]
    assert [each.value for each in free if isinstance(each, Found)] == [
        Decimal(900), Decimal("0.5"), Decimal(0),
    ]  # fmt: skip
    source.close()


def test_an_exchange_that_is_gone_is_no_price(
    vendor: str, server: Exchange, pairs: PairMarket
) -> None:
    server.close()
    found = pairs.quote(Pair.parse(PAIRS[vendor]))
    assert isinstance(found, Failed)
    assert found.kind in {FailureKind.UNAVAILABLE, FailureKind.TIMEOUT}


def test_a_broken_ticker_is_no_price(vendor: str, server: Exchange, pairs: PairMarket) -> None:
    assert isinstance(pairs.pair("BTC", None), Found)
    server.struck_whole = True
    server.inject(faults.MALFORMED)
    assert isinstance(pairs.quote(Pair.parse(PAIRS[vendor])), Absent | Failed)
