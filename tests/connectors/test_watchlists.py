"""Watchlists as questions see them; names are found as people say them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.lists.finding import find_list
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.kernel.watchlists import Watchlist
from tests.connectors.conftest import ACCOUNT, Desk

MADE = datetime(2021, 6, 1, tzinfo=UTC)


def _list(name: str, *symbols: str) -> Watchlist:
    return Watchlist(name=name, symbols=symbols, source="magnus", updated_at=MADE)


LISTS = (_list("High IV", "AMD"), _list("Wheel", "KO", "AAPL", "ZZZ"), _list("Wheel 2", "PEP"))


class Kept:
    def __init__(self, outcome: Outcome[tuple[Watchlist, ...]]) -> None:
        self.outcome = outcome

    def watchlists(self, user: str) -> Outcome[tuple[Watchlist, ...]]:
        assert user == "local"
        return self.outcome


@pytest.fixture
def keeping(desk: Desk) -> Desk:
    desk.watchlists = Kept(Found(LISTS, ACCOUNT))
    return desk


@pytest.mark.parametrize(
    ("said", "meant"),
    [("high iv", "High IV"), ("my HIGH-IV list", "High IV"), ("hgih iv", "High IV"),
     ("wheel", "Wheel"), ("the wheel 2 watchlist", "Wheel 2")],
)  # fmt: skip
def test_a_list_is_found_as_people_say_it(said: str, meant: str) -> None:
    found = find_list(said, LISTS)
    assert isinstance(found, Watchlist)
    assert found.name == meant


def test_an_unknown_name_is_answered_with_the_names_there_are() -> None:
    assert find_list("crypto", LISTS) == Absent(
        "You have no watchlist 'crypto'. Yours are: High IV, Wheel, Wheel 2."
    )
    assert find_list("any", ()) == Absent("You have no watchlists yet.")


def test_a_name_between_two_lists_is_asked_back() -> None:
    lists = (_list("Tech A", "AAPL"), _list("Tech B", "AMD"))
    assert find_list("tech", lists) == Absent("Which list do you mean by 'tech': Tech A or Tech B?")


def test_the_lists_are_told_with_their_sizes(keeping: Desk) -> None:
    found = keeping.found("tradingview", "fetch_watchlists")
    assert [(row.name, row.count, row.first) for row in found.rows] == [
        ("High IV", 1, "AMD"),
        ("Wheel", 3, "KO, AAPL, ZZZ"),
        ("Wheel 2", 1, "PEP"),
    ]


def test_a_lists_symbols_come_in_its_order_with_prices_and_what_has_none_is_named(
    keeping: Desk,
) -> None:
    found = keeping.found("tradingview", "get_symbols", watchlist="wheel")
    assert found.symbols == ("KO", "AAPL", "ZZZ")
    assert [row.symbol for row in found.rows] == ["KO", "AAPL"]
    assert found.warnings == ("ZZZ: There is no listing ZZZ.",)


def test_lists_that_could_not_be_read_are_a_failure(desk: Desk) -> None:
    lost = Failed(FailureKind.UNAVAILABLE, "Watchlists could not be read.")
    desk.watchlists = Kept(lost)
    assert desk.ask("tradingview", "fetch_watchlists") == lost
    assert desk.ask("tradingview", "get_symbols", watchlist="wheel") == lost


def test_without_a_name_the_usual_list_is_meant_or_the_only_one(
    keeping: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = keeping.ask("tradingview", "get_symbols")
    assert isinstance(asked, Absent)
    assert asked.reason.startswith("Which list do you mean: High IV, Wheel, Wheel 2?")
    monkeypatch.setenv("MAGNUS_WATCHLIST", "wheel")
    assert keeping.found("tradingview", "get_symbols").name == "Wheel"
    monkeypatch.delenv("MAGNUS_WATCHLIST")
    keeping.watchlists = Kept(Found(LISTS[:1], ACCOUNT))
    assert keeping.found("tradingview", "get_symbols").name == "High IV"
    keeping.watchlists = Kept(Found((), ACCOUNT))
    assert keeping.ask("tradingview", "get_symbols") == Absent("You have no watchlists yet.")
