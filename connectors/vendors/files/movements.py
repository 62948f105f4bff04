"""What an account history holds, whichever broker wrote it, and when two rows are the same one.

Nothing here touches the books: a history is a preview until a person takes it over.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mfa.kernel.movements import Movement

Cells = Mapping[str, str]
"""One line of a file: header name (lower case) to text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """A movement with its place in the file and the key by which it is known again."""

    line: int
    key: str
    movement: Movement


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A line that could not be used, and why; `line` counts from 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A whole file. `skipped` lines hold nothing that moves cash or holdings (totals, notes).

    Exports that have no times of day list a day's rows latest first; `newest_first` says whether
    this one does.
    """

    broker: str
    rows: tuple[HistoryRow, ...]
    problems: tuple[Problem, ...]
    skipped: int
    newest_first: bool = False

    def without(self, known: Iterable[str]) -> tuple[HistoryRow, ...]:
        """The rows whose keys are not `known`: what an import would add."""
        seen = frozenset(known)
        return tuple(row for row in self.rows if row.key not in seen)

    @property
    def in_time(self) -> tuple[HistoryRow, ...]:
        """The rows in the order in which they happened."""
        rows = reversed(self.rows) if self.newest_first else self.rows
        return tuple(sorted(rows, key=lambda row: row.movement.at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one broker writes: the header names that tell it, and how a line becomes a movement.

    `read` answers None for a line that is no movement and raises `InputError` for one it cannot
    understand. Where a file is of a single day, `newest_first` is what the broker does.
    """

    broker: str
    header: frozenset[str]
    read: Callable[[Cells], Movement | None]
    newest_first: bool = True


def keyed(broker: str, lines: Iterable[tuple[int, Movement]]) -> tuple[HistoryRow, ...]:
    """Rows with keys. Equal movements of a file (partial fills) are told apart by their number.

    So the same file again, or a longer export that holds the same days whole, has the same keys.
    """
    counts: Counter[str] = Counter()
    rows = []
    for line, movement in lines:
        parts = [
            broker,
            movement.at.isoformat(),
            movement.kind.value,
            movement.instrument,
            f"{movement.quantity.normalize():f}",
            "" if movement.price is None else f"{movement.price.normalize():f}",
            f"{movement.amount:f}",
        ]
        if movement.ratio is not None:
            parts.append(str(movement.ratio))
        said = "|".join(parts)
        counts[said] += 1
        digest = hashlib.sha256(f"{said}|{counts[said]}".encode()).hexdigest()[:32]
        rows.append(HistoryRow(line=line, key=digest, movement=movement))
    return tuple(rows)
