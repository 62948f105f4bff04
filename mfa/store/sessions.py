"""Sessions: rows of `magnus.session`. A token is never here, only its hash.

Finding a session by its token is the house's own work, since it says who somebody is; a person's
list and revoking are held to their own rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from mfa.kernel.scope import as_house
from mfa.store.database import Database

_COLUMNS: Final = (
    "s.id, s.user_name, s.door, s.address, s.created_at, s.seen_at, s.ends_at, s.verified_at,"
    " s.device"
)
_FIND: Final = f"""
SELECT {_COLUMNS} FROM magnus.session s JOIN magnus.person p USING (user_name)
WHERE s.token_hash = %s AND s.revoked_at IS NULL AND p.disabled_at IS NULL
"""  # noqa: S608 - the column list is a constant
_LIST: Final = f"""
SELECT {_COLUMNS} FROM magnus.session s
WHERE s.user_name = %s AND s.revoked_at IS NULL AND s.ends_at > %s ORDER BY s.seen_at DESC
"""  # noqa: S608 - same


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """`id` may be shown and stored; it opens nothing."""

    id: UUID
    user: str
    door: str
    address: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    verified_at: datetime | None
    device: str = ""


class SessionRepository:
    """Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, session: Session, token_hash: bytes) -> None:
        with as_house(), self._database.connection() as conn:
            conn.execute(
                "INSERT INTO magnus.session (id, token_hash, user_name, door, address, created_at,"
                " seen_at, ends_at, verified_at, device)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (session.id, token_hash, session.user, session.door, session.address,
                 session.created_at, session.seen_at, session.ends_at, session.verified_at,
                 session.device),
            )  # fmt: skip

    def find(self, token_hash: bytes) -> Session | None:
        """The session that is not revoked and whose person is not disabled, over or not."""
        with as_house():
            row = self._database.read(lambda conn: conn.execute(_FIND, (token_hash,)).fetchone())
        return None if row is None else _session(row)

    def by_id(self, number: UUID) -> Session | None:
        """Same, by its id: for what was signed in before and names its session."""
        query = _FIND.replace("s.token_hash = %s", "s.id = %s")
        with as_house():
            row = self._database.read(lambda conn: conn.execute(query, (number,)).fetchone())
        return None if row is None else _session(row)

    def of_user(self, user: str, now: datetime) -> tuple[Session, ...]:
        """Those that are not over, the one seen last first."""
        rows = self._database.read(
            lambda conn: conn.execute(_LIST, (user, now)).fetchall(), user=user
        )
        return tuple(map(_session, rows))

    def seen(self, number: UUID, at: datetime) -> None:
        self._set("UPDATE magnus.session SET seen_at = %s WHERE id = %s", at, number)

    def verified(self, number: UUID, at: datetime) -> None:
        self._set("UPDATE magnus.session SET verified_at = %s WHERE id = %s", at, number)

    def revoke(
        self, user: str, number: UUID | None, at: datetime, *, but: UUID | None = None
    ) -> int:
        """End one of a person's sessions, or all of them, one excepted; how many that were."""
        with self._database.connection(user=user) as conn:
            return conn.execute(
                "UPDATE magnus.session SET revoked_at = %s WHERE user_name = %s"
                " AND revoked_at IS NULL AND (%s::uuid IS NULL OR id = %s)"
                " AND id IS DISTINCT FROM %s",
                (at, user, number, number, but),
            ).rowcount

    def _set(self, statement: str, at: datetime, number: UUID) -> None:
        """Of the thread's own person."""
        with self._database.connection() as conn:
            conn.execute(statement, (at, number))


def _session(row: tuple[object, ...]) -> Session:
    names = (
        "id", "user", "door", "address", "created_at", "seen_at", "ends_at", "verified_at",
        "device",
    )  # fmt: skip
    return Session(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]
