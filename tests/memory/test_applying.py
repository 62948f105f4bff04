"""A plan with preferences in it: what changes, what is said, and that the question's words win."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from mfa.kernel.memories import Memory
from mfa.language.language import Language
from mfa.memory.applying import applied, concerns
from mfa.memory.rules import rules

LANGUAGE = Language.load()
BANKS, DTE, TSLA = "I never sell puts on banks", "I prefer 30-45 DTE", "I never trade TSLA"


def _step(query: str = "scan_csp", feature: str = "opportunities", **params: Any) -> dict[str, Any]:
    return {"id": "scan", "title": "Looking", "feature": feature, "query": query, "params": params}


def _applied(step: dict[str, Any], *texts: str) -> tuple[dict[str, Any], list[str]]:
    at = datetime(2021, 6, 15, tzinfo=UTC)
    memories = [
        Memory(id=n, kind="preference", text=text, said_at=at) for n, text in enumerate(texts, 1)
    ]
    steps, notes = applied([step], rules(memories, LANGUAGE, date(2021, 6, 15)))
    return steps[0]["params"], notes


def test_an_exclusion_goes_into_the_scan_and_is_said_with_the_way_to_lift_it() -> None:
    params, notes = _applied(_step(), BANKS)
    assert "JPM" in params["exclude_symbols"]
    assert "exclude_sectors" not in params
    (note,) = notes
    assert note == (
        "Left out: Banks, because you said on 15 Jun 2021: 'I never sell puts on banks'."
        " To lift it: 'forget memory 1'."
    )


def test_two_exclusions_add_up() -> None:
    params, notes = _applied(_step(), BANKS, TSLA)
    assert {"JPM", "TSLA"} <= set(params["exclude_symbols"])
    assert len(notes) == 2


def test_a_rule_about_puts_leaves_calls_alone() -> None:
    params, notes = _applied(_step("scan_covered_calls"), BANKS, TSLA)
    assert params["exclude_symbols"] == ["TSLA"]
    assert len(notes) == 1


def test_usual_days_stand_in_where_the_question_says_none() -> None:
    params, notes = _applied(_step(), DTE)
    assert params["dte"] == [30, 45]
    assert notes[0].startswith("Looked for 30 to 45 days to expiration, because you said")
    params, notes = _applied(_step(dte=[7, 14]), DTE)
    assert (params, notes) == ({"dte": [7, 14]}, [])


def test_a_company_that_the_question_names_is_shown_all_the_same() -> None:
    params, notes = _applied(_step(symbols=["JPM"]), BANKS)
    assert params == {"symbols": ["JPM"]}
    assert notes == [
        "Shown all the same, because you named it; you said: 'I never sell puts on banks'."
    ]
    assert _applied(_step(symbols=["KO"]), BANKS) == ({"symbols": ["KO"]}, [])


def test_other_queries_are_left_as_they_are() -> None:
    step = _step("get_summary", "dashboard")
    assert not concerns([step])
    assert _applied(step, BANKS, DTE) == ({}, [])
