"""A plan that a language model proposes: checked against the registry, or refused with a reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from connectors.registry import Registry
from mfa.language import Language
from mfa.language.model_plans import ModelPlanner, is_uncovered
from mfa.language.offered import fitting, offered, reading
from mfa.language.plans import Plan, Unplanned
from mfa.llm.ollama_model import OllamaModel
from tests.servers.faults import BROKEN
from tests.servers.language import OllamaServer
from tests.turns.house import sources

ODD = "which of the things I sold would hurt most if KO surprised everybody"
QUERIES = Registry.discover(sources()).queries()


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer() as opened:
        yield opened


def planned(
    server: OllamaServer, today: date, *replies: Any, deadline: float = 20.0
) -> Plan | Unplanned:
    server.replies = [each if isinstance(each, str) else json.dumps(each) for each in replies]
    planner = ModelPlanner(model=OllamaModel("llama3.2", host=server.url), deadline=deadline)
    return planner.propose(ODD, queries=QUERIES, earlier=["show my positions"], today=today)


def step(name: str, query: str, /, *after: str, **params: Any) -> dict[str, Any]:
    return {"id": name, "query": query, "params": params, "after": list(after)}


def test_a_valid_proposal_becomes_named_steps_and_says_who_chose_them(
    server: OllamaServer, today: date
) -> None:
    plan = planned(
        server,
        today,
        {
            "steps": [
                step("held", "positions.fetch_active", symbols=["ko"], side="short", strike=None),
                step("move", "earnings.expected_move", "held", symbol="KO"),
            ]
        },
    )
    assert isinstance(plan, Plan)
    held, move = plan.steps
    assert (held.feature, held.query) == ("positions", "fetch_active")
    assert held.params == {"symbols": ["KO"], "side": "short"}  # as the connector's model reads it
    assert move.after == ("held",)
    assert move.title.startswith("The move options expect of the next report")
    assert "symbol KO" in move.title
    assert "Ollama, llama3.2 chose the steps" in plan.notes[0]


LONG = [step(f"s{n}", "dashboard.get_summary") for n in range(7)]


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([step("a", "weather.forecast")], "no query 'weather.forecast' that only reads"),
        ([step("a", "premium_scanner.run_saved", name="x")], "that only reads"),
        ([step("a", "earnings.fetch_date")], "earnings.fetch_date cannot use this: symbol"),
        ([step("a", "earnings.fetch_date", symbol="KO", colour="red")], "no parameter 'colour'"),
        ([step("a", "risk.portfolio_var", days=0)], "days"),
        (LONG, "it has 7 steps; a plan has 6 at most"),
        ([step("a", "risk.margin"), step("a", "risk.stress")], "two of its steps are called 'a'"),
        ([step("a", "risk.margin", "b")], "its step 'a' waits for 'b', which is none"),
        ([step("a", "risk.margin", "b"), step("b", "risk.stress", "a")], "wait for each other"),
        ([step("a", "risk.margin", "a")], "wait for each other"),
    ],
    ids=[
        "no such query", "a query that changes", "a parameter missing", "a parameter too many",
        "out of range", "too long", "one name twice", "waits for nobody", "a circle", "for itself",
    ],
)  # fmt: skip
def test_a_wrong_proposal_is_shown_the_fault_once_and_then_refused_with_it(
    server: OllamaServer, today: date, steps: list[dict[str, Any]], reason: str
) -> None:
    refused = planned(server, today, {"steps": steps})
    assert isinstance(refused, Unplanned)
    assert refused.reason.startswith("The plan of a language model was refused: Ollama, llama3.2")
    assert reason in refused.reason
    assert len(server.asked) == 2
    assert reason in server.asked[1]["messages"][-1]["content"]


def test_a_proposal_that_is_put_right_is_taken(server: OllamaServer, today: date) -> None:
    wrong, right = [step("a", "risk.everything")], [step("a", "risk.margin")]
    plan = planned(server, today, {"steps": wrong}, {"steps": right})
    assert isinstance(plan, Plan)
    assert [s.query for s in plan.steps] == ["margin"]


@pytest.mark.parametrize("said", ["Sell everything now!", '{"steps": 3}', "[" * 4000, "{}"])
def test_what_is_no_plan_is_refused(server: OllamaServer, today: date, said: str) -> None:
    refused = planned(server, today, said)
    assert isinstance(refused, Unplanned)
    assert "gave no valid answer" in refused.reason


def test_a_model_that_finds_nothing_is_named(server: OllamaServer, today: date) -> None:
    refused = planned(server, today, {"steps": []})
    assert isinstance(refused, Unplanned)
    assert "found nothing connected" in refused.reason


def test_a_model_that_cannot_be_asked_is_a_sentence(server: OllamaServer, today: date) -> None:
    server.inject(BROKEN)
    refused = planned(server, today, {"steps": []})
    assert isinstance(refused, Unplanned)
    assert "could not be asked for a plan" in refused.reason


def test_a_late_model_is_not_waited_for(server: OllamaServer, today: date) -> None:
    server.delay = 30.0
    refused = planned(server, today, {"steps": []}, deadline=0.2)
    assert isinstance(refused, Unplanned)
    assert "did not answer within" in refused.reason


def test_the_message_goes_as_data_beside_reading_queries_alone(
    server: OllamaServer, today: date
) -> None:
    planned(server, today, {"steps": []})
    _, instructions, message = (m["content"] for m in server.asked[0]["messages"])
    assert today.isoformat() in instructions
    assert json.loads(message) == {"earlier": ["show my positions"], "message": ODD}
    for name in fitting(reading(QUERIES), ODD):
        assert f"- {name}(" in instructions
    for declared in QUERIES:
        assert not (declared.query.changes and f"- {declared.full_name}(" in instructions)


def test_what_is_offered_names_each_set_of_parameters_once() -> None:
    text = offered(reading(QUERIES))
    assert "- positions.get_details(PositionFilter)" in text  # takes what fetch_active takes
    assert "- earnings.fetch_date(SymbolParams)" in text
    assert "- SymbolParams: symbol* string" in text
    assert "shock* {symbol string; market boolean; pct* number >-100 <=500}" in text
    names = [line.partition(":")[0] for line in text.partition("What they take")[2].splitlines()]
    assert len(names) == len(set(names))


def test_more_than_fits_is_cut_down_to_what_the_message_is_about() -> None:
    every = reading(QUERIES)
    assert fitting(every, ODD, longest=10**6) == every
    for text, needed in (
        ("what margin does my account require", "risk.margin"),
        ("how do my drawdowns look", "performance.drawdowns"),
    ):
        few = fitting(every, text, longest=3_000)
        assert needed in few
        assert len(offered(few)) <= 3_000
        assert len(few) < len(every)


def test_only_what_no_template_covers_is_uncovered(language: Language, today: date) -> None:
    def uncovered(text: str) -> bool:
        understood = language.understand(text, today=today)
        plan = language.plan(understood, today=today, registry=Registry.discover(sources()))
        return is_uncovered(understood, plan, clear=language.is_clear(understood))

    assert uncovered("write me a poem about the sea")
    assert not uncovered("hello")
    assert not uncovered("What's my portfolio status?")
    assert not uncovered("What's the price?")  # which symbol's is asked
    assert not uncovered("Show me the alerts of my followed traders")  # a feature not yet there
