"""Second factors: when one was enrolled and confirmed, which half minute was used last, which
backup codes are left, and which doors without sign-in have shown it. Secrets lie elsewhere.

Whose they are is the thread's own person, or whom the caller names where nobody is bound.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from mfa.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorState:
    """`confirmed_at` is None until a first code proved that the secret arrived."""

    enrolled_at: datetime
    confirmed_at: datetime | None
    codes_left: int


class SecondFactorRepository:
    """Safe from any thread; what may be used once is used once, however many come with it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(self, user: str) -> FactorState | None:
        row = self._database.read(
            lambda conn: conn.execute(
                "SELECT enrolled_at, confirmed_at, (SELECT count(*) FROM magnus.backup_code b"
                " WHERE b.user_name = f.user_name AND b.used_at IS NULL)"
                " FROM magnus.second_factor f WHERE user_name = %s",
                (user,),
            ).fetchone(),
            user=user,
        )
        if row is None:
            return None
        return FactorState(enrolled_at=row[0], confirmed_at=row[1], codes_left=row[2])

    def enrol(self, user: str, at: datetime) -> bool:
        """Begin, or begin again what was not confirmed; False where one is confirmed."""
        with self._database.connection(user=user) as conn:
            row = conn.execute(
                "INSERT INTO magnus.second_factor AS f (user_name, enrolled_at) VALUES (%s, %s)"
                " ON CONFLICT (user_name) DO UPDATE SET enrolled_at = excluded.enrolled_at"
                " WHERE f.confirmed_at IS NULL RETURNING 1",
                (user, at),
            ).fetchone()
            return row is not None

    def confirm(self, user: str, at: datetime, codes: Collection[bytes]) -> None:
        """It counts from now on; these are the only backup codes."""
        with self._database.connection(user=user) as conn:
            conn.execute(
                "UPDATE magnus.second_factor SET confirmed_at = coalesce(confirmed_at, %s)"
                " WHERE user_name = %s",
                (at, user),
            )
            conn.execute("DELETE FROM magnus.backup_code WHERE user_name = %s", (user,))
            with conn.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO magnus.backup_code (user_name, code_hash) VALUES (%s, %s)",
                    [(user, code) for code in codes],
                )

    def use_step(self, user: str, step: int) -> bool:
        """Use a half minute's code; False where it, or a later one, was used before."""
        with self._database.connection(user=user) as conn:
            row = conn.execute(
                "UPDATE magnus.second_factor SET last_step = %s"
                " WHERE user_name = %s AND last_step < %s RETURNING 1",
                (step, user, step),
            ).fetchone()
            return row is not None

    def use_code(self, user: str, code: bytes, at: datetime) -> bool:
        """Use a backup code; False where there is none such, or it was used."""
        with self._database.connection(user=user) as conn:
            row = conn.execute(
                "UPDATE magnus.backup_code SET used_at = %s"
                " WHERE user_name = %s AND code_hash = %s AND used_at IS NULL RETURNING 1",
                (at, user, code),
            ).fetchone()
            return row is not None

    def remove(self, user: str) -> bool:
        with self._database.connection(user=user) as conn:
            gone = conn.execute("DELETE FROM magnus.second_factor WHERE user_name = %s", (user,))
            return gone.rowcount > 0

    def door_verified(self, user: str, session: str, at: datetime) -> None:
        """A door without sign-in has shown it."""
        with self._database.connection(user=user) as conn:
            conn.execute(
                "INSERT INTO magnus.door_verified (user_name, session, verified_at)"
                " VALUES (%s, %s, %s) ON CONFLICT (user_name, session)"
                " DO UPDATE SET verified_at = excluded.verified_at",
                (user, session, at),
            )

    def door_verified_at(self, user: str, session: str) -> datetime | None:
        row = self._database.read(
            lambda conn: conn.execute(
                "SELECT verified_at FROM magnus.door_verified WHERE user_name = %s"
                " AND session = %s",
                (user, session),
            ).fetchone(),
            user=user,
        )
        return None if row is None else row[0]
