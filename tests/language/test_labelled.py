"""How much of what very different authors write is understood. Run with -s for the tables.

Files labelled by hand from the contract (intents, slots, dialogue rules) alone. Those of
`DEVELOPMENT` found faults of the grammar, and the classifier learns from the messages in the
catalogue's `authors`: development data, every line of them. The authors of `HELD` were never read
while the language was made, and theirs are the figures that count; their messages are counted here
and never printed. A slot is right only when its value is equal, names that people type freely
(watchlists, settings, tasks) without regard to capitals.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from mfa.language import UNKNOWN, Language, Plan, Understanding
from mfa.language.catalogue import read_toml

_FREE: Final = frozenset({"watchlist", "trader", "concept", "setting", "value", "task"})
_UNTOLD: Final = frozenset({"memory"})
"""A slot of the catalogue that the contract does not have: no author could have labelled it."""
DEVELOPMENT: Final = (
    "labelled", "authors_dev", "authors_b", "authors_c", "authors_d", "authors_e",
)  # fmt: skip
HELD: Final = ("authors_held", "authors_held_two")


@cache
def document(name: str) -> dict[str, Any]:
    own = Path(__file__).with_name(f"{name}.toml")
    if not own.exists():
        return read_toml(f"authors/{name}.toml")
    return tomllib.loads(own.read_text(encoding="utf-8"))


def day(name: str) -> date:
    return date.fromisoformat(document(name)["today"])


@dataclass
class Score:
    """Counts of messages and slots. `failures` holds what to look at."""

    messages: int = 0
    right: int = 0
    found: int = 0
    said: int = 0
    equal: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, text: str, intent: str, slots: Mapping[str, Any], got: Understanding) -> None:
        ours = {**got.slots, **({"also": got.also} if got.also else {})}
        expected, answered = _plain(slots), _plain(ours)
        same = sum(name in answered and answered[name] == v for name, v in expected.items())
        self.messages += 1
        self.right += got.intent == intent
        self.said += len(expected)
        self.found += len(answered)
        self.equal += same
        if got.intent != intent:
            self.failures.append(f"{text!r}: {intent} -> {got.intent}")
        if expected != answered:
            wrong = {n: v for n, v in answered.items() if expected.get(n) != v}
            lost = {n: v for n, v in expected.items() if answered.get(n) != v}
            self.failures.append(f"{text!r}: has {wrong}, lacks {lost}")

    def join(self, other: Score) -> None:
        self.messages += other.messages
        self.right += other.right
        self.found += other.found
        self.said += other.said
        self.equal += other.equal
        self.failures += other.failures

    @property
    def accuracy(self) -> float:
        return self.right / self.messages

    @property
    def precision(self) -> float:
        return self.equal / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.equal / self.said if self.said else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.equal / (self.found + self.said) if self.found + self.said else 1.0

    def line(self, name: str) -> str:
        return (
            f"{name:24} intent {self.right:3}/{self.messages:<3} {self.accuracy:6.1%}  slots "
            f"P {self.precision:6.1%} R {self.recall:6.1%} F1 {self.f1:6.1%}"
        )


def _plain(slots: Mapping[str, Any]) -> dict[str, Any]:
    told = {n: v for n, v in slots.items() if n not in _UNTOLD}
    return {n: v.casefold() if n in _FREE else v for n, v in told.items()}


def singles(language: Language, name: str) -> dict[str, Score]:
    by_intent: dict[str, Score] = {}
    for text, intent, slots in document(name)["single"]:
        got = language.understand(text, today=day(name))
        by_intent.setdefault(intent, Score()).add(text, intent, slots, got)
    return by_intent


def whole(by_intent: Mapping[str, Score]) -> Score:
    total = Score()
    for score in by_intent.values():
        total.join(score)
    return total


def turns(language: Language, name: str) -> Score:
    total = Score()
    for dialogue in document(name)["dialogues"]:
        heard = language.dialogue(today=day(name))
        for text, intent, slots in dialogue:
            got = heard.understand(text, day(name))
            total.add(f"{dialogue[0][0]} ... {text}", intent, slots, got)
    return total


def outside(language: Language, name: str) -> tuple[float, list[str]]:
    """The share recognised as out of scope, and what was not."""
    rows = document(name)["out_of_scope"]
    missed = [t for t in rows if language.understand(t, today=day(name)).intent != UNKNOWN]
    return 1 - len(missed) / len(rows), missed


def refused(language: Language, name: str) -> tuple[float, list[str]]:
    """The share of messages in scope that are refused, and which."""
    rows = [text for text, intent, _ in document(name)["single"] if intent != UNKNOWN]
    lost = [t for t in rows if language.understand(t, today=day(name)).intent == UNKNOWN]
    return len(lost) / len(rows), lost


def composed(language: Language, name: str) -> tuple[float, list[str]]:
    """The share of plans that ask every feature needed, and what the others lack."""
    rows, missed = document(name)["compositional"], []
    for text, needed in rows:
        understood = language.understand(text, today=day(name))
        plan = language.plan(understood, today=day(name))
        asked = set(plan.features) if isinstance(plan, Plan) else set()
        if not set(needed) <= asked:
            what = (understood.intent, understood.also, dict(understood.slots))
            missed.append(f"{text!r}: lacks {sorted(set(needed) - asked)} of {what}")
    return 1 - len(missed) / len(rows), missed


@dataclass(frozen=True)
class Figures:
    """What a file's messages come to."""

    by_intent: Mapping[str, Score]
    single: Score
    turns: Score
    outside: float
    refused: float
    planned: float
    misses: tuple[str, ...]


def figures(language: Language, name: str) -> Figures:
    by_intent = singles(language, name)
    single, in_turns = whole(by_intent), turns(language, name)
    recognised, taken = outside(language, name)
    share, lost = refused(language, name)
    planned, lacking = composed(language, name)
    misses = (*single.failures, "-- turns", *in_turns.failures, "-- taken for in scope", *taken)
    misses = (*misses, "-- refused", *lost, "-- plans", *lacking)
    return Figures(by_intent, single, in_turns, recognised, share, planned, misses)


def show(name: str, found: Figures) -> None:
    print(f"\n== {name} ==")
    for intent in sorted(found.by_intent):
        print(found.by_intent[intent].line(intent))
    print(found.single.line("ALL SINGLE MESSAGES"))
    print(found.turns.line("ALL DIALOGUE TURNS"))
    print(
        f"out of scope recognised {found.outside:.1%}, in scope refused {found.refused:.1%}, ",
        end="",
    )
    print(f"plans with the features needed {found.planned:.1%}")


@pytest.mark.parametrize("name", DEVELOPMENT)
def test_development_messages_are_understood_as_well_as_asked(
    language: Language, name: str
) -> None:
    found = figures(language, name)
    show(name, found)
    print(*found.misses, sep="\n")
    assert found.single.accuracy >= 0.95
    assert found.single.f1 >= 0.93
    assert found.turns.accuracy >= 0.90
    assert found.turns.f1 >= 0.88
    assert found.outside >= 0.90
    assert found.refused <= 0.02
    assert found.planned >= 0.87


@pytest.mark.parametrize(("name", "least"), [(HELD[0], 0.95), (HELD[1], 0.92)])
def test_messages_of_authors_never_read_are_understood_no_worse_than_before(
    language: Language, name: str, least: float
) -> None:
    """As good as asked in everything but the second file's intents."""
    found = figures(language, name)
    show(name, found)
    assert found.single.messages > 300
    assert found.single.accuracy >= least
    assert found.single.f1 >= 0.93
    assert found.turns.accuracy >= 0.92
    assert found.turns.f1 >= 0.88
    assert found.outside >= 0.90
    assert found.refused <= 0.02
    assert found.planned >= 0.90
