"""What a person set while running, kept as JSON values under their setting's name, with a history.

Whether a name or value makes sense, `mfa.kernel.setting_facts.stored_value` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from mfa.kernel.errors import ConfigurationError, InputError, StoreError
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance
from mfa.kernel.scope import NotYours, as_house
from mfa.kernel.setting_facts import SettingFact, setting_facts
from mfa.kernel.setting_source import SettingChange
from mfa.kernel.settings import Settings
from mfa.store.books import Conn
from mfa.store.database import Database

HOUSE: Final = "magnus"
_LOCKED: Final = "SELECT value FROM magnus.setting WHERE key = %s FOR UPDATE"
_NOTE: Final = (
    "INSERT INTO magnus.setting_change (key, old_value, new_value, changed_by)"
    " VALUES (%s, %s, %s, %s)"
)
_CHANGES: Final = (
    "SELECT key, old_value, new_value, changed_by, changed_at"
    " FROM magnus.setting_change WHERE %(key)s::text IS NULL OR key = %(key)s"
    " ORDER BY id DESC LIMIT %(limit)s"
)


class SettingRepository:
    """Rows of `magnus.setting` and the record of their changes, kept in one transaction.

    They are the installation's: everybody's questions read them, its own person changes them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Any]:
        with as_house():
            return self._database.read(_all)

    def put(self, key: str, value: Any, *, by: str = HOUSE) -> None:
        """Set one; JSON values only, never a secret: this table is not encrypted.

        What is set to what it was already is no change and leaves no record.
        """
        if not key:
            raise InputError("A setting needs a name.")
        with self._writing() as connection:
            before = connection.execute(_LOCKED, [key]).fetchone()
            if before is not None and before[0] == value:
                return
            connection.execute(
                "INSERT INTO magnus.setting (key, value) VALUES (%s, %s) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()",
                [key, Jsonb(value)],
            )
            _note(connection, key, before, Jsonb(value), by)

    def remove(self, key: str, *, by: str = HOUSE) -> bool:
        """Forget one; whether it was there."""
        with self._writing() as connection:
            before = connection.execute(
                "DELETE FROM magnus.setting WHERE key = %s RETURNING value", [key]
            ).fetchone()
            if before is not None:
                _note(connection, key, before, None, by)
            return before is not None

    @contextmanager
    def _writing(self) -> Iterator[Conn]:
        if not self._database.is_owners():
            raise NotYours(
                "Settings belong to the installation's own person.", "Ask them to change it."
            )
        with as_house(), self._database.connection() as connection:
            yield connection

    def changes(self, key: str | None = None, limit: int = 50) -> tuple[SettingChange, ...]:
        """The latest first."""
        with as_house():
            return self._database.read(lambda connection: _changes(connection, key, limit))

    def dated(self) -> tuple[dict[str, Any], datetime]:
        """What `all` gives, and the database's time of it."""
        with as_house():
            return self._database.read(lambda connection: (_all(connection), _now(connection)))


class KeptSettings:
    """The settings in force while a process runs: what it started with, over the database now.

    `started` is what environment, file and command gave; `running` what the process was built from.
    """

    def __init__(self, database: Database, started: Settings, running: Settings) -> None:
        self._repository = SettingRepository(database)
        self._started, self._running = started, running
        self._lock = Lock()
        self._last: tuple[dict[str, Any], Settings] | None = None

    def in_force(self) -> Settings:
        try:
            rows = self._repository.all()
            with self._lock:
                if self._last is None or self._last[0] != rows:
                    self._last = (rows, self._started.with_database(rows))
                return self._last[1]
        except (StoreError, ConfigurationError, psycopg.Error):
            return self._running

    def facts(self) -> Outcome[tuple[SettingFact, ...]]:
        try:
            rows, now = self._repository.dated()
            return Found(
                setting_facts(self._started, rows, self._running),
                Provenance(source="your settings", as_of=now),
            )
        except ConfigurationError as error:
            return Failed(FailureKind.BAD_DATA, str(error))
        except (StoreError, psycopg.Error) as error:
            return Failed(FailureKind.UNAVAILABLE, f"Settings could not be read: {error}")

    def changes(self, name: str | None, limit: int) -> Outcome[tuple[SettingChange, ...]]:
        try:
            found = self._repository.changes(name, limit)
            now = self._repository.dated()[1]
        except (StoreError, psycopg.Error) as error:
            return Failed(FailureKind.UNAVAILABLE, f"Settings could not be read: {error}")
        return Found(found, Provenance(source="your settings", as_of=now))


def _all(connection: Conn) -> dict[str, Any]:
    return dict(connection.execute("SELECT key, value FROM magnus.setting ORDER BY key").fetchall())


def _changes(connection: Conn, key: str | None, limit: int) -> tuple[SettingChange, ...]:
    rows = connection.execute(_CHANGES, {"key": key, "limit": limit}).fetchall()
    return tuple(
        SettingChange(name=name, old=old, new=new, by=by, at=at) for name, old, new, by, at in rows
    )


def _now(connection: Conn) -> datetime:
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    if row is None:
        raise StoreError("The database does not say what time it is.")
    now: datetime = row[0]
    return now


def _note(
    connection: Conn, key: str, before: tuple[Any, ...] | None, value: Jsonb | None, by: str
) -> None:
    old = None if before is None else Jsonb(before[0])
    connection.execute(_NOTE, [key, old, value, by])
