"""The audit's rows: appended one at a time, each chained to the one before, never changed.

Appending is serialised by a lock of the database, so that the chain has one order whatever the
number of threads and processes. There is no function that removes anything.
"""

# ruff: noqa: S608 - only constants of this file are composed

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from mfa.kernel.canonical import canonical_json
from mfa.kernel.clock import Clock
from mfa.kernel.scope import NotYours, as_house
from mfa.store.books import Conn
from mfa.store.database import Database

BEGINNING: Final = hashlib.sha256(b"magnus audit 1").hexdigest()
BEGUN: Final = "begun"
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('magnus:audit', 0))"
_COLUMNS: Final = "seq, at, user_name, kind, card, entry, hash"
_BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries there are, and the last one's hash."""

    count: int
    hash: str


EMPTY: Final = Head(0, BEGINNING)


@dataclass(frozen=True, slots=True)
class AuditRow:
    seq: int
    at: datetime
    user: str
    kind: str
    card: UUID | None
    entry: str
    hash: str


def chained(previous: str, entry: str) -> str:
    """The hash of `entry` after `previous`."""
    return hashlib.sha256(f"{previous}\n{entry}".encode()).hexdigest()


class AuditRepository:
    """Rows of `magnus.audit`. Safe from any thread and process; `clock` is the real time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def append(self, said: Mapping[str, Any]) -> Head:
        """Commit one entry; the head afterwards. `said` are JSON values with `kind` and `user`.

        An empty audit is begun with an entry that names the installation, so that no other one's
        chain can be put in its place.
        """
        with as_house(), self._database.connection() as conn:  # the chain is of all users
            conn.execute(_LOCK)
            head = _head(conn)
            if not head.count:
                begun = {"kind": BEGUN, "user": "", "installation": str(uuid4())}
                head = self._insert(conn, head, begun)
            return self._insert(conn, head, said)

    def hash_at(self, seq: int) -> str | None:
        """The hash of one entry, or None where there is none."""
        query = "SELECT hash FROM magnus.audit WHERE seq = %s"
        with as_house():
            row = self._database.read(lambda conn: conn.execute(query, (seq,)).fetchone())
        return None if row is None else str(row[0])

    def rows(self) -> Iterator[AuditRow]:
        """Every row in order, some thousand at a time, of all users: what the chain is proved by.
        `NotYours` for anybody but the installation's own person."""
        if not self._database.is_owners():
            raise NotYours("The whole audit is for the installation's own person.")
        after = 0
        while batch := self._batch(after):
            yield from batch
            after = batch[-1].seq

    def latest(self, limit: int, *, user: str | None = None) -> tuple[AuditRow, ...]:
        """The last ones, the latest first; of one user or of all."""
        where = "" if user is None else "WHERE user_name = %(user)s "
        query = f"SELECT {_COLUMNS} FROM magnus.audit {where}ORDER BY seq DESC LIMIT %(limit)s"
        given = {"user": user, "limit": limit}
        return self._looked_up(query, given)

    def of_card(self, card: UUID) -> tuple[AuditRow, ...]:
        """Everything about one card, in order."""
        query = f"SELECT {_COLUMNS} FROM magnus.audit WHERE card = %s ORDER BY seq"
        return self._looked_up(query, (card,))

    def _looked_up(self, query: str, given: Any) -> tuple[AuditRow, ...]:
        """The installation's own person looks at everybody's entries, others at their own."""
        with as_house() if self._database.is_owners() else nullcontext():
            return self._database.read(
                lambda conn: tuple(AuditRow(*row) for row in conn.execute(query, given).fetchall())
            )

    def _batch(self, after: int) -> tuple[AuditRow, ...]:
        query = f"SELECT {_COLUMNS} FROM magnus.audit WHERE seq > %s ORDER BY seq LIMIT {_BATCH}"
        with as_house():
            return self._database.read(
                lambda conn: tuple(AuditRow(*r) for r in conn.execute(query, (after,)).fetchall())
            )

    def _insert(self, conn: Conn, head: Head, said: Mapping[str, Any]) -> Head:
        seq, at = head.count + 1, self._clock.now()
        entry = canonical_json({**said, "seq": seq, "at": at.isoformat()})
        link = chained(head.hash, entry)
        conn.execute(
            f"INSERT INTO magnus.audit ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (seq, at, said["user"], said["kind"], said.get("card"), entry, link),
        )
        return Head(seq, link)


def _head(conn: Conn) -> Head:
    row = conn.execute("SELECT seq, hash FROM magnus.audit ORDER BY seq DESC LIMIT 1").fetchone()
    return EMPTY if row is None else Head(*row)
