"""Saved scans and their history are kept per user, under names that ignore case."""

from __future__ import annotations

from datetime import date

import pytest

from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Absent, Failed, Found
from mfa.store.database import Database
from mfa.store.scans import ScanRepository

DAY = date(2021, 6, 15)


@pytest.fixture
def scans(database: Database) -> ScanRepository:
    return ScanRepository(database)


def _names(scans: ScanRepository, user: str = "ada") -> list[str]:
    outcome = scans.saved_scans(user)
    assert isinstance(outcome, Found)
    return [each.name for each in outcome.value]


def test_a_scan_keeps_its_limits_and_its_runs_latest_first(scans: ScanRepository) -> None:
    assert not scans.save("ada", " Safe  puts ", {"strategy": "csp", "delta": [0.1, 0.2]})
    for score in (60.0, 70.0):
        done = scans.record_run(
            "ada", "safe puts", day=DAY, mode="practice", passed=2, found=[{"score": score}]
        )
        assert isinstance(done, Found)
    outcome = scans.saved_scans("ada")
    assert isinstance(outcome, Found)
    (kept,) = outcome.value
    assert (kept.name, kept.runs, kept.best) == ("Safe puts", 2, {"score": 70.0})
    assert kept.params == {"strategy": "csp", "delta": [0.1, 0.2]}
    runs = scans.scan_runs("ada", "SAFE PUTS", 1)
    assert isinstance(runs, Found)
    assert [(run.day, run.passed, run.found) for run in runs.value] == [
        (DAY, 2, ({"score": 70.0},))
    ]


def test_a_scan_that_is_replaced_begins_a_new_history(scans: ScanRepository) -> None:
    scans.save("ada", "Puts", {"strategy": "csp"})
    scans.record_run("ada", "puts", day=DAY, mode="practice", passed=0, found=[])
    assert scans.save("ada", "PUTS", {"strategy": "csp", "limit": 5})
    outcome = scans.saved_scans("ada")
    assert isinstance(outcome, Found)
    assert [(each.name, each.runs) for each in outcome.value] == [("PUTS", 0)]


def test_scans_are_their_users_own(scans: ScanRepository) -> None:
    scans.save("ada", "Mine", {})
    scans.save("bob", "mine", {})
    assert (_names(scans), _names(scans, "bob")) == (["Mine"], ["mine"])
    scans.delete("ada", "MINE")
    assert (_names(scans), _names(scans, "bob")) == ([], ["mine"])
    with pytest.raises(InputError, match="no saved scan"):
        scans.delete("ada", "Mine")


def test_a_run_of_no_scan_and_a_name_of_nothing_are_refused(scans: ScanRepository) -> None:
    done = scans.record_run("ada", "none", day=DAY, mode="practice", passed=0, found=[])
    assert done == Absent("You have no saved scan 'none'.")
    assert isinstance(scans.scan_runs("ada", "none", 5), Absent)
    for name in ("  ", "x" * 61):
        with pytest.raises(InputError, match="characters"):
            scans.save("ada", name, {})


def test_a_database_that_is_gone_is_a_failure(database: Database) -> None:
    database.pool.close()
    assert isinstance(ScanRepository(database).saved_scans("ada"), Failed)
