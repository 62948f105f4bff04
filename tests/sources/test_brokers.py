"""Who takes the orders of the account that is shown: the paper broker, the vendor's, or nobody."""

from __future__ import annotations

import pytest

from mfa.assistant import Assistant
from mfa.kernel.broker import NotSent
from mfa.kernel.mode import Mode
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Failed, Found
from mfa.kernel.settings import Settings
from mfa.store.database import Database
from tests.practice_broker.ordering import order, taken
from tests.servers.tradier import TradierServer
from tests.sources.conftest import NOWHERE, House

SLOW = {"query_deadline": 20.0}


def test_paper_orders_go_to_the_paper_broker(house: House) -> None:
    outside = house.open(Mode.PAPER, {"yahoo": NOWHERE})
    found = outside.broker()
    assert isinstance(found, Found)
    who = found.value.identity()
    assert isinstance(who, Found)
    assert (found.value.name, who.value.account_id, who.value.is_real) == (
        "paper broker",
        "paper-1",
        False,
    )


@pytest.mark.parametrize(
    ("mode", "account", "words"),
    [
        (Mode.LIVE, "paper", "The paper account is no real account."),
        (Mode.LIVE, "auto", "No broker is connected."),
        (Mode.PAPER, "imported", "takes no orders. Set 'account' to paper or a broker."),
        (Mode.PAPER, "tradier", "is not connected"),
    ],
)
def test_where_nobody_takes_orders_a_sentence_says_why(
    house: House, mode: Mode, account: str, words: str
) -> None:
    found = house.open(mode, {"yahoo": NOWHERE}, account=account).broker()
    assert isinstance(found, Failed)
    assert words in found.message


def test_practice_orders_go_to_the_practice_desk(database: Database) -> None:
    settings = Settings(database_url=database.conninfo)
    with Assistant.open(settings) as assistant:
        found = assistant.broker()
        assert isinstance(found, Found)
        assert taken(found.value.submit(order(1, "+1 KO", limit="1.00"))).fills == ()
        assert assistant.desk is not None
        assert assistant.desk.differences() == ()


def test_a_paper_order_fills_over_a_connected_vendor_and_is_marked_at_its_quotes(
    house: House, tradier_server: TradierServer
) -> None:
    """Tradier's sandbox tells quotes of 15 minutes ago, and says so: they fill."""
    house.connect_tradier()
    outside = house.open(Mode.PAPER, {"tradier": tradier_server}, sources=("tradier",), **SLOW)
    found = outside.broker()
    quote = outside.market.quote("KO")
    assert isinstance(found, Found)
    assert isinstance(quote, Found)
    ask = quote.value.ask
    told = taken(found.value.submit(order(100, "+1 KO", limit=str(ask + 1))))
    assert (told.state, told.fills[0].price) == (OrderState.FILLED, ask)
    snapshot = outside.sources.account.account()
    assert isinstance(snapshot, Found)
    assert snapshot.value.cash == 100_000 - 100 * ask
    put = "-1 KO 2026-12-18 70 put"
    told = taken(found.value.submit(order(1, put, limit="-0.05")))
    assert told.state is OrderState.FILLED
    every = found.value.orders(outside.sources.clock.now())
    assert isinstance(every, Found)
    assert len(every.value) == 2


def test_where_no_vendor_answers_a_paper_order_is_not_sent(house: House) -> None:
    found = house.open(Mode.PAPER, {"yahoo": NOWHERE}).broker()
    assert isinstance(found, Found)
    answer = found.value.submit(order(1, "+1 KO", limit="70"))
    assert isinstance(answer, NotSent)
    assert "Yahoo" in answer.reason
