"""Groq's and Ollama's own clients against loopback servers: what is said, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel, SecretStr

from mfa.kernel.outcome import Failed, FailureKind, Found
from mfa.llm.groq_model import GroqModel
from mfa.llm.ollama_model import OllamaModel
from mfa.llm.protocol import LanguageModel, Message, Prompt
from mfa.llm.structured import ask_for
from tests.servers.faults import BROKEN, CUT_OFF, LIMITED, LIMITED_UNTIL, MALFORMED, SILENT
from tests.servers.language import GroqServer, OllamaServer

HELLO = Prompt(messages=(Message("user", "Hello"),), deadline=2.0)


class Answer(BaseModel):
    """What the tests ask for."""

    intent: str
    count: int


@pytest.fixture
def groq() -> Iterator[GroqServer]:
    with GroqServer() as server:
        server.replies = ["Hi there"]
        yield server


@pytest.fixture
def ollama() -> Iterator[OllamaServer]:
    with OllamaServer() as server:
        server.replies = ["Hi there"]
        yield server


@pytest.fixture(params=["groq", "ollama"])
def house(
    request: pytest.FixtureRequest,
) -> Iterator[tuple[GroqServer | OllamaServer, LanguageModel]]:
    server: GroqServer | OllamaServer = request.getfixturevalue(request.param)
    model: LanguageModel
    if isinstance(server, GroqServer):
        model = GroqModel(SecretStr(server.key), "llama-3.3-70b-versatile", base_url=server.url)
    else:
        model = OllamaModel("llama3.2", host=server.url)
    yield server, model
    model.close()


House = tuple[GroqServer | OllamaServer, LanguageModel]


def test_a_question_is_answered_and_names_its_source(house: House) -> None:
    _, model = house
    outcome = model.ask(HELLO)
    assert isinstance(outcome, Found)
    assert outcome.value.text == "Hi there"
    assert outcome.provenance.source == model.name
    assert outcome.provenance.computed


def test_the_models_on_offer_are_listed(house: House) -> None:
    server, model = house
    outcome = model.models()
    assert isinstance(outcome, Found)
    assert set(server.offered) == set(outcome.value)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (BROKEN, FailureKind.UNAVAILABLE),
        (MALFORMED, FailureKind.BAD_DATA),
    ],
    ids=str,
)
def test_a_fault_is_an_outcome(house: House, fault: object, kind: FailureKind) -> None:
    server, model = house
    server.inject(fault)  # type: ignore[arg-type]  # a Fault, through the parameters
    outcome = model.ask(HELLO)
    assert isinstance(outcome, Failed)
    assert outcome.kind is kind


@pytest.mark.parametrize("fault", [SILENT, CUT_OFF], ids=["silent", "cut off"])
def test_a_house_that_does_not_finish_is_left_in_time(house: House, fault: object) -> None:
    server, model = house
    server.inject(fault)  # type: ignore[arg-type]  # as above
    outcome = model.ask(Prompt(messages=HELLO.messages, deadline=0.4))
    assert isinstance(outcome, Failed)
    assert outcome.kind in {FailureKind.TIMEOUT, FailureKind.UNAVAILABLE}


def test_a_limit_says_when_to_come_back_and_is_asked_once(groq: GroqServer) -> None:
    model = GroqModel(SecretStr(groq.key), "llama-3.3-70b-versatile", base_url=groq.url)
    groq.inject(LIMITED_UNTIL)
    outcome = model.ask(HELLO)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.RATE_LIMITED
    assert outcome.retry_after is not None
    assert outcome.retry_after.total_seconds() == 7
    groq.inject(LIMITED)
    assert isinstance(model.ask(HELLO), Failed)
    assert len(groq.requests) == 2  # the client's own retries are off


def test_a_wrong_key_is_said_without_repeating_it(groq: GroqServer) -> None:
    model = GroqModel(SecretStr("gsk_wrong"), "llama-3.3-70b-versatile", base_url=groq.url)
    outcome = model.ask(HELLO)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.CREDENTIALS
    assert "connect groq" in outcome.message
    assert "gsk_wrong" not in outcome.message


def test_a_model_that_is_gone_is_named(groq: GroqServer, ollama: OllamaServer) -> None:
    models: list[LanguageModel] = [
        GroqModel(SecretStr(groq.key), "retired", base_url=groq.url),
        OllamaModel("retired", host=ollama.url),
    ]
    for model in models:
        outcome = model.ask(HELLO)
        assert isinstance(outcome, Failed)
        assert outcome.kind is FailureKind.NOT_SUPPORTED
        assert "retired" in outcome.message


def test_nobody_there_is_said_with_the_remedy() -> None:
    outcome = OllamaModel("llama3.2", host="http://127.0.0.1:1").ask(HELLO)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.UNAVAILABLE
    assert "ollama serve" in outcome.message


@pytest.mark.parametrize(
    "text",
    [
        '{"intent": "help", "count": 2}',
        '```json\n{"intent": "help", "count": 2}\n```',
        'Sure! {"intent": "help", "count": 2} I hope that helps.',
    ],
)
def test_a_document_is_found_in_what_is_said(house: House, text: str) -> None:
    server, model = house
    server.replies = [text]
    outcome = ask_for(Answer, model, HELLO.messages, deadline=3.0)
    assert isinstance(outcome, Found)
    assert outcome.value == Answer(intent="help", count=2)


def test_the_schema_goes_along(house: House) -> None:
    server, model = house
    server.replies = ['{"intent": "help", "count": 2}']
    ask_for(Answer, model, HELLO.messages, deadline=3.0)
    asked = server.asked[0]
    if isinstance(server, OllamaServer):
        assert asked["format"] == Answer.model_json_schema()
    else:
        assert asked["response_format"] == {"type": "json_object"}
    assert "schema" in asked["messages"][0]["content"]


def test_a_wrong_document_is_asked_for_once_more_with_the_fault(house: House) -> None:
    server, model = house
    server.replies = ['{"intent": "help"}', '{"intent": "help", "count": 3}']
    outcome = ask_for(Answer, model, HELLO.messages, deadline=5.0)
    assert isinstance(outcome, Found)
    assert outcome.value.count == 3
    assert "count: Field required" in server.asked[1]["messages"][-1]["content"]


@pytest.mark.parametrize("text", ["no idea", "{", '{"intent": 1, "count": []}', "[" * 5000])
def test_what_stays_wrong_is_a_failure(house: House, text: str) -> None:
    server, model = house
    server.replies = [text]
    outcome = ask_for(Answer, model, HELLO.messages, deadline=5.0)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.BAD_DATA
    assert len(server.asked) == 2
