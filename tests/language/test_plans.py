"""Plans: which steps answer an intent, and what is said when a feature is not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from mfa.language import Language, Plan, Unplanned


@dataclass(frozen=True)
class Only:
    """A registry with these features and all their queries."""

    features: frozenset[str]

    def available(self, feature: str, query: str) -> bool:
        return feature in self.features and bool(query)


FIRST = Only(frozenset({"dashboard", "positions", "ai_research", "education"}))


def _plan(language: Language, today: date, text: str, registry: Only = FIRST) -> Plan | Unplanned:
    return language.plan(language.understand(text, today=today), today=today, registry=registry)


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        (
            "What's my portfolio status?",
            ["dashboard.get_summary", "dashboard.get_balance", "dashboard.get_equity_curve"],
        ),
        ("How much did I make this month?", ["dashboard.get_profit_loss"]),
        ("Show me my trade history from last month", ["dashboard.get_trade_history"]),
        (
            "How much theta am I collecting?",
            ["positions.calculate_theta", "positions.fetch_active"],
        ),
        ("When does my KO put expire?", ["positions.get_details"]),
        ("Which options expire this week?", ["positions.fetch_active"]),
        ("Which positions should I close?", ["positions.check_profit_targets"]),
        ("Am I at risk of assignment?", ["positions.check_assignment_risk"]),
        ("price of KO and PEP", ["ai_research.get_quote"]),
        ("What is theta?", ["education.explain"]),
        ("How does the wheel work?", ["education.learn"]),
        ("hello", []),
        ("what can you do", []),
        ("write me a poem", []),
    ],
)
def test_each_first_intent_has_its_steps(
    language: Language, today: date, text: str, queries: list[str]
) -> None:
    plan = _plan(language, today, text)
    assert isinstance(plan, Plan)
    assert [f"{s.feature}.{s.query}" for s in plan.steps] == queries


def test_slots_become_parameters(language: Language, today: date) -> None:
    plan = _plan(language, today, "show my losing KO trades from last month")
    assert isinstance(plan, Plan)
    assert dict(plan.steps[0].params) == {
        "symbols": ["KO"],
        "start_date": "2021-05-01",
        "end_date": "2021-05-31",
        "outcome": "losers",
    }


def test_a_percentage_said_becomes_the_profit_target(language: Language, today: date) -> None:
    plan = _plan(language, today, "which positions are at 75% profit?")
    assert isinstance(plan, Plan)
    assert dict(plan.steps[0].params) == {"target_pct": 75.0}


def test_both_parts_of_a_message_are_planned(language: Language, today: date) -> None:
    plan = _plan(language, today, "What's my balance and am I at risk of assignment?")
    assert isinstance(plan, Plan)
    assert [s.query for s in plan.steps][-1] == "check_assignment_risk"
    assert len({s.id for s in plan.steps}) == len(plan.steps)


def test_a_feature_that_is_not_there_is_named_and_nothing_is_planned(
    language: Language, today: date
) -> None:
    outcome = _plan(language, today, "find me a cash-secured put")
    assert isinstance(outcome, Unplanned)
    assert outcome.feature == "opportunities"
    assert "not connected" in outcome.reason


def test_the_same_message_is_planned_once_the_feature_joins(
    language: Language, today: date
) -> None:
    joined = Only(FIRST.features | {"opportunities"})
    plan = _plan(language, today, "find me a cash-secured put", joined)
    assert isinstance(plan, Plan)
    assert plan.steps[0].query == "scan_csp"


def test_a_missing_slot_is_asked_for(language: Language, today: date) -> None:
    outcome = _plan(language, today, "what's the price?")
    assert outcome == Unplanned("Which symbol's price?", "ai_research", "symbols")


def test_an_optional_step_is_left_out_when_its_query_is_missing(
    language: Language, today: date
) -> None:
    class NoCurve:
        def available(self, feature: str, query: str) -> bool:
            return feature == "dashboard" and query != "get_equity_curve"

    understood = language.understand("What's my portfolio status?", today=today)
    plan = language.plan(understood, today=today, registry=NoCurve())
    assert isinstance(plan, Plan)
    assert [s.id for s in plan.steps] == ["summary", "balance"]


def test_a_period_of_expirations_is_asked_for_as_one(language: Language) -> None:
    understood = language.understand("which options expire this week", today=date(2021, 6, 15))
    plan = language.plan(understood, today=date(2021, 6, 15))
    assert isinstance(plan, Plan)
    assert [dict(step.params) for step in plan.steps] == [
        {"expires_from": "2021-06-14", "expires_by": "2021-06-20"}
    ]


def test_the_flagship_scans_the_lists_of_the_person_and_nothing_else(
    language: Language, today: date
) -> None:
    said = (
        "Find me a CSP opportunity on a stock from my watchlist that has a bullish AI rating "
        "and no earnings this month"
    )
    plan = language.plan(language.understand(said, today=today), today=today)
    assert isinstance(plan, Plan)
    assert [(s.feature, s.query) for s in plan.steps] == [("opportunities", "scan_csp")]
    assert plan.steps[0].params["watchlist"] == "my watchlist"
    assert set(plan.features) >= {"opportunities", "tradingview", "ai_research", "earnings"}
