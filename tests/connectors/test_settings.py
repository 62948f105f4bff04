"""Settings as questions see them: found as people call them, secrets never told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.kernel.setting_facts import SettingFact, setting_facts
from mfa.kernel.setting_source import SettingChange
from mfa.kernel.settings import Settings, load_settings
from tests.connectors.conftest import ACCOUNT, Desk


@dataclass
class Kept:
    rows: dict[str, object] = field(default_factory=dict)
    changed: tuple[SettingChange, ...] = ()
    lost: Failed | None = None

    def in_force(self) -> Settings:
        return load_settings().with_database(self.rows)

    def facts(self) -> Outcome[tuple[SettingFact, ...]]:
        return self.lost or Found(setting_facts(load_settings(), self.rows), ACCOUNT)

    def changes(self, name: str | None, limit: int) -> Outcome[tuple[SettingChange, ...]]:
        kept = tuple(c for c in self.changed if name in {None, c.name})[:limit]
        return self.lost or Found(kept, ACCOUNT)


@pytest.fixture
def kept(desk: Desk) -> Kept:
    made = Kept({"scan_dte": [30, 45]})
    desk.settings = made
    return made


@pytest.mark.usefixtures("kept")
def test_all_settings_are_told_with_where_they_come_from(desk: Desk) -> None:
    rows = {row.name: row for row in desk.found("settings", "get").rows}
    assert set(rows) == set(Settings.model_fields)
    assert (rows["scan_dte"].value, rows["scan_dte"].source) == ("30, 45", "database")
    assert rows["scan_dte"].changeable
    assert rows["database_url"].value in {"none", "••••"}
    assert "secret" in rows["database_url"].note


@pytest.mark.parametrize(
    ("said", "meant"),
    [("scan_dte", "scan_dte"), ("Scan DTE", "scan_dte"), ("default dte", "scan_dte"),
     ("profit target", "profit_target_pct"), ("max capital", "scan_max_capital"),
     ("log levle", "log_level"), ("mode", "mode")],
)  # fmt: skip
@pytest.mark.usefixtures("kept")
def test_a_setting_is_found_as_people_call_it(desk: Desk, said: str, meant: str) -> None:
    assert [row.name for row in desk.found("settings", "get", setting=said).rows] == [meant]


@pytest.mark.usefixtures("kept")
def test_settings_in_general_are_all_of_them(desk: Desk) -> None:
    every = desk.found("settings", "get").rows
    assert desk.found("settings", "get", setting="settings").rows == every


@pytest.mark.usefixtures("kept")
def test_a_setting_that_is_not_there_is_answered_with_those_that_are(desk: Desk) -> None:
    outcome = desk.ask("settings", "get", setting="theme")
    assert isinstance(outcome, Absent)
    assert outcome.reason.startswith("There is no setting 'theme'. There are: home, ")


def test_the_history_says_what_was_before(desk: Desk, kept: Kept) -> None:
    assert isinstance(desk.ask("settings", "history"), Absent)
    at = datetime(2021, 6, 1, tzinfo=UTC)
    kept.changed = (
        SettingChange(name="scan_dte", old=None, new=[30, 45], by="ada", at=at),
        SettingChange(name="mode", old="paper", new=None, by="ben", at=at),
    )
    rows = desk.found("settings", "history").rows
    assert [(r.name, r.before, r.after, r.by) for r in rows] == [
        ("scan_dte", "not set", "30, 45", "ada"), ("mode", "paper", "not set", "ben"),
    ]  # fmt: skip
    assert [r.name for r in desk.found("settings", "history", setting="default dte").rows] == [
        "scan_dte"
    ]


def test_settings_that_could_not_be_read_are_a_failure(desk: Desk, kept: Kept) -> None:
    kept.lost = Failed(FailureKind.UNAVAILABLE, "Settings could not be read.")
    assert desk.ask("settings", "get") == kept.lost
    assert desk.ask("settings", "history", setting="mode") == kept.lost
