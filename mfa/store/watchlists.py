"""Where watchlists are kept. A name is its user's, whatever the case of its letters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import psycopg

from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance
from mfa.kernel.symbols import ticker
from mfa.kernel.watchlists import ListChange, Watchlist
from mfa.store.books import Conn
from mfa.store.database import Database

OWN: Final = "magnus"
_LONGEST: Final = 60
_MOST: Final = 2000
_READ: Final = """
SELECT w.name, w.source, w.updated_at, coalesce(w.origin, ''), w.synced_at,
       coalesce(array_agg(s.symbol ORDER BY s.place) FILTER (WHERE s.symbol IS NOT NULL), '{}')
FROM magnus.watchlist w LEFT JOIN magnus.watchlist_symbol s ON s.watchlist = w.id
WHERE w.user_name = %s GROUP BY w.id ORDER BY lower(w.name)
"""


class WatchlistRepository:
    """Safe from any thread. What changes a list raises `InputError` with what to do instead."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def watchlists(self, user: str) -> Outcome[tuple[Watchlist, ...]]:
        try:
            rows, now = self._database.read(lambda conn: _read(conn, user), user=user)
        except (StoreError, psycopg.Error) as error:
            return Failed(FailureKind.UNAVAILABLE, f"Watchlists could not be read: {error}")
        found = tuple(
            Watchlist(
                name=name, symbols=tuple(symbols), source=source, updated_at=updated,
                origin=origin, synced_at=synced,
            )
            for name, source, updated, origin, synced, symbols in rows
        )  # fmt: skip
        return Found(found, Provenance(source="your watchlists", as_of=now))

    def create(self, user: str, name: str, symbols: Sequence[str] = (), source: str = OWN) -> None:
        """A new list. `InputError` when there is one of that name."""
        wanted, cleaned = _name(name), _symbols(symbols)
        with self._database.connection(user=user) as conn:
            made = conn.execute(
                "INSERT INTO magnus.watchlist (user_name, name, source) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING RETURNING id",
                (user, wanted, source),
            ).fetchone()
            if made is None:
                raise _taken(wanted)
            _fill(conn, made[0], cleaned)

    def replace(self, user: str, name: str, symbols: Sequence[str], source: str) -> None:
        """The list of that name holds exactly `symbols` from now on; it is made if need be."""
        wanted, cleaned = _name(name), _symbols(symbols)
        with self._database.connection(user=user) as conn:
            row = conn.execute(
                "INSERT INTO magnus.watchlist (user_name, name, source) VALUES (%s, %s, %s)"
                " ON CONFLICT (user_name, lower(name)) DO UPDATE"
                " SET source = excluded.source, origin = NULL, updated_at = clock_timestamp()"
                " RETURNING id",
                (user, wanted, source),
            ).fetchone()
            if row is None:
                raise StoreError("The list was not kept.")
            conn.execute("DELETE FROM magnus.watchlist_symbol WHERE watchlist = %s", (row[0],))
            _fill(conn, row[0], cleaned)

    def add(self, user: str, name: str, symbols: Sequence[str]) -> tuple[str, ...]:
        """Put symbols at the end of a list; those that were not on it before."""
        cleaned = _symbols(symbols)
        with self._database.connection(user=user) as conn:
            number = _locked(conn, user, name)
            there = {
                row[0]
                for row in conn.execute(
                    "SELECT symbol FROM magnus.watchlist_symbol WHERE watchlist = %s", (number,)
                )
            }
            new = tuple(symbol for symbol in cleaned if symbol not in there)
            if len(there) + len(new) > _MOST:
                raise InputError(f"A list holds at most {_MOST:,} symbols.")
            _fill(conn, number, new)
            return new

    def remove(self, user: str, name: str, symbols: Sequence[str]) -> tuple[str, ...]:
        """Take symbols off a list; those that were on it."""
        cleaned = _symbols(symbols)
        with self._database.connection(user=user) as conn:
            number = _locked(conn, user, name)
            rows = conn.execute(
                "DELETE FROM magnus.watchlist_symbol WHERE watchlist = %s AND symbol = ANY(%s)"
                " RETURNING symbol",
                (number, list(cleaned)),
            ).fetchall()
            gone = {row[0] for row in rows}
            return tuple(symbol for symbol in cleaned if symbol in gone)

    def reorder(self, user: str, name: str, symbols: Sequence[str]) -> None:
        """The list holds exactly `symbols`, in this order; whose it is and what it follows stay."""
        cleaned = _symbols(symbols)
        with self._database.connection(user=user) as conn:
            number = _locked(conn, user, name)
            conn.execute("DELETE FROM magnus.watchlist_symbol WHERE watchlist = %s", (number,))
            _fill(conn, number, cleaned)

    def rename(self, user: str, name: str, new_name: str) -> None:
        """Call a list otherwise. `InputError` when there is none, or one of the new name."""
        wanted = _name(new_name)
        try:
            with self._database.connection(user=user) as conn:
                number = _locked(conn, user, name)
                conn.execute(
                    "UPDATE magnus.watchlist SET name = %s WHERE id = %s", (wanted, number)
                )
        except psycopg.errors.UniqueViolation:
            raise _taken(wanted) from None

    def apply(self, user: str, changes: Sequence[ListChange]) -> None:
        """Bring lists to what `changes` say: all of them or, on an error, none.

        A list that was deleted meanwhile is made again. `InputError` when a name is taken by a
        list that is none of these.
        """
        try:
            with self._database.connection(user=user) as conn:
                numbers = [_aside(conn, user, change) for change in changes]
                for number, change in zip(numbers, changes, strict=True):
                    _bring(conn, number, change)
        except psycopg.errors.UniqueViolation:
            raise InputError(
                "One of these names was given to another list meanwhile.", "Compare again."
            ) from None

    def delete(self, user: str, name: str) -> None:
        """Forget a list. `InputError` when there is none of that name."""
        with self._database.connection(user=user) as conn:
            number = _locked(conn, user, name)
            conn.execute("DELETE FROM magnus.watchlist WHERE id = %s", (number,))


def _locked(conn: Conn, user: str, name: str) -> int:
    """The list's number; until the end of the transaction nobody else changes it."""
    row = conn.execute(
        "UPDATE magnus.watchlist SET updated_at = clock_timestamp()"
        " WHERE user_name = %s AND lower(name) = lower(%s) RETURNING id",
        (user, name.strip()),
    ).fetchone()
    if row is None:
        raise InputError(f"You have no list {name.strip()!r}.", "Make it first.")
    return int(row[0])


def _aside(conn: Conn, user: str, change: ListChange) -> int:
    """The number of the change's list, under a name that no list has until all have their own.

    Renaming one after the other would stumble over two lists that changed names.
    """
    aside = f"\N{NO-BREAK SPACE}{change.name}\N{NO-BREAK SPACE}{change.origin}"
    row = conn.execute(
        "UPDATE magnus.watchlist SET name = %s WHERE user_name = %s AND lower(name) = lower(%s)"
        " RETURNING id",
        (aside, user, change.was),
    ).fetchone()
    if row is None:
        row = conn.execute(
            "INSERT INTO magnus.watchlist (user_name, name, source) VALUES (%s, %s, %s)"
            " RETURNING id",
            (user, aside, change.source),
        ).fetchone()
    if row is None:
        raise StoreError("The list was not kept.")
    return int(row[0])


def _bring(conn: Conn, number: int, change: ListChange) -> None:
    conn.execute(
        "UPDATE magnus.watchlist SET name = %s, source = %s, origin = %s,"
        " updated_at = clock_timestamp(), synced_at = clock_timestamp() WHERE id = %s",
        (_name(change.name), change.source, change.origin, number),
    )
    conn.execute("DELETE FROM magnus.watchlist_symbol WHERE watchlist = %s", (number,))
    _fill(conn, number, _symbols(change.symbols))


def _taken(name: str) -> InputError:
    return InputError(f"You have a list {name!r} already.", "Choose another name.")


def _fill(conn: Conn, number: int, symbols: Sequence[str]) -> None:
    if symbols:
        conn.execute(
            "INSERT INTO magnus.watchlist_symbol (watchlist, symbol, place)"
            " SELECT %(list)s, s.symbol, s.place + (SELECT coalesce(max(place), 0)"
            "   FROM magnus.watchlist_symbol WHERE watchlist = %(list)s)"
            " FROM unnest(%(symbols)s::text[]) WITH ORDINALITY AS s (symbol, place)",
            {"list": number, "symbols": list(symbols)},
        )


def _name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > _LONGEST:
        raise InputError(f"A list's name has 1 to {_LONGEST} characters.")
    return cleaned


def _symbols(symbols: Sequence[str]) -> tuple[str, ...]:
    cleaned = tuple(dict.fromkeys(ticker(symbol) for symbol in symbols))
    if len(cleaned) > _MOST:
        raise InputError(f"A list holds at most {_MOST:,} symbols.")
    return cleaned


def _read(conn: Conn, user: str) -> tuple[list[tuple[Any, ...]], datetime]:
    rows = conn.execute(_READ, (user,)).fetchall()
    now = conn.execute("SELECT clock_timestamp()").fetchone()
    if now is None:
        raise StoreError("The database does not say what time it is.")
    return rows, now[0]
