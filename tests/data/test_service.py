"""What the service promises whoever asks: one fetch, in time, an outcome whatever happens."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from mfa.data.requests import QueryRequest, Served
from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.data.conftest import Ask, Probe


def found_text(outcome: object) -> str:
    assert isinstance(outcome, Found), outcome
    return str(outcome.value.model_dump()["text"])


def test_a_hundred_equal_questions_at_once_are_one_fetch(probe: Probe) -> None:
    gate = threading.Event()
    reply = probe.service.query("probe", "never")

    def slow(_: Ask) -> object:
        gate.wait(30)
        return reply

    probe.connector.behaviour = slow
    probe.connector.calls = 0
    everybody = threading.Barrier(101)

    def ask(_: int) -> Served:
        everybody.wait()
        return probe.service.ask("probe", "short", {"text": "same"}, deadline=5).served

    with ThreadPoolExecutor(100) as pool:
        answers = [pool.submit(ask, number) for number in range(100)]
        everybody.wait()
        time.sleep(0.3)
        gate.set()
        served = [answer.result() for answer in answers]
    assert probe.connector.calls == 1
    assert served.count(Served.FETCHED) == 1
    assert served.count(Served.JOINED) + served.count(Served.CACHED) == 99


def test_no_equal_question_slips_between_the_end_of_a_flight_and_the_cache(probe: Probe) -> None:
    for number in range(200):
        with ThreadPoolExecutor(4) as pool:
            list(
                pool.map(
                    lambda _, n=number: probe.service.query(
                        "probe", "short", {"number": n}, deadline=60.0
                    ),
                    range(4),
                )
            )
    assert probe.connector.calls == 200


def test_a_late_source_is_a_timeout_in_time_and_its_answer_still_fills_the_cache(
    probe: Probe,
) -> None:
    reply = probe.service.query("probe", "never")
    gate = threading.Event()

    def slow(_: Ask) -> object:
        gate.wait(30)
        return reply

    probe.connector.behaviour = slow
    began = time.monotonic()
    outcome = probe.service.query("probe", "short", deadline=0.1)
    assert time.monotonic() - began < 15.0  # the source would take 30
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.TIMEOUT
    assert outcome.message == (
        "probe.short did not answer within 0.1 seconds. Ask again in a moment."
    )
    gate.set()
    until = time.monotonic() + 20
    while probe.service.stats().late < 1 and time.monotonic() < until:
        time.sleep(0.005)
    assert probe.service.ask("probe", "short").served is Served.CACHED
    assert probe.connector.calls == 2


def test_an_account_that_hangs_does_not_hold_the_asker(probe: Probe) -> None:
    gate = threading.Event()
    probe.account.read = lambda: str(gate.wait(30))
    began = time.monotonic()
    outcome = probe.service.query("probe", "short", deadline=0.1)
    assert time.monotonic() - began < 15.0  # the source would take 30
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.TIMEOUT
    gate.set()


def test_questions_nobody_waits_for_any_more_are_not_asked(probes: Callable[..., Probe]) -> None:
    probe = probes(concurrency=1)
    gate = threading.Event()
    asked: list[str] = []

    def slow(params: Ask) -> object:
        asked.append(params.text)
        gate.wait(30)
        return Absent("No.")

    probe.connector.behaviour = slow
    probe.service.query("probe", "short", {"text": "first"}, deadline=0.05)
    probe.service.query("probe", "short", {"text": "queued"}, deadline=0.05)
    gate.set()
    probe.service.query("probe", "short", {"text": "third"})
    assert asked == ["first", "third"]


def test_at_most_the_bound_of_fetches_runs_at_once(probes: Callable[..., Probe]) -> None:
    probe = probes(concurrency=3)
    lock, running, most = threading.Lock(), 0, 0

    def slow(_: Ask) -> object:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return Absent("No.")

    probe.connector.behaviour = slow
    requests = [QueryRequest("probe", "short", {"number": n}) for n in range(12)]
    probe.service.query_many(requests)
    assert most == 3


def test_many_questions_are_asked_side_by_side_and_answered_in_order(probe: Probe) -> None:
    together = threading.Barrier(4, timeout=5)

    def meet(params: Ask) -> object:
        together.wait()
        return Absent(params.text)

    probe.connector.behaviour = meet
    texts = ["a", "b", "c", "d"]
    requests = [QueryRequest("probe", "short", {"text": text}) for text in texts]
    assert probe.service.query_many(requests) == [Absent(text) for text in texts]


def test_many_questions_share_one_deadline_and_the_quick_ones_are_answered(probe: Probe) -> None:
    gate = threading.Event()

    def mixed(params: Ask) -> object:
        if params.text != "quick":
            gate.wait(30)
        return Absent(params.text)

    probe.connector.behaviour = mixed
    requests = [QueryRequest("probe", "short", {"text": t}) for t in ("slow", "slower", "quick")]
    began = time.monotonic()
    slow, slower, quick = probe.service.query_many(requests, deadline=0.2)
    assert time.monotonic() - began < 15.0  # the source would take 30
    assert quick == Absent("quick")
    assert isinstance(slow, Failed)
    assert isinstance(slower, Failed)
    gate.set()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ZeroDivisionError("division"), FailureKind.BAD_DATA),
        (KeyError("price"), FailureKind.BAD_DATA),
        (ConnectionResetError("reset"), FailureKind.UNAVAILABLE),
        (RuntimeError("odd"), FailureKind.UNAVAILABLE),
    ],
)
def test_a_connector_that_raises_is_a_failure_with_a_sentence(
    probe: Probe, error: Exception, kind: FailureKind
) -> None:
    def broken(_: Ask) -> object:
        raise error

    probe.connector.behaviour = broken
    outcome = probe.service.query("probe", "short")
    assert isinstance(outcome, Failed)
    assert outcome.kind is kind
    assert outcome.message.startswith("probe.short could not be read")
    assert str(error) not in outcome.message


def test_what_a_known_error_says_is_passed_on(probe: Probe) -> None:
    def broken(_: Ask) -> object:
        raise StoreError("The disk is full.", "Free some space.")

    probe.connector.behaviour = broken
    assert probe.service.query("probe", "short") == Failed(
        FailureKind.UNAVAILABLE, "The disk is full. Free some space."
    )


@pytest.mark.parametrize("odd", [None, 0, "text", {"text": "x"}])
def test_an_answer_that_is_no_outcome_is_bad_data(probe: Probe, odd: object) -> None:
    probe.connector.behaviour = lambda _: odd
    outcome = probe.service.query("probe", "short")
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.BAD_DATA


def test_the_wrong_model_is_bad_data(probe: Probe) -> None:
    reply = probe.service.query("probe", "never")
    assert isinstance(reply, Found)
    probe.connector.behaviour = lambda params: Found(params, reply.provenance)
    outcome = probe.service.query("probe", "short")
    assert outcome == Failed(FailureKind.BAD_DATA, "probe.short found a Ask instead of a Reply.")


def test_an_answer_mixed_from_two_states_is_thrown_away_and_asked_again(probe: Probe) -> None:
    def move(params: Ask) -> object:
        if probe.connector.calls == 1:
            probe.account.read = lambda: "2"
        return Absent(f"{params.text}{probe.connector.calls}")

    probe.connector.behaviour = move
    assert probe.service.query("probe", "short") == Absent("2")
    assert probe.service.ask("probe", "short").served is Served.CACHED


def test_an_account_that_never_stands_still_is_said_to(probe: Probe) -> None:
    moments = iter(range(1_000))
    probe.account.read = lambda: str(next(moments))
    outcome = probe.service.query("probe", "short")
    assert isinstance(outcome, Failed)
    assert outcome.message == (
        "The account kept changing while it was read. Ask again in a moment."
    )


def test_what_was_on_its_way_when_an_event_came_is_not_kept(probe: Probe) -> None:
    gate, begun = threading.Event(), threading.Event()

    def slow(_: Ask) -> object:
        begun.set()
        gate.wait(30)
        return Absent(f"{probe.connector.calls}")

    probe.connector.behaviour = slow
    with ThreadPoolExecutor(2) as pool:
        before = pool.submit(probe.service.query, "probe", "short")
        begun.wait(5)
        probe.service.invalidate("account_changed")
        after = pool.submit(probe.service.ask, "probe", "short")
        while probe.connector.calls < 2:
            time.sleep(0.005)
        gate.set()
        assert isinstance(before.result(), Absent)
        assert after.result().served is Served.FETCHED
    assert probe.service.ask("probe", "short").outcome == Absent("2")


def test_an_unknown_feature_or_query_is_refused_with_what_exists(probe: Probe) -> None:
    with pytest.raises(InputError, match=r"no feature 'weather'. Features: probe"):
        probe.service.query("weather", "now")
    with pytest.raises(InputError, match="Its queries: constant, edit, lists, never, patient"):
        probe.service.query("probe", "long")


def test_wrong_parameters_are_refused_with_what_is_accepted(probe: Probe) -> None:
    with pytest.raises(InputError, match=r"no parameter 'txt'\. It takes: text, number\."):
        probe.service.query("probe", "short", {"txt": "x"})
    with pytest.raises(InputError, match="number: Input should be a valid integer"):
        probe.service.query("probe", "short", {"number": "many"})
    assert probe.connector.calls == 0


def test_one_wrong_question_among_many_stops_all_before_any_is_asked(probe: Probe) -> None:
    requests = [QueryRequest("probe", "short"), QueryRequest("probe", "short", {"txt": 1})]
    with pytest.raises(InputError):
        probe.service.query_many(requests)
    assert probe.connector.calls == 0


@pytest.mark.parametrize("deadline", [0.0, -1.0, float("nan"), float("inf")])
def test_a_deadline_that_cannot_be_kept_is_refused(probe: Probe, deadline: float) -> None:
    with pytest.raises(InputError):
        probe.service.query("probe", "short", deadline=deadline)


def test_no_questions_have_no_answers(probe: Probe) -> None:
    assert probe.service.query_many([]) == []


def test_a_closed_service_says_so(probe: Probe) -> None:
    probe.service.query("probe", "short")
    probe.service.close()
    outcome = probe.service.query("probe", "short", {"text": "late"})
    assert outcome == Failed(FailureKind.UNAVAILABLE, "Magnus is shutting down.")


def test_closing_leaves_a_hanging_source_behind(probe: Probe) -> None:
    gate = threading.Event()
    probe.connector.behaviour = lambda _: gate.wait(30)
    probe.service.query("probe", "short", deadline=0.05)
    began = time.monotonic()
    probe.service.close(wait=0.1)
    assert time.monotonic() - began < 15.0
    gate.set()


def test_what_happened_is_counted(probe: Probe) -> None:
    probe.service.query("probe", "short")
    probe.service.query("probe", "short")
    probe.connector.behaviour = lambda _: Absent("No.")
    probe.service.query("probe", "short", {"text": "none"})
    probe.connector.behaviour = lambda _: Failed(FailureKind.RATE_LIMITED, "Slow down.")
    probe.service.query("probe", "short", {"text": "fails"})
    stats = probe.service.stats()
    assert (stats.asked, stats.hits, stats.misses, stats.joins) == (4, 1, 3, 0)
    assert stats.hit_rate_pct == 25.0
    short = stats.queries["probe.short"]
    assert short.outcomes == {"found": 2, "absent": 1, "rate_limited": 1}
    assert short.p95_ms is not None
    assert short.fetch_p95_ms is not None
