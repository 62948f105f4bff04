"""Taking a file over: shown first, kept once, undone exactly, one user's alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.imported.account import ImportedAccount
from connectors.imported.importing import keep, keep_list, preview, preview_list
from mfa.kernel.clock import FrozenClock
from mfa.kernel.errors import InputError
from mfa.kernel.movements import Movement
from mfa.kernel.outcome import Absent, Found
from mfa.store.database import Database
from mfa.store.imports import ImportFile, ImportRepository, KeyedMovement
from mfa.store.watchlists import WatchlistRepository
from tests.imported.support import HEADER, market
from tests.imported.test_random_movements import a_movement

EXPORTS = Path(__file__).parents[1] / "vendors" / "exports"
PLAIN = (EXPORTS / "plain.csv").read_bytes()
FILE = ImportFile(name="a.csv", broker="plain", sha256="0" * 64, problems=0, skipped=0)


@pytest.fixture(scope="module")
def repository(module_database: Database) -> ImportRepository:
    return ImportRepository(module_database)


def test_a_preview_keeps_nothing_and_says_what_would_be_added(repository: ImportRepository) -> None:
    shown = preview(repository, "looker", "plain.csv", PLAIN)
    assert (len(shown.new), shown.known, shown.misfits) == (4, frozenset(), ())
    assert shown.after.cash == Decimal("3270.35")
    assert repository.imports("looker") == ()


def test_the_same_file_again_adds_nothing_and_a_longer_one_what_is_new(
    repository: ImportRepository,
) -> None:
    first = keep(repository, "ada", preview(repository, "ada", "plain.csv", PLAIN))
    assert (first.added, first.duplicates, first.broker) == (4, 0, "plain")
    again = preview(repository, "ada", "copy.csv", PLAIN)
    assert again.new == ()
    with pytest.raises(InputError, match="Nothing in 'copy"):
        keep(repository, "ada", again)
    longer = preview(repository, "ada", "longer.csv", PLAIN + b"2026-11-20,fee,,,,,-2.00,\n")
    second = keep(repository, "ada", longer)
    assert (second.added, second.duplicates) == (1, 4)
    assert repository.undo("ada", second.id) == second
    assert [each.id for each in repository.imports("ada")] == [first.id]
    assert len(repository.movements("ada")) == 4


def test_imports_are_their_users_own(repository: ImportRepository) -> None:
    kept = keep(repository, "bob", preview(repository, "bob", "plain.csv", PLAIN))
    assert kept.added == 4
    with pytest.raises(InputError, match="You have no import"):
        repository.undo("eve", kept.id)
    assert repository.movements("eve") == ()
    assert repository.revision("eve") == "none"


def test_two_imports_of_one_file_at_once_add_it_once(repository: ImportRepository) -> None:
    shown = preview(repository, "twins", "plain.csv", PLAIN)

    def add(_: int) -> bool:
        try:
            keep(repository, "twins", shown)
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(add, range(4))) == 1
    assert len(repository.movements("twins")) == 4


def test_what_would_not_fit_is_said_before_it_is_kept(repository: ImportRepository) -> None:
    rows = b"2026-11-02,sell to close,KO,-10,70.00,0,700.00,\n"
    shown = preview(repository, "looker", "late.csv", HEADER.encode() + rows)
    assert ["no row before had bought" in each.text for each in shown.misfits] == [True]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(a_movement(), min_size=1, max_size=12), st.lists(a_movement(), max_size=12))
def test_an_import_that_is_undone_leaves_what_there_was(
    repository: ImportRepository, first: list[Movement], second: list[Movement]
) -> None:
    """And what comes back from the database is what was put in, to the last digit."""
    user = f"random {datetime.now(UTC).timestamp()}"
    ordered = sorted(first, key=lambda row: row.at)
    kept = repository.add(user, FILE, _rows("first", ordered))
    assert list(repository.movements(user)) == ordered
    before = repository.revision(user)
    if second:
        again = repository.add(user, FILE, _rows("second", second))
        assert repository.revision(user) != before
        repository.undo(user, again.id)
    assert list(repository.movements(user)) == ordered
    assert repository.revision(user) == before
    assert repository.imports(user) == (kept,)


def _rows(name: str, rows: list[Movement]) -> list[KeyedMovement]:
    return [KeyedMovement(key=f"{name} {i}", line=i, movement=m) for i, m in enumerate(rows, 1)]


def test_the_account_follows_imports_and_undo(repository: ImportRepository) -> None:
    now = datetime(2026, 11, 20, 22, tzinfo=UTC)
    prices = market({"KO": {"2026-10-01": "70"}}, {"KO261218C00075000": "1.00"}, now)
    account = ImportedAccount(repository, "cleo", prices, FrozenClock(now))
    assert isinstance(account.account(), Absent)
    first = account.revision()
    kept = keep(repository, "cleo", preview(repository, "cleo", "plain.csv", PLAIN))
    assert account.revision() != first
    outcome = account.account()
    assert isinstance(outcome, Found)
    # cash 10,000 - 6,900 + 51 + 119.35; shares 7,000; the call - 100.00
    assert outcome.value.equity == Decimal("3270.35") + 7000 - 100
    repository.undo("cleo", kept.id)
    assert isinstance(account.account(), Absent)
    assert account.revision() == first


def test_a_lost_database_is_a_failure_not_an_empty_account(database: Database) -> None:
    repository = ImportRepository(database)
    clock = FrozenClock(datetime(2026, 11, 20, 22, tzinfo=UTC))
    account = ImportedAccount(repository, "ada", market({}, {}), clock)
    with database.owner_connection() as conn:
        conn.execute("DROP TABLE magnus.account_movement")
        conn.execute("DROP TABLE magnus.account_import")
    assert not isinstance(account.account(), Absent | Found)


def test_a_watchlist_is_made_and_replaced_knowing_what_it_held(database: Database) -> None:
    lists = WatchlistRepository(database)
    first = preview_list(lists, "ada", "Wheel", b"###WHEEL,NYSE:KO,NASDAQ:PEP")
    assert first is not None
    assert first.replaces is None
    keep_list(lists, "ada", first)
    second = preview_list(lists, "ada", "wheel", b"NYSE:KO,NASDAQ:AAPL")
    assert second is not None
    assert second.replaces == ("KO", "PEP")
    keep_list(lists, "ada", second)
    outcome = lists.watchlists("ada")
    assert isinstance(outcome, Found)
    assert [(each.name, each.symbols) for each in outcome.value] == [("Wheel", ("KO", "AAPL"))]


@pytest.mark.parametrize("content", [PLAIN, b"Date,Type,Amount\n1,2,3\n", b"\xff\xfe", b"KO,PEP"])
def test_what_is_no_exported_list_is_not_taken_for_one(content: bytes, database: Database) -> None:
    assert preview_list(WatchlistRepository(database), "ada", "x", content) is None
