"""The generation of each kind of thing that answers depend on, shared by all processes of a house.

A token is random, so that no two states ever share one: not those of two houses, and not those
before and after a backup was put back (a restored table is another table, which its number tells).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from mfa.kernel.scope import as_house
from mfa.store.database import Database

_READ: Final = "SELECT kind, tableoid || ':' || token FROM magnus.generation"
_MOVE: Final = """
INSERT INTO magnus.generation (kind) SELECT unnest(%s::text[])
ON CONFLICT (kind) DO UPDATE SET token = excluded.token
"""
_HOUSE: Final = (
    "SELECT (SELECT system_identifier FROM pg_control_system()),"
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class GenerationRepository:
    """Rows of `magnus.generation`. Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tokens(self) -> Mapping[str, str]:
        """The token of every kind now."""
        return self._database.glance(lambda conn: dict(conn.execute(_READ).fetchall()))

    def move(self, kinds: Collection[str]) -> None:
        """What was kept of answers that depend on `kinds` is untrue from now on, everywhere."""
        with as_house(), self._database.connection() as conn:
            conn.execute(_MOVE, (sorted(kinds),))

    def house(self) -> str:
        """What tells this database from every other, a copy of it included."""
        with as_house():
            row = self._database.read(lambda conn: conn.execute(_HOUSE).fetchone())
        return ":".join(map(str, row or ()))
