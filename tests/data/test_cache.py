"""What is served again, for how long, to whom, and what makes it forgotten."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from mfa.data.requests import Served
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.data.conftest import Probe


def test_an_answer_is_served_again_until_its_time_is_over(probe: Probe) -> None:
    assert probe.count() == 1
    probe.now = 29.9
    assert probe.count() == 1
    probe.now = 30.0
    assert probe.count() == 2


def test_a_cached_answer_keeps_its_provenance_and_shows_its_age(probe: Probe) -> None:
    first = probe.service.ask("probe", "short")
    probe.now = 12.0
    second = probe.service.ask("probe", "short")
    assert (first.served, second.served) == (Served.FETCHED, Served.CACHED)
    assert second.age == 12.0
    assert second.outcome is first.outcome


def test_equal_questions_spelled_differently_share_an_answer(probe: Probe) -> None:
    assert probe.count(text="a", number=0) == probe.count(text="a") == 1


def test_what_is_never_kept_is_fetched_each_time(probe: Probe) -> None:
    assert [probe.count("never") for _ in range(3)] == [1, 2, 3]


def test_users_do_not_share_answers(probe: Probe) -> None:
    probe.service.query("probe", "short", user="ann")
    outcome = probe.service.query("probe", "short", user="bob")
    assert isinstance(outcome, Found)
    assert outcome.value.model_dump()["user"] == "bob"


def test_a_new_revision_of_the_account_is_a_new_question(probe: Probe) -> None:
    assert probe.count() == 1
    probe.account.read = lambda: "2"
    assert probe.count() == 2


def test_a_static_answer_survives_the_account_and_does_not_need_it(probe: Probe) -> None:
    def lost() -> str:
        raise ConnectionError("no database")

    assert probe.count("constant") == 1
    probe.account.read = lost
    assert probe.count("constant") == 1
    assert isinstance(probe.service.query("probe", "short"), Failed)


def test_an_unknown_event_is_refused_with_those_that_exist(probe: Probe) -> None:
    with pytest.raises(InputError, match=r"order_sent, order_filled, .*, all"):
        probe.service.invalidate("tuesday")


def test_the_least_recently_used_answer_goes_when_the_cache_is_full(
    probes: Callable[..., Probe],
) -> None:
    probe = probes(capacity=2)
    probe.count(text="a")
    probe.count(text="b")
    probe.count(text="a")
    probe.count(text="c")
    assert probe.service.stats().cached == 2
    assert probe.count(text="a") == 1
    assert probe.count(text="b") == 4


def test_ten_thousand_different_questions_stay_within_the_bound(
    probes: Callable[..., Probe],
) -> None:
    probe = probes(capacity=50)
    for number in range(10_000):
        probe.service.query("probe", "constant", {"number": number})
    assert probe.service.stats().cached == 50


def test_absence_is_believed_for_ten_seconds(probe: Probe) -> None:
    probe.connector.behaviour = lambda _: Absent("There is none.")
    probe.service.query("probe", "short")
    probe.now = 9.9
    assert probe.service.query("probe", "short") == Absent("There is none.")
    assert probe.connector.calls == 1
    probe.now = 10.0
    probe.service.query("probe", "short")
    assert probe.connector.calls == 2


def test_a_failure_is_never_served_again(probe: Probe) -> None:
    probe.connector.behaviour = lambda _: Failed(FailureKind.UNAVAILABLE, "Down.")
    probe.service.query("probe", "short")
    probe.connector.behaviour = None
    assert probe.count() == 2


def settled(probe: Probe, calls: int) -> None:
    """Wait until the connector was called so often and the answer is kept."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        fetched = probe.service.stats().queries["probe.patient"]
        if probe.connector.calls >= calls and fetched.fetch_p50_ms is not None:
            time.sleep(0.02)
            return
        time.sleep(0.005)
    raise AssertionError("no refresh came")


def test_an_old_answer_is_served_marked_stale_while_one_asker_has_it_refreshed(
    probe: Probe,
) -> None:
    probe.count("patient")
    probe.now = 42.0
    stale = probe.service.ask("probe", "patient")
    assert isinstance(stale.outcome, Found)
    assert stale.served is Served.STALE
    assert stale.age == 42.0
    assert stale.outcome.stale
    assert stale.outcome.provenance.note == "Fetched 42 s ago; a new answer is on its way."
    settled(probe, 2)
    fresh = probe.service.ask("probe", "patient")
    assert isinstance(fresh.outcome, Found)
    assert (fresh.served, fresh.outcome.stale) == (Served.CACHED, False)
    assert fresh.outcome.value.model_dump()["count"] == 2


def test_beyond_the_stale_window_nothing_old_is_served(probe: Probe) -> None:
    probe.count("patient")
    probe.now = 90.0
    assert probe.service.ask("probe", "patient").served is Served.FETCHED


def test_a_refresh_that_fails_leaves_the_stale_answer_and_is_tried_again_after_five_seconds(
    probe: Probe,
) -> None:
    probe.count("patient")
    probe.connector.behaviour = lambda _: Failed(FailureKind.UNAVAILABLE, "Down.")
    probe.now = 40.0
    for _ in range(20):
        assert probe.service.ask("probe", "patient").served is Served.STALE
    settled(probe, 2)
    assert probe.connector.calls == 2
    probe.now = 45.0
    assert probe.service.ask("probe", "patient").served is Served.STALE
    settled(probe, 3)
    assert probe.connector.calls == 3


def test_practice_keeps_what_only_a_revision_can_change_for_ten_minutes(
    probes: Callable[..., Probe],
) -> None:
    """`prices` is declared for 30 seconds and says what it depends on; `short` does not."""
    for mode, query, kept in (
        (Mode.PRACTICE, "prices", 600.0), (Mode.PRACTICE, "short", 30.0),
        (Mode.PRACTICE, "lists", 30.0), (Mode.PAPER, "prices", 30.0),
    ):  # fmt: skip
        probe = probes(mode=mode)
        probe.ask(query)
        probe.now = kept - 0.1
        assert probe.ask(query).served is Served.CACHED
        probe.now = kept
        assert probe.ask(query).served is Served.FETCHED
