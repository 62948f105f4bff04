"""Who takes the orders of the account that is shown: the paper broker, the vendor's, or nobody."""

from __future__ import annotations

import pytest

from mfa.assistant import Assistant
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed, Found
from mfa.kernel.settings import Settings
from mfa.store.database import Database
from tests.practice_broker.ordering import order, taken
from tests.sources.conftest import House

NOWHERE = "http://127.0.0.1:9"


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
