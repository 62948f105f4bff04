"""Memory: what a person asked to be remembered and what was concluded for them.

Listed, recalled by meaning (by words where the embedder is not there), and remembered. Asking to
remember is itself the person's word, so it is done at once and said; nothing else in the house
writes what a person said. Forgetting is an action; which memory is meant must be clear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

from pydantic import Field
from rapidfuzz import fuzz, utils

from connectors.base import (
    NO_CACHE,
    DataConnector,
    DataSourceType,
    Dependency,
    Params,
    QueryContext,
    Result,
    query,
)
from connectors.portfolio.params import Symbols
from mfa.kernel.memories import LONGEST_MEMORY, Memory, MemoryKind, kind_of
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Found, Outcome
from mfa.meaning.search import Meaning
from mfa.meaning.words import Passage

_MEMORIES: Final = frozenset({Dependency.MEMORIES})
_NUMBER: Final = re.compile(r"(?:memory |number |no\.? ?|# ?)*(\d{1,9})", re.IGNORECASE)
_SAME: Final = 90.0
"""Likeness (percent) from which a text names a memory."""
_NEAR: Final = {"meaning": (0.55, 0.08), "words": (0.3, 0.1)}
"""Score and lead over the next from which a memory is the one that shall be forgotten."""
_RECALLED: Final = {"meaning": 0.3, "words": 0.01}


class MemoryListParams(Params):
    kind: MemoryKind | None = Field(default=None, description="Only these; none means all.")


class RecallParams(Params):
    about: str = Field(min_length=1, max_length=LONGEST_MEMORY, description="What it is about.")
    symbols: Symbols = Field(default=(), description="Companies it is about, if any.")
    limit: int = Field(default=5, ge=1, le=50, description="Memories at most.")


class RememberParams(Params):
    memory: str = Field(
        min_length=1, max_length=LONGEST_MEMORY, description="What to remember, in own words."
    )


class MeantParams(Params):
    memory: str = Field(
        min_length=1, max_length=LONGEST_MEMORY, description="Its number, or what it says."
    )


class MemoryRow(Result):
    """`kind` is a preference or a fact that the person stated, or a conclusion of an answer."""

    number: int
    kind: MemoryKind
    text: str = Field(title="Memory")
    said_at: datetime = Field(title="Since")
    symbols: tuple[str, ...] = ()


class MemoryList(Result):
    rows: tuple[MemoryRow, ...] = Field(title="Memories")


class Recalled(Result):
    """The nearest first; `by` says whether meaning or words found them."""

    about: str
    by: str
    rows: tuple[MemoryRow, ...] = Field(title="Memories")


class Remembered(Result):
    row: MemoryRow


class Meant(Result):
    """The one memory that a person means."""

    row: MemoryRow


class MemoryConnector(DataConnector):
    name: ClassVar[str] = "memory"
    description: ClassVar[str] = "What you asked to be remembered, and past conclusions."
    source_type: ClassVar[DataSourceType] = DataSourceType.DATABASE

    @query(
        description="Everything remembered about the person: preferences, facts, conclusions.",
        examples=("What do you remember about me?",),
        cache=NO_CACHE,
        depends=_MEMORIES,
        last_known=False,
    )
    def list(self, params: MemoryListParams, context: QueryContext) -> Outcome[MemoryList]:
        kept = self.sources.memories.memories(context.user, context.mode.value)
        if not isinstance(kept, Found):
            return kept
        rows = tuple(_row(each) for each in kept.value if params.kind in {None, each.kind})
        if not rows:
            return Absent("Nothing is remembered. Say 'remember that ...' to change that.")
        return kept.map(lambda _: MemoryList(rows=rows))

    @query(
        description="What is remembered about a subject, found by meaning.",
        examples=("What did I say about biotech?", "What did you conclude about KO?"),
        cache=NO_CACHE,
        depends=_MEMORIES,
        last_known=False,
    )
    def recall(self, params: RecallParams, context: QueryContext) -> Outcome[Recalled]:
        kept = self.sources.memories.memories(context.user, context.mode.value)
        if not isinstance(kept, Found):
            return kept
        by_number = {str(each.id): each for each in kept.value}
        ranking = self.sources.meaning.search(
            _collection(context.user, context.mode), _passages(kept.value), params.about
        )
        near = [hit.owner for hit in ranking.hits if hit.score >= _RECALLED[ranking.by]]
        named = [str(each.id) for each in kept.value if set(params.symbols) & set(each.symbols)]
        numbers = list(dict.fromkeys((*named, *near)))[: params.limit]
        rows = tuple(_row(by_number[number]) for number in numbers)
        if not rows:
            return Absent(f"Nothing is remembered about '{params.about}'.")
        return kept.map(lambda _: Recalled(about=params.about, by=ranking.by, rows=rows))

    @query(
        description="Remember a preference or a fact that the person states.",
        examples=("Remember that I never sell puts on biotech",),
        cache=NO_CACHE,
        depends=_MEMORIES,
        last_known=False,
        changes=_MEMORIES,
    )
    def remember(self, params: RememberParams, context: QueryContext) -> Outcome[Remembered]:
        kept = self.sources.memories.remember(
            context.user, params.memory, kind=kind_of(params.memory),
            said_at=self.sources.clock.now(),
        )  # fmt: skip
        if not isinstance(kept, Found):
            return kept
        return kept.map(lambda memory: Remembered(row=_row(memory)))

    @query(
        description="Which memory is meant: by its number, or by what it says.",
        examples=("Forget that I never sell puts on biotech", "Forget memory 3"),
        cache=NO_CACHE,
        depends=_MEMORIES,
        last_known=False,
    )
    def meant(self, params: MeantParams, context: QueryContext) -> Outcome[Meant]:
        kept = self.sources.memories.memories(context.user, context.mode.value)
        if not isinstance(kept, Found):
            return kept
        meant = self._meant(params.memory, kept.value, context)
        if isinstance(meant, Absent):
            return meant
        return kept.map(lambda _: Meant(row=_row(meant)))

    def _meant(
        self, said: str, memories: Sequence[Memory], context: QueryContext
    ) -> Memory | Absent:
        """The one memory that is clearly meant."""
        number = _NUMBER.fullmatch(said.strip())
        if number is not None:
            found = [each for each in memories if each.id == int(number[1])]
            return found[0] if found else Absent(f"There is no memory {number[1]}.")
        plain = utils.default_process(said)
        same = [
            each
            for each in memories
            if fuzz.ratio(plain, utils.default_process(each.text)) >= _SAME
        ]
        if len(same) == 1:
            return same[0]
        ranking = self.sources.meaning.search(
            _collection(context.user, context.mode), _passages(memories), said
        )
        least, lead = _NEAR[ranking.by]
        near = [hit for hit in ranking.hits if hit.score >= _RECALLED[ranking.by]]
        by_number = {str(each.id): each for each in memories}
        if near and near[0].score >= least and (len(near) == 1 or ranking.margin >= lead):
            return by_number[near[0].owner]
        if not near:
            return Absent(f"Nothing is remembered about '{said}', so nothing was forgotten.")
        offered = "; ".join(f"{hit.owner}: {by_number[hit.owner].text}" for hit in near[:3])
        return Absent(
            f"Nothing was forgotten, because it is not clear which is meant. {offered}."
            " Say 'forget memory' with its number."
        )


def nearest_memories(
    meaning: Meaning, memories: Sequence[Memory], about: str, *, user: str, mode: Mode
) -> tuple[Memory, ...]:
    """Those that have to do with `about`, the nearest first."""
    by_number = {str(each.id): each for each in memories}
    ranking = meaning.search(_collection(user, mode), _passages(memories), about)
    near = (hit for hit in ranking.hits if hit.score >= _RECALLED[ranking.by])
    return tuple(by_number[hit.owner] for hit in near)


def _collection(user: str, mode: Mode) -> str:
    """One for each user and mode, in letters that ChromaDB takes."""
    return f"memory-{mode.value}-{user.encode().hex()[:200]}"


def _passages(memories: Sequence[Memory]) -> tuple[Passage, ...]:
    return tuple(Passage(str(each.id), each.text) for each in memories)


def _row(memory: Memory) -> MemoryRow:
    return MemoryRow(
        number=memory.id, kind=memory.kind, text=memory.text, said_at=memory.said_at,
        symbols=memory.symbols,
    )  # fmt: skip
