"""Following TradingView's lists: what would change is told, and nothing of one's own is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from connectors.lists.syncing import ListDifference, changes, differences
from connectors.tradingview import SOURCE, TITLE, SyncStatus
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.kernel.watchlists import Watchlist
from mfa.store.database import Database
from mfa.store.watchlists import WatchlistRepository
from tests.connectors.conftest import ACCOUNT, Desk

AT = datetime(2021, 6, 1, tzinfo=UTC)


def there(name: str, *symbols: str, origin: str = "", left_out: tuple[str, ...] = ()) -> Watchlist:
    return Watchlist(
        name=name, symbols=symbols, source=SOURCE, updated_at=AT, origin=origin or f"list {name}",
        left_out=left_out,
    )  # fmt: skip


def here(name: str, *symbols: str, source: str = "magnus", origin: str = "") -> Watchlist:
    return Watchlist(name=name, symbols=symbols, source=source, updated_at=AT, origin=origin)


def told(ours: list[Watchlist], theirs: list[Watchlist]) -> tuple[ListDifference, ...]:
    return differences(ours, theirs, source=SOURCE, title=TITLE)


def test_a_list_that_is_not_here_is_new() -> None:
    (found,) = told([], [there("Tech", "AMD", "NVDA")])
    assert (found.change, found.name, found.was) == ("new", "Tech", "")
    assert (found.added, found.removed) == (("AMD", "NVDA"), ())


def test_symbols_that_came_and_went_are_told_in_their_order() -> None:
    ours = [here("Tech", "AAPL", "AMD", "INTC", source=SOURCE, origin="list 1")]
    (found,) = told(ours, [there("Tech", "NVDA", "AMD", "KO", origin="list 1")])
    assert (found.change, found.added, found.removed) == (
        "changed", ("NVDA", "KO"), ("AAPL", "INTC"),
    )  # fmt: skip


def test_a_renamed_list_is_known_by_what_it_is_called_for_good() -> None:
    ours = [here("Tech", "AMD", source=SOURCE, origin="list 1")]
    (found,) = told(ours, [there("Chips", "AMD", origin="list 1")])
    assert (found.change, found.was, found.name) == ("renamed", "Tech", "Chips")


def test_the_same_symbols_in_another_order_are_reordered_and_equal_ones_the_same() -> None:
    ours = [here("Tech", "AMD", "KO", source=SOURCE, origin="list 1")]
    assert told(ours, [there("Tech", "KO", "AMD", origin="list 1")])[0].change == "reordered"
    assert told(ours, [there("Tech", "AMD", "KO", origin="list 1")])[0].change == "same"


def test_a_list_of_ones_own_keeps_its_name_and_its_symbols() -> None:
    ours = [here("tech", "INTC"), here("Tech (TradingView)", "IBM")]
    (found,) = told(ours, [there("Tech", "AMD")])
    assert (found.change, found.name) == ("new", "Tech (2)")
    assert told(ours[:1], [there("Tech", "AMD")])[0].name == "Tech (TradingView)"


def test_a_list_imported_from_a_file_follows_the_one_of_its_name() -> None:
    (found,) = told([here("Tech", "INTC", source="file")], [there("TECH", "AMD")])
    assert (found.change, found.was, found.removed) == ("renamed", "Tech", ("INTC",))


def test_two_lists_of_one_name_there_are_two_here() -> None:
    found = told([], [there("Tech", "AMD", origin="1"), there("Tech", "KO", origin="2")])
    assert [each.name for each in found] == ["Tech", "Tech (TradingView)"]


def test_a_list_that_is_gone_there_stays_and_is_said() -> None:
    ours = [here("Old", "GE", source=SOURCE, origin="list 9")]
    found = told(ours, [there("Tech", "AMD")])
    assert [each.change for each in found] == ["new", "gone there"]
    assert [each.name for each in changes(found, source=SOURCE)] == ["Tech"]


# -- taking over ----------------------------------------------------------------------------------


@pytest.fixture
def lists(database: Database) -> WatchlistRepository:
    return WatchlistRepository(database)


def kept(lists: WatchlistRepository) -> tuple[Watchlist, ...]:
    outcome = lists.watchlists("ada")
    assert isinstance(outcome, Found)
    return outcome.value


def take_over(lists: WatchlistRepository, *theirs: Watchlist) -> None:
    found = differences(kept(lists), theirs, source=SOURCE, title=TITLE)
    lists.apply("ada", changes(found, source=SOURCE))


def test_taken_over_lists_are_the_same_when_compared_again(lists: WatchlistRepository) -> None:
    lists.create("ada", "Mine", ["GE"])
    lists.create("ada", "Tech", ["INTC"])
    theirs = (there("Tech", "AMD", "NVDA"), there("Empty"))
    take_over(lists, *theirs)
    assert [(each.name, each.symbols) for each in kept(lists)] == [
        ("Empty", ()), ("Mine", ("GE",)), ("Tech", ("INTC",)),
        ("Tech (TradingView)", ("AMD", "NVDA")),
    ]  # fmt: skip
    again = differences(kept(lists), theirs, source=SOURCE, title=TITLE)
    assert {each.change for each in again} == {"same"}
    assert all(each.synced_at for each in kept(lists) if each.source == SOURCE)


def test_two_lists_may_change_names(lists: WatchlistRepository) -> None:
    take_over(lists, there("A", "AMD", origin="1"), there("B", "KO", origin="2"))
    take_over(lists, there("B", "AMD", origin="1"), there("A", "KO", origin="2"))
    assert [(each.name, each.symbols) for each in kept(lists)] == [("A", ("KO",)), ("B", ("AMD",))]


def test_a_followed_list_that_a_file_replaced_follows_again(lists: WatchlistRepository) -> None:
    take_over(lists, there("A", "AMD", origin="1"))
    lists.replace("ada", "A", ["GE"], "file")
    assert [each.origin for each in kept(lists)] == [""]
    take_over(lists, there("A", "AMD", origin="1"))
    assert [(each.name, each.symbols) for each in kept(lists)] == [("A", ("AMD",))]


def test_what_was_deleted_meanwhile_is_made_again(lists: WatchlistRepository) -> None:
    take_over(lists, there("A", "AMD", origin="1"))
    found = differences(kept(lists), [there("A", "KO", origin="1")], source=SOURCE, title=TITLE)
    lists.delete("ada", "A")
    lists.apply("ada", changes(found, source=SOURCE))
    assert [(each.name, each.symbols) for each in kept(lists)] == [("A", ("KO",))]


def test_a_name_that_was_taken_meanwhile_changes_nothing(lists: WatchlistRepository) -> None:
    take_over(lists, there("A", "AMD", origin="1"))
    found = differences(
        kept(lists),
        [there("A", "GE", origin="1"), there("B", "KO", origin="2")],
        source=SOURCE,
        title=TITLE,
    )
    lists.create("ada", "B", ["IBM"])
    with pytest.raises(Exception, match="Compare again"):
        lists.apply("ada", changes(found, source=SOURCE))
    assert [(each.name, each.symbols) for each in kept(lists)] == [
        ("A", ("AMD",)), ("B", ("IBM",)),
    ]  # fmt: skip


# -- the query ------------------------------------------------------------------------------------


@dataclass
class Keeper:
    outcome: Outcome[tuple[Watchlist, ...]]

    def watchlists(self, user: str) -> Outcome[tuple[Watchlist, ...]]:
        del user
        return self.outcome


def test_without_a_connection_the_ways_are_named(desk: Desk) -> None:
    desk.watchlists = Keeper(Found((), ACCOUNT))
    outcome = desk.ask("tradingview", "sync")
    assert isinstance(outcome, Absent)
    assert "magnus watchlists import FILE" in outcome.reason


def test_the_differences_are_told_and_counted(desk: Desk) -> None:
    desk.watchlists = Keeper(Found((here("Mine", "GE"),), ACCOUNT))
    desk.elsewhere = Keeper(Found((there("Tech", "AMD", left_out=("BINANCE:BTCUSDT",)),), ACCOUNT))
    found: SyncStatus = desk.found("tradingview", "sync")
    assert (found.lists, found.to_change, found.synced_at) == (1, 1, None)
    assert found.warnings == ("Tech: BINANCE:BTCUSDT is no US stock and left out.",)


def test_a_session_that_ended_is_a_failure_and_no_list_is_taken_for_gone(desk: Desk) -> None:
    lost = Failed(FailureKind.CREDENTIALS, "TradingView did not accept the session.")
    desk.watchlists = Keeper(Found((here("Old", source=SOURCE, origin="1"),), ACCOUNT))
    desk.elsewhere = Keeper(lost)
    assert desk.ask("tradingview", "sync") == lost
