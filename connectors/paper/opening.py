"""The first deposit of the paper account: the books of its schema, opened once.

It bears the moment of the last closing bell, so that the day's value that the curve begins with is
what the ledger says. Nothing is asked of a market here.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from mfa.kernel.account import EntryKind, EquityPoint, LedgerEntry
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.clock import Clock, exchange_date
from mfa.kernel.mode import Mode
from mfa.store.book_rows import BooksState, Entries
from mfa.store.book_writer import BookWriter
from mfa.store.books import Books
from mfa.store.database import Database

DEPOSIT: Final = Decimal("100000.00")
ACCOUNT: Final = "paper-1"
_LOCK: Final = "paper books"
_NO_SEED: Final = 0


def open_books(database: Database, clock: Clock) -> None:
    """Deposit 100,000 USD where the paper books are empty; of several processes one does."""
    books, writer = Books(Mode.PAPER.schema), BookWriter(Mode.PAPER.schema)
    if database.read(books.state) is not None:
        return
    with database.exclusively(_LOCK), database.connection() as conn:
        if books.state(conn) is not None:
            return
        now = clock.now()
        calendar, settled = exchange_calendar(), last_session_over(now)
        writer.open(
            conn,
            BooksState(
                account_id=ACCOUNT,
                opened_at=now,
                revision=1,
                now=now,
                seed=_NO_SEED,
                settled_through=settled,
            ),
        )
        deposit = LedgerEntry(
            id=1,
            at=calendar.open_close(settled)[1],
            kind=EntryKind.DEPOSIT,
            symbol=None,
            amount=DEPOSIT,
            memo="Opening",
        )
        point = EquityPoint(day=settled, equity=DEPOSIT, cash=DEPOSIT, deposits=DEPOSIT)
        writer.append(conn, Entries(ledger=[deposit], equity=[point]))


def last_session_over(at: datetime) -> date:
    """The last session whose closing bell has rung."""
    calendar = exchange_calendar()
    day = calendar.last_session_on_or_before(exchange_date(at))
    return day if calendar.open_close(day)[1] <= at else calendar.previous_session(day)
