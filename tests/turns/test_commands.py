"""A typed command names an action and what it takes, and means exactly that."""

from __future__ import annotations

from mfa.store.database import Database
from mfa.turns.commands import command
from tests.turns.house import house, notices
from tests.turns.test_proposing import Maker


def test_values_are_json_where_they_can_be_and_text_otherwise() -> None:
    assert command('/add_to_watchlist watchlist="High IV" symbols=KO,PEP') == (
        "add_to_watchlist", {"watchlist": "High IV", "symbols": "KO,PEP"},
    )  # fmt: skip
    assert command("/x_y n=3 on=true list=[1,2]") == ("x_y", {"n": 3, "on": True, "list": [1, 2]})
    assert command("/undo") == ("undo", {})


def test_what_is_no_command_is_none() -> None:
    for text in ("add KO", "/", "/No", "what is a/b?", "/a"):
        assert command(text) is None
    assert command('/export_data what="trades') == ("export_data", {"what": '"trades'})


def test_a_command_is_proposed_with_its_own_parameters(database: Database) -> None:
    maker = Maker()
    with house(database, proposer=maker) as here:
        here.ask("/add_to_watchlist watchlist=Wheel symbols=KO")
        _, events = here.ask("/no_such_thing")
    (wish,) = maker.wishes
    assert wish.params == {"watchlist": "Wheel", "symbols": "KO"}
    assert "no command /no_such_thing" in notices(events)[0]["text"]
