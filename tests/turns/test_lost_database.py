"""PostgreSQL is killed under running turns: they go on, or end with a sentence; they never hang."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mfa.kernel.errors import StoreError
from mfa.store.database import Database
from mfa.store.server import EmbeddedServer
from tests.turns.house import Switch, house, kinds

STATUS = "What's my portfolio status?"


@pytest.fixture
def own(magnus_home: Path) -> Iterator[Database]:
    """A database on a server of its own, to be killed."""
    with Database.on(EmbeddedServer(magnus_home / "database")) as opened:
        yield opened


def kill(database: Database) -> None:
    assert database.server is not None
    pid = int((database.server.places.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)


def test_a_turn_survives_the_kill_of_the_database_in_its_middle(own: Database) -> None:
    with house(own, Switch(slow=20), deadline=20) as here:
        here.engine.prewarm()
        turn = here.engine.start(STATUS, door="test")
        events = here.engine.follow(turn.id)
        shown = []
        for event in events:
            shown.append(event)
            if event.kind == "step_started" and event.payload["id"] == "balance":
                break
        kill(own)
        here.switch.gate.set()
        shown += list(events)
        assert kinds(shown)[-1] == "finished"
        assert here.engine.events(turn.id) == shown
        assert [e.seq for e in shown] == list(range(1, len(shown) + 1))


def test_questions_asked_while_the_database_is_down_wait_and_are_answered(own: Database) -> None:
    with house(own) as here:
        here.engine.prewarm()
        for _ in range(3):
            kill(own)
            turns = [here.engine.start(STATUS, door="test") for _ in range(4)]
            for turn in turns:
                assert kinds(list(here.engine.follow(turn.id)))[-1] == "finished"


def test_the_engine_holds_its_lock_again_after_the_database_was_killed(
    own: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mfa.turns.owner.GRACE", 1.5)
    with house(own, Switch(slow=30), deadline=30) as here, house(own) as other:
        here.engine.prewarm()
        turn = here.engine.start(STATUS, door="test")
        for event in here.engine.follow(turn.id):
            if event.kind == "step_started":
                break
        kill(own)
        time.sleep(3)  # longer than the grace in which a living engine takes its lock again
        assert other.engine.recover() == []
        here.switch.gate.set()
        assert kinds(list(here.engine.follow(turn.id)))[-1] == "finished"


def test_a_database_that_stays_away_ends_the_turn_with_a_sentence(
    own: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: Database, **__: object) -> object:
        raise StoreError("The database cannot be started.")

    with house(own, Switch(slow=20), deadline=20, patience=1.0) as here:
        here.engine.prewarm()
        turn = here.engine.start(STATUS, door="test")
        events = here.engine.follow(turn.id)
        for event in events:
            if event.kind == "step_started":
                break
        monkeypatch.setattr(Database, "connection", gone)
        here.switch.gate.set()
        began = time.monotonic()
        with pytest.raises(StoreError, match="could not be reached"):
            list(events)
        assert time.monotonic() - began < 5
        with pytest.raises(StoreError, match="could not be reached"):
            here.engine.start(STATUS, door="test")
        monkeypatch.undo()
        told = list(here.engine.follow(turn.id))  # marked as soon as the database is back
        assert kinds(told)[-1] in {"interrupted", "failed"}
