"""The catalogue: complete, strict, and the model made from it is the one on disk."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mfa.kernel.errors import ConfigurationError
from mfa.language.catalogue import (
    DIALOGUE_ONLY,
    load_catalogue,
    parse_features,
    parse_intents,
    parse_slots,
    read_toml,
)
from mfa.language.gazetteer import load_gazetteer
from mfa.language.model import load_model
from mfa.language.plan_templates import load_templates
from mfa.language.train import fingerprint
from mfa.language.utterances import expand, load_utterances

FIRST = {
    "portfolio_status", "profit_loss", "trade_history", "position_details", "profit_target_check",
    "assignment_check", "price_quote", "explain_concept", "learn_strategy", "greeting", "help",
    "unknown",
}  # fmt: skip


def test_fifty_nine_intents_and_two_of_dialogue_are_known() -> None:
    assert len(load_catalogue().intents) == 61
    assert set(load_catalogue().intents) >= DIALOGUE_ONLY


def test_every_intent_has_sentences_to_learn_from() -> None:
    for intent, utterances in load_utterances().items():
        least = 60 if intent in FIRST else 8 if intent in DIALOGUE_ONLY else 20
        assert len(utterances) >= least, intent


def test_the_model_on_disk_was_trained_from_these_sentences() -> None:
    assert load_model().fingerprint == fingerprint(), "run: python -m mfa.language.train"


def test_every_intent_has_a_plan_template() -> None:
    assert set(load_templates(load_catalogue())) == set(load_catalogue().intents)


def test_alternatives_stand_for_every_combination() -> None:
    assert expand("(show|list) my (open |)positions") == [
        "show my open positions",
        "show my positions",
        "list my open positions",
        "list my positions",
    ]


def test_the_symbol_table_covers_the_practice_companies_and_two_hundred_more() -> None:
    practice = {"AAPL", "AMD", "BAC", "BBY", "CVX", "GE", "HD", "JNJ", "JPM", "KO", "LLY", "MRK",
                "MSFT", "PEP", "PFE", "PG", "RRC", "UNH", "WMT", "XOM"}  # fmt: skip
    tickers = load_gazetteer().tickers
    assert tickers >= practice
    assert len(tickers) >= 220
    assert all(re.fullmatch(r"[A-Z]{1,5}(\.[AB])?", t) for t in tickers)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"feature": "nonsense"}, "no such feature"),
        ({"slots": ["nonsense"]}, "no such slot"),
        ({"required": ["symbols"]}, "one question for each required slot"),
        ({"examples": ["one"]}, "at least 3"),
        ({"examples": ["a", "a", "b", "c"]}, "twice"),
        ({"dates": "sideways"}, "'dates' is one of"),
        ({"extra": 1}, "unknown key extra"),
        ({"definition": " "}, "'definition' must be a non-empty string"),
    ],
)
def test_a_wrong_intent_is_refused_with_its_place(change: dict[str, Any], message: str) -> None:
    slots, features = (
        parse_slots(read_toml("slots.toml")),
        parse_features(read_toml("features.toml")),
    )
    table = {"definition": "d", "feature": "dashboard", "examples": ["a", "b", "c"], **change}
    with pytest.raises(ConfigurationError, match=message) as caught:
        parse_intents({"some_intent": table}, slots, features)
    assert "[some_intent]" in str(caught.value)


def test_a_slot_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no such type 'colour'"):
        parse_slots({"x": {"type": "colour", "notes": "n"}})
