"""The terminal's cards: `ask` shows one and says how to decide it; a later command decides it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mfa.cli import run


def test_a_card_is_shown_confirmed_and_undone_by_three_commands(
    magnus_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))
    assert run(["ask", "Record a trade: sold 1 KO 52.5 put jan 21 2022 at 1.20"]) == 0
    shown = capsys.readouterr().out
    assert "Sold 1 KO 52.5 put 21 Jan 2022 at $1.20" in shown
    number = re.search(r"magnus confirm ([0-9a-f-]{36})", shown)
    assert number is not None
    assert run(["confirm", number[1][:8], "--yes"]) == 0
    assert "is in your imported account" in capsys.readouterr().out
    assert run(["confirm", number[1], "--yes"]) == 1
    assert "confirmed before" in capsys.readouterr().out
    assert run(["undo", number[1], "--yes"]) == 0
    assert "The record is removed again." in capsys.readouterr().out
    assert run(["cancel-card", "nothing"]) == 1
    assert "names no card" in capsys.readouterr().err
