"""An unclear question is put to a language model when there is one, and ends without it too."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mfa.language.second_opinion import SecondOpinion
from mfa.llm.ollama_model import OllamaModel
from mfa.store.database import Database
from tests.servers.language import OllamaServer
from tests.turns.house import LANGUAGE, house, kinds

UNCLEAR = "what would the lot fetch"
STATUS = json.dumps({"intent": "portfolio_status", "slots": {}})


@pytest.fixture
def ollama() -> Iterator[OllamaServer]:
    with OllamaServer() as opened:
        opened.replies = [STATUS]
        yield opened


def opinion(ollama: OllamaServer, deadline: float = 3.0) -> SecondOpinion:
    model = OllamaModel("llama3.2", host=ollama.url)
    return SecondOpinion(model=model, language=LANGUAGE, deadline=deadline)


def test_what_the_model_understands_is_answered_from_the_account(
    module_database: Database, ollama: OllamaServer
) -> None:
    with house(module_database, second_opinion=opinion(ollama)) as here:
        _, events = here.ask(UNCLEAR)
    heard = next(e.payload for e in events if e.kind == "understood")
    assert heard["intent"] == "portfolio_status"
    assert "$105,123.45" in "".join(e.payload["text"] for e in events if e.kind == "text")


def test_a_clear_question_is_not_sent_anywhere(
    module_database: Database, ollama: OllamaServer
) -> None:
    with house(module_database, second_opinion=opinion(ollama)) as here:
        _, events = here.ask("What's my portfolio status?")
    assert kinds(events)[-1] == "finished"
    assert ollama.requests == []


def test_a_model_that_is_late_is_not_waited_for(
    module_database: Database, ollama: OllamaServer
) -> None:
    ollama.delay = 30.0
    with house(module_database, second_opinion=opinion(ollama, deadline=0.2)) as here:
        _, events = here.ask(UNCLEAR)
    assert kinds(events)[-1] == "finished"
    assert next(e.payload for e in events if e.kind == "understood")["intent"] == "unknown"


def test_without_a_model_the_question_ends_in_what_can_be_asked(module_database: Database) -> None:
    with house(module_database) as here:
        _, events = here.ask(UNCLEAR)
    assert kinds(events)[-1] == "finished"
    told = [e.payload["block"] for e in events if e.kind == "block"]
    assert told[-1]["suggestions"] == ["What's my portfolio status?"]
