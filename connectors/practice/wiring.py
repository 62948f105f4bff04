"""What the account, the broker and the clock of practice share: one database, one set of books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from connectors.practice.marks import Prices
from mfa.kernel.errors import StoreError
from mfa.store.book_rows import BooksState
from mfa.store.book_writer import BookWriter
from mfa.store.books import Books, Conn
from mfa.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """`prices_of` gives the practice market of a seed: the seed in force is in the books."""

    database: Database
    books: Books
    writer: BookWriter
    prices_of: Callable[[int], Prices]

    def locked(self, conn: Conn) -> BooksState:
        """The state, held against other writers until the transaction ends."""
        state = self.books.lock(conn)
        if state is None:  # a reset replaced the row that this waited for: look again
            state = self.books.lock(conn)
        return _opened(state)

    def state(self, conn: Conn) -> BooksState:
        return _opened(self.books.state(conn))

    def one_state(self, conn: Conn) -> BooksState:
        """The state; whatever the transaction reads after it is of the same moment."""
        conn.execute("set transaction isolation level repeatable read")
        return self.state(conn)


@contextmanager
def writing(on_loss: str, remedy: str) -> Iterator[None]:
    """A database lost inside the block is a `StoreError` that says what that means there."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise StoreError(on_loss, remedy) from error


def _opened(state: BooksState | None) -> BooksState:
    if state is None:
        raise StoreError("The practice books are not open.", "Run: magnus practice reset")
    return state
