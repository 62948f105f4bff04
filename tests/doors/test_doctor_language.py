"""The doctor says which language is in use and whether the model of the settings is there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from mfa.commands.health import Verdict
from mfa.commands.language_health import classifier, language_model
from mfa.kernel.settings import Settings
from mfa.language.model import load_model
from mfa.language.own import keep_own, own_file
from mfa.llm.groq_model import GroqModel
from mfa.llm.ollama_model import OllamaModel
from mfa.store.corrections import Correction
from tests.servers.language import GroqServer, OllamaServer

NEW = Correction(masked="my loot", intent="price_quote", at=datetime.now(UTC) + timedelta(days=1))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_the_language_in_use_is_named_and_what_is_still_to_learn(tmp_path: Path) -> None:
    file = own_file(tmp_path, "ada")
    assert classifier(file, ()).sentence == "The bundled language is in use."
    assert "1 of your corrections" in classifier(file, (NEW,)).sentence
    keep_own(file, replace(load_model(), temperature=2.0))
    learned = replace(NEW, at=NEW.at - timedelta(days=2))
    assert classifier(file, (learned,)).sentence == "The language that you trained is in use."
    assert "1 of your corrections" in classifier(file, (learned, NEW)).sentence
    keep_own(file, replace(load_model(), fingerprint="other"))
    outdated = classifier(file, (learned,))
    assert outdated.verdict is Verdict.CAREFUL
    assert "magnus train" in outdated.sentence


def test_no_model_is_no_fault_but_a_missing_key_is_told(settings: Settings) -> None:
    assert language_model(settings, None).verdict is Verdict.OK
    chosen = settings.model_copy(update={"language_model": "groq"})
    told = language_model(chosen, None)
    assert told.verdict is Verdict.CAREFUL
    assert "magnus connect groq" in told.sentence


def test_a_model_is_there_or_what_is_there_is_named(settings: Settings) -> None:
    with OllamaServer() as ollama, GroqServer() as groq:
        assert language_model(settings, OllamaModel("llama3.2", host=ollama.url)).sentence == (
            "Ollama, llama3.2 is there."
        )
        gone = GroqModel(SecretStr(groq.key), "retired", base_url=groq.url)
        told = language_model(settings, gone)
        gone.close()
    assert told.verdict is Verdict.CAREFUL
    assert "Groq, retired is not there. Offered: llama-3.3-70b-versatile" in told.sentence


def test_a_model_that_cannot_be_reached_is_a_sentence(settings: Settings) -> None:
    told = language_model(settings, OllamaModel("llama3.2", host="http://127.0.0.1:1"))
    assert told.verdict is Verdict.CAREFUL
    assert "ollama serve" in told.sentence
