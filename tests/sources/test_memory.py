"""Answers kept for a moment: for how long, which, and one question at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from connectors.sources.memory import Memory
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance

FOUND = Found("71.20", Provenance(source="Tradier", as_of=datetime(2026, 11, 20, tzinfo=UTC)))


class Asking:
    def __init__(self, outcome: Outcome[str]) -> None:
        self.outcome, self.times = outcome, 0

    def __call__(self) -> Outcome[str]:
        self.times += 1
        return self.outcome


@pytest.mark.parametrize("outcome", [FOUND, Absent("There is none.")])
def test_an_answer_is_kept_until_its_seconds_are_over(outcome: Outcome[str]) -> None:
    now = [100.0]
    memory, asking = Memory(clock=lambda: now[0]), Asking(outcome)
    for at, times in ((100.0, 1), (104.9, 1), (105.0, 2)):
        now[0] = at
        assert memory.get("quote KO", 5.0, asking) == outcome
        assert asking.times == times


def test_a_failure_is_not_kept() -> None:
    memory, asking = Memory(), Asking(Failed(FailureKind.UNAVAILABLE, "Down."))
    for _ in range(2):
        memory.get("quote KO", 5.0, asking)
    assert asking.times == 2


def test_the_longest_unused_leaves_first() -> None:
    memory, asking = Memory(size=2), Asking(FOUND)
    for key in ("a", "b", "a", "c", "a", "b"):
        memory.get(key, 60.0, asking)
    assert asking.times == 4  # a, b, c, and b again


def test_equal_questions_at_once_are_one_question() -> None:
    memory, gate, began = Memory(), threading.Event(), threading.Event()
    times: list[int] = []

    def ask() -> Outcome[str]:
        times.append(1)
        began.set()
        gate.wait(10.0)
        return FOUND

    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(memory.get, "quote KO", 60.0, ask)
        began.wait(10.0)
        others = [threads.submit(memory.get, "quote KO", 60.0, ask) for _ in range(7)]
        gate.set()
        assert {future.result(10.0) for future in (first, *others)} == {FOUND}
    assert len(times) == 1


def test_a_question_that_raises_leaves_nothing_behind() -> None:
    memory = Memory()

    def broken() -> Outcome[str]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        memory.get("quote KO", 60.0, broken)
    assert memory.get("quote KO", 60.0, Asking(FOUND)) == FOUND
