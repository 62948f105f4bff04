"""What a person said that a message means: kept for good, under the message as it was classified.

`masked` holds types in the place of names, amounts and dates, so no value a person typed is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mfa.store.database import Database

_MEANING: Final = """
SELECT intent FROM magnus.correction WHERE user_name = %s AND masked = %s ORDER BY id DESC LIMIT 1
"""
_STANDING: Final = """
SELECT masked, intent, at FROM (
    SELECT DISTINCT ON (masked) id, masked, intent, at FROM magnus.correction
    WHERE user_name = %s ORDER BY masked, id DESC) latest
ORDER BY id
"""
_ADD: Final = "INSERT INTO magnus.correction (user_name, masked, intent) VALUES (%s, %s, %s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One masked message, the intent that its person meant, and when that was said."""

    masked: str
    intent: str
    at: datetime


class CorrectionRepository:
    """Safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, user: str, masked: str, intent: str) -> None:
        """Keep it, unless the latest word on this message says the same."""
        with self._database.connection(user=user) as connection:
            row = connection.execute(_MEANING, (user, masked)).fetchone()
            if row is None or row[0] != intent:
                connection.execute(_ADD, (user, masked, intent))

    def meaning(self, user: str, masked: str) -> str | None:
        """What the person last said that this message means."""
        row = self._database.read(
            lambda c: c.execute(_MEANING, (user, masked)).fetchone(), user=user
        )
        return None if row is None else str(row[0])

    def standing(self, user: str) -> tuple[Correction, ...]:
        """The latest word on each message, in the order in which they were said."""
        rows = self._database.read(lambda c: c.execute(_STANDING, (user,)).fetchall(), user=user)
        return tuple(Correction(masked=m, intent=intent, at=at) for m, intent, at in rows)
