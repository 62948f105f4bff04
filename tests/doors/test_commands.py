"""The shell: each command against a real home; one sentence for every known problem."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from mfa import cli
from mfa.store.server import EmbeddedServer


@pytest.fixture
def home(magnus_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("DATABASE_URL", "MAGNUS_DATABASE_URL", "MAGNUS_CONFIG", "MAGNUS_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))
    yield magnus_home
    EmbeddedServer(magnus_home / "database").stop()


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """Run one command line; its output, when it ends with `code`."""
    capsys.readouterr()
    ended = cli.run(list(arguments))
    out, err = capsys.readouterr()
    assert ended == code, err
    assert "Traceback" not in err
    return out if code == 0 else err


def test_a_day_in_the_shell(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One home, so that it is made once: ask, query, doctor, backup, advance, restore."""
    answer = json.loads(said(capsys, "ask", "--json", "What's my portfolio status?"))
    assert (answer["state"], answer["mode"]) == ("finished", "practice")
    assert answer["intent"] == "portfolio_status"
    assert answer["message"] is None
    assert all(figure["source"] and figure["inputs"] for figure in answer["figures"])
    assert all(step["outcome"] == "found" and step["ms"] >= 0 for step in answer["steps"])

    balance = json.loads(said(capsys, "query", "dashboard", "get_balance", "--json"))
    assert balance["kind"] == "found"
    cash = next(f["value"] for f in answer["figures"] if f["label"] == "Cash")
    assert Decimal(balance["value"]["cash"]) == Decimal(str(cash))

    again = said(capsys, "ask", "--conversation", answer["conversation"], "And my theta?")
    assert "PRACTICE" in again

    health = said(capsys, "doctor")
    assert "broken" not in health
    assert "agree to the cent" in health

    backup = home / "books.magnus"
    assert "rows in" in said(capsys, "backup", str(backup))
    before = said(capsys, "practice", "status")
    assert "Tuesday 2021-06-15 14:30 UTC" in before
    moved = said(capsys, "practice", "advance", "--expiration")
    assert "Friday 2021-06-18 20:00 UTC" in moved
    assert "Restored" in said(capsys, "restore", "--yes", str(backup))
    assert said(capsys, "practice", "status") == before


def test_what_cannot_be_done_is_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, sentence in (
        (["query", "dashboard", "nothing"], "dashboard has no query 'nothing'"),
        (["query", "weather", "today"], "There is no feature 'weather'"),
        (["ask", "   "], "There is no question"),
        (["practice", "advance", "--to", "2021-01-01"], "never goes back to 01 January 2021"),
    ):
        text = said(capsys, *arguments, code=1)
        assert text.startswith("magnus: ")
        assert sentence in text
        assert len(text.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["query", "positions", "fetch_active", "-p", "broken"],
        ["understand"],
        ["practice", "advance", "--days", "1", "--weeks", "1"],
        ["practice", "advance", "--days", "0"],
        ["no-such-command"],
    ],
)
def test_a_wrong_command_line_ends_with_two(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert "Usage: magnus" in said(capsys, *arguments, code=2)


def test_a_wrong_setting_is_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGNUS_PORT", "99999")
    assert "port: " in said(capsys, "practice", "status", code=1)
    broken = said(capsys, "doctor", "--json", code=1)
    assert broken == ""


def test_a_message_is_understood_without_a_home(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "understand", "--json", "--today", "2021-06-15", "expire my KO put?")
    assert json.loads(text)["slots"]["symbols"] == ["KO"]


def test_lines_are_answered_line_by_line() -> None:
    lines = (
        '{"text": "hello"}\n{"turns": ["how much theta do I collect", "and on KO?"]}\nnonsense\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "mfa", "understand", "--jsonl", "--today", "2021-06-15"],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert first["intent"] == "greeting"
    assert len(second["turns"]) == 2
    assert "error" in third


def test_help_names_every_command_and_imports_none() -> None:
    script = "import sys; from mfa import cli; cli.run(['--help']); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    *shown, modules = done.stdout.splitlines()
    assert all(name in "\n".join(shown) for name in ("ask", "doctor", "practice", "run"))
    heavy = {"pandas", "streamlit", "langgraph", "numpy", "psycopg", "mfa.assistant"}
    assert heavy.isdisjoint(modules.split())


def test_a_defect_is_called_one_and_its_place_is_told_on_demand(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAGNUS_DEBUG", raising=False)
    monkeypatch.setitem(cli.COMMANDS, "doctor", "mfa.no_such_module")
    text = said(capsys, "doctor", code=1)
    assert "this is a defect in Magnus: ModuleNotFoundError" in text
    monkeypatch.setenv("MAGNUS_DEBUG", "1")
    with pytest.raises(ModuleNotFoundError):
        cli.run(["doctor"])
