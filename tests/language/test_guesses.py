"""An unclear message offers two readings to pick from; a wrong one is put right in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mfa.language import Language
from mfa.language.guesses import guesses, meant_instead, picked

OFFER = {"I meant: what is held now": "position_details", "I meant: the price": "price_quote"}


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("I meant: the price", "price_quote"),
        ("i meant: the price.", "price_quote"),
        ("1", "position_details"),
        ("The second one", "price_quote"),
        ("the former", "position_details"),
        ("3", None),
        ("the price", None),
        ("", None),
    ],
)
def test_an_answer_picks_by_its_words_or_its_place(said: str, intent: str | None) -> None:
    assert picked(OFFER, said) == intent


def test_a_place_beyond_the_offer_picks_nothing() -> None:
    assert picked({"I meant: the price": "price_quote"}, "2") is None
    assert picked({}, "1") is None


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("no, I meant my portfolio status", "my portfolio status"),
        ("No I meant tesla", "tesla"),
        ("I meant: the price", "the price"),
        ("what i meant was KO", "KO"),
        ("Sorry, I actually meant to ask for KO", "KO"),
        ("that’s not what I meant, show KO", "show KO"),
        ("no, not what I meant. I meant KO", "KO"),
        ("show what i meant", None),
        ("I mean it", None),
        ("no, I meant", None),
        ("no", None),
    ],
)
def test_a_correction_in_words_is_told_from_what_it_asks(said: str, rest: str | None) -> None:
    assert meant_instead(said) == rest


def test_the_offer_has_both_readings_and_never_small_talk(language: Language, today: date) -> None:
    unclear = replace(
        language.understand("hm", today=today), intent="price_quote", runner_up="trade_history"
    )
    assert list(guesses(language.catalogue, unclear).values()) == ["price_quote", "trade_history"]
    small = replace(unclear, runner_up="greeting")
    assert list(guesses(language.catalogue, small).values()) == ["price_quote"]


def test_a_corrected_message_and_its_like_are_understood_as_corrected(
    language: Language, today: date
) -> None:
    masked = language.masked("how rich is KO making me", today=today)
    taught = replace(language, corrected={masked: "position_details"})
    for text in ("how rich is KO making me", "How rich is $PEP making me?"):
        understood = taught.understand(text, today=today)
        assert (understood.intent, understood.confidence) == ("position_details", 1.0)
        assert understood.slots["symbols"] == ["KO" if "KO" in text else "PEP"]
    other = "how rich is KO"
    assert taught.understand(other, today=today) == language.understand(other, today=today)
