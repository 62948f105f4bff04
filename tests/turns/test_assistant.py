"""The whole house: it opens, answers, is one in a process, and refuses modes without a source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mfa.assistant import Assistant, close_assistant, get_assistant
from mfa.kernel.errors import ConfigurationError
from mfa.kernel.mode import Mode
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


@pytest.mark.parametrize("mode", [Mode.PAPER, Mode.LIVE])
def test_a_mode_without_a_source_is_refused_with_the_way_back(
    magnus_home: Path, mode: Mode
) -> None:
    with pytest.raises(ConfigurationError, match=f"No {mode.badge} data source.*MAGNUS_MODE"):
        Assistant.open(load_settings(home=magnus_home, mode=mode))
