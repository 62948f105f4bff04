"""Where one mode's cards are kept. Every question names its user; another's card is none.

A card is decided under its row's lock, with the time read after the lock was had: of many who
confirm one card, one is told that it was he.
"""

# ruff: noqa: S608 - only constants of this file, and the table as an identifier, are composed

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

from mfa.kernel.cards import Card, CardFacts, CardState, Receipt
from mfa.kernel.clock import Clock
from mfa.kernel.mode import Mode
from mfa.store.books import Conn
from mfa.store.database import Database

_BOUND: Final = (
    "id, user_name, session, door, conversation, action, params, binding, despite_halt, facts,"
    " created_at, expires_at, replaces, undoes"
)
_FATE: Final = "state, decided_at, receipt, undone"


@dataclass(frozen=True, slots=True)
class Decision:
    """The card as it stands now, and whether it was this call that decided it."""

    card: Card
    mine: bool


class CardRepository:
    """Rows of one mode's `card`. Safe from any thread; `clock` is the real time."""

    def __init__(self, database: Database, mode: Mode, clock: Clock) -> None:
        self._database, self._mode, self._clock = database, mode, clock
        self._table = sql.Identifier(mode.schema, "card")

    def add(self, card: Card) -> Card:
        """Keep a new card; the one that has its number already, where somebody was faster."""
        with self._database.connection(user=card.user) as conn:
            if self._insert(conn, card):
                return card
            there = self._one(conn, card.user, card.id)
        if there is None:
            raise LookupError(f"the number {card.id} is another user's")
        return there

    def card(self, user: str, number: UUID) -> Card | None:
        """One that nobody decided in time is told to be expired, whatever its row still says."""
        row = self._database.read(lambda conn: self._one(conn, user, number), user=user)
        return None if row is None else self._as_of_now(row)

    def open_in(self, user: str, conversation: UUID | None) -> tuple[Card, ...]:
        """Cards of a conversation that can still be confirmed, oldest first."""
        where = (
            "user_name = %s AND conversation IS NOT DISTINCT FROM %s AND state = 'open'"
            " AND expires_at > %s ORDER BY created_at, id"
        )
        given = (user, conversation, self._clock.now())
        return self._database.read(lambda conn: self._read(conn, where, given), user=user)

    def recent(self, user: str, limit: int = 50) -> tuple[Card, ...]:
        """The latest first."""
        where = "user_name = %s ORDER BY created_at DESC, id LIMIT %s"
        found = self._database.read(lambda conn: self._read(conn, where, (user, limit)), user=user)
        return tuple(self._as_of_now(card) for card in found)

    def unfinished(self) -> tuple[Card, ...]:
        """Confirmed cards without a receipt, of all users: under way now, or cut off by a crash."""
        where = "state = 'confirmed' AND receipt IS NULL ORDER BY created_at"
        return self._database.read(lambda conn: self._read(conn, where, ()))

    def decide(self, user: str, number: UUID, state: CardState) -> Decision | None:
        """Confirm or cancel a card that is open; one whose time is over becomes expired instead.
        None when the user has no such card."""
        with self._database.connection(user=user) as conn:
            card = self._one(conn, user, number, lock=True)
            if card is None or card.state is not CardState.OPEN:
                return None if card is None else Decision(card, mine=False)
            now = self._clock.now()
            late = card.expires_at <= now
            decided = self._set(conn, card.id, CardState.EXPIRED if late else state, now)
            return Decision(decided, mine=not late)

    def replace(self, card: Card) -> Decision | None:
        """Put `card` in the place of the open one that it names in `replaces`, in one step."""
        if card.replaces is None:
            raise ValueError("the card replaces none")
        with self._database.connection(user=card.user) as conn:
            old = self._one(conn, card.user, card.replaces, lock=True)
            if old is None or old.state is not CardState.OPEN:
                return None if old is None else Decision(old, mine=False)
            self._set(conn, old.id, CardState.REPLACED, self._clock.now())
            self._insert(conn, card)
            return Decision(card, mine=True)

    def put_receipt(self, number: UUID, receipt: Receipt) -> Card:
        """What came of a confirmed card; may be told anew as the broker tells more."""
        return self._put(number, "receipt", receipt)

    def claim_undo(self, user: str, number: UUID) -> Decision | None:
        """Be the one who undoes a card. None when the user has no such card."""
        with self._database.connection(user=user) as conn:
            card = self._one(conn, user, number, lock=True)
            if card is None:
                return None
            claimed = conn.execute(
                sql.SQL(
                    "UPDATE {} SET undo_at = %s WHERE id = %s AND undo_at IS NULL"
                    " AND receipt IS NOT NULL RETURNING id"
                ).format(self._table),
                (self._clock.now(), number),
            ).fetchone()
            return Decision(card, mine=claimed is not None)

    def put_undone(self, number: UUID, receipt: Receipt) -> Card:
        """What came of undoing it."""
        return self._put(number, "undone", receipt)

    def release_undo(self, number: UUID) -> None:
        """Undoing was refused before anything was done: it may be tried again."""
        with self._database.connection() as conn:
            conn.execute(
                sql.SQL("UPDATE {} SET undo_at = NULL WHERE id = %s AND undone IS NULL").format(
                    self._table
                ),
                (number,),
            )

    def _as_of_now(self, card: Card) -> Card:
        if card.state is CardState.OPEN and card.expires_at <= self._clock.now():
            return card.model_copy(
                update={"state": CardState.EXPIRED, "decided_at": card.expires_at}
            )
        return card

    def _insert(self, conn: Conn, card: Card) -> bool:
        """Whether it was not there yet."""
        values = ", ".join(["%s"] * (_BOUND.count(",") + 1))
        added = conn.execute(
            sql.SQL(
                "INSERT INTO {} (" + _BOUND + ") VALUES (" + values + ")"
                " ON CONFLICT (id) DO NOTHING"
            ).format(self._table),
            (
                card.id, card.user, card.session, card.door, card.conversation, card.action,
                card.params, card.binding, card.despite_halt,
                Jsonb(card.facts.model_dump(mode="json")), card.created_at, card.expires_at,
                card.replaces, card.undoes,
            ),
        )  # fmt: skip
        return added.rowcount == 1

    def _put(self, number: UUID, column: str, receipt: Receipt) -> Card:
        query = sql.SQL("UPDATE {} SET {} = %s WHERE id = %s RETURNING {}").format(
            self._table, sql.Identifier(column), sql.SQL(f"{_BOUND}, {_FATE}")
        )
        with self._database.connection() as conn:
            row = conn.execute(query, (Jsonb(receipt.model_dump(mode="json")), number)).fetchone()
        if row is None:
            raise LookupError(f"there is no card {number}")
        return self._card(row)

    def _set(self, conn: Conn, number: UUID, state: CardState, now: Any) -> Card:
        query = sql.SQL("UPDATE {} SET state = %s, decided_at = %s WHERE id = %s RETURNING {}")
        row = conn.execute(
            query.format(self._table, sql.SQL(f"{_BOUND}, {_FATE}")), (state.value, now, number)
        ).fetchone()
        if row is None:
            raise LookupError(f"there is no card {number}")
        return self._card(row)

    def _one(self, conn: Conn, user: str, number: UUID, *, lock: bool = False) -> Card | None:
        where = "user_name = %s AND id = %s" + (" FOR UPDATE" if lock else "")
        found = self._read(conn, where, (user, number))
        return found[0] if found else None

    def _read(self, conn: Conn, where: str, given: tuple[Any, ...]) -> tuple[Card, ...]:
        query = sql.SQL("SELECT {} FROM {} WHERE " + where).format(
            sql.SQL(f"{_BOUND}, {_FATE}"), self._table
        )
        return tuple(self._card(row) for row in conn.execute(query, given).fetchall())

    def _card(self, row: tuple[Any, ...]) -> Card:
        return Card(
            mode=self._mode, id=row[0], user=row[1], session=row[2], door=row[3],
            conversation=row[4], action=row[5], params=row[6], binding=row[7],
            despite_halt=row[8], facts=CardFacts.model_validate(row[9]), created_at=row[10],
            expires_at=row[11], replaces=row[12], undoes=row[13], state=CardState(row[14]),
            decided_at=row[15], receipt=_receipt(row[16]), undone=_receipt(row[17]),
        )  # fmt: skip


def _receipt(stored: Any) -> Receipt | None:
    return None if stored is None else Receipt.model_validate(stored)
