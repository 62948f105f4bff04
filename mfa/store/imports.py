"""Where imported account histories are kept: each import whole, each movement once per user.

An import is added in one transaction and undone in one; nothing else removes a movement. What a row
is (its key) is decided by whoever read the file.
"""

# ruff: noqa: S608 - only the column names of this file are composed

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from mfa.kernel.errors import InputError
from mfa.kernel.movements import Effect, Movement, MovementKind
from mfa.kernel.symbols import OptionSymbol
from mfa.store.books import Conn
from mfa.store.database import Database

_IMPORT: Final = "id, file_name, broker, sha256, imported_at, added, duplicates, problems, skipped"
_MOVEMENT: Final = "at, kind, symbol, option, quantity, price, fees, amount, memo, effect, ratio"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedMovement:
    """A movement with the key it is known by and the line of the file that it stood on."""

    key: str
    line: int
    movement: Movement


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """What an import says of its file. `problems` and `skipped` are counts of lines."""

    name: str
    broker: str
    sha256: str
    problems: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import that is in force. `duplicates` are rows that were known before it."""

    id: int
    file_name: str
    broker: str
    sha256: str
    imported_at: datetime
    added: int
    duplicates: int
    problems: int
    skipped: int


class ImportRepository:
    """Safe from any thread. Methods raise `InputError` with what to do instead."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, user: str, file: ImportFile, rows: Sequence[KeyedMovement]) -> Import:
        """Keep the rows whose keys the user does not have yet. `InputError` when that is none.

        `rows` are in order of time. Two imports of the same file at once: the second adds nothing.
        """
        with self._database.connection(user=user) as conn:
            conn.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {user}"]
            )
            known = _known(conn, user, [row.key for row in rows])
            new = [(place, row) for place, row in enumerate(rows, 1) if row.key not in known]
            if not new:
                raise InputError(
                    f"Nothing in {file.name!r} is new.", "All of its rows were imported before."
                )
            made = conn.execute(
                "INSERT INTO magnus.account_import (user_name, file_name, broker, sha256, added,"
                " duplicates, problems, skipped) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
                f" RETURNING {_IMPORT}",
                [user, file.name, file.broker, file.sha256, len(new), len(rows) - len(new),
                 file.problems, file.skipped],
            ).fetchone()  # fmt: skip
            if made is None:
                raise InputError("The import was not kept.", "Try again.")
            with conn.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO magnus.account_movement (import, user_name, key, place, line,"
                    f" {_MOVEMENT}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
                    " %s, %s, %s)",
                    [(made[0], user, row.key, place, row.line, *_written(row.movement))
                     for place, row in new],
                )  # fmt: skip
        return _import(made)

    def known(self, user: str, keys: Iterable[str]) -> frozenset[str]:
        """Which of `keys` the user has already."""
        wanted = list(keys)
        return self._database.read(lambda conn: _known(conn, user, wanted), user=user)

    def imports(self, user: str) -> tuple[Import, ...]:
        """Oldest first."""
        rows = self._database.read(
            lambda conn: conn.execute(
                f"SELECT {_IMPORT} FROM magnus.account_import WHERE user_name = %s ORDER BY id",
                [user],
            ).fetchall(),
            user=user,
        )
        return tuple(_import(row) for row in rows)

    def undo(self, user: str, number: int) -> Import:
        """Remove exactly what one import added. `InputError` when the user has no such import."""
        with self._database.connection(user=user) as conn:
            row = conn.execute(
                "DELETE FROM magnus.account_import WHERE user_name = %s AND id = %s"
                f" RETURNING {_IMPORT}",
                [user, number],
            ).fetchone()
        if row is None:
            raise InputError(f"You have no import {number}.", "'magnus imports' lists them.")
        return _import(row)

    def movements(self, user: str) -> tuple[Movement, ...]:
        """All that the user imported, in order of time; rows of one moment as their file had
        them."""
        rows = self._database.read(
            lambda conn: conn.execute(
                f"SELECT {_MOVEMENT} FROM magnus.account_movement WHERE user_name = %s"
                " ORDER BY at, import, place",
                [user],
            ).fetchall(),
            user=user,
        )
        return tuple(_read(row) for row in rows)

    def revision(self, user: str) -> str:
        """Changes with every import and undo of the user's."""
        row = self._database.read(
            lambda conn: conn.execute(
                "SELECT count(*), coalesce(max(id), 0) FROM magnus.account_import"
                " WHERE user_name = %s",
                [user],
            ).fetchone(),
            user=user,
        )
        return "none" if row is None or not row[0] else f"{row[0]}.{row[1]}"


def _known(conn: Conn, user: str, keys: list[str]) -> frozenset[str]:
    rows = conn.execute(
        "SELECT key FROM magnus.account_movement WHERE user_name = %s AND key = ANY(%s)",
        [user, keys],
    ).fetchall()
    return frozenset(row[0] for row in rows)


def _written(row: Movement) -> tuple[Any, ...]:
    return (
        row.at, row.kind.value, row.symbol, row.option and row.option.occ, row.quantity, row.price,
        row.fees, row.amount, row.memo, row.effect and row.effect.value,
        None if row.ratio is None else str(row.ratio),
    )  # fmt: skip


def _import(row: Sequence[Any]) -> Import:
    return Import(**dict(zip(_IMPORT.split(", "), row, strict=True)))


def _read(row: Sequence[Any]) -> Movement:
    found = dict(zip(_MOVEMENT.split(", "), row, strict=True))
    option, effect, ratio = found["option"], found["effect"], found["ratio"]
    return Movement(
        **found
        | {
            "kind": MovementKind(found["kind"]),
            "option": None if option is None else OptionSymbol.parse(option),
            "effect": None if effect is None else Effect(effect),
            "ratio": None if ratio is None else Fraction(ratio),
        }
    )
