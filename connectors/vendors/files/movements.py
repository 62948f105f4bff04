"""What an account history holds, whichever broker wrote it, and when two rows are the same one.

Nothing here touches the books: a history is a preview until a person takes it over.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from mfa.kernel.account import EntryKind
from mfa.kernel.symbols import OptionSymbol

Cells = Mapping[str, str]
"""One line of a file: header name (lower case) to text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One line understood. `quantity` is signed (sold is negative); `amount` is cash received.

    `price` is USD per share; `fees` are positive and already inside `amount`. A bare date stands
    at the exchange's noon.
    """

    at: datetime
    kind: EntryKind
    symbol: str | None
    option: OptionSymbol | None
    quantity: Decimal
    price: Decimal | None
    fees: Decimal
    amount: Decimal
    memo: str


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
    """A whole file. `skipped` lines hold nothing that moves cash or holdings (totals, notes)."""

    broker: str
    rows: tuple[HistoryRow, ...]
    problems: tuple[Problem, ...]
    skipped: int

    def without(self, known: Iterable[str]) -> tuple[HistoryRow, ...]:
        """The rows whose keys are not `known`: what an import would add."""
        seen = frozenset(known)
        return tuple(row for row in self.rows if row.key not in seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one broker writes: the header names that tell it, and how a line becomes a movement.

    `read` answers None for a line that is no movement and raises `InputError` for one it cannot
    understand.
    """

    broker: str
    header: frozenset[str]
    read: Callable[[Cells], Movement | None]


def keyed(broker: str, lines: Iterable[tuple[int, Movement]]) -> tuple[HistoryRow, ...]:
    """Rows with keys. Equal movements of a file (partial fills) are told apart by their number.

    So the same file again, or a longer export that holds the same days whole, has the same keys.
    """
    counts: Counter[str] = Counter()
    rows = []
    for line, movement in lines:
        said = "|".join(
            [
                broker,
                movement.at.isoformat(),
                movement.kind.value,
                movement.option.occ if movement.option else movement.symbol or "",
                f"{movement.quantity.normalize():f}",
                "" if movement.price is None else f"{movement.price.normalize():f}",
                f"{movement.amount:f}",
            ]
        )
        counts[said] += 1
        digest = hashlib.sha256(f"{said}|{counts[said]}".encode()).hexdigest()[:32]
        rows.append(HistoryRow(line=line, key=digest, movement=movement))
    return tuple(rows)
