"""The whole house: it opens, answers, and is one in a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mfa.assistant import close_assistant, get_assistant
from mfa.kernel.settings import Settings, load_settings
from tests.turns.house import kinds


@pytest.fixture
def settings(magnus_home: Path) -> Iterator[Settings]:
    yield load_settings(home=magnus_home)
    close_assistant()


def test_it_opens_once_in_a_process_and_answers(settings: Settings) -> None:
    assistant = get_assistant(settings)
    assert get_assistant() is assistant
    turn = assistant.engine.start("What's my portfolio status?", door="test")
    events = list(assistant.engine.follow(turn.id))
    assert kinds(events)[-1] == "finished"
    assert all(e.payload["outcome"] == "found" for e in events if e.kind == "step_done")
    close_assistant()
    again = get_assistant(settings)
    assert again is not assistant
    assert again.engine.events(turn.id) == events
