"""Stop really stops: at once, wherever the turn runs, and what was said stays."""

from __future__ import annotations

import time

from mfa.store.database import Database
from mfa.store.turn_records import TurnState
from tests.turns.house import Switch, house, kinds

STATUS = "What's my portfolio status?"


def test_a_turn_that_waits_for_a_source_ends_at_once_when_cancelled(database: Database) -> None:
    with house(database, Switch(slow=10), deadline=10) as here:
        here.engine.prewarm()
        turn = here.engine.start(STATUS, door="test")
        events = here.engine.follow(turn.id)
        for event in events:
            if event.kind == "step_started":
                break
        began = time.monotonic()
        assert here.engine.cancel(turn.id)
        assert kinds(list(events))[-1] == "cancelled"
        assert time.monotonic() - began < 5  # the source would take 10
        assert here.engine.turn(turn.id).state is TurnState.CANCELLED
        assert not here.engine.cancel(turn.id)
        stored = here.engine.events(turn.id)
        here.switch.gate.set()
        time.sleep(0.3)
        assert here.engine.events(turn.id) == stored  # the source's late answer changed nothing
        assert "step_started" in kinds(stored)


def test_a_cancelled_turn_frees_its_worker(database: Database) -> None:
    with house(database, Switch(slow=10), deadline=10, workers=1) as here:
        here.engine.prewarm()
        stuck = here.engine.start(STATUS, door="test")
        waiting = here.engine.start("hello", door="test")
        here.engine.cancel(stuck.id)
        began = time.monotonic()
        assert kinds(list(here.engine.follow(waiting.id)))[-1] == "finished"
        assert time.monotonic() - began < 5
        here.switch.gate.set()


def test_a_turn_cancelled_while_it_queues_never_asks_anything(database: Database) -> None:
    with house(database, Switch(slow=10), deadline=10, workers=1) as here:
        here.engine.prewarm()
        first = here.engine.start(STATUS, door="test")
        queued = here.engine.start(STATUS, door="test")
        assert here.engine.cancel(queued.id)
        here.switch.gate.set()
        list(here.engine.follow(first.id))
        assert kinds(list(here.engine.follow(queued.id))) == ["accepted", "cancelled"]
        time.sleep(0.2)
        assert sorted(here.switch.asked) == ["balance", "summary"]


def test_another_engine_can_cancel(database: Database) -> None:
    with (
        house(database, Switch(slow=10), deadline=10) as running,
        house(database) as other,
    ):
        running.engine.prewarm()
        turn = running.engine.start(STATUS, door="test")
        assert other.engine.cancel(turn.id)
        began = time.monotonic()
        assert kinds(list(running.engine.follow(turn.id)))[-1] == "cancelled"
        assert time.monotonic() - began < 5
        running.switch.gate.set()


def test_an_answered_turn_cannot_be_cancelled(database: Database) -> None:
    with house(database) as here:
        turn, events = here.ask("hello")
        assert not here.engine.cancel(turn.id)
        assert here.engine.events(turn.id) == events


def test_closing_the_engine_marks_what_runs_and_another_goes_on(database: Database) -> None:
    with house(database, Switch(slow=10), deadline=10) as here:
        turn = here.engine.start(STATUS, door="test")
        for event in here.engine.follow(turn.id):
            if event.kind == "step_started":
                break
        here.engine.close(wait=0.1)
        assert kinds(here.engine.events(turn.id))[-1] == "interrupted"
        here.switch.gate.set()
    with house(database) as next_one:
        next_one.engine.resume(turn.id)
        told = list(next_one.engine.follow(turn.id))
        assert kinds(told)[-1] == "finished"
        assert len({e.key for e in told}) == len(told)
