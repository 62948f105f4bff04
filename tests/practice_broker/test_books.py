"""The books: append-only, reproducible, in balance, with a revision that moves with every write."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest
from psycopg import sql

from connectors.practice.balance import WholeBooks, books_balance, whole_books
from connectors.practice.desk import PracticeDesk
from mfa.kernel.broker import Refused, Sent
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Found
from mfa.kernel.symbols import OptionSymbol, OptionType
from mfa.store.book_rows import BooksState
from mfa.store.book_writer import BookWriter
from mfa.store.books import Books
from mfa.store.database import Database
from tests.practice_broker.ordering import taken, traded

TABLES = (
    "ledger",
    "fill",
    "settlement",
    "lot",
    "closed_trade",
    "dividend",
    "interest_accrual",
    "equity_snapshot",
    "practice_state",
    "broker_order",
)


def whole(database: Database) -> WholeBooks:
    with database.connection() as conn:
        return whole_books(Books("practice"), conn)


def market_value(desk: PracticeDesk) -> Decimal:
    found = desk.account.account()
    assert isinstance(found, Found)
    return found.value.positions_value


def dump(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the practice books but the revision."""
    with database.connection() as conn:
        return {
            table: sorted(
                conn.execute(
                    sql.SQL("select * from practice.{}").format(sql.Identifier(table))
                ).fetchall(),
                key=str,
            )
            for table in TABLES
        }


def buy(desk: PracticeDesk, quantity: int, symbol: str = "KO") -> Sent:
    return traded(desk.broker, quantity, symbol)


def test_the_seeded_books_balance(database: Database, desk: PracticeDesk) -> None:
    assert books_balance(whole(database), market_value(desk)) == ()


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda w: replace(w, ledger=w.ledger[:-1]), "Cash at the close of"),
        (lambda w: replace(w, lots=w.lots[:-1]), "fills and settlements moved"),
        (lambda w: replace(w, closed_quantities={}), "were closed"),
        (lambda w: replace(w, trades=w.trades[:-1]), "Cash and positions are worth"),
        (lambda w: replace(w, moved={**w.moved, ("KO", None): 1}), "KO: lots hold 0"),
    ],
)
def test_a_difference_is_named(
    shared_desk: PracticeDesk, spoil: Callable[[WholeBooks], WholeBooks], named: str
) -> None:
    books = shared_desk.account._wiring
    with books.database.connection() as conn:
        sound = whole_books(books.books, conn)
    differences = books_balance(spoil(sound), market_value(shared_desk))
    assert any(named in difference for difference in differences)


@pytest.mark.parametrize(
    "table", ["ledger", "fill", "settlement", "closed_trade", "equity_snapshot"]
)
@pytest.mark.parametrize("change", ["delete from {}", "update {} set at = now()"])
def test_history_cannot_be_edited(shared_desk: PracticeDesk, table: str, change: str) -> None:
    if "update" in change and table in ("closed_trade", "equity_snapshot"):
        change = "update {} set " + ("fees = 0" if table == "closed_trade" else "cash = 0")
    statement = sql.SQL(change).format(sql.Identifier("practice", table))
    with (
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
        shared_desk.account._wiring.database.connection() as conn,
    ):
        conn.execute(statement)


def test_the_same_seed_gives_the_same_books_and_another_gives_other_fills(
    new_database: Callable[[], Database],
) -> None:
    with new_database() as one, new_database() as two, new_database() as three:
        PracticeDesk.open(one, 7)
        PracticeDesk.open(two, 7)
        PracticeDesk.open(three, 8)
        first, second, third = dump(one), dump(two), dump(three)
    assert first == second
    assert [row[5] for row in first["fill"]] == [row[5] for row in third["fill"]]  # quantities
    assert [row[6] for row in first["fill"]] != [row[6] for row in third["fill"]]  # prices
    # What the real closes decide is the same.
    assert [row[4:7] for row in first["settlement"]] == [row[4:7] for row in third["settlement"]]


def test_a_desk_opened_again_finds_the_books_whatever_seed_it_names(
    database: Database, desk: PracticeDesk
) -> None:
    before = dump(database)
    again = PracticeDesk.open(database, 99)
    assert dump(database) == before
    assert again.status().seed == 7


def test_a_reset_brings_new_books_and_the_revision_goes_on(
    database: Database, desk: PracticeDesk, new_database: Callable[[], Database]
) -> None:
    fresh = dump(database)
    desk.advance(days=3)
    buy(desk, 10)
    revision = desk.status().revision
    desk.reset(8)
    assert desk.status().revision == revision + 1
    assert desk.account.revision().startswith("PRACTICE-8:")
    desk.reset(7)
    assert dump(database) == fresh


def test_other_desks_see_a_reset_and_its_market(database: Database, desk: PracticeDesk) -> None:
    other = PracticeDesk.open(database, 7)
    old = other.market.quote("KO")
    desk.reset(8)
    new = other.market.quote("KO")
    assert isinstance(old, Found)
    assert isinstance(new, Found)
    assert old.value.last != new.value.last
    assert new.value == desk.market.quote_at("KO", desk.clock.now())


def test_every_write_moves_the_revision(desk: PracticeDesk) -> None:
    seen = [desk.account.revision()]
    assert taken(buy(desk, 10)).state is OrderState.FILLED
    seen.append(desk.account.revision())
    desk.advance(hours=1)
    seen.append(desk.account.revision())
    desk.advance(days=1)
    seen.append(desk.account.revision())
    assert len(set(seen)) == 4


def test_a_refused_order_leaves_no_trace(database: Database, desk: PracticeDesk) -> None:
    before, revision = dump(database), desk.account.revision()
    call = OptionSymbol("KO", date(2021, 7, 16), OptionType.CALL, Decimal(55))
    refused = traded(desk.broker, -1, call)
    assert isinstance(refused, Refused)
    assert "neither shares nor a call cover" in refused.reason
    too_much = buy(desk, 100_000)
    assert isinstance(too_much, Refused)
    assert "more than the account can tie up" in too_much.reason
    uncovering = buy(desk, -100, "AMD")  # its shares cover a short call
    assert isinstance(uncovering, Refused)
    desk.advance(hours=6)
    after = dump(database)
    before.pop("practice_state")
    after.pop("practice_state")
    # The session closed on the way: its snapshot is all that is new.
    assert len(after.pop("equity_snapshot")) == len(before.pop("equity_snapshot")) + 1
    assert after == before
    assert desk.account.revision() != revision


def test_the_status_tells_where_practice_stands(shared_desk: PracticeDesk) -> None:
    status = shared_desk.status()
    assert status.now.isoformat() == "2021-06-15T14:30:00+00:00"
    assert status.last_day == date(2022, 12, 28)
    # 2021 had 252 sessions, 113 of them until 15 June; 2022 had 251, two of them after the 28th.
    assert status.sessions_left == (252 - 113) + (251 - 2)
    assert status.market_open
    assert (status.seed, status.revision, status.account_id) == (7, 1, "PRACTICE-7")
    assert status.next_expirations[0] == date(2021, 6, 18)
    assert status.equity == market_value(shared_desk) + status.cash


def test_who_waited_for_the_lock_sees_what_the_other_one_wrote(
    database: Database, desk: PracticeDesk
) -> None:
    """An order that waits while a session is settled trades at the moment after it, not before."""
    books, writer = Books("practice"), BookWriter("practice")
    with ThreadPoolExecutor(1) as threads:
        with database.connection() as conn:
            state = books.lock(conn)
            assert state is not None
            waiting = threads.submit(locked, database, books)
            while not conn.execute("select 1 from pg_locks where not granted").fetchone():
                pass
            writer.advance_to(conn, state.now + timedelta(hours=1), state.settled_through)
        seen = waiting.result()
    assert seen is not None
    assert (seen.now, seen.revision) == (state.now + timedelta(hours=1), state.revision + 1)


def locked(database: Database, books: Books) -> BooksState | None:
    with database.connection() as conn:
        return books.lock(conn)
