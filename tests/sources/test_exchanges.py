"""Where crypto currencies are traded: the exchange that is meant, in each mode, or a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mfa.answers.blocks import CardBlock
from mfa.answers.document import Transcript
from mfa.assistant import Assistant
from mfa.kernel.cards import ResultStatus
from mfa.kernel.clock import FrozenClock
from mfa.kernel.coins import Pair
from mfa.kernel.mode import Mode
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Failed, FailureKind, Found
from mfa.kernel.settings import Settings
from mfa.outside import Outside, open_outside
from mfa.store.database import Database
from tests.coins.stage import order, taken
from tests.servers.exchange import AT, KEY, SECRET
from tests.servers.exchange_binance import BinanceServer
from tests.servers.exchange_kraken import KrakenServer
from tests.sources.conftest import House

pytest.importorskip("ccxt", reason="needs the extra `brokers`")

MARK = sha256(KEY.encode()).hexdigest()[:12]
CLOCK = FrozenClock(datetime.fromtimestamp(AT / 1000, tz=UTC))


@pytest.fixture
def binance() -> Iterator[BinanceServer]:
    with BinanceServer() as server:
        yield server


@pytest.fixture
def kraken() -> Iterator[KrakenServer]:
    with KrakenServer() as server:
        yield server


def connect(house: House, vendor: str, where: str = "real", account: str = MARK) -> None:
    house.connect(vendor, house=where, key=KEY, secret=SECRET, account=account)


def opened(house: House, mode: Mode, origins: dict[str, str], **more: Any) -> Outside:
    settings = house.settings(mode, origins, query_deadline=20.0, **more)
    outside = open_outside(house.database, settings, CLOCK)
    house._closing.callback(outside.close)
    return outside


@pytest.mark.parametrize(
    ("mode", "vendors", "setting", "words"),
    [
        (Mode.LIVE, (), "auto", "No exchange of crypto currencies is connected."),
        (Mode.PAPER, (), "auto", "its public prices need no key"),
        (Mode.LIVE, (), "kraken", "Kraken is not connected."),
        (Mode.LIVE, (), "nowhere", "There is no exchange 'nowhere'."),
        (Mode.LIVE, ("binance", "kraken"), "auto", "Binance and Kraken are connected."),
        (Mode.PAPER, ("binance", "kraken"), "auto", "Set 'exchange' to the one that is meant."),
    ],
)
def test_no_exchange_is_chosen_for_anybody(
    house: House, mode: Mode, vendors: tuple[str, ...], setting: str, words: str
) -> None:
    for vendor in vendors:
        connect(house, vendor)
    outside = opened(house, mode, {}, exchange=setting)
    for answer in (outside.exchange.venue(), outside.exchange.broker()):
        assert isinstance(answer, Failed)
        assert words in answer.message


def test_live_orders_go_to_the_exchanges_own_account(house: House, binance: BinanceServer) -> None:
    connect(house, "binance")
    outside = opened(house, Mode.LIVE, {"binance": binance.url})
    venue, broker = outside.exchange.venue(), outside.exchange.broker()
    assert isinstance(venue, Found)
    assert isinstance(broker, Found)
    assert (venue.value.name, broker.value.name) == ("binance", "binance")
    assert venue.value.account.account() == broker.value.account.account()
    quote = venue.value.market.quote(Pair("BTC", "USDT"))
    assert isinstance(quote, Found)
    assert quote.provenance.source == "Binance"
    sent = order("+0.01", "50000", pair="BTC/USDT")
    assert taken(broker.value.submit(sent)).state is OrderState.WORKING
    assert [each.client for each in binance.booked] == [sent.client_id]


@pytest.mark.parametrize(
    ("mode", "where", "account"),
    [
        (Mode.LIVE, "sandbox", MARK),
        (Mode.LIVE, "real", "another key"),
        (Mode.PAPER, "real", MARK),
    ],
)
def test_an_account_of_another_mode_or_another_key_takes_nothing(
    house: House, binance: BinanceServer, mode: Mode, where: str, account: str
) -> None:
    connect(house, "binance", where, account)
    outside = opened(house, mode, {"binance": binance.url}, account="binance")
    answer = outside.exchange.broker()
    assert isinstance(answer, Failed)
    assert answer.kind is FailureKind.PERMISSION
    assert binance.booked == []


def test_a_sandbox_is_traded_at_where_it_is_the_account_that_is_shown(
    house: House, binance: BinanceServer
) -> None:
    connect(house, "binance", "sandbox")
    outside = opened(house, Mode.PAPER, {"binance": binance.url}, account="binance")
    broker = outside.exchange.broker()
    assert isinstance(broker, Found)
    assert broker.value.name == "binance"
    assert taken(broker.value.submit(order("+0.01", "50000", pair="BTC/USDT"))).filled == 0
    assert len(binance.booked) == 1


def test_paper_fills_at_the_public_prices_without_any_key(
    house: House, kraken: KrakenServer
) -> None:
    """0.05 at the ask of 60,000.10 is 3,000.005; Kraken's taker pays 0.4 % of it, 12.00002."""
    outside = opened(house, Mode.PAPER, {"kraken": kraken.url}, exchange="kraken")
    broker = outside.exchange.broker()
    assert isinstance(broker, Found)
    told = taken(broker.value.submit(order("+0.05", "61000")))
    assert [(f.price, f.fees) for f in told.fills] == [(Decimal("60000.1"), Decimal("12.00002"))]
    assert kraken.booked == []
    assert not any("private" in path for path in kraken.paths())


@pytest.fixture
def paper(database: Database, kraken: KrakenServer, tmp_path: Path) -> Iterator[Assistant]:
    settings = Settings(
        home=tmp_path, database_url=database.conninfo, mode=Mode.PAPER, exchange="kraken",
        vendor_origins={"kraken": kraken.url, "yahoo": "http://127.0.0.1:9"}, query_deadline=20.0,
    )  # fmt: skip
    with Assistant.open(settings) as assistant:
        yield assistant


def test_a_paper_order_goes_from_chat_to_receipt_at_the_named_exchange(
    paper: Assistant, kraken: KrakenServer
) -> None:
    who = paper.acting.who(paper.user, "page")
    turn = paper.engine.start(
        "buy 0.05 btc at 60500", user=paper.user, door="page", session=who.session
    )
    heard = Transcript.of(paper.engine.follow(turn.id))
    (block,) = (each for each in heard.ordered if isinstance(each, CardBlock))
    shown = {row.label: row.value for row in block.facts.rows}
    assert shown["Sent to"] == (
        "the paper exchange (prices of Kraken), where crypto currencies are traded"
    )
    assert "XXBTZUSD there" in str(shown["Buy"])
    assert shown["Fees, estimated"] == Decimal("12.10")  # 0.4 % of 0.05 x 60,500
    done = paper.acting.desk.confirmations.confirm(block.card, who).card
    assert done.receipt is not None
    assert done.receipt.status is ResultStatus.DONE, done.receipt.message
    assert done.receipt.details["broker"] == "paper exchange"
    assert kraken.booked == []
