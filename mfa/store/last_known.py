"""The latest value of each question, kept for the day on which its source cannot be asked.

What a value means is not known here: it is JSON text under the question's name, with the name of
its model and of the state that it was true of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from mfa.kernel.scope import as_house
from mfa.store.database import Database

MOST: Final = 10_000
"""Values kept in all; the oldest go first."""
_KEEP: Final = """
INSERT INTO magnus.last_known AS old
    (mode, user_name, feature, query, params_hash, params, state, model, answer, kept_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::json, %s)
ON CONFLICT (mode, user_name, feature, query, params_hash) DO UPDATE
SET state = excluded.state, model = excluded.model, answer = excluded.answer,
    kept_at = excluded.kept_at
WHERE old.kept_at <= excluded.kept_at
"""
_FORGET: Final = """
DELETE FROM magnus.last_known
WHERE mode = %s AND user_name = %s AND feature = %s AND query = %s AND params_hash = %s
  AND kept_at <= %s
"""
_FIND: Final = """
SELECT answer::text, kept_at FROM magnus.last_known
WHERE mode = %s AND user_name = %s AND feature = %s AND query = %s AND params_hash = %s
  AND params = %s AND state = %s AND model = %s AND kept_at >= %s
"""
_PRUNE: Final = """
DELETE FROM magnus.last_known WHERE kept_at < %s OR kept_at < (
    SELECT kept_at FROM magnus.last_known ORDER BY kept_at DESC OFFSET %s LIMIT 1)
"""


class Name(NamedTuple):
    """Which question, of whom, in which mode. `params` is canonical."""

    mode: str
    user: str
    feature: str
    query: str
    params: str

    @property
    def columns(self) -> tuple[str, str, str, str, str]:
        digest = hashlib.sha256(self.params.encode()).hexdigest()
        return self.mode, self.user, self.feature, self.query, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class LastKnown:
    """`answer` is JSON text, None for 'there is no such thing': then nothing older is kept."""

    name: Name
    state: str
    model: str
    answer: str | None
    kept_at: datetime


class LastKnownRepository:
    """Rows of `magnus.last_known`. Safe from any thread; of two writers the later value stays.

    Writing is the house's work: what is kept together was asked by several people.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, values: Iterable[LastKnown]) -> None:
        """All of them in one transaction."""
        with as_house(), self._database.connection() as conn, conn.cursor() as cursor:
            for one in values:
                if one.answer is None:
                    cursor.execute(_FORGET, (*one.name.columns, one.kept_at))
                    continue
                cursor.execute(
                    _KEEP,
                    (
                        *one.name.columns, one.name.params, one.state, one.model, one.answer,
                        one.kept_at,
                    ),
                )  # fmt: skip

    def find(
        self, name: Name, *, state: str, model: str, since: datetime
    ) -> tuple[str, datetime] | None:
        """The JSON text and when it was kept; None when there is none of this state and model."""
        asked = (*name.columns, name.params, state, model, since)
        return self._database.read(
            lambda conn: conn.execute(_FIND, asked).fetchone(), user=name.user
        )

    def prune(self, now: datetime, longest: timedelta, most: int = MOST) -> int:
        """Forget what is older than `longest` or beyond the `most` latest; how many they were."""
        with as_house(), self._database.connection() as conn:
            return conn.execute(_PRUNE, (now - longest, most - 1)).rowcount
