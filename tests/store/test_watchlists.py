"""Watchlists are kept per user, in order, under names that ignore case."""

from __future__ import annotations

import pytest

from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Failed, Found
from mfa.store.database import Database
from mfa.store.watchlists import WatchlistRepository


@pytest.fixture
def lists(database: Database) -> WatchlistRepository:
    return WatchlistRepository(database)


def _all(lists: WatchlistRepository, user: str = "ada") -> dict[str, tuple[str, ...]]:
    outcome = lists.watchlists(user)
    assert isinstance(outcome, Found)
    return {each.name: each.symbols for each in outcome.value}


def test_a_list_keeps_its_symbols_in_order_once_each_in_capitals(
    lists: WatchlistRepository,
) -> None:
    lists.create("ada", " High  IV ", ["amd", "$KO", "AMD", "brk.b"])
    assert _all(lists) == {"High IV": ("AMD", "KO", "BRK.B")}


def test_adding_appends_what_is_new_and_removing_says_what_was_there(
    lists: WatchlistRepository,
) -> None:
    lists.create("ada", "Wheel", ["KO"])
    assert lists.add("ada", "wheel", ["PEP", "KO", "JPM"]) == ("PEP", "JPM")
    assert _all(lists) == {"Wheel": ("KO", "PEP", "JPM")}
    assert lists.remove("ada", "WHEEL", ["PEP", "XOM"]) == ("PEP",)
    assert lists.add("ada", "Wheel", ["PEP"]) == ("PEP",)
    assert _all(lists) == {"Wheel": ("KO", "JPM", "PEP")}


def test_lists_are_their_users_own(lists: WatchlistRepository) -> None:
    lists.create("ada", "Mine", ["KO"])
    lists.create("bob", "mine", ["XOM"])
    assert (_all(lists), _all(lists, "bob")) == ({"Mine": ("KO",)}, {"mine": ("XOM",)})
    with pytest.raises(InputError, match="no list 'Mine'"):
        lists.delete("eve", "Mine")


def test_a_second_list_of_the_same_name_is_refused_and_replacing_is_not(
    lists: WatchlistRepository,
) -> None:
    lists.create("ada", "Tech", ["AAPL"])
    with pytest.raises(InputError, match="already"):
        lists.create("ada", "TECH", ["MSFT"])
    lists.replace("ada", "tech", ["MSFT", "AMD"], "tradingview")
    assert _all(lists) == {"Tech": ("MSFT", "AMD")}
    lists.replace("ada", "New", [], "file")
    assert _all(lists) == {"New": (), "Tech": ("MSFT", "AMD")}


def test_a_deleted_list_is_gone_with_its_symbols(lists: WatchlistRepository) -> None:
    lists.create("ada", "Tech", ["AAPL"])
    lists.delete("ada", "tech")
    assert _all(lists) == {}


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_name_that_is_none_is_refused(lists: WatchlistRepository, name: str) -> None:
    with pytest.raises(InputError, match="1 to 60"):
        lists.create("ada", name)


def test_what_is_no_ticker_is_refused_and_nothing_is_kept(lists: WatchlistRepository) -> None:
    lists.create("ada", "Tech", ["AAPL"])
    with pytest.raises(InputError, match="not a ticker"):
        lists.add("ada", "Tech", ["MSFT", "not one!"])
    assert _all(lists) == {"Tech": ("AAPL",)}


def test_a_lost_database_is_a_failure_not_an_empty_list(database: Database) -> None:
    lists = WatchlistRepository(database)
    lists.create("ada", "Tech", ["AAPL"])
    database.pool.close()
    assert isinstance(lists.watchlists("ada"), Failed)


def test_a_list_is_renamed_unless_the_name_is_taken(lists: WatchlistRepository) -> None:
    lists.create("ada", "Tech", ["AAPL"])
    lists.create("ada", "Wheel", ["KO"])
    lists.rename("ada", "tech", "Chips")
    assert _all(lists) == {"Chips": ("AAPL",), "Wheel": ("KO",)}
    lists.rename("ada", "chips", "CHIPS")
    with pytest.raises(InputError, match="already"):
        lists.rename("ada", "CHIPS", "wheel")
    with pytest.raises(InputError, match="no list"):
        lists.rename("ada", "Tech", "New")
