"""Where memories are kept. What is forgotten is gone: no row of it stays behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

import psycopg

from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.memories import LONGEST_MEMORY, Memory, MemoryKind
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance
from mfa.store.books import Conn
from mfa.store.database import Database

T = TypeVar("T")
CONCLUSIONS: Final = 200
"""Conclusions that are kept of one user and mode; an older one gives way."""
_READ: Final = """
SELECT id, kind, text, said_at, mode, symbols FROM magnus.memory
WHERE user_name = %s AND mode IN ('', %s)
ORDER BY said_at DESC, id DESC
"""
_KEEP: Final = """
INSERT INTO magnus.memory (user_name, kind, text, said_at, mode, symbols)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (user_name, mode, md5(lower(text))) DO UPDATE
SET kind = excluded.kind, text = excluded.text, said_at = excluded.said_at,
    symbols = excluded.symbols
RETURNING id, kind, text, said_at, mode, symbols
"""
_EDIT: Final = """
UPDATE magnus.memory SET text = %s WHERE user_name = %s AND id = %s
RETURNING id, kind, text, said_at, mode, symbols
"""
_THIN: Final = """
DELETE FROM magnus.memory WHERE id IN (
    SELECT id FROM magnus.memory WHERE user_name = %s AND mode = %s AND kind = 'conclusion'
    ORDER BY said_at DESC, id DESC OFFSET %s)
"""


class MemoryRepository:
    """Safe from any thread. What an answer needs is an `Outcome`; `edit` raises `InputError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def memories(self, user: str, mode: str) -> Outcome[tuple[Memory, ...]]:
        def read(conn: Conn) -> tuple[Memory, ...]:
            return tuple(map(_memory, conn.execute(_READ, (user, mode)).fetchall()))

        return _asked(lambda: self._database.read(lambda conn: (read(conn), _now(conn)), user=user))

    def remember(
        self, user: str, text: str, *, kind: MemoryKind, said_at: datetime, mode: str = "",
        symbols: tuple[str, ...] = (),
    ) -> Outcome[Memory]:  # fmt: skip
        try:
            words = cleaned(text)
        except InputError as error:
            return Absent(str(error))

        def write() -> tuple[Memory, datetime]:
            with self._database.connection(user=user) as conn:
                row = conn.execute(
                    _KEEP, (user, kind, words, said_at, mode, list(symbols))
                ).fetchone()
                if row is None:
                    raise StoreError("The memory was not kept.")
                if kind == "conclusion":
                    conn.execute(_THIN, (user, mode, CONCLUSIONS))
                return _memory(row), _now(conn)

        return _asked(write)

    def forget_memories(self, user: str, ids: tuple[int, ...]) -> Outcome[int]:
        def write() -> tuple[int, datetime]:
            with self._database.connection(user=user) as conn:
                gone = conn.execute(
                    "DELETE FROM magnus.memory WHERE user_name = %s AND id = ANY(%s)",
                    (user, list(ids)),
                ).rowcount
                return gone, _now(conn)

        return _asked(write)

    def edit(self, user: str, number: int, text: str) -> Memory:
        """Other words for a memory. `InputError` when there is none of that number, or another
        one says the same."""
        words = cleaned(text)
        try:
            with self._database.connection(user=user) as conn:
                row = conn.execute(_EDIT, (words, user, number)).fetchone()
        except psycopg.errors.UniqueViolation:
            raise InputError("That is remembered already.", "Forget one of the two.") from None
        if row is None:
            raise InputError(
                f"There is no memory {number}.", "`magnus memory list` shows their numbers."
            )
        return _memory(row)

    def forget(self, user: str, number: int) -> None:
        """`InputError` when there is none of that number."""
        gone = self.forget_memories(user, (number,))
        if isinstance(gone, Failed):
            raise StoreError(gone.message)
        if isinstance(gone, Found) and not gone.value:
            raise InputError(
                f"There is no memory {number}.", "`magnus memory list` shows their numbers."
            )


def cleaned(text: str) -> str:
    """On one line. `InputError` for what cannot be kept."""
    words = " ".join(text.replace("\0", " ").split())
    if not words or len(words) > LONGEST_MEMORY:
        raise InputError(f"A memory has 1 to {LONGEST_MEMORY} characters.")
    return words


def _memory(row: tuple[Any, ...]) -> Memory:
    number, kind, text, said_at, mode, symbols = row
    return Memory(
        id=number, kind=kind, text=text, said_at=said_at, mode=mode, symbols=tuple(symbols)
    )


def _asked(ask: Callable[[], tuple[T, datetime]]) -> Outcome[T]:
    try:
        value, now = ask()
    except (StoreError, psycopg.Error) as error:
        return Failed(FailureKind.UNAVAILABLE, f"Memories could not be reached: {error}")
    return Found(value, Provenance(source="your memories", as_of=now))


def _now(conn: Conn) -> datetime:
    row = conn.execute("SELECT clock_timestamp()").fetchone()
    if row is None:
        raise StoreError("The database does not say what time it is.")
    now: datetime = row[0]
    return now
