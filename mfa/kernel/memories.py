"""What a person asked to be remembered and what was concluded for them, and who keeps it.

The text of a memory is somebody's words: it is shown, searched and read by fixed rules, and is
never an instruction to anyone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

from mfa.kernel.outcome import Failed, FailureKind, Outcome

MemoryKind = Literal["preference", "fact", "conclusion"]
LONGEST_MEMORY: Final = 500
_PREFERENCE: Final = re.compile(
    r"\b(?:never|always|prefer\w*|only|don'?t|do not|won'?t|avoid|exclude|usually|hate|like|want"
    r"|refuse)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """`said_at` is the clock's time in the mode it was said in; a conclusion belongs to its mode,
    what a person said counts in all of them. `symbols` are what a conclusion is about."""

    id: int
    kind: MemoryKind
    text: str
    said_at: datetime
    mode: str = ""
    symbols: tuple[str, ...] = ()


def kind_of(text: str) -> MemoryKind:
    """Whether what a person said is a preference or a fact."""
    return "preference" if _PREFERENCE.search(text) else "fact"


class MemorySource(Protocol):
    """Whoever keeps memories. Every answer is an `Outcome`; nothing raises."""

    def memories(self, user: str, mode: str) -> Outcome[tuple[Memory, ...]]:
        """Those that count in this mode, the latest first; none at all is an empty tuple."""
        ...

    def remember(
        self, user: str, text: str, *, kind: MemoryKind, said_at: datetime, mode: str = "",
        symbols: tuple[str, ...] = (),
    ) -> Outcome[Memory]:  # fmt: skip
        """Keep it. What is remembered already stays one memory, with the new time."""
        ...

    def forget_memories(self, user: str, ids: tuple[int, ...]) -> Outcome[int]:
        """Take them away for good; how many there were."""
        ...


class NoMemories:
    """Where no place for memories was given."""

    def memories(self, user: str, mode: str) -> Outcome[tuple[Memory, ...]]:
        del user, mode
        return _NOWHERE

    def remember(
        self, user: str, text: str, *, kind: MemoryKind, said_at: datetime, mode: str = "",
        symbols: tuple[str, ...] = (),
    ) -> Outcome[Memory]:  # fmt: skip
        del user, text, kind, said_at, mode, symbols
        return _NOWHERE

    def forget_memories(self, user: str, ids: tuple[int, ...]) -> Outcome[int]:
        del user, ids
        return _NOWHERE


_NOWHERE = Failed(FailureKind.NOT_SUPPORTED, "This house keeps no memories.")
