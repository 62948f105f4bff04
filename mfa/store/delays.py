"""Failed attempts in a row: rows of `magnus.sign_in_delay`, looked at by the house alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from mfa.kernel.scope import as_house
from mfa.store.database import Database


class DelayRepository:
    """Safe from any thread and process: an attempt is counted before it is made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(
        self,
        tried: Mapping[str, str],
        now: datetime,
        delay: Callable[[str, int], timedelta],
        forgotten: timedelta,
    ) -> timedelta | None:
        """Count one attempt at each `kind: name`, as if it failed; None. Or, where one of them must
        wait, how long, and nothing is counted.

        `delay(kind, failures)` is how long the next one waits; failures older than `forgotten` are.
        """
        with as_house(), self._database.connection() as conn:
            for kind, name in sorted(tried.items()):
                conn.execute(
                    "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                    (f"magnus:sign-in:{kind}:{name}",),
                )
            conn.execute(
                "DELETE FROM magnus.sign_in_delay WHERE failed_at < %s AND not_before < %s",
                (now - forgotten, now),
            )
            failures: dict[str, int] = {}
            waits = [timedelta(0)]
            for kind, name in tried.items():
                row = conn.execute(
                    "SELECT failures, not_before FROM magnus.sign_in_delay"
                    " WHERE kind = %s AND name = %s",
                    (kind, name),
                ).fetchone()
                failures[kind] = 1 if row is None else row[0] + 1
                if row is not None:
                    waits.append(row[1] - now)
            if max(waits) > timedelta(0):
                return max(waits)
            for kind, name in tried.items():
                conn.execute(
                    "INSERT INTO magnus.sign_in_delay (kind, name, failures, failed_at, not_before)"
                    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (kind, name) DO UPDATE"
                    " SET failures = excluded.failures, failed_at = excluded.failed_at,"
                    " not_before = excluded.not_before",
                    (kind, name, failures[kind], now, now + delay(kind, failures[kind])),
                )
        return None

    def forget(self, kind: str, name: str) -> None:
        """The attempt was a success."""
        with as_house(), self._database.connection() as conn:
            conn.execute(
                "DELETE FROM magnus.sign_in_delay WHERE kind = %s AND name = %s", (kind, name)
            )
