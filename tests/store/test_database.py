"""Connections are alive when they are handed out, and say what they did."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from pydantic import SecretStr

from mfa.kernel.errors import StoreError
from mfa.store.database import Connection, Database


def test_a_block_commits_at_its_end_and_rolls_back_on_an_error(database: Database) -> None:
    with database.owner_connection() as connection:
        connection.execute("CREATE TABLE noted (id int)")
    with database.connection() as connection:
        connection.execute("INSERT INTO noted VALUES (1)")
    with pytest.raises(psycopg.errors.DivisionByZero), database.connection() as connection:
        connection.execute("INSERT INTO noted VALUES (2); SELECT 1 / 0")
    with database.connection() as connection:
        assert connection.execute("SELECT id FROM noted").fetchall() == [(1,)]


def test_sessions_are_named_and_speak_utc_and_look_into_magnus_first(database: Database) -> None:
    with database.connection() as connection:
        row = connection.execute(
            "SELECT current_setting('application_name'), current_schema(), "
            "timestamptz '2021-06-15 10:30-04'"
        ).fetchone()
    assert row is not None
    assert row[:2] == ("magnus", "magnus")
    assert row[2] == datetime(2021, 6, 15, 14, 30, tzinfo=UTC)
    assert row[2].utcoffset() == timedelta(0)


def test_sessions_that_were_cut_are_never_handed_out(database: Database) -> None:
    """Ten threads fill the pool; all its sessions are cut; the next use works without an error."""
    barrier = threading.Barrier(10)

    def occupy(_: int) -> None:
        with database.connection() as connection:
            connection.execute("SELECT 1")
            barrier.wait(10)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(occupy, range(10)))
    with psycopg.connect(database.conninfo, autocommit=True) as other:
        cut = other.execute(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert cut is not None
    assert cut[0] >= 10
    began = time.monotonic()
    for _ in range(20):
        with database.connection() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("losses", [1, 2])
def test_a_read_that_loses_its_session_is_asked_again(database: Database, losses: int) -> None:
    asked = []

    def ask(connection: Connection) -> int:
        asked.append(connection.info.backend_pid)
        if len(asked) <= losses:
            with psycopg.connect(database.conninfo, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [asked[-1]])
        row = connection.execute("SELECT 7").fetchone()
        assert row is not None
        return int(row[0])

    assert database.read(ask) == 7
    assert len(set(asked)) == losses + 1


def test_what_may_be_repeated_may_not_write(database: Database) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        database.read(lambda connection: connection.execute("CREATE TABLE x (id int)"))


def test_a_transaction_that_is_lost_is_raised_and_not_repeated(database: Database) -> None:
    with database.owner_connection() as connection:
        connection.execute("CREATE TABLE noted (id int)")

    def write_and_lose(connection: Connection) -> None:
        connection.execute("INSERT INTO noted VALUES (1)")
        with psycopg.connect(database.conninfo, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])
        connection.execute("INSERT INTO noted VALUES (2)")

    with pytest.raises(psycopg.OperationalError), database.connection() as connection:
        write_and_lose(connection)
    with database.connection() as connection:
        assert connection.execute("SELECT id FROM noted").fetchall() == []


def test_only_one_is_inside_a_block_of_one_name(database: Database) -> None:
    inside: list[int] = []
    most: list[int] = []

    def enter(number: int) -> None:
        with database.exclusively("setup"):
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.01)
            inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter, range(16)))
    assert most == [1] * 16


def test_a_block_that_has_ended_is_free_at_once(database: Database) -> None:
    taken = []
    for _ in range(100):
        with database.exclusively_if_free("tick") as ours:
            taken.append(ours)
            with database.exclusively_if_free("tick") as second:
                assert not second
    assert taken == [True] * 100


def test_blocks_of_different_names_do_not_wait_for_each_other(database: Database) -> None:
    with database.exclusively("one"), database.exclusively("two"):
        pass


def test_a_busy_pool_says_so(
    new_database: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_database() as database:
        monkeypatch.setattr(database.pool, "timeout", 0.2)
        held = [database.pool.getconn() for _ in range(10)]
        with pytest.raises(StoreError, match="overloaded"), database.connection():
            pass
        for connection in held:
            database.pool.putconn(connection)


def test_an_external_server_gets_the_same_schema(new_database: Callable[[], Database]) -> None:
    with new_database() as embedded:
        url = SecretStr(f"{embedded.conninfo} options='-c statement_timeout=4321'")
        settings = SimpleNamespace(home=Path("/nonexistent"), database_url=url, user="local")
        with Database.open(settings) as external:
            assert external.server is None
            with external.connection() as connection:
                row = connection.execute(
                    "SELECT current_schema(), current_setting('statement_timeout'), "
                    "to_regclass('magnus.setting')::text"
                ).fetchone()
            assert row == ("magnus", "4321ms", "setting")


def test_two_threads_that_find_it_dead_start_it_once(magnus_home: Path) -> None:
    settings = SimpleNamespace(home=magnus_home, database_url=None, user="local")
    with Database.open(settings) as database:
        assert database.server is not None
        pid = database.server.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.1)

        def use(_: int) -> int:
            return database.read(lambda c: c.execute("SELECT 1").fetchone() == (1,))

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(use, range(32))) == [True] * 32
    log = (magnus_home / "database" / "postgres.log").read_text()
    assert log.count("database system is ready to accept connections") == 2
