"""Where saved scans and the history of their runs are kept. A name is its user's, whatever its
letters' case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance
from mfa.kernel.scans import SavedScan, ScanRun
from mfa.store.books import Conn
from mfa.store.database import Database

_LONGEST: Final = 60
_SAVED: Final = """
SELECT s.name, s.params, s.saved_at, coalesce(r.runs, 0), r.last_run, r.best
FROM magnus.saved_scan s LEFT JOIN LATERAL (
    SELECT count(*) AS runs, max(ran_at) AS last_run,
           (array_agg(found -> 0 ORDER BY id DESC))[1] AS best
    FROM magnus.scan_run WHERE scan = s.id) r ON true
WHERE s.user_name = %s ORDER BY lower(s.name)
"""
_RUNS: Final = """
SELECT r.ran_at, r.day, r.mode, r.passed, r.found FROM magnus.scan_run r
WHERE r.scan = %s ORDER BY r.id DESC LIMIT %s
"""


class ScanRepository:
    """Safe from any thread. What changes a scan raises `InputError` with what to do instead."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def saved_scans(self, user: str) -> Outcome[tuple[SavedScan, ...]]:
        try:
            rows, now = self._database.read(
                lambda conn: (conn.execute(_SAVED, (user,)).fetchall(), _now(conn)), user=user
            )
        except (StoreError, psycopg.Error) as error:
            return _unread(error)
        found = tuple(
            SavedScan(name=name, params=params, saved_at=saved, runs=runs, last_run=last, best=best)
            for name, params, saved, runs, last, best in rows
        )
        return Found(found, Provenance(source="your scans", as_of=now))

    def scan_runs(self, user: str, name: str, limit: int) -> Outcome[tuple[ScanRun, ...]]:
        def read(conn: Conn) -> tuple[list[tuple[Any, ...]] | None, Any]:
            number = _number(conn, user, name)
            rows = None if number is None else conn.execute(_RUNS, (number, limit)).fetchall()
            return rows, _now(conn)

        try:
            rows, now = self._database.read(read, user=user)
        except (StoreError, psycopg.Error) as error:
            return _unread(error)
        if rows is None:
            return Absent(f"You have no saved scan {name.strip()!r}.")
        found = tuple(
            ScanRun(ran_at=ran, day=day, mode=mode, passed=passed, found=tuple(rows))
            for ran, day, mode, passed, rows in rows
        )
        return Found(found, Provenance(source="your scans", as_of=now))

    def record_run(
        self, user: str, name: str, *, day: date, mode: str, passed: int,
        found: Sequence[Mapping[str, Any]],
    ) -> Outcome[None]:  # fmt: skip
        try:
            with self._database.connection(user=user) as conn:
                number = _number(conn, user, name)
                if number is None:
                    return Absent(f"You have no saved scan {name.strip()!r}.")
                conn.execute(
                    "INSERT INTO magnus.scan_run (scan, day, mode, passed, found)"
                    " VALUES (%s, %s, %s, %s, %s)",
                    (number, day, mode, passed, Jsonb(list(found))),
                )
                return Found(None, Provenance(source="your scans", as_of=_now(conn)))
        except (StoreError, psycopg.Error) as error:
            return _unread(error)

    def save(self, user: str, name: str, params: Mapping[str, Any]) -> bool:
        """Keep a scan under `name`; whether there was one of that name, which it replaces.

        The runs of a replaced scan are forgotten: they were runs of another question.
        """
        wanted = _name(name)
        with self._database.connection(user=user) as conn:
            gone = conn.execute(
                "DELETE FROM magnus.saved_scan WHERE user_name = %s AND lower(name) = lower(%s)",
                (user, wanted),
            ).rowcount
            conn.execute(
                "INSERT INTO magnus.saved_scan (user_name, name, params) VALUES (%s, %s, %s)",
                (user, wanted, Jsonb(dict(params))),
            )
            return gone > 0

    def delete(self, user: str, name: str) -> None:
        """Forget a scan and its runs. `InputError` when there is none of that name."""
        with self._database.connection(user=user) as conn:
            gone = conn.execute(
                "DELETE FROM magnus.saved_scan WHERE user_name = %s AND lower(name) = lower(%s)",
                (user, name.strip()),
            ).rowcount
            if not gone:
                raise InputError(
                    f"You have no saved scan {name.strip()!r}.", "`magnus scan list` names them."
                )


def _number(conn: Conn, user: str, name: str) -> int | None:
    row = conn.execute(
        "SELECT id FROM magnus.saved_scan WHERE user_name = %s AND lower(name) = lower(%s)",
        (user, " ".join(name.split())),
    ).fetchone()
    return None if row is None else int(row[0])


def _now(conn: Conn) -> Any:
    row = conn.execute("SELECT clock_timestamp()").fetchone()
    if row is None:
        raise StoreError("The database does not say what time it is.")
    return row[0]


def _name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > _LONGEST:
        raise InputError(f"A scan's name has 1 to {_LONGEST} characters.")
    return cleaned


def _unread(error: Exception) -> Failed:
    return Failed(FailureKind.UNAVAILABLE, f"Saved scans could not be read: {error}")
