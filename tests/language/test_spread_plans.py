"""Which queries answer questions about wheels, strategies held, allocation and calendar spreads."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mfa.language import Language, Plan


def steps(language: Language, today: date, text: str) -> dict[str, dict[str, Any]]:
    plan = language.plan(language.understand(text, today=today), today=today)
    assert isinstance(plan, Plan)
    return {f"{step.feature}.{step.query}": dict(step.params) for step in plan.steps}


@pytest.mark.parametrize(
    ("text", "query", "params"),
    [
        ("how is my wheel on KO doing", "positions.wheel_status", {"symbols": ["KO"]}),
        ("wheel status", "positions.wheel_status", {}),
        ("what is my adjusted basis on AMD", "positions.wheel_status", {"symbols": ["AMD"]}),
        ("show my positions", "positions.group_by_strategy", {}),
        ("how is my account allocated", "dashboard.get_allocation", {}),
        ("sector allocation of my account", "dashboard.get_allocation", {}),
        (
            "Show call calendars on KO", "calendar_spreads.scan",
            {"symbols": ["KO"], "strategy": "call_calendar"},
        ),
        (
            "Set up a calendar on MSFT with 30 and 60 days", "calendar_spreads.build",
            {"symbol": "MSFT", "front_dte": 30, "back_dte": 60},
        ),
        (
            "Build a put calendar on AAPL", "calendar_spreads.evaluate",
            {"symbol": "AAPL", "strategy": "put_calendar"},
        ),
    ],
)  # fmt: skip
def test_the_question_reaches_its_query(
    language: Language, today: date, text: str, query: str, params: dict[str, Any]
) -> None:
    assert steps(language, today, text)[query] == params


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("How much theta am I collecting?", "positions.wheel_status"),
        ("Which sectors are strong?", "dashboard.get_allocation"),
        ("What's my portfolio status?", "dashboard.get_allocation"),
        ("find calendar spreads on KO", "calendar_spreads.build"),
        ("Build a put calendar on AAPL", "calendar_spreads.scan"),
        ("sector allocation of my account", "sector_analysis.analyze"),
    ],
)
def test_what_was_not_asked_is_not_looked_up(
    language: Language, today: date, text: str, query: str
) -> None:
    assert query not in steps(language, today, text)
