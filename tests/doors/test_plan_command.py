"""`magnus plan` plans against what is declared, without a database, and says what is missing."""

from __future__ import annotations

import json

import pytest

from mfa.cli import run


def test_the_steps_are_printed_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "What's the price of KO?"]) == 0
    assert capsys.readouterr().out == (
        "1. Getting the price of KO: ai_research.get_quote(symbols=['KO'])\n"
    )


def test_a_missing_slot_is_the_question_that_the_person_would_get(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["plan", "What's the price?"]) == 1
    assert "Which symbol's price?" in capsys.readouterr().err


def test_as_json_it_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--json", "What's my portfolio status?"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["features"] == ["dashboard"]
    assert plan["steps"][0]["query"] == "get_summary"


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Close my KO put", "actions.close_position()"),
        ("Undo that", "actions.undo()"),
        ("Close everything", "actions.flatten()"),
    ],
)
def test_actions_are_planned_as_they_would_be_proposed(
    capsys: pytest.CaptureFixture[str], text: str, step: str
) -> None:
    assert run(["plan", text]) == 0
    assert step in capsys.readouterr().out
