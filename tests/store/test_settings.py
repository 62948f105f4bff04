"""What is set while running is kept as it was given."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Failed, FailureKind, Found
from mfa.kernel.settings import load_settings
from mfa.store.database import Database
from mfa.store.settings import KeptSettings, SettingRepository


def test_a_setting_comes_back_as_it_was_put_and_the_last_put_wins(database: Database) -> None:
    settings = SettingRepository(database)
    settings.put("log_level", "debug")
    settings.put("limits", {"orders": 5, "symbols": ["KO", "PG"]})
    settings.put("log_level", "info")
    assert settings.all() == {"limits": {"orders": 5, "symbols": ["KO", "PG"]}, "log_level": "info"}


def test_removing_says_whether_there_was_something(database: Database) -> None:
    settings = SettingRepository(database)
    settings.put("user", "ada")
    assert settings.remove("user") is True
    assert settings.remove("user") is False
    assert settings.all() == {}


def test_a_setting_without_a_name_is_refused(database: Database) -> None:
    with pytest.raises(InputError, match="needs a name"):
        SettingRepository(database).put("", 1)


def test_every_change_is_recorded_with_who_made_it_and_what_was_before(database: Database) -> None:
    settings = SettingRepository(database)
    settings.put("scan_dte", [20, 50], by="ada")
    settings.put("scan_dte", [30, 45], by="ben")
    settings.put("scan_dte", [30, 45], by="cyd")
    settings.put("user", "ada")
    settings.remove("scan_dte", by="dan")
    settings.remove("scan_dte", by="eve")
    assert [(c.old, c.new, c.by) for c in settings.changes("scan_dte")] == [
        ([30, 45], None, "dan"),
        ([20, 50], [30, 45], "ben"),
        (None, [20, 50], "ada"),
    ]
    assert [c.name for c in settings.changes(limit=2)] == ["scan_dte", "user"]
    times = [c.at for c in settings.changes()]
    assert times == sorted(times, reverse=True)


def test_what_counts_at_once_is_seen_by_a_running_process(database: Database) -> None:
    started = load_settings(query_deadline=7.0)
    kept = KeptSettings(database, started, started)
    assert kept.in_force().scan_dte == (20, 50)
    SettingRepository(database).put("scan_dte", [30, 45], by="ada")
    SettingRepository(database).put("query_deadline", 9.0, by="ada")
    assert kept.in_force().scan_dte == (30, 45)
    assert kept.in_force().query_deadline == 7.0, "the command's option comes first"
    facts = kept.facts()
    assert isinstance(facts, Found)
    assert {f.name: f.layer for f in facts.value}["scan_dte"] == "database"
    changes = kept.changes("scan_dte", 10)
    assert isinstance(changes, Found)
    assert [c.by for c in changes.value] == ["ada"]


def test_settings_that_make_no_sense_leave_those_of_the_start_in_force(database: Database) -> None:
    started = load_settings()
    kept = KeptSettings(database, started, started)
    SettingRepository(database).put("scan_dte", [50, 20])
    assert kept.in_force() == started
    outcome = kept.facts()
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.BAD_DATA
    assert "scan_dte" in outcome.message


def test_a_database_that_is_gone_is_a_failure_and_the_start_stays_in_force(
    new_database: Callable[[], Database],
) -> None:
    started = load_settings()
    with new_database() as fresh:
        kept = KeptSettings(fresh, started, started)
    assert kept.in_force() == started
    assert isinstance(kept.facts(), Failed)
    assert isinstance(kept.changes(None, 5), Failed)
