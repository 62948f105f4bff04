"""The schema's history: numbered SQL files, each applied once, in one transaction, under one lock.

`house/NNNN_name.sql` runs once, in schema `magnus`; `mode/NNNN_name.sql` runs once in each mode's
schema. What was applied is recorded with its checksum: a file changed afterwards is refused, and so
is a database that is newer than this code, because guessing at another's schema loses books.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, Final

import psycopg
from psycopg import sql

from mfa.kernel.errors import StoreError
from mfa.kernel.mode import Mode

HOUSE: Final = "magnus"
SCHEMAS: Final = (HOUSE, *(mode.schema for mode in Mode))
LOCK: Final = "migrations"
_NAME: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: `scope` is `house` or `mode`."""

    scope: str
    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def label(self) -> str:
        return f"{self.scope}/{self.number:04d}_{self.name}"

    @property
    def schemas(self) -> tuple[str, ...]:
        return (HOUSE,) if self.scope == "house" else tuple(mode.schema for mode in Mode)


@dataclass(frozen=True, slots=True)
class Applied:
    """One row of the record."""

    schema: str
    number: int
    name: str
    checksum: str


def packaged(directory: Traversable | None = None) -> tuple[Migration, ...]:
    """The migrations that this code brings, house first, in order."""
    top = directory or importlib.resources.files("mfa.store") / "migrations"
    found: list[Migration] = []
    for scope in ("house", "mode"):
        place = top / scope
        if not place.is_dir():
            continue
        for file in place.iterdir():
            if match := _NAME.fullmatch(file.name):
                text = file.read_text(encoding="utf-8").replace("\r\n", "\n")
                found.append(Migration(scope, int(match[1]), match[2], text))
    found.sort(key=lambda one: (one.scope, one.number))
    for first, second in itertools.pairwise(found):
        if (first.scope, first.number) == (second.scope, second.number):
            raise StoreError(f"Two migrations share a number: {first.label} and {second.label}.")
    return tuple(found)


def applied(connection: psycopg.Connection[Any]) -> tuple[Applied, ...]:
    """What the database says was applied; nothing for an empty database."""
    with connection.transaction():
        if connection.execute("SELECT to_regclass('magnus.migration')").fetchone() == (None,):
            return ()
        rows = connection.execute(
            "SELECT schema, number, name, checksum FROM magnus.migration ORDER BY schema, number"
        ).fetchall()
    return tuple(Applied(*row) for row in rows)


def pending(
    migrations: Iterable[Migration], done: Iterable[Applied]
) -> tuple[tuple[str, Migration], ...]:
    """Which migration is still to run in which schema.

    `StoreError` when an applied file was changed since, or is unknown to this code.
    """
    record = {(one.schema, one.number): one for one in done}
    left: list[tuple[str, Migration]] = []
    for migration in migrations:
        for schema in migration.schemas:
            row = record.pop((schema, migration.number), None)
            if row is None:
                left.append((schema, migration))
            elif row.checksum != migration.checksum:
                raise StoreError(
                    f"Migration {migration.label} was changed after it was applied to this "
                    "database.",
                    "Put the file back as it was and add a new one instead.",
                )
    if record:
        unknown = ", ".join(f"{row.schema} {row.number:04d}_{row.name}" for row in record.values())
        raise StoreError(
            f"This database was made by a newer Magnus (it has {unknown}).",
            "Update Magnus, or restore a backup made with this version.",
        )
    return tuple(left)


def migrate(
    connection: psycopg.Connection[Any], migrations: Sequence[Migration] | None = None
) -> int:
    """Bring the database up to this code; how many migrations ran. Leaves no transaction open."""
    known = packaged() if migrations is None else migrations
    if not pending(known, applied(connection)):
        connection.commit()
        return 0
    connection.commit()
    lock(connection, LOCK)
    try:
        _prepare(connection)
        left = pending(known, applied(connection))  # somebody may have been faster
        connection.commit()
        for schema, migration in left:
            _apply(connection, schema, migration)
    finally:
        if not connection.closed:
            connection.rollback()
            unlock(connection, LOCK)
    return len(left)


def lock(connection: psycopg.Connection[Any], name: str) -> None:
    """Take the named session lock of the whole house; waits."""
    connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"magnus:{name}"])
    connection.commit()


def lock_if_free(connection: psycopg.Connection[Any], name: str) -> bool:
    """Take the lock if nobody has it; whether it was taken."""
    row = connection.execute(
        "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [f"magnus:{name}"]
    ).fetchone()
    connection.commit()
    return row is not None and bool(row[0])


def unlock(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [f"magnus:{name}"])
    connection.commit()


def _prepare(connection: psycopg.Connection[Any]) -> None:
    try:
        with connection.transaction():
            for schema in SCHEMAS:
                connection.execute(
                    sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema))
                )
            connection.execute(
                "CREATE TABLE IF NOT EXISTS magnus.migration ("
                "schema text NOT NULL, number integer NOT NULL, name text NOT NULL, "
                "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), "
                "PRIMARY KEY (schema, number))"
            )
    except psycopg.errors.InsufficientPrivilege as error:
        raise StoreError(
            f"The database's user may not create schemas ({error.diag.message_primary}).",
            "Grant CREATE on the database to that user.",
        ) from error


def _apply(connection: psycopg.Connection[Any], schema: str, migration: Migration) -> None:
    path = sql.SQL("SET LOCAL search_path TO {}, magnus").format(sql.Identifier(schema))
    try:
        with connection.transaction():
            connection.execute(path)
            connection.execute(migration.text.encode())
            connection.execute(
                "INSERT INTO magnus.migration (schema, number, name, checksum) "
                "VALUES (%s, %s, %s, %s)",
                [schema, migration.number, migration.name, migration.checksum],
            )
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise StoreError(
            f"Migration {migration.label} could not be applied to schema {schema}: {error}."
        ) from error
