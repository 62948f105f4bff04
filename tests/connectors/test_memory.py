"""The memory feature over the real store: remembered, recalled, forgotten only when it is clear."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.base import QueryContext, Sources
from connectors.memory import (
    MeantParams,
    MemoryConnector,
    MemoryListParams,
    RecallParams,
    RememberParams,
)
from mfa.kernel.clock import FrozenClock
from mfa.kernel.memories import MemorySource, NoMemories
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, Found
from mfa.store.database import Database
from mfa.store.memories import MemoryRepository

AT = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)
ADA = QueryContext(user="ada", mode=Mode.PRACTICE)
BOB = QueryContext(user="bob", mode=Mode.PRACTICE)


def _connector(source: MemorySource) -> MemoryConnector:
    none: Any = None
    return MemoryConnector(
        Sources(
            mode=Mode.PRACTICE, clock=FrozenClock(AT), market=none, account=none, memories=source
        )
    )  # fmt: skip


@pytest.fixture
def memory(database: Database) -> MemoryConnector:
    """With three memories of Ada, searched by words."""
    connector = _connector(MemoryRepository(database))
    for said in (
        "I never sell puts on biotech",
        "My retirement account is at Fidelity",
        "I never sell calls on biotech",
    ):
        assert isinstance(connector.remember(RememberParams(memory=said), ADA), Found)
    return connector


def _listed(memory: MemoryConnector, context: QueryContext = ADA) -> list[tuple[str, str]]:
    outcome = memory.list(MemoryListParams(), context)
    assert isinstance(outcome, Found)
    return [(row.kind, row.text) for row in outcome.value.rows]


def test_preferences_and_facts_are_told_apart_by_their_words(memory: MemoryConnector) -> None:
    assert _listed(memory) == [
        ("preference", "I never sell calls on biotech"),
        ("fact", "My retirement account is at Fidelity"),
        ("preference", "I never sell puts on biotech"),
    ]


def test_what_is_asked_about_is_recalled(memory: MemoryConnector) -> None:
    outcome = memory.recall(RecallParams(about="the retirement account"), ADA)
    assert isinstance(outcome, Found)
    assert outcome.value.rows[0].text == "My retirement account is at Fidelity"
    assert outcome.value.by == "words"
    nothing = memory.recall(RecallParams(about="gardening"), ADA)
    assert nothing == Absent("Nothing is remembered about 'gardening'.")


def test_conclusions_are_recalled_by_their_company(database: Database) -> None:
    repository = MemoryRepository(database)
    repository.remember(
        "ada", "It rates 70: buy.", kind="conclusion", said_at=AT, mode="practice",
        symbols=("KO",),
    )  # fmt: skip
    asked = RecallParams(about="KO", symbols=("KO",))
    outcome = _connector(repository).recall(asked, ADA)
    assert isinstance(outcome, Found)
    assert [row.text for row in outcome.value.rows] == ["It rates 70: buy."]


def test_a_memory_is_meant_by_what_it_says(memory: MemoryConnector) -> None:
    outcome = memory.meant(MeantParams(memory="I never sell puts on biotech."), ADA)
    assert isinstance(outcome, Found)
    assert outcome.value.row.text == "I never sell puts on biotech"
    assert len(_listed(memory)) == 3


def test_of_two_that_could_be_meant_none_is(memory: MemoryConnector) -> None:
    outcome = memory.meant(MeantParams(memory="biotech"), ADA)
    assert isinstance(outcome, Absent)
    assert "not clear which is meant" in outcome.reason
    assert "I never sell calls on biotech" in outcome.reason


def test_a_number_names_one_and_only_ones_own(memory: MemoryConnector) -> None:
    outcome = memory.list(MemoryListParams(), ADA)
    assert isinstance(outcome, Found)
    number = outcome.value.rows[0].number
    asked = MeantParams(memory=f"memory #{number}")
    assert memory.meant(asked, BOB) == Absent(f"There is no memory {number}.")
    meant = memory.meant(asked, ADA)
    assert isinstance(meant, Found)
    assert meant.value.row == outcome.value.rows[0]


def test_nobody_recalls_another_users_memories(memory: MemoryConnector) -> None:
    assert isinstance(memory.list(MemoryListParams(), BOB), Absent)
    assert isinstance(memory.recall(RecallParams(about="biotech"), BOB), Absent)


def test_where_nothing_is_kept_every_query_says_so() -> None:
    memory = _connector(NoMemories())
    for outcome in (
        memory.list(MemoryListParams(), ADA),
        memory.recall(RecallParams(about="biotech"), ADA),
        memory.remember(RememberParams(memory="I trade for income"), ADA),
        memory.meant(MeantParams(memory="3"), ADA),
    ):
        assert isinstance(outcome, Failed)
        assert outcome.message == "This house keeps no memories."
