"""A whole conversation in the whole house: said, applied, said to be applied, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from mfa.assistant import Assistant
from mfa.kernel.outcome import Found
from mfa.kernel.settings import load_settings


@pytest.fixture
def assistant(magnus_home: Path) -> Iterator[Assistant]:
    with Assistant.open(load_settings(home=magnus_home, query_deadline=60)) as opened:
        yield opened


class Talk:
    """One conversation; `said` are the texts of an answer, `steps` the plan that gave it."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.conversation: UUID | None = None
        self.steps: list[dict[str, Any]] = []

    def ask(self, text: str) -> str:
        turn = self.assistant.engine.start(text, conversation=self.conversation, door="test")
        self.conversation = turn.conversation
        said = []
        for event in self.assistant.engine.follow(turn.id):
            if event.kind == "planned":
                self.steps = event.payload["steps"]
            if event.kind == "block":
                said.append(str(event.payload))
        return "\n".join(said)


def test_a_preference_is_kept_followed_said_and_lifted(assistant: Assistant) -> None:
    talk = Talk(assistant)
    said = talk.ask("I never sell puts on banks")
    assert "I will remember" in said
    assert "From now on scans for puts leave out Banks" in said

    said = talk.ask("Find me a cash-secured put")
    assert "JPM" in talk.steps[0]["params"]["exclude_symbols"]
    assert "Left out: Banks, because you said on" in said
    assert "JPM " not in said

    assert "I never sell puts on banks" in talk.ask("What do you remember about me?")
    assert "Forgotten" in talk.ask("Forget that I never sell puts on banks")

    assert "Left out" not in talk.ask("Find me a cash-secured put")
    assert "exclude_symbols" not in talk.steps[0]["params"]


def test_a_judgement_is_kept_as_a_conclusion_and_recalled(assistant: Assistant) -> None:
    talk = Talk(assistant)
    talk.ask("Is KO a buy?")
    kept = assistant.data.sources.memories.memories("local", "practice")
    assert isinstance(kept, Found)
    (conclusion,) = kept.value
    assert (conclusion.kind, conclusion.symbols) == ("conclusion", ("KO",))
    assert conclusion.said_at == assistant.clock.now()
    assert conclusion.text.startswith("KO at $")
    assert "KO at $" in talk.ask("What did you conclude about KO?")


def test_what_changes_a_memory_declares_it_so_that_no_model_may_plan_it(
    assistant: Assistant,
) -> None:
    """`TurnWork.plan` offers a model no query that changes something."""
    changing = {
        f"{each.feature}.{each.query.name}"
        for each in assistant.data.registry.queries()
        if each.query.changes
    }
    assert {"memory.remember", "memory.forget"} <= changing
