"""One question from its start to its end, over the real store, language and graph."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest

from mfa.kernel.errors import InputError
from mfa.store.database import Database
from mfa.store.turn_records import TurnState
from tests.turns.house import House, Switch, house, kinds

STATUS = "What's my portfolio status?"


@pytest.fixture(scope="module")
def here(module_database: Database) -> Iterator[House]:
    with house(module_database) as built:
        yield built


def test_a_question_is_answered_and_every_event_is_stored_in_order(here: House) -> None:
    turn, events = here.ask(STATUS)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert kinds(events)[:3] == ["accepted", "understood", "planned"]
    assert kinds(events)[-1] == "finished"
    assert here.engine.events(turn.id) == events
    assert "$105,123.45" in "".join(e.payload["text"] for e in events if e.kind == "text")
    ended = here.engine.turn(turn.id)
    assert (ended.state, ended.intent) == (TurnState.FINISHED, "portfolio_status")
    assert ended.last_event == len(events)


def test_start_returns_only_what_is_already_committed(here: House) -> None:
    turn = here.engine.start(STATUS, door="test")
    with here.database.connection() as connection:
        row = connection.execute(
            "SELECT kind, payload ->> 'text' FROM magnus.turn_event WHERE turn = %s AND seq = 1",
            (turn.id,),
        ).fetchone()
    assert row == ("accepted", STATUS)
    list(here.engine.follow(turn.id))


def test_each_step_tells_its_start_its_outcome_and_its_time(here: House) -> None:
    _, events = here.ask(STATUS)
    started = {e.payload["id"] for e in events if e.kind == "step_started"}
    done = {e.payload["id"]: e.payload for e in events if e.kind == "step_done"}
    assert started == set(done) == {"summary", "balance"}
    assert all(step["outcome"] == "found" and step["ms"] >= 0 for step in done.values())


def test_steps_that_need_nothing_from_each_other_run_side_by_side(database: Database) -> None:
    with house(database, Switch(slow=0.4)) as here:
        here.engine.prewarm()
        _, events = here.ask(STATUS)
    told = [kind for kind in kinds(events) if kind.startswith("step_")]
    assert told == ["step_started", "step_started", "step_done", "step_done"]


def test_a_failed_source_is_named_and_the_rest_is_answered(database: Database) -> None:
    with house(database, Switch(failing=frozenset({"summary"}))) as here:
        _, events = here.ask(STATUS)
    assert kinds(events)[-1] == "finished"
    blocks = [e.payload["block"] for e in events if e.kind == "block"]
    notice = next(b for b in blocks if b["type"] == "notice")
    assert "dashboard.get_summary" in notice["text"]
    assert "summary is down" in notice["text"]
    assert blocks[0]["figures"]["equity"]["value"] == "105123.45"


def test_a_source_that_does_not_answer_in_time_fails_and_the_turn_ends(database: Database) -> None:
    with house(database, Switch(slow=30), deadline=0.2) as here:
        here.engine.prewarm()
        began = time.monotonic()
        _, events = here.ask(STATUS)
        here.switch.gate.set()
        assert time.monotonic() - began < 15  # the source itself would take 30
    outcomes = [e.payload["outcome"] for e in events if e.kind == "step_done"]
    assert outcomes == ["failed", "failed"]
    assert kinds(events)[-1] == "finished"


def test_a_conversation_goes_on_and_remembers(here: House) -> None:
    first, _ = here.ask("What's my portfolio status?")
    second, events = here.ask("thanks", conversation=first.conversation)
    assert (second.conversation, second.seq) == (first.conversation, 2)
    assert [t.text for t in here.engine.turns(first.conversation)] == [first.text, "thanks"]
    heard = here.engine.conversations("local")
    assert heard[0].id == first.conversation
    assert (heard[0].title, heard[0].turns) == (first.text, 2)
    assert kinds(events)[-1] == "finished"


def test_a_later_message_inherits_from_the_earlier_ones_of_its_conversation(here: House) -> None:
    first, _ = here.ask("What's KO trading at?")
    _, events = here.ask("what about PEP?", conversation=first.conversation)
    understood = next(e.payload for e in events if e.kind == "understood")
    assert (understood["intent"], understood["slots"]) == ("price_quote", {"symbols": ["PEP"]})


@pytest.mark.parametrize("text", ["", "  \n", "x" * 4001, "nul \0 byte"])
def test_an_unusable_text_is_refused_before_anything_is_stored(here: House, text: str) -> None:
    with pytest.raises(InputError):
        here.engine.start(text, door="test")


def test_another_users_conversation_cannot_be_continued(here: House) -> None:
    turn, _ = here.ask("hello")
    with pytest.raises(InputError, match="no conversation"):
        here.engine.start("hello", conversation=turn.conversation, user="eve", door="test")
    with pytest.raises(InputError, match="no conversation"):
        here.engine.start("hello", conversation=uuid4(), door="test")


def test_a_defect_in_a_node_ends_the_turn_with_a_sentence(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("mfa.turns.work.compose", broken)
    turn, events = here.ask(STATUS)
    assert kinds(events)[-1] == "failed"
    assert "log has the details" in events[-1].payload["message"]
    assert here.engine.turn(turn.id).state is TurnState.FAILED


def test_following_again_from_any_event_gives_the_rest(here: House) -> None:
    turn, events = here.ask(STATUS)
    for after in range(len(events) + 1):
        assert list(here.engine.follow(turn.id, after)) == events[after:]


def test_many_followers_see_the_same_events_while_the_turn_runs(database: Database) -> None:
    with house(database, Switch(slow=5)) as here:
        turn = here.engine.start(STATUS, door="test")
        seen: list[list[int]] = []
        followers = [
            threading.Thread(
                target=lambda: seen.append([e.seq for e in here.engine.follow(turn.id)])
            )
            for _ in range(5)
        ]
        for follower in followers:
            follower.start()
        here.switch.gate.set()
        for follower in followers:
            follower.join(10)
    assert len(seen) == 5
    assert all(one == list(range(1, len(one) + 1)) and len(one) > 5 for one in seen)


def test_an_unknown_turn_is_refused(here: House) -> None:
    with pytest.raises(InputError, match="no turn"):
        list(here.engine.follow(uuid4()))
    with pytest.raises(InputError, match="no turn"):
        here.engine.cancel(uuid4())


def test_fifty_questions_at_once_are_all_answered(here: House) -> None:
    turns = [here.engine.start(STATUS, door="test") for _ in range(50)]
    for turn in turns:
        events = list(here.engine.follow(turn.id))
        assert kinds(events)[-1] == "finished"
        assert [e.seq for e in events] == list(range(1, len(events) + 1))


def test_recovery_leaves_turns_alone_that_are_just_being_accepted(here: House) -> None:
    enough = threading.Event()

    def recover() -> None:
        while not enough.is_set():
            here.engine.recover()

    recovering = [threading.Thread(target=recover) for _ in range(2)]
    for thread in recovering:
        thread.start()
    try:
        turns = [here.engine.start(STATUS, door="test") for _ in range(50)]
        ends = [kinds(list(here.engine.follow(turn.id)))[-1] for turn in turns]
    finally:
        enough.set()
        for thread in recovering:
            thread.join()
    assert ends == ["finished"] * 50


def test_checkpoints_of_an_answered_turn_are_not_kept(here: House) -> None:
    turn, _ = here.ask(STATUS)
    until = time.monotonic() + 5
    while time.monotonic() < until:
        with here.database.connection() as connection:
            row = connection.execute(
                "SELECT count(*) FROM magnus.checkpoints WHERE thread_id = %s", (str(turn.id),)
            ).fetchone()
        if row == (0,):
            return
        time.sleep(0.02)
    pytest.fail("checkpoints were left behind")
