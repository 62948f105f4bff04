"""Where the followed companies are kept, and their figures as last taken, by mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import psycopg
from psycopg.types.json import Jsonb

from mfa.kernel.errors import StoreError
from mfa.kernel.market import Listing
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance
from mfa.kernel.scope import as_house
from mfa.kernel.stocks import Figures, Stock
from mfa.store.books import Conn
from mfa.store.database import Database

T = TypeVar("T")
_READ: Final = """
SELECT s.symbol, s.name, s.sector, s.added_at, f.figures, f.missing, f.as_of
FROM magnus.stock s LEFT JOIN magnus.stock_figures f USING (mode, symbol)
WHERE s.user_name = %s AND s.mode = %s ORDER BY s.symbol
"""
_ADD: Final = """
INSERT INTO magnus.stock (user_name, mode, symbol, name, sector) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING symbol
"""
_KEEP: Final = """
INSERT INTO magnus.stock_figures (mode, symbol, figures, missing, as_of) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (mode, symbol) DO UPDATE SET figures = excluded.figures, missing = excluded.missing,
    as_of = excluded.as_of, taken_at = clock_timestamp()
"""


class StockRepository:
    """Safe from any thread; no method raises."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stocks(self, user: str, mode: str) -> Outcome[tuple[Stock, ...]]:
        def read(conn: Conn) -> tuple[Stock, ...]:
            return tuple(
                Stock(
                    symbol=symbol, name=name, sector=sector, added_at=added,
                    figures=figures or {}, missing=missing or {}, as_of=as_of,
                )
                for symbol, name, sector, added, figures, missing, as_of in conn.execute(
                    _READ, (user, mode)
                )
            )  # fmt: skip

        return self._asked(
            lambda: self._database.read(lambda conn: (read(conn), _now(conn)), user=user)
        )

    def seed_stocks(self, user: str, mode: str, listings: Sequence[Listing]) -> Outcome[int]:
        """Fill a person's table for the first time; how many were added, none ever after."""

        def write() -> tuple[int, datetime]:
            with self._database.connection(user=user) as conn:
                first = conn.execute(
                    "INSERT INTO magnus.stock_seed (user_name, mode) VALUES (%s, %s)"
                    " ON CONFLICT DO NOTHING RETURNING 1",
                    (user, mode),
                ).fetchone()
                added = _add(conn, user, mode, listings) if first is not None else ()
                return len(added), _now(conn)

        return self._asked(write)

    def add_stocks(
        self, user: str, mode: str, listings: Sequence[Listing]
    ) -> Outcome[tuple[str, ...]]:
        def write() -> tuple[tuple[str, ...], datetime]:
            with self._database.connection(user=user) as conn:
                return _add(conn, user, mode, listings), _now(conn)

        return self._asked(write)

    def remove_stocks(
        self, user: str, mode: str, symbols: Sequence[str]
    ) -> Outcome[tuple[str, ...]]:
        """Follow companies no more; those that were followed."""

        def write() -> tuple[tuple[str, ...], datetime]:
            with self._database.connection(user=user) as conn:
                rows = conn.execute(
                    "DELETE FROM magnus.stock WHERE user_name = %s AND mode = %s"
                    " AND symbol = ANY(%s) RETURNING symbol",
                    (user, mode, list(symbols)),
                ).fetchall()
                return tuple(sorted(row[0] for row in rows)), _now(conn)

        return self._asked(write)

    def keep_figures(self, mode: str, taken: Sequence[Figures]) -> Outcome[None]:
        def write() -> tuple[None, datetime]:
            with as_house(), self._database.connection() as conn, conn.cursor() as cursor:
                cursor.executemany(
                    _KEEP,
                    [
                        (mode, t.symbol, Jsonb(dict(t.figures)), Jsonb(dict(t.missing)), t.as_of)
                        for t in taken
                    ],
                )
                return None, _now(conn)

        return self._asked(write)

    @staticmethod
    def _asked(work: Callable[[], tuple[T, datetime]]) -> Outcome[T]:
        try:
            value, now = work()
        except (StoreError, psycopg.Error) as error:
            return Failed(
                FailureKind.UNAVAILABLE, f"The stock database could not be asked: {error}"
            )
        return Found(value, Provenance(source="your stock database", as_of=now))


def _add(conn: Conn, user: str, mode: str, listings: Sequence[Listing]) -> tuple[str, ...]:
    added = []
    for each in listings:
        row = conn.execute(_ADD, (user, mode, each.symbol, each.name, each.sector)).fetchone()
        if row is not None:
            added.append(str(row[0]))
    return tuple(added)


def _now(conn: Conn) -> Any:
    row = conn.execute("SELECT clock_timestamp()").fetchone()
    if row is None:
        raise StoreError("The database does not say what time it is.")
    return row[0]
