"""A real small language model behind both clients: the wiring holds whatever it says.

It is far too small to judge quality by. What is claimed: it is reached through Groq's and Ollama's
own clients, what it says is checked, and nothing it says becomes an intent, a slot or a query that
is not there. `make test-all` installs it; `MAGNUS_TEST_GGUF` names a better one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Literal

import pytest
from pydantic import BaseModel, Field, SecretStr

from connectors.registry import Registry
from mfa.kernel.outcome import Failed, FailureKind, Found
from mfa.language.model_plans import ModelPlanner
from mfa.language.plans import Plan, Unplanned
from mfa.language.second_opinion import SecondOpinion
from mfa.llm.groq_model import GroqModel
from mfa.llm.ollama_model import OllamaModel
from mfa.llm.protocol import LanguageModel, Message, Prompt
from mfa.llm.structured import ask_for
from tests.servers.small_model import NAME, OllamaFront, small_model
from tests.turns.house import LANGUAGE, sources

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

TODAY = date(2021, 6, 15)
PATIENCE = 500.0
"""Seconds: a prompt of four thousand tokens on two shared cores."""


class Mood(BaseModel):
    """What the tests ask for."""

    view: Literal["bullish", "bearish"]
    sure: bool = Field()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with small_model() as address:
        yield address


@pytest.fixture(params=["groq", "ollama"])
def model(request: pytest.FixtureRequest, url: str) -> Iterator[LanguageModel]:
    if request.param == "groq":
        groq = GroqModel(SecretStr("none is asked for"), NAME, base_url=url)
        yield groq
        groq.close()
        return
    with OllamaFront(url) as front:
        yield OllamaModel(NAME, host=front.url)


def test_it_is_listed_and_speaks(model: LanguageModel) -> None:
    listed = model.models(deadline=PATIENCE)
    assert isinstance(listed, Found)
    assert NAME in listed.value
    prompt = Prompt(messages=(Message("user", "Say hello."),), deadline=PATIENCE, tokens=12)
    said = model.ask(prompt)
    assert isinstance(said, Found)
    assert said.value.text.strip()
    assert said.provenance.computed


def test_bound_to_a_schema_it_keeps_to_it(url: str) -> None:
    with OllamaFront(url) as front:
        outcome = ask_for(
            Mood,
            OllamaModel(NAME, host=front.url),
            [Message("user", "Prices fall and everybody sells. Is that bullish or bearish?")],
            deadline=PATIENCE,
        )
    assert isinstance(outcome, Found)
    assert outcome.value.view in {"bullish", "bearish"}


def test_what_it_reads_into_a_message_is_of_the_catalogue_or_nothing(model: LanguageModel) -> None:
    heard = LANGUAGE.understand("is the KO thing toast by july", today=TODAY)
    unclear = replace(heard, confidence=0.2)
    second = SecondOpinion(model=model, language=LANGUAGE, deadline=PATIENCE)
    opinion = second.on(unclear, earlier=[], today=TODAY)
    understood = opinion.understanding
    assert understood.intent in LANGUAGE.catalogue.intents
    for name, value in understood.slots.items():
        assert LANGUAGE.catalogue.slots[name].accepts(value)
    if understood == unclear:
        assert opinion.said  # and the person is told why


def test_a_plan_of_its_is_checked_or_refused(model: LanguageModel) -> None:
    queries = Registry.discover(sources()).queries()
    planned = ModelPlanner(model=model, deadline=PATIENCE).propose(
        "how is my account divided, and what margin does it need",
        queries=queries, earlier=[], today=TODAY,
    )  # fmt: skip
    if isinstance(planned, Unplanned):
        assert model.name in planned.reason
        return
    assert isinstance(planned, Plan)
    known = {(each.feature, each.query.name) for each in queries if not each.query.changes}
    assert {(step.feature, step.query) for step in planned.steps} <= known


def test_one_that_is_not_there_is_said_so(url: str) -> None:
    with OllamaFront(url) as front:
        outcome = OllamaModel("other", host=front.url).ask(
            Prompt(messages=(Message("user", "Hello"),), deadline=PATIENCE)
        )
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.NOT_SUPPORTED
