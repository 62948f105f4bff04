"""What an event makes untrue is forgotten at once, in every process; nothing else is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.base import EVERYTHING, SHORT_TTL, Dependency, query
from mfa.data.events import MADE_UNTRUE, DataEvent
from mfa.data.requests import Served
from mfa.kernel.errors import StoreError
from mfa.kernel.outcome import Absent
from mfa.store.database import Database
from mfa.store.generations import GenerationRepository
from mfa.store.settings import SettingRepository
from mfa.store.watchlists import WatchlistRepository
from tests.data.conftest import Ask, Probe

QUERIES = ("short", "prices", "lists", "constant")


@pytest.fixture
def house(
    new_database: Callable[[], Database], probes: Callable[..., Probe]
) -> Iterator[tuple[Probe, Probe, Database]]:
    """Two processes on one database, each with a connection of its own."""
    with new_database() as first, Database(first.conninfo) as second:
        second.pool.open()
        yield (
            probes(database=first, market_moves=True),
            probes(database=second, market_moves=True),
            first,
        )


def kept(probe: Probe) -> set[str]:
    """The queries whose answers are still there."""
    return {name for name in QUERIES if probe.ask(name).served is Served.CACHED}


@pytest.mark.parametrize(
    ("event", "left"),
    [
        ("order_sent", {"prices", "lists", "constant"}),
        ("order_filled", {"prices", "lists", "constant"}),
        ("positions_changed", {"prices", "lists", "constant"}),
        ("account_changed", {"prices", "lists", "constant"}),
        ("watchlist_changed", {"prices", "constant"}),
        ("settings_changed", {"prices", "lists", "constant"}),
        ("stocks_changed", {"prices", "lists", "constant"}),
        ("clock_moved", {"lists", "constant"}),
        ("sources_changed", {"constant"}),
        ("all", set()),
    ],
)
def test_an_event_drops_what_it_made_untrue_and_nothing_else(
    probes: Callable[..., Probe], event: str, left: set[str]
) -> None:
    """`short` declares nothing and so depends on everything."""
    probe = probes(market_moves=True)
    kept(probe)
    assert kept(probe) == set(QUERIES)
    assert probe.service.invalidate(event) == len(QUERIES) - len(left)
    assert kept(probe) == left


def test_every_event_is_said_what_it_touches() -> None:
    assert set(MADE_UNTRUE) == set(DataEvent)
    assert frozenset().union(*MADE_UNTRUE.values()) == EVERYTHING


def test_a_fill_in_the_books_leaves_prices_alone(probes: Callable[..., Probe]) -> None:
    probe = probes(market_moves=True)
    kept(probe)
    probe.account.read = lambda: "2"
    assert kept(probe) == {"prices", "lists", "constant"}
    probe.market_revision = "2"
    assert kept(probe) == {"lists", "constant"}


def test_where_the_market_has_no_revision_the_accounts_stands_for_it(probe: Probe) -> None:
    kept(probe)
    probe.account.read = lambda: "2"
    assert kept(probe) == {"lists", "constant"}


def test_an_event_in_one_process_is_seen_at_once_in_another(
    house: tuple[Probe, Probe, Database],
) -> None:
    here, there, _ = house
    kept(there)
    here.service.invalidate("order_filled")
    assert kept(there) == {"prices", "lists", "constant"}
    here.service.invalidate("watchlist_changed")
    assert kept(there) == {"prices", "constant"}


def test_an_edited_watchlist_is_seen_at_once_whoever_edits_it(
    house: tuple[Probe, Probe, Database],
) -> None:
    """Nobody has to say so: the token moves in the transaction that edits."""
    here, there, database = house
    lists = WatchlistRepository(database)
    edits: tuple[Callable[[], object], ...] = (
        lambda: lists.create("local", "Wheel", ["KO"]),
        lambda: lists.add("local", "Wheel", ["PEP"]),
        lambda: lists.remove("local", "Wheel", ["KO"]),
        lambda: lists.delete("local", "Wheel"),
    )
    for number, edit in enumerate(edits, start=1):
        assert (here.count("lists"), there.count("lists")) == (number, number)
        edit()
    assert here.count("prices") == len(edits) + 1
    lists.create("local", "Wheel", ["KO"])
    assert here.ask("prices").served is Served.CACHED


def test_a_setting_put_away_is_an_event(house: tuple[Probe, Probe, Database]) -> None:
    here, _, database = house
    here.count("short")
    SettingRepository(database).put("port", 8600)
    assert kept(here) == set()
    assert kept(here) == set(QUERIES)


def test_a_query_that_changes_something_is_an_event_when_it_succeeds(probe: Probe) -> None:
    kept(probe)
    probe.connector.behaviour = lambda _: Absent("There is no such list.")
    probe.ask("edit")
    assert kept(probe) == set(QUERIES)
    probe.connector.behaviour = None
    probe.ask("edit")
    assert kept(probe) == {"prices", "constant"}


def test_a_change_is_made_once_although_the_account_moves_meanwhile(probe: Probe) -> None:
    moments = iter(range(1_000))
    probe.account.read = lambda: str(next(moments))
    assert probe.ask("edit").served is Served.FETCHED
    assert probe.connector.calls == 1


def test_a_query_that_changes_something_cannot_be_cached() -> None:
    with pytest.raises(TypeError, match="NO_CACHE"):
        query(description="x", examples=(), cache=SHORT_TTL, changes={Dependency.STOCKS})


def test_an_answer_begun_before_an_event_elsewhere_is_asked_again(
    house: tuple[Probe, Probe, Database],
) -> None:
    here, there, _ = house
    begun, gate = threading.Event(), threading.Event()

    def slow(_: Ask) -> object:
        number = there.connector.calls
        begun.set()
        gate.wait(5)
        return Absent(str(number))

    there.connector.behaviour = slow
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(there.ask)
        begun.wait(5)
        here.service.invalidate("order_filled")
        gate.set()
        assert asked.result().outcome == Absent("2")


def test_without_a_database_answers_are_kept_for_that_outage_only(
    house: tuple[Probe, Probe, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it, another process's events may have passed unseen: nothing of it is served again."""
    here, _, _ = house

    def lost(_: GenerationRepository) -> dict[str, str]:
        raise StoreError("The server is away.")

    assert here.count() == 1
    with monkeypatch.context() as outage:
        outage.setattr(GenerationRepository, "tokens", lost)
        assert (here.count(), here.count()) == (2, 2)
    assert here.count() == 1
    with monkeypatch.context() as outage:
        outage.setattr(GenerationRepository, "tokens", lost)
        assert here.count() == 3


def test_a_restored_backup_is_another_state_although_its_tokens_are_the_old_ones(
    house: tuple[Probe, Probe, Database],
) -> None:
    """A restore drops the tables and makes them again: what was kept before it is not found."""
    here, there, database = house
    assert (here.count(), there.count()) == (1, 1)
    with database.owner_connection() as conn:
        conn.execute("CREATE TABLE magnus.restored (LIKE magnus.generation INCLUDING ALL)")
        conn.execute("INSERT INTO magnus.restored SELECT * FROM magnus.generation")
        conn.execute("DROP TABLE magnus.generation")
        conn.execute("ALTER TABLE magnus.restored RENAME TO generation")
    assert (here.count(), there.count()) == (2, 2)
