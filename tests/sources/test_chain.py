"""The chain's rules, over sources that answer what they are told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from connectors.sources.chain import Chain, Link
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
REFUSED = Failed(FailureKind.CREDENTIALS, "Tradier refused the credentials. Connect again.")
DOWN = Failed(FailureKind.UNAVAILABLE, "Yahoo cannot be reached (ConnectError). Check it.")
LIMITED = Failed(FailureKind.RATE_LIMITED, "Alpaca is busy. Wait.", timedelta(seconds=9))
NONE_SUCH = Failed(FailureKind.NOT_SUPPORTED, "Robinhood does not offer chains. Ask another.")


def found(source: str, value: str = "71.20", note: str = "") -> Found[str]:
    return Found(value, Provenance(source=source, as_of=NOW, note=note))


class Source:
    """Answers `outcome`; with `gate` only once it is opened."""

    def __init__(self, outcome: Outcome[str], gate: threading.Event | None = None) -> None:
        self.outcome, self.gate = outcome, gate
        self.asked = 0

    def answer(self) -> Outcome[str]:
        self.asked += 1
        if self.gate is not None:
            self.gate.wait(5.0)
        return self.outcome


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Shut while the test runs, opened at its end."""
    shut = threading.Event()
    yield shut
    shut.set()


def chain(
    threads: ThreadPoolExecutor,
    *sources: tuple[str, Source],
    deadline: float = 10.0,
    idle: bool = False,
) -> Chain[Source]:
    links = [
        Link(title=title, source=lambda source=source: source, is_idle=lambda: idle)  # type: ignore[misc]
        for title, source in sources
    ]
    return Chain(lambda: links, deadline=deadline, threads=threads, nobody="Nobody to ask.")


def ask(asked: Chain[Source]) -> Outcome[str]:
    return asked.ask(lambda source: source.answer())


def test_the_first_that_has_it_answers_and_no_later_one_is_asked(
    threads: ThreadPoolExecutor,
) -> None:
    first, second = Source(found("Tradier")), Source(found("Yahoo"))
    outcome = ask(chain(threads, ("Tradier", first), ("Yahoo", second)))
    assert outcome == found("Tradier")
    assert (first.asked, second.asked) == (1, 0)


def test_the_provenance_says_why_the_earlier_ones_did_not_answer(
    threads: ThreadPoolExecutor,
) -> None:
    outcome = ask(
        chain(
            threads,
            ("Tradier", Source(REFUSED)),
            ("Robinhood", Source(NONE_SUCH)),
            ("Alpaca", Source(Absent("Alpaca does not know KO."))),
            ("Yahoo", Source(found("Yahoo", note="Delayed."))),
        )
    )
    assert isinstance(outcome, Found)
    assert outcome.source == "Yahoo"
    assert outcome.provenance.note == (
        "Tradier refused the credentials. Robinhood does not offer chains. "
        "Alpaca does not know KO. Yahoo answered. Delayed."
    )


def test_absent_is_the_answer_when_no_source_found_it_and_none_failed(
    threads: ThreadPoolExecutor,
) -> None:
    outcome = ask(
        chain(
            threads,
            ("Tradier", Source(Absent("Tradier does not know ZZZZ."))),
            ("Robinhood", Source(NONE_SUCH)),
            ("Yahoo", Source(Absent("Yahoo does not know ZZZZ."))),
        )
    )
    assert outcome == Absent("Tradier does not know ZZZZ. Yahoo does not know ZZZZ.")


def test_an_absence_beside_a_failure_is_a_failure_since_who_failed_might_know(
    threads: ThreadPoolExecutor,
) -> None:
    outcome = ask(
        chain(
            threads,
            ("Tradier", Source(Absent("Tradier does not know ZZZZ."))),
            ("Yahoo", Source(DOWN)),
        )
    )
    assert outcome == Failed(FailureKind.UNAVAILABLE, f"Tradier does not know ZZZZ. {DOWN.message}")


def test_several_failures_are_the_kind_a_person_can_do_most_about_with_every_sentence(
    threads: ThreadPoolExecutor,
) -> None:
    outcome = ask(
        chain(
            threads, ("Yahoo", Source(DOWN)), ("Alpaca", Source(LIMITED)),
            ("Tradier", Source(REFUSED)),
        )
    )  # fmt: skip
    assert outcome == Failed(
        FailureKind.CREDENTIALS,
        f"{DOWN.message} {LIMITED.message} {REFUSED.message}",
        timedelta(seconds=9),
    )


def test_data_that_nobody_has_are_not_supported(threads: ThreadPoolExecutor) -> None:
    outcome = ask(chain(threads, ("Robinhood", Source(NONE_SUCH)), ("Other", Source(NONE_SUCH))))
    assert outcome == NONE_SUCH
    assert ask(chain(threads)) == Failed(FailureKind.NOT_SUPPORTED, "Nobody to ask.")


def test_a_source_that_hangs_leaves_time_for_the_next(
    threads: ThreadPoolExecutor, gate: threading.Event
) -> None:
    silent = Source(found("Tradier"), gate)
    outcome = ask(
        chain(threads, ("Tradier", silent), ("Yahoo", Source(found("Yahoo"))), deadline=1.0)
    )
    assert isinstance(outcome, Found)
    assert outcome.source == "Yahoo"
    assert outcome.provenance.note == (
        "Tradier has not answered in its share of 1 seconds. Yahoo answered."
    )


def test_a_late_first_source_still_answers_when_the_others_have_nothing(
    threads: ThreadPoolExecutor,
) -> None:
    gate = threading.Event()

    class Opening(Source):
        def answer(self) -> Outcome[str]:
            gate.set()
            return Absent("Yahoo does not know KO.")

    slow = Source(found("Tradier"), gate)
    nothing = Opening(Absent(""))
    outcome = ask(chain(threads, ("Tradier", slow), ("Yahoo", nothing), deadline=2.0))
    assert outcome == found("Tradier")


def test_a_source_that_is_down_rests_and_says_so_without_being_asked_again(
    threads: ThreadPoolExecutor,
) -> None:
    dead = Source(DOWN)
    asked = chain(threads, ("Yahoo", dead))
    assert [ask(asked) for _ in range(5)] == [DOWN] * 5
    assert dead.asked == 1


def test_a_source_that_answered_a_moment_ago_is_asked_again_after_one_failure(
    threads: ThreadPoolExecutor,
) -> None:
    source = Source(found("Yahoo"))
    asked = chain(threads, ("Yahoo", source))
    ask(asked)
    source.outcome = DOWN
    assert ask(asked) == DOWN
    source.outcome = found("Yahoo")
    assert ask(asked) == found("Yahoo")


def test_a_source_that_raises_is_a_failure_and_passes_the_question_on(
    threads: ThreadPoolExecutor,
) -> None:
    class Broken(Source):
        def answer(self) -> Outcome[str]:
            raise KeyError("price")

    outcome = ask(chain(threads, ("Odd", Broken(DOWN)), ("Yahoo", Source(found("Yahoo")))))
    assert isinstance(outcome, Found)
    assert "Odd's answer could not be used." in outcome.provenance.note


def test_a_witness_is_asked_beside_the_first_only_where_it_is_idle(
    threads: ThreadPoolExecutor,
) -> None:
    for idle, times in ((False, 0), (True, 1)):
        second = Source(found("Yahoo", "70.00"))
        both = chain(threads, ("Tradier", Source(found("Tradier"))), ("Yahoo", second), idle=idle)
        asked = both.ask_with_witness(lambda source: source.answer())
        assert asked.outcome == found("Tradier")
        if idle:
            assert asked.witness is not None
            assert asked.witness[1].result(5.0) == found("Yahoo", "70.00")
        assert second.asked == times
