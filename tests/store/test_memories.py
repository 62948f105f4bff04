"""Memories are their user's, kept once, edited and forgotten for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mfa.kernel.errors import InputError
from mfa.kernel.memories import LONGEST_MEMORY, Memory
from mfa.kernel.outcome import Absent, Failed, Found
from mfa.store.database import Database
from mfa.store.generations import GenerationRepository
from mfa.store.memories import CONCLUSIONS, MemoryRepository

AT = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)
BIOTECH = "I never sell puts on biotech"


@pytest.fixture
def memories(database: Database) -> MemoryRepository:
    return MemoryRepository(database)


def _say(memories: MemoryRepository, text: str, user: str = "ada", days: int = 0) -> Memory:
    kept = memories.remember(user, text, kind="preference", said_at=AT + timedelta(days=days))
    assert isinstance(kept, Found)
    return kept.value


def _all(memories: MemoryRepository, user: str = "ada", mode: str = "practice") -> list[str]:
    outcome = memories.memories(user, mode)
    assert isinstance(outcome, Found)
    return [each.text for each in outcome.value]


def test_what_was_said_last_comes_first(memories: MemoryRepository) -> None:
    _say(memories, BIOTECH)
    _say(memories, "I trade for income", days=1)
    assert _all(memories) == ["I trade for income", BIOTECH]


def test_said_again_it_is_one_memory_with_the_new_time(memories: MemoryRepository) -> None:
    first = _say(memories, BIOTECH)
    again = _say(memories, "  i never  sell puts on BIOTECH ", days=3)
    assert (again.id, again.said_at) == (first.id, AT + timedelta(days=3))
    assert _all(memories) == ["i never sell puts on BIOTECH"]


def test_nobody_reads_or_changes_another_users_memories(memories: MemoryRepository) -> None:
    kept = _say(memories, BIOTECH)
    assert _all(memories, "bob") == []
    gone = memories.forget_memories("bob", (kept.id,))
    assert isinstance(gone, Found)
    assert gone.value == 0
    with pytest.raises(InputError, match="There is no memory"):
        memories.edit("bob", kept.id, "I love biotech")
    assert _all(memories) == [BIOTECH]


def test_a_conclusion_belongs_to_its_mode(memories: MemoryRepository) -> None:
    memories.remember(
        "ada", "KO rates 70.", kind="conclusion", said_at=AT, mode="practice", symbols=("KO",)
    )
    _say(memories, BIOTECH)
    assert _all(memories, mode="live") == [BIOTECH]
    outcome = memories.memories("ada", "practice")
    assert isinstance(outcome, Found)
    assert {each.symbols for each in outcome.value} == {("KO",), ()}


def test_old_conclusions_give_way_and_preferences_never(memories: MemoryRepository) -> None:
    _say(memories, BIOTECH)
    for number in range(CONCLUSIONS + 3):
        memories.remember(
            "ada", f"number {number}", kind="conclusion", said_at=AT + timedelta(days=number),
            mode="practice",
        )  # fmt: skip
    kept = _all(memories)
    assert len(kept) == CONCLUSIONS + 1
    assert BIOTECH in kept
    assert "number 2" not in kept
    assert "number 3" in kept


def test_what_is_forgotten_leaves_no_row(memories: MemoryRepository, database: Database) -> None:
    kept = _say(memories, BIOTECH)
    memories.forget("ada", kept.id)
    with database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM magnus.memory").fetchone() == (0,)
    with pytest.raises(InputError, match="There is no memory"):
        memories.forget("ada", kept.id)


def test_edited_it_says_the_new_words_and_never_what_another_says(
    memories: MemoryRepository,
) -> None:
    kept = _say(memories, BIOTECH)
    other = _say(memories, "I trade for income")
    assert memories.edit("ada", kept.id, "I never sell puts on banks").text.endswith("banks")
    with pytest.raises(InputError, match="remembered already"):
        memories.edit("ada", other.id, "i never sell puts on BANKS")


@pytest.mark.parametrize("text", ["", " \n ", "\0", "x" * (LONGEST_MEMORY + 1)])
def test_nothing_and_too_much_are_not_kept(memories: MemoryRepository, text: str) -> None:
    assert isinstance(memories.remember("ada", text, kind="fact", said_at=AT), Absent)
    assert _all(memories) == []


def test_each_change_moves_the_token_of_memories(
    memories: MemoryRepository, database: Database
) -> None:
    generations = GenerationRepository(database)
    before = generations.tokens()
    kept = _say(memories, BIOTECH)
    after = generations.tokens()
    assert after["memories"] != before["memories"]
    assert after["watchlists"] == before["watchlists"]
    memories.forget("ada", kept.id)
    assert generations.tokens()["memories"] != after["memories"]


def test_a_lost_table_is_an_outcome_and_no_error(
    memories: MemoryRepository, database: Database
) -> None:
    with database.owner_connection() as connection:
        connection.execute("DROP TABLE magnus.memory")
    assert isinstance(memories.memories("ada", "practice"), Failed)
    assert isinstance(memories.remember("ada", BIOTECH, kind="fact", said_at=AT), Failed)
    assert isinstance(memories.forget_memories("ada", (1,)), Failed)
