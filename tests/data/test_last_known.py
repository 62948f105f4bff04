"""A source that cannot be asked is answered for with what it last said, dated and marked stale."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mfa.data.last_known import BOUND
from mfa.data.requests import Answer, Served
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.store.database import Database
from mfa.store.last_known import LastKnown, LastKnownRepository, Name
from tests.data.conftest import MOMENT, Probe

DOWN = Failed(FailureKind.UNAVAILABLE, "The broker does not answer.")


@pytest.fixture
def start(probes: Callable[..., Probe], database: Database) -> Callable[..., Probe]:
    """Starts another process of the house, in paper mode."""

    def process(**options: object) -> Probe:
        return probes(**{"mode": Mode.PAPER, "database": database, **options})

    return process


@pytest.fixture
def known(start: Callable[..., Probe]) -> Probe:
    """A process that found answers and ended; and the next one, whose source is dead."""
    before = start()
    for name in ("short", "prices", "never", "safety", "constant"):
        before.ask(name, text="same")
    before.service.close()
    after = start()
    after.fails(message="The broker does not answer.")
    return after


def found(answer: Answer) -> Found[Any]:
    assert isinstance(answer.outcome, Found), answer.outcome
    return answer.outcome


def test_a_dead_source_is_answered_for_with_dated_data_after_a_restart(known: Probe) -> None:
    answer = known.ask("short", text="same")
    outcome = found(answer)
    assert answer.served is Served.LAST_KNOWN
    assert 0 <= answer.age < 60
    assert outcome.value.text == "same"
    assert outcome.stale
    assert outcome.as_of == MOMENT
    note = outcome.provenance.note
    assert note.startswith("Last known at 20")
    assert note.endswith(" s ago: The broker does not answer.")


@pytest.mark.parametrize(
    "kind",
    [
        FailureKind.UNAVAILABLE,
        FailureKind.TIMEOUT,
        FailureKind.RATE_LIMITED,
        FailureKind.CREDENTIALS,
    ],
)
def test_it_stands_in_for_a_source_that_could_not_be_asked(known: Probe, kind: FailureKind) -> None:
    known.fails(kind)
    assert known.ask("short", text="same").served is Served.LAST_KNOWN


@pytest.mark.parametrize(
    "kind", [FailureKind.BAD_DATA, FailureKind.PERMISSION, FailureKind.NOT_SUPPORTED]
)
def test_it_does_not_stand_in_for_a_source_that_answered_badly(
    known: Probe, kind: FailureKind
) -> None:
    known.fails(kind, "So it is.")
    assert known.ask("short", text="same").outcome == Failed(kind, "So it is.")


def test_where_nothing_was_known_the_failure_stands(known: Probe) -> None:
    assert known.ask("short", text="another").outcome == DOWN


@pytest.mark.parametrize("query", ["safety", "never"])
def test_what_opts_out_or_is_never_cached_is_not_kept(known: Probe, query: str) -> None:
    assert known.ask(query, text="same").outcome == DOWN


def test_users_and_modes_do_not_share_what_was_known(
    known: Probe, start: Callable[..., Probe]
) -> None:
    outcome = known.service.query("probe", "short", {"text": "same"}, user="ann")
    assert outcome == DOWN
    live = start(mode=Mode.LIVE)
    live.fails()
    assert isinstance(live.ask("short", text="same").outcome, Failed)


def test_another_accounts_values_are_not_shown(start: Callable[..., Probe]) -> None:
    before = start()
    before.ask("short")
    before.service.close()
    other = start(account_name="another account")
    other.fails(message=DOWN.message)
    assert other.ask("short").outcome == DOWN


def test_practice_keeps_nothing(start: Callable[..., Probe], database: Database) -> None:
    """Its clock can be moved and reset: an old value would be one of another world."""
    before = start(mode=Mode.PRACTICE)
    before.ask("short")
    before.service.close()
    with database.connection() as conn:
        assert conn.execute("SELECT count(*) FROM magnus.last_known").fetchone() == (0,)


def test_a_passed_deadline_is_answered_for_too(known: Probe) -> None:
    gate = threading.Event()
    known.connector.behaviour = lambda _: gate.wait(5)
    answer = known.service.ask("probe", "short", {"text": "same"}, deadline=0.1)
    gate.set()
    assert answer.served is Served.LAST_KNOWN
    assert "did not answer within 0.1 seconds" in found(answer).provenance.note


def test_what_is_absent_now_is_never_replaced_and_ends_what_was_known(
    known: Probe, start: Callable[..., Probe]
) -> None:
    known.connector.behaviour = lambda _: Absent("You hold nothing.")
    assert known.ask("short", text="same").outcome == Absent("You hold nothing.")
    known.now = 60.0
    known.fails(message=DOWN.message)
    assert known.ask("short", text="same").outcome == DOWN
    known.service.close()
    later = start()
    later.fails(message=DOWN.message)
    assert later.ask("short", text="same").outcome == DOWN


def test_after_an_order_was_filled_no_older_position_is_shown_but_prices_are(
    known: Probe, start: Callable[..., Probe]
) -> None:
    start().service.invalidate("order_filled")
    assert known.ask("short", text="same").outcome == DOWN
    assert known.ask("prices", text="same").served is Served.LAST_KNOWN


def test_what_is_too_old_is_refused(known: Probe, database: Database) -> None:
    def age(days: timedelta) -> None:
        with database.connection() as conn:
            conn.execute("UPDATE magnus.last_known SET kept_at = kept_at - %s", (days,))

    age(BOUND - timedelta(hours=1))
    assert found(known.ask("short", text="same")).provenance.note.startswith("Last known at")
    assert ", 6 days ago" in found(known.ask("short", text="same")).provenance.note
    age(timedelta(hours=1))
    assert known.ask("short", text="same").outcome == DOWN


def test_a_value_of_another_version_of_its_model_is_refused(
    known: Probe, database: Database
) -> None:
    with database.connection() as conn:
        conn.execute("UPDATE magnus.last_known SET model = 'older'")
    assert known.ask("short", text="same").outcome == DOWN


def test_a_damaged_value_is_none(known: Probe, database: Database) -> None:
    for damage in ("{}", "[]", "1", '{"kind": "found", "value": {}, "provenance": {}}'):
        with database.connection() as conn:
            conn.execute("UPDATE magnus.last_known SET answer = %s", (damage,))
        assert known.ask("short", text="same").outcome == DOWN


def test_what_is_not_stored_yet_is_known_already(start: Callable[..., Probe]) -> None:
    probe = start()
    probe.ask("short")
    probe.now = 60.0
    probe.fails()
    assert probe.ask("short").served is Served.LAST_KNOWN


def test_the_latest_value_of_a_question_is_the_one_kept(start: Callable[..., Probe]) -> None:
    probe = start()
    for moment in (0.0, 60.0, 120.0):
        probe.now = moment
        probe.ask("short")
    probe.service.close()
    after = start()
    after.fails()
    assert after.count("short") == 3


def test_how_an_answer_came_is_counted(known: Probe) -> None:
    known.ask("short", text="same")
    known.ask("short", text="another")
    stats = known.service.stats()
    assert (stats.last_known, stats.misses) == (1, 1)
    assert stats.queries["probe.short"].last_known == 1


def test_a_source_that_comes_back_is_heard_at_once(known: Probe) -> None:
    known.ask("short", text="same")
    known.connector.behaviour = None
    answer = known.ask("short", text="same")
    assert (answer.served, found(answer).stale) == (Served.FETCHED, False)


# -- the repository -----------------------------------------------------------------------------


@pytest.fixture
def repository(database: Database) -> LastKnownRepository:
    return LastKnownRepository(database)


def row(number: int, at: datetime, answer: str | None = "1") -> LastKnown:
    name = Name("paper", "local", "probe", "short", f'{{"number":{number}}}')
    return LastKnown(name=name, state="s", model="m", answer=answer, kept_at=at)


def there(repository: LastKnownRepository, number: int) -> str | None:
    since = datetime(2000, 1, 1, tzinfo=UTC)
    kept = repository.find(row(number, since).name, state="s", model="m", since=since)
    return None if kept is None else kept[0]


def test_of_two_writers_the_later_value_stays(repository: LastKnownRepository) -> None:
    early, late = MOMENT, MOMENT + timedelta(seconds=1)
    repository.keep([row(1, late, '"late"')])
    repository.keep([row(1, early, '"early"')])
    repository.keep([row(1, early, None)])
    assert there(repository, 1) == '"late"'


def test_json_comes_back_as_it_was_written(repository: LastKnownRepository) -> None:
    text = '{"b": -0.0, "a": 1e-320, "long": "1.10", "umlaut": "ä"}'
    repository.keep([row(1, MOMENT, text)])
    assert there(repository, 1) == text


def test_the_oldest_go_when_there_are_too_many_or_they_are_too_old(
    repository: LastKnownRepository,
) -> None:
    repository.keep([row(n, MOMENT - timedelta(hours=n)) for n in range(10)])
    assert repository.prune(MOMENT, timedelta(hours=7), most=100) == 2
    assert repository.prune(MOMENT, timedelta(hours=7), most=3) == 5
    assert [n for n in range(10) if there(repository, n)] == [0, 1, 2]


def test_the_writer_stores_without_being_asked(
    start: Callable[..., Probe], database: Database
) -> None:
    """Nothing waits for the end of the process: a kill later than this loses nothing."""
    start().ask("short")
    asked, until = "SELECT count(*) FROM magnus.last_known", time.monotonic() + 20
    while time.monotonic() < until:
        with database.connection() as conn:
            if conn.execute(asked).fetchone() == (1,):
                return
        threading.Event().wait(0.05)
    raise AssertionError("nothing was stored")
