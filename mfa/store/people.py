"""Who may sign in: rows of `magnus.person`. Passwords come and go as hashes.

Signing in happens before anybody is somebody, so this is the house's own work; whether a caller may
ask for it is decided by `mfa.security.accounts` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import psycopg

from mfa.kernel.errors import InputError
from mfa.kernel.scope import as_house
from mfa.store.database import Database

_FIND: Final = (
    "SELECT user_name, login, password, created_at, disabled_at FROM magnus.person"
    " WHERE lower(login) = lower(%s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`user` is under what their rows stand, `login` what they type."""

    user: str
    login: str
    password: str
    created_at: datetime
    disabled_at: datetime | None

    def __repr__(self) -> str:
        return f"Person({self.login!r})"


class PersonRepository:
    """Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, user: str, login: str, password: str, at: datetime) -> None:
        """`InputError` where somebody is called so already."""
        try:
            with as_house(), self._database.connection() as conn:
                conn.execute(
                    "INSERT INTO magnus.person (user_name, login, password, created_at)"
                    " VALUES (%s, %s, %s, %s)",
                    (user, login, password, at),
                )
        except psycopg.errors.UniqueViolation:
            raise InputError(
                f"There is a user {login!r} already.", "Choose another name."
            ) from None

    def find(self, login: str) -> Person | None:
        with as_house():
            row = self._database.read(lambda conn: conn.execute(_FIND, (login,)).fetchone())
        return None if row is None else _person(row)

    def all(self) -> tuple[Person, ...]:
        """The first one first."""
        query = (
            "SELECT user_name, login, password, created_at, disabled_at FROM magnus.person"
            " ORDER BY created_at, login"
        )
        with as_house():
            rows = self._database.read(lambda conn: conn.execute(query).fetchall())
        return tuple(map(_person, rows))

    def is_empty(self) -> bool:
        with as_house():
            row = self._database.read(
                lambda conn: conn.execute("SELECT 1 FROM magnus.person LIMIT 1").fetchone()
            )
        return row is None

    def set_password(self, user: str, password: str) -> None:
        with as_house(), self._database.connection() as conn:
            conn.execute(
                "UPDATE magnus.person SET password = %s WHERE user_name = %s", (password, user)
            )

    def disable(self, user: str, at: datetime | None) -> None:
        """From `at` on nobody signs in under this name; None lets them again."""
        with as_house(), self._database.connection() as conn:
            conn.execute(
                "UPDATE magnus.person SET disabled_at = %s WHERE user_name = %s", (at, user)
            )


def _person(row: tuple[object, ...]) -> Person:
    names = ("user", "login", "password", "created_at", "disabled_at")
    return Person(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]
