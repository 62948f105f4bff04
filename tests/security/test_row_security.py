"""The database itself shows a person their own rows alone, whatever statement reaches it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql

from mfa.kernel import scope
from mfa.kernel.errors import InputError
from mfa.kernel.scope import NotYours, acting_as, as_house
from mfa.store.database import Database
from tests.security.others_rows import ANNA, BEATA, everything, guarded, plant, rows_of


@pytest.fixture(scope="module")
def planted(module_database: Database) -> Database:
    plant(module_database)
    return module_database


def test_every_table_with_a_user_is_forced_to_show_a_person_only_their_own(
    database: Database,
) -> None:
    with database.owner_connection() as conn:
        for table in guarded(database):
            row = conn.execute(
                "SELECT relrowsecurity AND relforcerowsecurity AND EXISTS ("
                " SELECT FROM pg_policy p WHERE p.polrelid = c.oid) FROM pg_class c"
                " WHERE c.oid = %s::regclass",
                (".".join(table),),
            ).fetchone()
            assert row == (True,), table


def test_every_other_table_is_known_to_be_nobodys_or_held_by_a_policy(database: Database) -> None:
    """A new table either says whose its rows are, or is put down here by somebody who thought."""
    with database.owner_connection() as conn:
        rows = conn.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND NOT c.relrowsecurity"
            " AND n.nspname IN ('magnus', 'practice', 'paper')"
        ).fetchall()
    books = {
        "account", "practice_state", "ledger", "fill", "settlement", "lot", "closed_trade",
        "dividend", "interest_accrual", "equity_snapshot", "broker_order",
        "coin_account", "coin_order", "coin_fill",
    }  # fmt: skip
    open_to_all = {"migration", "turn_owner", "generation", "stock_figures", "implied_volatility"}
    assert {name for schema, name in rows if schema == "magnus"} <= open_to_all
    assert {name for schema, name in rows if schema != "magnus"} <= books


def test_the_application_is_no_superuser_and_owns_nothing(database: Database) -> None:
    with database.connection() as conn:
        row = conn.execute(
            "SELECT session_user, rolsuper, rolbypassrls, rolcreaterole,"
            " (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid)"
            " FROM pg_roles r WHERE r.rolname = current_user"
        ).fetchone()
    assert row == ("magnus_app", False, False, False, 0)


@pytest.mark.parametrize("doing", ["read", "update", "delete", "insert"])
def test_no_statement_of_annas_reaches_beatas_rows(planted: Database, doing: str) -> None:
    """Not by way of any repository: as if somebody had got a statement of their own in."""
    tables = guarded(planted)
    before = everything(planted)
    with planted.owner_connection() as owner:
        rows = {
            table: owner.execute(
                sql.SQL("SELECT to_jsonb(t)::text FROM {} t WHERE user_name = %s").format(
                    sql.Identifier(*table)
                ),
                (BEATA,),
            ).fetchone()
            for table in tables
        }
    assert not {table for table, row in rows.items() if row is None and table[0] == "magnus"}
    for table in tables:
        name = sql.Identifier(*table)
        row = rows[table]
        with acting_as(ANNA):
            if doing == "insert":
                if row is None:
                    continue
                with pytest.raises(NotYours), planted.connection() as conn:
                    conn.execute(
                        sql.SQL(
                            "INSERT INTO {0} OVERRIDING SYSTEM VALUE"
                            " SELECT * FROM jsonb_populate_record(NULL::{0}, %s)"
                        ).format(name),
                        (row[0],),
                    )
                continue
            with planted.connection() as conn:
                match doing:
                    case "read":
                        assert not rows_of(conn, BEATA, table), table
                    case "update":
                        changed = sql.SQL("UPDATE {} SET user_name = user_name").format(name)
                        _nothing(conn, changed)
                    case _:
                        _nothing(conn, sql.SQL("DELETE FROM {}").format(name))
    assert everything(planted) == before


def _nothing(conn: psycopg.Connection[Any], statement: sql.Composed) -> None:
    with conn.transaction(force_rollback=True):
        assert conn.execute(statement).rowcount == 0


def test_nobody_sees_nothing_and_the_house_sees_all(planted: Database) -> None:
    scope_text = "SELECT count(*) FROM magnus.turn"
    with as_house():
        assert planted.read(lambda conn: conn.execute(scope_text).fetchone()) == (1,)
    token = scope._bound.set(scope.NOBODY)
    try:
        assert planted.read(lambda conn: conn.execute(scope_text).fetchone()) == (0,)
    finally:
        scope._bound.reset(token)


def test_what_nobody_is_bound_to_is_refused_where_several_sign_in(database: Database) -> None:
    database.unbound = None
    with pytest.raises(NotYours, match="Nobody is signed in"), database.connection():
        pass
    with acting_as(ANNA), database.connection() as conn:
        assert conn.execute("SELECT magnus.acting()").fetchone() == (ANNA,)


def test_a_thread_bound_to_one_person_is_not_bound_to_another() -> None:
    with acting_as(ANNA):
        with pytest.raises(NotYours), acting_as(BEATA):
            pass
        with acting_as(ANNA):
            assert scope.bound() == ANNA
    assert scope.bound() is None


@pytest.mark.parametrize("name", ["", "*", "x" * 65, "a\nb", "a\0"])
def test_what_is_no_name_is_no_scope(name: str) -> None:
    with pytest.raises(InputError), acting_as(name):
        pass


def test_a_name_is_a_value_and_never_a_statement(database: Database) -> None:
    evil = "x'; SET magnus.\"user\" = '*"
    with acting_as(evil), database.connection() as conn:
        assert conn.execute("SELECT magnus.acting()").fetchone() == (evil,)


def test_a_session_that_comes_back_to_the_pool_is_nobodys(database: Database) -> None:
    with acting_as(ANNA), database.connection() as conn:
        conn.execute("SELECT 1")
    taken = [database.pool.getconn() for _ in range(3)]
    try:
        for each in taken:
            assert each.execute("SELECT magnus.acting()").fetchone() == ("",)
    finally:
        for each in taken:
            database.pool.putconn(each)


def test_glances_follow_whom_the_thread_is_bound_to(planted: Database) -> None:

    def count(conn: psycopg.Connection[Any]) -> Any:
        return conn.execute("SELECT count(*) FROM magnus.turn").fetchone()

    seen = []
    for user in (BEATA, ANNA, BEATA):
        with acting_as(user):
            seen.append(planted.glance(count))
    assert seen == [(1,), (0,), (1,)]
