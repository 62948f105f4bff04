"""A question that no template covers is planned by a language model, and answered by connectors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mfa.language.model_plans import ModelPlanner
from mfa.language.second_opinion import SecondOpinion
from mfa.llm.ollama_model import OllamaModel
from mfa.store.database import Database
from tests.servers.faults import BROKEN
from tests.servers.language import OllamaServer
from tests.turns.house import LANGUAGE, UNSURE, house, kinds, notices, understood

ODD = "put my cash beside what everything together came to"
UNSURE_TOO = json.dumps({"intent": "unknown", "slots": {}, "sure": False})
PLAN = {
    "steps": [
        {"id": "cash", "query": "dashboard.get_balance", "params": {}, "after": []},
        {"id": "all", "query": "dashboard.get_summary", "params": {}, "after": ["cash"]},
    ]
}


@pytest.fixture
def ollama() -> Iterator[OllamaServer]:
    with OllamaServer() as opened:
        yield opened


def models(ollama: OllamaServer) -> dict[str, Any]:
    model = OllamaModel("llama3.2", host=ollama.url)
    return {
        "language": UNSURE,
        "second_opinion": SecondOpinion(model=model, language=LANGUAGE, deadline=20.0),
        "model_planner": ModelPlanner(model=model, deadline=20.0),
    }


def test_its_steps_are_shown_and_the_figures_are_the_accounts(
    module_database: Database, ollama: OllamaServer
) -> None:
    ollama.replies = [UNSURE_TOO, json.dumps(PLAN)]
    with house(module_database, **models(ollama)) as here:
        first, events = here.ask(ODD)
        ollama.replies = [UNSURE_TOO, '{"steps": []}']
        _, later = here.ask("and the frobnitz of it all", conversation=first.conversation)
    planned = next(e.payload for e in events if e.kind == "planned")
    assert planned["proposed_by"] == "Ollama, llama3.2"
    done = [e.payload for e in events if e.kind == "step_done"]
    assert [(each["id"], each["outcome"]) for each in done] == [("cash", "found"), ("all", "found")]
    said = "".join(e.payload["text"] for e in events if e.kind == "text")
    assert "60,000.00" in said
    assert "105,123.45" in said
    assert "Ollama, llama3.2 chose the steps" in notices(events)[-1]["text"]
    assert understood(events)["confidence"] < 0.45  # nobody claims to have understood it
    told = notices(later)[0]["text"]  # the first miss: the message before was answered
    assert "found nothing connected that answers it" in told
    assert "either" not in told


def test_a_wrong_plan_is_refused_with_its_reason_and_the_person_is_asked(
    module_database: Database, ollama: OllamaServer
) -> None:
    wrong = {"steps": [{"id": "a", "query": "dashboard.sell_everything"}]}
    ollama.replies = [UNSURE_TOO, json.dumps(wrong)]
    with house(module_database, **models(ollama)) as here:
        _, events = here.ask(ODD)
    assert "step_started" not in kinds(events)
    (told,) = notices(events)
    assert "The plan of a language model was refused" in told["text"]
    assert "no query 'dashboard.sell_everything' that only reads" in told["text"]
    assert told["suggestions"]


def test_a_model_that_cannot_be_asked_is_asked_once(
    module_database: Database, ollama: OllamaServer
) -> None:
    ollama.inject(BROKEN)
    with house(module_database, **models(ollama)) as here:
        _, events = here.ask(ODD)
    assert kinds(events)[-1] == "finished"
    assert len(ollama.requests) == 1


def test_a_question_that_a_template_covers_is_not_planned_by_a_model(
    module_database: Database, ollama: OllamaServer
) -> None:
    with house(module_database, **{**models(ollama), "language": LANGUAGE}) as here:
        here.ask("What's my portfolio status?")
        _, events = here.ask("Show me the alerts of the traders that I follow")
        assert "not connected yet" in notices(events)[0]["text"]
    assert ollama.requests == []
