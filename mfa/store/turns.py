"""The repository of conversations and turns.

Every change is one statement, hence one commit and one round trip, and may be sent again when its
acknowledgement was lost: identities are chosen by the caller. An event is appended only while its
turn runs and belongs to the caller; a turn that someone else has ended takes nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from mfa.store.database import Database
from mfa.store.turn_records import (
    Conversation,
    Earlier,
    EventKind,
    NewEvent,
    Turn,
    TurnEvent,
    TurnState,
)

_TURN: Final = (
    "id, conversation, seq, user_name, door, mode, text, intent, state, last_event,"
    " created_at, finished_at"
)
_TITLE_LENGTH: Final = 80

_START: Final = f"""
WITH there AS (
    SELECT 1 FROM magnus.turn WHERE id = %(turn)s
), opened AS (
    INSERT INTO magnus.conversation (id, user_name, title, last_turn)
    SELECT %(conversation)s, %(user)s, %(title)s, 1
    WHERE %(opens)s AND NOT EXISTS (SELECT FROM there)
    ON CONFLICT (id) DO NOTHING
    RETURNING id, last_turn
), continued AS (
    UPDATE magnus.conversation SET last_turn = last_turn + 1, updated_at = clock_timestamp()
    WHERE NOT %(opens)s AND id = %(conversation)s AND user_name = %(user)s
      AND NOT EXISTS (SELECT FROM there)
    RETURNING id, last_turn
), begun AS (
    INSERT INTO magnus.turn (id, conversation, seq, user_name, door, mode, text, owner, last_event)
    SELECT %(turn)s, id, last_turn, %(user)s, %(door)s, %(mode)s, %(text)s, %(owner)s, 1
    FROM (TABLE opened UNION ALL TABLE continued) AS c
    RETURNING {_TURN}
), told AS (
    INSERT INTO magnus.turn_event (turn, user_name, seq, key, kind, payload)
    SELECT id, user_name, 1, 'accepted', 'accepted', %(payload)s::jsonb FROM begun
    RETURNING turn, seq, kind, key, payload, at
)
SELECT begun.*, told.* FROM begun, told
"""  # noqa: S608 - only the column list is joined in

_APPEND: Final = """
WITH fresh AS (
    SELECT e ->> 'key' AS key, e ->> 'kind' AS kind, e -> 'payload' AS payload,
           row_number() OVER (ORDER BY n) AS n
    FROM jsonb_array_elements(%(events)s::jsonb) WITH ORDINALITY AS given (e, n)
    WHERE NOT EXISTS (
        SELECT FROM magnus.turn_event WHERE turn = %(turn)s AND key = e ->> 'key')
), moved AS (
    UPDATE magnus.turn
    SET last_event = last_event + (SELECT count(*) FROM fresh)::integer,
        state = coalesce(%(state)s, state),
        finished_at = CASE WHEN %(state)s::text IS NULL THEN NULL ELSE clock_timestamp() END,
        intent = coalesce(%(intent)s, intent)
    WHERE id = %(turn)s AND state = 'running' AND (%(owner)s::bigint IS NULL OR owner = %(owner)s)
    RETURNING id, user_name, last_event - (SELECT count(*) FROM fresh)::integer AS base
)
INSERT INTO magnus.turn_event (turn, user_name, seq, key, kind, payload)
SELECT moved.id, moved.user_name, moved.base + fresh.n, fresh.key, fresh.kind, fresh.payload
FROM moved, fresh ORDER BY fresh.n
RETURNING turn, seq, kind, key, payload, at
"""

_RESUME: Final = """
WITH moved AS (
    UPDATE magnus.turn
    SET state = 'running', finished_at = NULL, owner = %(owner)s, last_event = last_event + 1
    WHERE id = %(turn)s AND state = 'interrupted'
    RETURNING id, user_name, last_event
)
INSERT INTO magnus.turn_event (turn, user_name, seq, key, kind)
SELECT id, user_name, last_event, 'resumed:' || last_event, 'resumed' FROM moved
RETURNING turn, seq, kind, key, payload, at
"""


class TurnStore:
    """Reads and writes turns. Every method is one round trip; safe from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def _cursor(self, user: str | None = None) -> Iterator[psycopg.Cursor[Any]]:
        with self._database.connection(user=user) as connection, connection.cursor() as cursor:
            yield cursor

    def start(
        self,
        *,
        turn: UUID,
        conversation: UUID,
        opens: bool,
        user: str,
        door: str,
        mode: Mode,
        text: str,
        owner: int,
    ) -> tuple[Turn, TurnEvent]:
        """Store a turn and its `accepted` event; `opens` makes the conversation with it.

        `InputError` when the conversation that it should continue is not this user's.
        """
        values = {
            "turn": turn, "conversation": conversation, "opens": opens, "user": user,
            "title": _title(text), "door": door, "mode": mode.value, "text": text, "owner": owner,
            "payload": Jsonb({"text": text, "mode": mode.value, "conversation": str(conversation)}),
        }  # fmt: skip
        with self._cursor(user) as cursor:
            row = cursor.execute(_START, values, prepare=True).fetchone()
        if row is not None:
            return _turn(row[:12]), _event(row[12:])
        stored = self.turn(turn)
        if stored is None:
            raise InputError(f"There is no conversation {conversation}.", "Start a new one.")
        return stored, self.events(turn)[0]

    def append(
        self,
        turn: UUID,
        events: Sequence[NewEvent],
        *,
        owner: int | None,
        state: TurnState | None = None,
        intent: str | None = None,
    ) -> list[TurnEvent] | None:
        """Store `events` and move the turn to `state` in one commit; the events as stored.

        One with a known key is not stored again: the earlier one is answered. None when the turn
        has ended or belongs to another owner (`owner` None: it may belong to anybody).
        """
        listed = [{"key": e.key, "kind": e.kind, "payload": dict(e.payload)} for e in events]
        values = {
            "turn": turn, "events": Jsonb(listed), "owner": owner, "state": state, "intent": intent,
        }  # fmt: skip
        with self._cursor() as cursor:
            rows = cursor.execute(_APPEND, values, prepare=True).fetchall()
        if len(rows) == len(events):
            return [_event(row) for row in rows]
        keys = {event.key for event in events}
        stored = [event for event in self.events(turn) if event.key in keys]
        return stored if len(stored) == len(keys) else None

    def resume(self, turn: UUID, *, owner: int) -> TurnEvent | None:
        """Take over an interrupted turn; None when it is not interrupted."""
        with self._cursor() as cursor:
            row = cursor.execute(_RESUME, {"turn": turn, "owner": owner}).fetchone()
        return _event(row) if row else None

    def turn(self, turn: UUID) -> Turn | None:
        with self._cursor() as cursor:
            row = cursor.execute(
                f"SELECT {_TURN} FROM magnus.turn WHERE id = %s",  # noqa: S608 - a constant
                (turn,),
            ).fetchone()
        return _turn(row) if row else None

    def turns(self, conversation: UUID) -> list[Turn]:
        """The turns of a conversation in order."""
        with self._cursor() as cursor:
            rows = cursor.execute(
                f"SELECT {_TURN} FROM magnus.turn WHERE conversation = %s ORDER BY seq",  # noqa: S608
                (conversation,),
            ).fetchall()
        return [_turn(row) for row in rows]

    def ended(self, turns: Sequence[UUID]) -> list[UUID]:
        """Those of `turns` that no longer run."""
        with self._cursor() as cursor:
            rows = cursor.execute(
                "SELECT id FROM magnus.turn WHERE id = ANY(%s) AND state <> 'running'",
                (list(turns),),
            ).fetchall()
        return [row[0] for row in rows]

    def earlier(self, conversation: UUID, before: int, limit: int) -> list[Earlier]:
        """The last `limit` messages of a conversation before turn number `before`, in order."""
        with self._cursor() as cursor:
            rows = cursor.execute(
                "SELECT t.text, e.payload, coalesce(p.payload ? 'proposed_by', false)"
                " FROM magnus.turn t"
                " LEFT JOIN magnus.turn_event e ON e.turn = t.id AND e.key = 'understood'"
                " LEFT JOIN magnus.turn_event p ON p.turn = t.id AND p.key = 'planned'"
                " WHERE t.conversation = %s AND t.seq < %s ORDER BY t.seq DESC LIMIT %s",
                (conversation, before, limit),
            ).fetchall()
        return [
            Earlier(text=text, understood=understood, proposed=proposed)
            for text, understood, proposed in reversed(rows)
        ]

    def events(self, turn: UUID, after: int = 0) -> list[TurnEvent]:
        with self._cursor() as cursor:
            rows = cursor.execute(
                "SELECT turn, seq, kind, key, payload, at FROM magnus.turn_event"
                " WHERE turn = %s AND seq > %s ORDER BY seq",
                (turn, after),
            ).fetchall()
        return [_event(row) for row in rows]

    def conversations(self, user: str, limit: int = 100) -> list[Conversation]:
        """The user's conversations, the last touched first."""
        with self._cursor(user) as cursor:
            rows = cursor.execute(
                "SELECT id, user_name, title, last_turn, created_at, updated_at"
                " FROM magnus.conversation WHERE user_name = %s ORDER BY updated_at DESC LIMIT %s",
                (user, limit),
            ).fetchall()
        return [
            Conversation(
                id=r[0], user=r[1], title=r[2], turns=r[3], created_at=r[4], updated_at=r[5]
            )
            for r in rows
        ]


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1].rstrip() + "…"


def _turn(row: Sequence[Any]) -> Turn:
    return Turn(
        id=row[0], conversation=row[1], seq=row[2], user=row[3], door=row[4], mode=Mode(row[5]),
        text=row[6], intent=row[7], state=TurnState(row[8]), last_event=row[9],
        created_at=row[10], finished_at=row[11],
    )  # fmt: skip


def _event(row: Sequence[Any]) -> TurnEvent:
    return TurnEvent(
        turn=row[0], seq=row[1], kind=EventKind(row[2]), key=row[3], payload=row[4], at=row[5]
    )
