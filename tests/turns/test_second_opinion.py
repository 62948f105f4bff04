"""An unclear question is put to a language model when there is one, and ends without it too."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mfa.language.second_opinion import SecondOpinion
from mfa.llm.ollama_model import OllamaModel
from mfa.store.database import Database
from tests.servers.faults import BROKEN
from tests.servers.language import OllamaServer
from tests.turns.house import LANGUAGE, UNSURE, house, kinds, notices, understood

UNCLEAR = "what would the lot fetch"
STATUS = json.dumps({"intent": "portfolio_status", "slots": {}})
UNSURE_TOO = json.dumps({"intent": "unknown", "slots": {}, "sure": False})


@pytest.fixture
def ollama() -> Iterator[OllamaServer]:
    with OllamaServer() as opened:
        opened.replies = [STATUS]
        yield opened


def opinion(ollama: OllamaServer, deadline: float = 20.0) -> SecondOpinion:
    model = OllamaModel("llama3.2", host=ollama.url)
    return SecondOpinion(model=model, language=LANGUAGE, deadline=deadline)


def test_what_the_model_understands_is_answered_from_the_account(
    module_database: Database, ollama: OllamaServer
) -> None:
    with house(module_database, language=UNSURE, second_opinion=opinion(ollama)) as here:
        _, events = here.ask(UNCLEAR)
    heard = understood(events)
    assert (heard["intent"], heard["model"]) == ("portfolio_status", "Ollama, llama3.2")
    assert "$105,123.45" in "".join(e.payload["text"] for e in events if e.kind == "text")


def test_a_later_message_meets_what_the_model_made_of_an_earlier_one(
    module_database: Database, ollama: OllamaServer
) -> None:
    ollama.replies = [
        json.dumps({"intent": "price_quote", "slots": {"symbols": ["KO"]}}),
        UNSURE_TOO,
    ]
    with house(module_database, language=UNSURE, second_opinion=opinion(ollama)) as here:
        first, _ = here.ask("the fizzy one please")
    with house(module_database, second_opinion=opinion(ollama)) as here:
        _, events = here.ask("what about PEP?", conversation=first.conversation)
    heard = understood(events)
    assert (heard["intent"], heard["slots"]) == ("price_quote", {"symbols": ["PEP"]})
    assert len(ollama.requests) == 1  # the earlier message was not asked about again


def test_a_clear_question_is_not_sent_anywhere(
    module_database: Database, ollama: OllamaServer
) -> None:
    with house(module_database, second_opinion=opinion(ollama)) as here:
        _, events = here.ask("What's my portfolio status?")
    assert kinds(events)[-1] == "finished"
    assert ollama.requests == []


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ("late", "did not answer within 0.2 seconds"),
        ("down", "Ollama answered with an error"),
        ("unsure", "was asked too and is not sure either"),
    ],
)
def test_a_model_that_does_not_help_is_named_and_the_person_is_asked(
    module_database: Database, ollama: OllamaServer, trouble: str, says: str
) -> None:
    ollama.replies = [UNSURE_TOO]
    if trouble == "late":
        ollama.delay = 30.0
    elif trouble == "down":
        ollama.inject(BROKEN)
    asked = opinion(ollama, deadline=0.2 if trouble == "late" else 20.0)
    with house(module_database, language=UNSURE, second_opinion=asked) as here:
        _, events = here.ask("What's my portfolio status?")
    assert kinds(events)[-1] == "finished"
    (told,) = notices(events)
    assert told["text"].startswith("I am not sure what you mean.")
    assert says in told["text"]


def test_without_a_model_the_gate_works_and_says_that_there_is_none(
    module_database: Database,
) -> None:
    with house(module_database, language=UNSURE) as here:
        _, events = here.ask("What's my portfolio status?")
    assert kinds(events)[-1] == "finished"
    (told,) = notices(events)
    assert "No language model is set up" in told["text"]
    assert told["suggestions"][0].startswith("I meant: balance, value, buying power")


def test_a_second_miss_lists_what_can_be_done(module_database: Database) -> None:
    with house(module_database, language=UNSURE) as here:
        first, _ = here.ask(UNCLEAR)
        _, events = here.ask("I would like the whole lot told", conversation=first.conversation)
    assert notices(events)[0]["text"].startswith("I did not understand that either.")
    said = "".join(e.payload["text"] for e in events if e.kind == "text")
    assert "You can ask in your own words" in said
