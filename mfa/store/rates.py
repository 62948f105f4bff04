"""How often a user did what within the hour, counted exactly.

Counting and taking one more happen under a lock of the user and the action, so that a hundred who
come at once are let through as often as is allowed and no more. The hour is the last sixty minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from psycopg import sql

from mfa.kernel.clock import Clock
from mfa.kernel.mode import Mode
from mfa.store.database import Database

_HOUR: Final = timedelta(hours=1)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """`taken` is whether one more was allowed; `used` how many stand in the hour, this one
    included. `free_at` is when one will be allowed again. `before`: this card had its turn."""

    taken: bool
    used: int
    free_at: datetime | None = None
    before: bool = False


class RateRepository:
    """Rows of one mode's `action_use`. Safe from any thread and process; `clock` is real time."""

    def __init__(self, database: Database, mode: Mode, clock: Clock) -> None:
        self._database, self._schema, self._clock = database, mode.schema, clock
        self._table = sql.Identifier(mode.schema, "action_use")

    def take(self, user: str, action: str, card: UUID, limit: int, *, once: bool = True) -> Use:
        """Use one of `limit` an hour. With `once` a card is let through a single time, whoever
        comes with it."""
        with self._database.connection(user=user) as conn:
            conn.execute(_LOCK, (f"magnus:rate:{self._schema}:{user}:{action}",))
            now = self._clock.now()
            rows = conn.execute(
                sql.SQL(
                    "SELECT at, card FROM {} WHERE user_name = %s AND action = %s"
                    " AND (at > %s OR card = %s) ORDER BY at"
                ).format(self._table),
                (user, action, now - _HOUR, card),
            ).fetchall()
            times = [at for at, _ in rows if at > now - _HOUR]
            if once and any(used == card for _, used in rows):
                return Use(taken=False, used=len(times), before=True)
            if len(times) >= limit:
                return Use(taken=False, used=len(times), free_at=times[-limit] + _HOUR)
            conn.execute(
                sql.SQL(
                    "INSERT INTO {} (user_name, action, card, at) VALUES (%s, %s, %s, %s)"
                ).format(self._table),
                (user, action, card, now),
            )
            return Use(taken=True, used=len(times) + 1)
