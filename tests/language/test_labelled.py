"""How much of what three very different authors write is understood. Run with -s for the tables.

`labelled.toml` was labelled by hand from the contract (intents, slots, dialogue rules) alone. Of
each list the messages at odd places were used to find faults of the grammar; those at even places
were left untouched and are the figure that counts. A slot is right only when its value is equal,
names that people type freely (watchlists, settings, tasks) without regard to capitals.
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

_FREE: Final = frozenset({"watchlist", "trader", "concept", "setting", "value", "task"})
ODD, EVEN = 0, 1


@cache
def document() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("labelled.toml").read_text(encoding="utf-8"))


def half(name: str, which: int) -> list[Any]:
    """The entries at odd (first, third ...) or even places of a list."""
    return list(document()[name][which::2])


def day() -> date:
    return date.fromisoformat(document()["today"])


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
    return {n: v.casefold() if n in _FREE else v for n, v in slots.items()}


def singles(language: Language, which: int) -> dict[str, Score]:
    by_intent: dict[str, Score] = {}
    for text, intent, slots in half("single", which):
        got = language.understand(text, today=day())
        by_intent.setdefault(intent, Score()).add(text, intent, slots, got)
    return by_intent


def whole(by_intent: Mapping[str, Score]) -> Score:
    total = Score()
    for score in by_intent.values():
        total.join(score)
    return total


def turns(language: Language, which: int) -> Score:
    total = Score()
    for dialogue in half("dialogues", which):
        heard = language.dialogue(today=day())
        for text, intent, slots in dialogue:
            total.add(f"{dialogue[0][0]} ... {text}", intent, slots, heard.understand(text, day()))
    return total


def outside(language: Language, which: int) -> tuple[float, list[str]]:
    """The share recognised as out of scope, and what was not."""
    rows = half("out_of_scope", which)
    missed = [t for t in rows if language.understand(t, today=day()).intent != UNKNOWN]
    return 1 - len(missed) / len(rows), missed


def refused(language: Language, which: int) -> float:
    rows = [text for text, _, _ in half("single", which)]
    return sum(language.understand(t, today=day()).intent == UNKNOWN for t in rows) / len(rows)


def composed(language: Language, which: int) -> tuple[float, list[str]]:
    """The share of plans that ask every feature needed, and what the others lack."""
    rows, missed = half("compositional", which), []
    for text, needed in rows:
        understood = language.understand(text, today=day())
        plan = language.plan(understood, today=day())
        asked = set(plan.features) if isinstance(plan, Plan) else set()
        if not set(needed) <= asked:
            what = (understood.intent, understood.also, dict(understood.slots))
            missed.append(f"{text!r}: lacks {sorted(set(needed) - asked)} of {what}")
    return 1 - len(missed) / len(rows), missed


@pytest.mark.parametrize(("name", "which"), [("odd", ODD), ("even (held out)", EVEN)])
def test_report(language: Language, name: str, which: int) -> None:
    by_intent = singles(language, which)
    print(f"\n== {name} ==")
    for intent in sorted(by_intent):
        print(by_intent[intent].line(intent))
    total, in_turns = whole(by_intent), turns(language, which)
    recognised, missed = outside(language, which)
    share, lacking = composed(language, which)
    print(total.line("ALL SINGLE MESSAGES"))
    print(in_turns.line("ALL DIALOGUE TURNS"))
    print(f"out of scope recognised {recognised:.1%}, in scope refused ", end="")
    print(f"{refused(language, which):.1%}, plans with the features needed {share:.1%}")
    if which == ODD:
        print(*total.failures, "-- turns", *in_turns.failures, sep="\n")
        print("-- taken for in scope", *missed, "-- plans", *lacking, sep="\n")
    assert total.messages > 100
