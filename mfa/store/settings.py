"""What a person set while running, kept as JSON values under their setting's name."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from mfa.kernel.errors import InputError
from mfa.store.database import Database


class SettingRepository:
    """Rows of `magnus.setting`. It stores; whether a name or value makes sense, `Settings` says."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Any]:
        with self._database.connection() as connection:
            rows = connection.execute("SELECT key, value FROM magnus.setting ORDER BY key")
            return dict(rows.fetchall())

    def put(self, key: str, value: Any) -> None:
        """Set one; JSON values only, never a secret: this table is not encrypted."""
        if not key:
            raise InputError("A setting needs a name.")
        with self._database.connection() as connection:
            connection.execute(
                "INSERT INTO magnus.setting (key, value) VALUES (%s, %s) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = now()",
                [key, Jsonb(value)],
            )

    def remove(self, key: str) -> bool:
        """Forget one; whether it was there."""
        with self._database.connection() as connection:
            done = connection.execute("DELETE FROM magnus.setting WHERE key = %s", [key])
            return done.rowcount == 1
