"""Questions that describe an entry without naming it, by meaning and by words.

The questions were written before the entries' descriptions (asked.toml), but by the same hand: the
floors say what works here, not what a stranger would meet. The thresholds of the library are
measured on them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.base import QueryContext, Sources
from connectors.education import Education
from connectors.lessons.meaning import COLLECTION, find_by_meaning, library_passages
from connectors.lessons.models import ConceptParams, StrategyParams
from connectors.lessons.shelf import find, open_shelf
from mfa.kernel.clock import FrozenClock
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Found
from mfa.meaning.search import Meaning

ASKED = tomllib.loads(Path(__file__).with_name("paraphrases.toml").read_text(encoding="utf-8"))
QUESTIONS: dict[str, list[str]] = {**ASKED["concepts"], **ASKED["strategies"]}
CONTEXT = QueryContext(user="local", mode=Mode.PRACTICE)


@pytest.fixture(scope="module")
def meaning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meaning]:
    opened = Meaning(tmp_path_factory.mktemp("library"))
    if not opened.prepare(COLLECTION, library_passages()):
        pytest.skip(str(opened.why_not))
    yield opened
    opened.close()


def recall(meaning: Meaning, best: int) -> float:
    """The share of questions one of whose right entries is among the `best` first."""
    found = 0
    for question, right in QUESTIONS.items():
        hits = meaning.search(COLLECTION, library_passages(), question, patience=120).hits
        found += any(hit.owner in right for hit in hits[:best])
    return found / len(QUESTIONS)


def test_there_are_enough_questions_and_none_names_its_entry() -> None:
    assert len(QUESTIONS) >= 60
    shelf = open_shelf()
    phrases = {**shelf.concept_phrases, **shelf.strategy_phrases}
    assert [question for question in QUESTIONS if find(question, phrases)] == []
    known = {*shelf.concepts, *shelf.strategies}
    assert {name for right in QUESTIONS.values() for name in right} <= known


def test_by_meaning_three_of_four_are_found_first_and_nine_of_ten_among_three(
    meaning: Meaning,
) -> None:
    assert recall(meaning, 1) >= 0.75
    assert recall(meaning, 3) >= 0.90


def test_by_words_three_of_five_are_found_first() -> None:
    words = Meaning(local=False)
    assert recall(words, 1) >= 0.60
    assert recall(words, 3) >= 0.78


def test_four_of_five_answers_are_right_and_most_questions_get_one(meaning: Meaning) -> None:
    given = {
        question: name
        for question in QUESTIONS
        if (name := find_by_meaning(meaning, question).name) is not None
    }
    right = sum(name in QUESTIONS[question] for question, name in given.items())
    assert len(given) >= 0.75 * len(QUESTIONS)
    assert right >= 0.80 * len(given)


def test_what_is_no_business_of_the_library_gets_no_entry(meaning: Meaning) -> None:
    for way in (meaning, Meaning(local=False)):
        assert [t for t in ASKED["nothing"]["texts"] if find_by_meaning(way, t).name] == []


def _education(meaning: Meaning) -> Education:
    none: Any = None
    clock = FrozenClock(datetime(2021, 6, 15, 14, 30, tzinfo=UTC))
    return Education(
        Sources(mode=Mode.PRACTICE, clock=clock, market=none, account=none, meaning=meaning)
    )


def test_an_answer_found_by_meaning_says_so_and_names_the_next_best(meaning: Meaning) -> None:
    asked = ConceptParams(concept="what do you call it when the buyer makes you buy the shares")
    outcome = _education(meaning).explain(asked, CONTEXT)
    assert isinstance(outcome, Found)
    assert [entry.name for entry in outcome.value.entries] == ["assignment"]
    assert outcome.value.note.startswith("I take this to be about Assignment. Near it are: ")


def test_a_strategy_is_taught_by_what_it_does(meaning: Meaning) -> None:
    asked = StrategyParams(strategy="sell puts, take the shares, then sell calls, start over")
    outcome = _education(meaning).learn(asked, CONTEXT)
    assert isinstance(outcome, Found)
    assert outcome.value.name == "wheel"
    assert outcome.value.note.startswith("I take this to be about The wheel.")


def test_a_name_needs_no_guess(meaning: Meaning) -> None:
    outcome = _education(meaning).explain(ConceptParams(concept="theta"), CONTEXT)
    assert isinstance(outcome, Found)
    assert outcome.value.note == ""
