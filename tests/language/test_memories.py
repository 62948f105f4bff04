"""What shall be remembered, recalled or forgotten is taken from a message in its own words."""

from __future__ import annotations

from datetime import date

import pytest

from mfa.language.language import Language

LANGUAGE = Language.load()
TODAY = date(2021, 6, 15)


@pytest.mark.parametrize(
    ("text", "intent", "memory"),
    [
        ("I never sell puts on biotech", "remember", "I never sell puts on biotech"),
        ("remember that I only trade spreads in my IRA", "remember",
         "I only trade spreads in my IRA"),
        ("I prefer 30-45 DTE", "remember", "I prefer 30-45 DTE"),
        ("I avoid airlines, remember that", "remember", "I avoid airlines"),
        ("Please remember: my wife handles the taxes", "remember", "My wife handles the taxes"),
        ("what do you remember about me?", "recall_memory", None),
        ("what did I say about biotech?", "recall_memory", "biotech"),
        ("forget that I never sell puts on biotech", "forget_memory",
         "I never sell puts on biotech"),
        ("forget memory 3", "forget_memory", "3"),
    ],
)  # fmt: skip
def test_memory_messages(text: str, intent: str, memory: str | None) -> None:
    understood = LANGUAGE.understand(text, today=TODAY)
    assert (understood.intent, understood.slots.get("memory")) == (intent, memory)


def test_forgetting_is_no_refusal_in_a_conversation_and_forget_it_is_one() -> None:
    dialogue = LANGUAGE.dialogue(["find me a cash-secured put"], today=TODAY)
    forget = dialogue.understand("forget that I never sell puts on biotech", TODAY)
    assert forget.intent == "forget_memory"
    assert dialogue.understand("forget it", TODAY).intent == "decline"
    assert dialogue.understand("no, I don't want to sell it", TODAY).intent == "decline"


def test_a_description_is_the_concept_that_is_asked_about() -> None:
    asked = "what do you call it when the buyer makes you buy the shares"
    understood = LANGUAGE.understand(asked, today=TODAY)
    assert understood.intent == "explain_concept"
    assert understood.slots["concept"] == "buyer makes you buy the shares"
