"""Who runs which turns, and what becomes of them when that process is gone.

A process is dead when the advisory lock of its owner id can be had; nothing is concluded from a
clock or a heartbeat. Whose turns they are does not matter: this is the house's own work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb

from mfa.kernel.scope import as_house
from mfa.store.database import Database
from mfa.store.turn_records import Owner, Suspect

_INTERRUPT: Final = """
WITH moved AS (
    UPDATE magnus.turn
    SET state = 'interrupted', finished_at = clock_timestamp(), last_event = last_event + 1
    WHERE owner = %(owner)s AND state = 'running'
        AND (%(only)s::uuid[] IS NULL OR id = ANY(%(only)s))
    RETURNING id, last_event, user_name
)
INSERT INTO magnus.turn_event (turn, user_name, seq, key, kind, payload)
SELECT id, user_name, last_event, 'interrupted:' || last_event, 'interrupted', %(payload)s::jsonb
FROM moved
RETURNING turn
"""


class OwnerStore:
    """Registers owners and ends the turns of dead ones. Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, owner: Owner) -> None:
        with as_house(), self._database.connection() as connection:
            connection.execute(
                "INSERT INTO magnus.turn_owner (id, host, pid) VALUES (%s, %s, %s)"
                " ON CONFLICT (id) DO NOTHING",
                (owner.id, owner.host, owner.pid),
            )

    def unregister(self, owner: int) -> None:
        with as_house(), self._database.connection() as connection:
            connection.execute("DELETE FROM magnus.turn_owner WHERE id = %s", (owner,))

    def suspects(self, *, but: int) -> list[Suspect]:
        """Owners of running turns other than `but`."""
        with as_house(), self._database.connection() as connection:
            rows = connection.execute(
                """
                SELECT DISTINCT t.owner, o.host, o.pid,
                       extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8
                FROM magnus.turn t LEFT JOIN magnus.turn_owner o ON o.id = t.owner
                WHERE t.state = 'running' AND t.owner <> %s
                """,
                (but,),
            ).fetchall()
        return [Suspect(id=r[0], host=r[1], pid=r[2], server_age=r[3]) for r in rows]

    def running(self, owner: int) -> list[UUID]:
        """The running turns of `owner`."""
        with as_house(), self._database.connection() as connection:
            rows = connection.execute(
                "SELECT id FROM magnus.turn WHERE owner = %s AND state = 'running'", (owner,)
            ).fetchall()
        return [row[0] for row in rows]

    def interrupt(
        self, owner: int, *, only: Sequence[UUID] | None = None, reason: str
    ) -> list[UUID]:
        """Mark the running turns of `owner` interrupted, all or `only` these; which those were."""
        values = {
            "owner": owner,
            "only": None if only is None else list(only),
            "payload": Jsonb({"message": reason}),
        }
        with as_house(), self._database.connection() as connection:
            return [row[0] for row in connection.execute(_INTERRUPT, values).fetchall()]

    def interrupt_if_dead(self, owner: int, *, reason: str) -> list[UUID] | None:
        """Same, if the lock of `owner` can be had; None when it is held, so alive."""
        values = {"owner": owner, "only": None, "payload": Jsonb({"message": reason})}
        with as_house(), self._database.connection() as connection:
            got = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (owner,)).fetchone()
            if got is None or not got[0]:
                return None
            turns = [row[0] for row in connection.execute(_INTERRUPT, values).fetchall()]
            connection.execute("DELETE FROM magnus.turn_owner WHERE id = %s", (owner,))
            return turns
