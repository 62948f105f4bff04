"""Any text gives an answer, quickly, the same one each time, with slots of the right type."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mfa.language import Language

_PIECES = st.sampled_from(
    [
        "sell",
        "put",
        "AAPL",
        "170",
        "/",
        "165",
        "@",
        "2.50",
        "$",
        "dec",
        "18",
        "last",
        "month",
        "roll",
        "from",
        "to",
        "99999999",
        "12/31",
        "0",
        "week",
        "%",
        "delta",
        "between",
        "and",
        "next",
        "may",
        "list",
        "my",
        "alert",
        "me",
        "when",
        "in",
        "days",
        "years",
        "ago",
        "drops",
        "one",
        "fifty",
        "k",
    ]
)
_TEXT = st.one_of(st.text(max_size=10_000), st.lists(_PIECES, max_size=60).map(" ".join))
_DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))


@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(text=_TEXT, today=_DAYS)
def test_every_text_is_understood_with_typed_slots(
    language: Language, text: str, today: date
) -> None:
    understood = language.understand(text, today=today)
    assert understood == language.understand(text, today=today)
    intents = language.catalogue.intents
    admitted = frozenset().union(*(intents[name].slots for name in understood.intents))
    for name, value in understood.slots.items():
        assert name in admitted
        assert language.catalogue.slots[name].accepts(value), (name, value)
    assert 0.0 <= understood.confidence <= 1.0
    language.plan(understood, today=today)


@pytest.mark.parametrize(
    "text",
    ["a" * 10_000, "sell 170/165 put " * 588, "my list 9 to " * 769, "$1," * 3_333, "₤" * 10_000],
)
def test_ten_thousand_characters_are_understood_or_refused(
    language: Language, today: date, text: str
) -> None:
    understood = language.understand(text, today=today)
    assert understood.intent in language.catalogue.intents
