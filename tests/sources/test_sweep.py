"""Many questions at a vendor's pace: what is known now, what is under way, what is dropped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from connectors.sources.sweep import Sweep
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance

NAMES = tuple(f"S{number}" for number in range(40))


def found(name: str) -> Found[str]:
    return Found(name, Provenance(source="Tradier", as_of=datetime(2026, 11, 20, tzinfo=UTC)))


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def sweep(closing: ExitStack, *, seconds: float = 20.0, room: bool = True) -> Sweep:
    made = Sweep(seconds=seconds, has_room=lambda: room)
    closing.callback(made.close)
    return made


def test_everything_that_comes_in_time_is_given(closing: ExitStack) -> None:
    assert sweep(closing).ask(NAMES, found) == {name: found(name) for name in NAMES}


def test_what_is_known_is_not_asked_again(closing: ExitStack) -> None:
    asked: list[str] = []

    def ask(name: str) -> Outcome[str]:
        asked.append(name)
        return found(name)

    made = sweep(closing)
    for _ in range(3):
        made.ask(NAMES, ask)
    assert sorted(asked) == sorted(NAMES)
    made.forget()
    made.ask(NAMES[:1], ask)
    assert len(asked) == len(NAMES) + 1


def test_what_is_missing_comes_with_the_next_asking(closing: ExitStack) -> None:
    gate, first = threading.Event(), threading.Event()
    closing.callback(gate.set)

    def ask(name: str) -> Outcome[str]:
        if name != "S0":
            gate.wait(20.0)
        first.set()
        return found(name)

    quick, patient = sweep(closing, seconds=0.0), ("S0", "S1")
    quick.ask(patient, ask)
    assert first.wait(20.0)
    known: dict[str, Outcome[str]] = {}
    while not known:  # until the one that is not held up has been learnt
        known = quick.ask(patient, ask)
    assert known == {"S0": found("S0")}
    gate.set()
    while len(known) < 2:
        known = quick.ask(patient, ask)
    assert known == {"S0": found("S0"), "S1": found("S1")}


def test_without_room_at_the_vendors_nothing_is_asked(closing: ExitStack) -> None:
    assert sweep(closing, seconds=0.05, room=False).ask(NAMES, found) == {}


def test_a_question_about_few_companies_goes_first_and_needs_no_room(closing: ExitStack) -> None:
    made = sweep(closing, seconds=0.05, room=False)
    assert made.ask(NAMES, found) == {}
    known: dict[str, Outcome[str]] = {}
    while not known:
        known = made.ask(("KO",), found)
    assert known == {"KO": found("KO")}
    assert made.ask(NAMES, found) == {}


def test_a_limit_is_waited_out_and_then_asked_again(closing: ExitStack) -> None:
    answers: list[Outcome[str]] = [
        Failed(FailureKind.RATE_LIMITED, "Busy.", timedelta(milliseconds=10))
    ]

    def ask(name: str) -> Outcome[str]:
        return answers.pop() if answers else found(name)

    assert sweep(closing).ask(("KO",), ask) == {"KO": found("KO")}


def test_any_other_failure_is_an_answer(closing: ExitStack) -> None:
    down = Failed(FailureKind.UNAVAILABLE, "Yahoo cannot be reached.")
    assert sweep(closing).ask(("KO",), lambda _: down) == {"KO": down}


def test_a_question_that_raises_is_a_failure(closing: ExitStack) -> None:
    def broken(_: str) -> Outcome[str]:
        raise KeyError("strike")

    outcome = sweep(closing).ask(("KO",), broken)["KO"]
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.BAD_DATA


def test_a_closed_sweep_keeps_nobody_waiting(closing: ExitStack) -> None:
    made = sweep(closing)
    made.close()
    assert made.ask(NAMES, found) == {}
