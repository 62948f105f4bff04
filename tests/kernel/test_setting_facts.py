"""Each setting's fact, and what a person may put into the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mfa.kernel.errors import InputError
from mfa.kernel.setting_facts import MASK, SettingFact, setting_facts, shown, stored_value
from mfa.kernel.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MAGNUS_{name.upper()}", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("MAGNUS_CONFIG", raising=False)
    monkeypatch.setenv("MAGNUS_HOME", str(tmp_path))
    return tmp_path


def facts(rows: dict[str, Any] | None = None, **options: Any) -> dict[str, SettingFact]:
    started = load_settings(**options)
    return {fact.name: fact for fact in setting_facts(started, rows or {}, started)}


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, fact in facts().items() if not fact.description] == []


def test_the_place_that_speaks_is_named_and_the_first_one_wins(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "magnus.toml").write_text('query_deadline = 3.0\nlog_level = "debug"\n')
    monkeypatch.setenv("MAGNUS_QUERY_DEADLINE", "4")
    told = facts({"scan_dte": [30, 45], "query_deadline": 5.0}, practice_seed=8)
    assert {n: told[n].layer for n in ("query_deadline", "log_level", "scan_dte", "user")} == {
        "query_deadline": "environment",
        "log_level": "file",
        "scan_dte": "database",
        "user": "default",
    }
    assert told["practice_seed"].layer == "command"
    assert told["query_deadline"].value == "4"
    assert told["query_deadline"].why_not == "MAGNUS_QUERY_DEADLINE says it, and that comes first."
    assert not told["query_deadline"].changeable
    assert told["scan_dte"].value == "30, 45"
    assert told["scan_dte"].changeable


def test_a_secret_is_shown_as_dots_wherever_it_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    assert facts()["database_url"].value == "none"
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hush@127.0.0.1/x")
    told = facts()["database_url"]
    assert (told.value, told.given, told.layer) == (MASK, None, "environment")
    assert "hush" not in repr(told)


def test_what_may_be_set_is_said() -> None:
    told = facts()
    assert told["mode"].allowed == "practice, paper, live"
    assert told["query_deadline"].allowed == "more than 0 and at most 60"
    assert told["scan_dte"].allowed == "2 numbers, for example 20, 50"
    assert told["scan_max_capital"].allowed == "more than 0, or nothing"
    assert told["log_json"].allowed == "yes or no"
    assert told["scan_delta"].applies == "at once"
    assert told["mode"].applies == "at the next start"
    assert told["port"].applies == "before the database"


def test_a_change_that_waits_for_the_next_start_is_said_to_wait() -> None:
    running = load_settings()
    told = {f.name: f for f in setting_facts(running, {"query_deadline": 9.0}, running)}
    assert told["query_deadline"].pending
    assert not told["practice_seed"].pending
    preferred = {f.name: f for f in setting_facts(running, {"scan_dte": [1, 9]}, running)}
    assert not preferred["scan_dte"].pending, "it counts at once"


@pytest.mark.parametrize(
    ("name", "given", "stored"),
    [("scan_dte", "30-45", [30, 45]), ("scan_dte", "30 to 45", [30, 45]),
     ("sources", "yahoo", ["yahoo"]), ("sources", "a-b, yahoo", ["a-b", "yahoo"]),
     ("sources", "none", []), ("scan_dte", "30, 45", [30, 45]),
     ("scan_delta", "[0.2, 0.3]", [0.2, 0.3]), ("scan_max_capital", "5000", 5000.0),
     ("scan_max_capital", "none", None), ("watchlist", "Wheel", "Wheel"),
     ("mode", "PAPER", "paper"), ("query_deadline", 3, 3.0)],
)  # fmt: skip
def test_typed_values_are_read_and_stored_as_json(name: str, given: Any, stored: Any) -> None:
    assert stored_value(name, given) == stored


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("scan_dte", "45-30", "give a range from low to high"),
        ("scan_dte", "30", "2 numbers, for example 20, 50"),
        ("query_deadline", "soon", "more than 0 and at most 60"),
        ("query_deadline", "90", "less than or equal to 60"),
        ("query_deadline", "", "needs a value"),
        ("mode", "fun", "practice, paper, live"),
        ("scan_days", "1", "Did you mean scan_delta or scan_dte"),
        ("colour", "red", "`magnus settings` lists them"),
        ("database_url", "x", "is secret, and the database is not encrypted"),
        ("home", "/x", "before the database is open"),
        ("port", "8600", "MAGNUS_PORT"),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_refused_with_what_to_do(name: str, given: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        stored_value(name, given)
    assert said in str(refused.value)


def test_values_are_said_in_words() -> None:
    said = [shown(each) for each in (None, True, False, 2.0, [30, 45], [], "live")]
    assert said == ["none", "yes", "no", "2", "30, 45", "none", "live"]
