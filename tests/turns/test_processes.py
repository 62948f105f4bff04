"""Several processes and their deaths: nothing acknowledged is lost, nothing is told twice."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from psycopg.conninfo import conninfo_to_dict

from mfa.store.database import Database
from mfa.store.turn_records import TurnState
from mfa.turns.engine import TurnEngine
from tests.turns.house import house, kinds

ROOT = Path(__file__).parents[2]
STATUS = "What's my portfolio status?"


class Child:
    """The process of `child.py`, and what it showed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.turn = UUID(self.line())
        self.shown: list[int] = []

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def show_until(self, kind: str) -> None:
        while True:
            number, shown = self.line().split()
            self.shown.append(int(number))
            if shown == kind:
                return


@contextmanager
def child(database: Database, *, slow: float) -> Iterator[Child]:
    assert database.server is not None
    name = str(conninfo_to_dict(database.conninfo)["dbname"])
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.turns.child", str(database.server.places.root), name,
         str(slow), STATUS],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield Child(process)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def eventually(true: Callable[[], bool], seconds: float = 8.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)


def state(engine: TurnEngine, turn: UUID) -> TurnState:
    return engine.turn(turn).state


def test_a_turn_whose_process_is_killed_is_interrupted_and_goes_on_elsewhere(
    database: Database,
) -> None:
    with child(database, slow=60) as killed:
        killed.show_until("step_started")
        killed.process.kill()
        killed.process.wait()
        with house(database) as here:
            eventually(lambda: state(here.engine, killed.turn) is TurnState.INTERRUPTED)
            before = here.engine.events(killed.turn)
            assert [e.seq for e in before][: len(killed.shown)] == killed.shown
            assert kinds(before)[-1] == "interrupted"
            here.engine.resume(killed.turn)
            told = list(here.engine.follow(killed.turn))
        assert told[: len(before)] == before  # what was said is kept, as it was said
        assert kinds(told)[len(before)] == "resumed"
        assert kinds(told)[-1] == "finished"
        assert [e.seq for e in told] == list(range(1, len(told) + 1))
        assert len({e.key for e in told}) == len(told)
        for once in ("understood", "planned", "finished"):
            assert kinds(told).count(once) == 1
        assert kinds(told).count("step_started") == kinds(told).count("step_done") == 2


def test_two_processes_follow_one_turn(database: Database) -> None:
    with child(database, slow=1.0) as running, house(database) as here:
        told = list(here.engine.follow(running.turn))
        running.show_until("finished")
        assert [e.seq for e in told] == running.shown
        assert kinds(told)[-1] == "finished"


def test_a_living_process_is_left_alone(database: Database) -> None:
    with child(database, slow=3.0) as running, house(database) as here:
        running.show_until("step_started")
        assert here.engine.recover() == []
        assert state(here.engine, running.turn) is TurnState.RUNNING


def test_a_follower_elsewhere_is_told_when_the_process_dies(database: Database) -> None:
    with child(database, slow=60) as killed, house(database) as here:
        killed.show_until("step_started")
        events = here.engine.follow(killed.turn)
        assert next(events).kind == "accepted"
        killed.process.kill()
        assert kinds(list(events))[-1] == "interrupted"


def test_another_process_can_cancel_a_turn(database: Database) -> None:
    with child(database, slow=60) as running, house(database) as here:
        running.show_until("step_started")
        assert here.engine.cancel(running.turn)
        running.show_until("cancelled")
        assert running.process.wait(10) == 0
