"""A language model's reading of an unclear message: checked against the catalogue, or not used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from mfa.language import Language
from mfa.language.second_opinion import SecondOpinion
from mfa.language.understanding import Understanding
from mfa.llm.ollama_model import OllamaModel
from tests.servers.faults import BROKEN
from tests.servers.language import OllamaServer


@pytest.fixture
def server() -> Iterator[OllamaServer]:
    with OllamaServer() as opened:
        yield opened


@pytest.fixture
def opinion(language: Language, server: OllamaServer) -> SecondOpinion:
    return SecondOpinion(
        model=OllamaModel("llama3.2", host=server.url), language=language, deadline=3.0
    )


@pytest.fixture
def unclear(language: Language, today: date) -> Understanding:
    understood = language.understand("is the KO thing toast by july", today=today)
    return replace(understood, confidence=0.2)


def heard(opinion: SecondOpinion, unclear: Understanding, today: date) -> Understanding:
    return opinion.on(unclear, earlier=["show my positions"], today=today).understanding


def test_its_intent_is_taken_and_the_grammars_slots_stand(
    opinion: SecondOpinion, server: OllamaServer, unclear: Understanding, today: date
) -> None:
    server.replies = [
        json.dumps({"intent": "assignment_check", "slots": {"symbols": ["PEP"]}, "sure": True})
    ]
    understood = heard(opinion, unclear, today)
    assert understood.intent == "assignment_check"
    assert understood.slots["symbols"] == ["KO"]  # the message says KO, whatever a model says
    assert understood.runner_up == unclear.intent
    assert opinion.language.is_clear(understood)


def test_slots_that_the_grammar_did_not_read_are_added_when_their_types_are_right(
    opinion: SecondOpinion, server: OllamaServer, unclear: Understanding, today: date
) -> None:
    proposed = {
        "option_type": "put",
        "strike": 55,  # an int is a number
        "expiration": "next July",  # no date
        "quantity": 2,  # not a slot of this intent
        "made_up": "x",
    }
    server.replies = [json.dumps({"intent": "assignment_check", "slots": proposed})]
    understood = heard(opinion, unclear, today)
    assert understood.slots["option_type"] == "put"
    assert understood.slots["strike"] == 55.0
    assert set(understood.slots) <= {"symbols", "option_type", "strike", "end_date", "expiration"}
    assert understood.slots.get("expiration") != "next July"


@pytest.mark.parametrize(
    "reply",
    [
        '{"intent": "buy_everything", "slots": {}}',
        '{"intent": "confirm", "slots": {}}',
        '{"intent": "assignment_check", "slots": {}, "sure": false}',
        "I would sell it all!",
    ],
    ids=["no such intent", "a confirmation", "not sure", "no document"],
)
def test_what_is_not_valid_changes_nothing(
    opinion: SecondOpinion, server: OllamaServer, unclear: Understanding, today: date, reply: str
) -> None:
    server.replies = [reply]
    assert heard(opinion, unclear, today) == unclear


def test_a_model_that_fails_changes_nothing(
    opinion: SecondOpinion, server: OllamaServer, unclear: Understanding, today: date
) -> None:
    server.inject(BROKEN)
    assert heard(opinion, unclear, today) == unclear


def test_what_a_model_did_not_help_with_is_a_sentence(
    opinion: SecondOpinion, server: OllamaServer, unclear: Understanding, today: date
) -> None:
    server.replies = ['{"intent": "unknown", "slots": {}, "sure": false}']
    unsure = opinion.on(unclear, earlier=[], today=today)
    assert (unsure.asked, unsure.said) == (
        True,
        "Ollama, llama3.2 was asked too and is not sure either.",
    )
    server.inject(BROKEN)
    failed = opinion.on(unclear, earlier=[], today=today)
    assert not failed.asked
    assert "without success: Ollama answered with an error" in (failed.said or "")


def test_it_is_told_the_catalogue_the_day_and_the_message_as_data(
    opinion: SecondOpinion, server: OllamaServer, unclear: Understanding, today: date
) -> None:
    server.replies = ['{"intent": "unknown", "slots": {}}']
    heard(opinion, unclear, today)
    said = server.asked[0]["messages"]
    instructions = said[1]["content"]
    assert today.isoformat() in instructions
    assert all(f"- {name}:" in instructions for name in ("assignment_check", "price_quote"))
    assert json.loads(said[-1]["content"]) == {
        "earlier": ["show my positions"],
        "message": unclear.text,
    }
