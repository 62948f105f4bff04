"""One question from its start to its end, over the real store, language and graph."""

from __future__ import annotations

from mfa.store.database import Database
from tests.turns.house import house, kinds

STATUS = "What's my portfolio status?"


def test_a_question_is_answered_and_every_event_is_stored_in_order(database: Database) -> None:
    with house(database) as here:
        turn, events = here.ask(STATUS)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert kinds(events)[:3] == ["accepted", "understood", "planned"]
        assert kinds(events)[-1] == "finished"
        assert here.engine.events(turn.id) == events
        assert "$105,123.45" in "".join(e.payload["text"] for e in events if e.kind == "text")
