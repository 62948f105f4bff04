"""Writes an account's books: locks them, appends to them, drops them whole.

A writer calls `lock`, then `append`, then `advance_to` or `touch`, all in one transaction of its
own: the revision moves with the rows or not at all. Nothing here edits history; the database
refuses that too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Final

from psycopg import sql

from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import BooksState, Entries
from mfa.store.books import Conn

_CHILDREN_FIRST: Final = (
    "order_foreign",
    "order_fill",
    "order_event",
    "order_intent",
    "coin_fill",
    "coin_order",
    "coin_account",
    "broker_order",
    "equity_snapshot",
    "interest_accrual",
    "dividend",
    "closed_trade",
    "lot",
    "settlement",
    "fill",
    "ledger",
    "practice_state",
    "account",
)

# What of a row goes into the table; the column is called as the last part.
_FIELDS: Final[Mapping[str, str]] = {
    "ledger": "id at kind symbol amount memo",
    "fill": "id order_id at symbol option quantity price fees strategy",
    "settlement": "id day at symbol option contracts shares price reason",
    "lot": "id symbol option opened_at strategy opened_quantity quantity price cost_basis fees",
    "closed_trade": (
        "trade.id lot_id trade.symbol trade.option trade.strategy trade.quantity trade.opened_at "
        "trade.closed_at trade.open_price trade.close_price trade.fees trade.realized trade.reason"
    ),
    "dividend": "id symbol ex_date pay_date shares per_share amount paid_at",
    "interest_accrual": "day debit nights rate amount posted_at",
    "equity_snapshot": "day equity cash deposits",
}
_CHANGES: Final[Mapping[str, tuple[str, ...]]] = {
    "lot": ("quantity", "cost_basis", "fees"),
    "dividend": ("paid_at",),
    "interest_accrual": ("posted_at",),
}


class BookWriter:
    """Writes the books in one schema. Methods take the caller's connection and never commit."""

    def __init__(self, schema: str) -> None:
        self._schema = sql.Identifier(schema)
        self._inserts = {name: self._insert(name) for name in _FIELDS}

    def open(self, conn: Conn, state: BooksState) -> None:
        """The first two rows of empty books."""
        conn.execute(
            self._sql("insert into {}.account (account_id, opened_at, revision) values (%s,%s,%s)"),
            (state.account_id, state.opened_at, state.revision),
        )
        conn.execute(
            self._sql(
                "insert into {}.practice_state (now, seed, settled_through) values (%s, %s, %s)"
            ),
            (state.now, state.seed, state.settled_through),
        )

    def drop(self, conn: Conn) -> None:
        """Removes everything, in the caller's transaction: who reads sees old books or new ones."""
        conn.execute("select set_config('magnus.dropping_books', 'on', true)")
        for table in _CHILDREN_FIRST:
            conn.execute(sql.SQL("delete from {}.{}").format(self._schema, sql.Identifier(table)))
        conn.execute("select set_config('magnus.dropping_books', 'off', true)")

    def touch(self, conn: Conn) -> None:
        """The revision moves: an answer may have changed."""
        conn.execute(self._sql("update {}.account set revision = revision + 1"))

    def advance_to(self, conn: Conn, now: datetime, settled_through: date) -> None:
        """Practice time moves, and with it the revision."""
        conn.execute(
            self._sql("update {}.practice_state set now = %s, settled_through = %s"),
            (now, settled_through),
        )
        self.touch(conn)

    def append(self, conn: Conn, entries: Entries) -> None:
        """All of `entries`, in the order that the tables' references need."""
        rows: tuple[tuple[str, Collection[object]], ...] = (
            ("ledger", entries.ledger),
            ("fill", entries.fills),
            ("settlement", entries.settlements),
            ("lot", entries.lots.values()),
            ("closed_trade", entries.closings),
            ("dividend", entries.entitlements.values()),
            ("interest_accrual", entries.accruals.values()),
            ("equity_snapshot", entries.equity),
        )
        with conn.cursor() as cursor:
            for table, batch in rows:
                if batch:
                    values = attrgetter(*_FIELDS[table].split())
                    cursor.executemany(
                        self._inserts[table], [tuple(map(_plain, values(row))) for row in batch]
                    )

    def _insert(self, table: str) -> sql.Composed:
        columns = [field.rpartition(".")[2] for field in _FIELDS[table].split()]
        text = sql.SQL("insert into {}.{} ({}) values ({})").format(
            self._schema,
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
        )
        changes = _CHANGES.get(table)
        if changes is None:
            return text
        return text + sql.SQL(" on conflict ({}) do update set {}").format(
            sql.Identifier(columns[0]),
            sql.SQL(", ").join(
                sql.SQL("{} = excluded.{}").format(sql.Identifier(name), sql.Identifier(name))
                for name in changes
            ),
        )

    def _sql(self, text: str) -> sql.Composed:
        return sql.SQL(text).format(self._schema)


def _plain(value: object) -> object:
    if isinstance(value, OptionSymbol):
        return value.occ
    return value.value if isinstance(value, StrEnum) else value
