"""Orders of coins in LIVE, from the card to the exchange through its real client: sent once, to the
exchange that the card names, and told with its fees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from actions.action import PermissionLevel, Who
from actions.folders import Folders
from actions.order_params import OrderParams
from actions.proposal import ActionProposal
from connectors.preview.results import OrderPreview
from mfa.acting import Acting, own_session
from mfa.data.service import DataIntegrationService
from mfa.kernel.cards import Card, CardState, ResultStatus
from mfa.kernel.clock import FrozenClock
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Found
from mfa.kernel.settings import Settings
from mfa.outside import Outside, open_outside
from mfa.security.vault import Vault
from mfa.store.database import Database
from tests.servers import faults
from tests.servers.exchange import AT, KEY, SECRET, Exchange
from tests.servers.exchange_binance import BinanceServer
from tests.servers.exchange_bybit import BybitServer

pytest.importorskip("ccxt", reason="needs the extra `brokers`")

USER = "ada"
CLOCK = FrozenClock(datetime.fromtimestamp(AT / 1000, tz=UTC))


class _Verified:
    def level(self, who: Who) -> PermissionLevel:
        known = who.user == USER and who.session == own_session(who.door)
        return PermissionLevel.VERIFIED if known else PermissionLevel.PUBLIC


@dataclass
class House:
    acting: Acting
    outside: Outside
    vault: Vault

    def connect(self, vendor: str) -> None:
        mark = sha256(KEY.encode()).hexdigest()[:12]
        fields = {"house": "real", "key": KEY, "secret": SECRET, "account": mark}
        self.vault.put(vendor, {name: SecretStr(each) for name, each in fields.items()})
        self.outside.refresh()

    def card(self, **said: Any) -> Card:
        """Of 0.005 bitcoin at 59,000, or what was said."""
        asked = {"pair": "BTC", "side": "buy", "amount": "0.005", "limit_price": "59000", **said}
        priced = self.acting.maker.means.data.query("trade_preview", "pair_order", asked, user=USER)
        assert isinstance(priced, Found), priced
        assert isinstance(priced.value, OrderPreview)
        params = OrderParams.of(priced.value).model_dump(mode="json")
        proposal = ActionProposal(action="submit_order", params=params)
        return self.acting.desk.cards.propose(proposal, self.who)

    @property
    def who(self) -> Who:
        return self.acting.who(USER, "terminal")

    def confirm(self, card: Card) -> Card:
        return self.acting.desk.confirmations.confirm(card.id, self.who).card

    def now(self, card: Card) -> Card:
        """After the exchange was asked what became of its orders."""
        self.acting.orders.watch.tick()
        return self.acting.desk.cards.card(card.id, self.who)


@pytest.fixture
def binance() -> Iterator[BinanceServer]:
    with BinanceServer() as server:
        yield server


@pytest.fixture
def bybit() -> Iterator[BybitServer]:
    with BybitServer() as server:
        yield server


@pytest.fixture
def house(
    new_database: Callable[[], Database], tmp_path: Path, binance: Exchange, bybit: Exchange
) -> Iterator[House]:
    with ExitStack() as closing:
        database = closing.enter_context(new_database())
        settings = Settings(
            home=tmp_path, mode=Mode.LIVE, query_deadline=20.0,
            vendor_origins={"binance": binance.url, "bybit": bybit.url},
        )  # fmt: skip
        outside = open_outside(database, settings, CLOCK)
        closing.callback(outside.close)
        data = DataIntegrationService(outside.sources, deadline=20.0)
        closing.callback(data.close)
        acting = Acting.open(
            mode=Mode.LIVE, clock=CLOCK, database=database, data=data, broker=outside.broker,
            exchange=outside.exchange.broker, permissions=_Verified(), home=Folders(tmp_path),
            user=USER,
        )  # fmt: skip
        yield House(acting, outside, Vault(tmp_path, clock=CLOCK))


def test_a_card_goes_to_the_exchange_once_and_becomes_a_receipt_with_its_fills(
    house: House, binance: BinanceServer
) -> None:
    house.connect("binance")
    card = house.card()
    shown = {row.label: row.value for row in card.facts.rows}
    assert shown["Sent to"] == "Binance, where crypto currencies are traded"
    assert "BTC/USDT (BTCUSDT there)" in str(shown["Buy"])
    assert card.facts.account.startswith("binance ")
    done = house.confirm(card)
    assert done.receipt is not None
    assert done.receipt.status is ResultStatus.UNDER_WAY, done.receipt.message
    assert house.confirm(card) == done
    (booked,) = binance.booked
    assert (booked.amount, booked.price, booked.side) == (0.005, 59000.0, "buy")
    binance.fill(0, 0.005, 59000.0)
    told = house.now(card)
    assert told.receipt is not None
    assert told.receipt.status is ResultStatus.DONE
    assert told.receipt.message == "It is filled."


def test_a_fee_that_has_no_price_stands_on_the_receipt(
    house: House, binance: BinanceServer
) -> None:
    house.connect("binance")
    binance.fee_coin = "OLD"
    card = house.card()
    house.confirm(card)
    binance.fill(0, 0.005, 59000.0)
    told = house.now(card)
    assert told.receipt is not None
    assert "A fee of 0.0003 OLD is not counted" in told.receipt.message


def test_another_exchange_than_the_cards_gets_nothing(
    house: House, binance: BinanceServer, bybit: BybitServer
) -> None:
    house.connect("binance")
    card = house.card()
    assert house.vault.remove("binance")
    house.connect("bybit")
    answer = house.acting.desk.confirmations.confirm(card.id, house.who)
    assert not answer.carried_out
    assert "This card was made for binance" in answer.sentence
    assert (binance.booked, bybit.booked) == ([], [])


def test_an_order_whose_answer_was_lost_is_found_and_not_sent_again(
    house: House, binance: BinanceServer
) -> None:
    house.connect("binance")
    card = house.card()
    binance.inject(faults.CUT_OFF, times=1)
    done = house.confirm(card)
    assert done.state is CardState.CONFIRMED
    told = house.now(card)
    assert told.receipt is not None
    assert told.receipt.status is ResultStatus.UNDER_WAY, told.receipt.message
    assert len(binance.booked) == 1


def test_undoing_sells_what_the_exchange_left_of_the_coins(
    house: House, bybit: BybitServer
) -> None:
    """Bybit keeps its fee of a purchase in coins: of 0.005 bought 0.00499 are left."""
    house.connect("bybit")
    card = house.card()
    house.confirm(card)
    bybit.fill(0, 0.005, 59000.0)
    bybit.bitcoins = "0.00499"
    house.outside.refresh()
    house.now(card)
    proposed = house.acting.desk.undoing.undo(house.who, card.id).proposed
    assert proposed is not None
    assert proposed.facts.title == ("Sell 0.00499 BTC for USDT at 59,999.90 or better, at Bybit")
    house.confirm(proposed)
    assert [(each.side, each.amount) for each in bybit.booked] == [
        ("buy", 0.005),
        ("sell", 0.00499),
    ]
