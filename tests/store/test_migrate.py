"""The schema's history runs once, in order, whole or not at all, and cannot be rewritten."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from mfa.kernel.errors import StoreError
from mfa.store.database import Database
from mfa.store.migrate import Migration, applied, migrate, packaged, pending
from mfa.store.server import EmbeddedServer

HOUSE = Migration("house", 1, "first", "CREATE TABLE noted (at int);")
MODE = Migration("mode", 1, "books", "CREATE TABLE book (id int); INSERT INTO noted VALUES (1);")


@pytest.fixture
def empty(server: EmbeddedServer) -> str:
    """The conninfo of a database in which nothing was ever run."""
    with psycopg.connect(server.conninfo(), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bare WITH (FORCE)")
        connection.execute("CREATE DATABASE bare")
    return server.conninfo("bare")


def test_house_files_run_once_and_mode_files_once_in_each_mode(empty: str) -> None:
    with psycopg.connect(empty) as connection:
        assert migrate(connection, [HOUSE, MODE]) == 4
        assert migrate(connection, [HOUSE, MODE]) == 0
        count = connection.execute("SELECT count(*) FROM magnus.noted").fetchone()
        assert count == (3,)
        rows = connection.execute(
            "SELECT schemaname FROM pg_tables WHERE tablename = 'book' ORDER BY 1"
        ).fetchall()
        assert rows == [("live",), ("paper",), ("practice",)]


def test_a_file_that_fails_leaves_what_was_before_it_and_nothing_of_itself(empty: str) -> None:
    broken = Migration("house", 2, "broken", "CREATE TABLE half (id int); SELECT 1 / 0;")
    with psycopg.connect(empty) as connection:
        with pytest.raises(StoreError, match=r"house/0002_broken .* division by zero"):
            migrate(connection, [HOUSE, broken])
        assert [one.name for one in applied(connection)] == ["first"]
        half = connection.execute("SELECT to_regclass('magnus.half')").fetchone()
        assert half == (None,)


def test_a_file_changed_after_it_ran_is_refused(empty: str) -> None:
    changed = Migration("house", 1, "first", "CREATE TABLE noted (at bigint);")
    with psycopg.connect(empty) as connection:
        migrate(connection, [HOUSE])
        with pytest.raises(StoreError, match=r"house/0001_first was changed after it was applied"):
            migrate(connection, [changed])


def test_a_database_newer_than_the_code_is_refused(empty: str) -> None:
    with psycopg.connect(empty) as connection:
        migrate(connection, [HOUSE, MODE])
        with pytest.raises(StoreError, match=r"newer Magnus .*live 0001_books"):
            migrate(connection, [HOUSE])


def test_eight_at_once_run_each_file_once(empty: str) -> None:
    def one(_: int) -> int:
        with psycopg.connect(empty) as connection:
            return migrate(connection, [HOUSE, MODE])

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, range(8))) == [0, 0, 0, 0, 0, 0, 0, 4]


def test_line_ends_do_not_change_a_checksum(tmp_path: Path) -> None:
    sums = set()
    for name, text in (("unix", b"SELECT 1;\nSELECT 2;\n"), ("dos", b"SELECT 1;\r\nSELECT 2;\r\n")):
        folder = tmp_path / name / "house"
        folder.mkdir(parents=True)
        (folder / "0001_x.sql").write_bytes(text)
        sums.add(packaged(tmp_path / name)[0].checksum)
    assert len(sums) == 1


def test_two_files_of_one_number_are_refused(tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    for name in ("0001_a.sql", "0001_b.sql"):
        (tmp_path / "house" / name).write_text("SELECT 1;")
    with pytest.raises(StoreError, match="share a number"):
        packaged(tmp_path)


def test_what_the_package_brings_is_what_the_database_has(database: Database) -> None:
    with database.connection() as connection:
        assert pending(packaged(), applied(connection)) == ()


def test_mode_files_name_no_schema() -> None:
    """Each runs in three schemas: a prefix would tie it to one."""
    for migration in packaged():
        if migration.scope == "mode":
            assert not re.search(r"\b(practice|paper|live)\.", migration.text), migration.label


def test_a_reader_needs_no_lock(new_database: Callable[[], Database]) -> None:
    """An up-to-date database opens while another process migrates or restores."""
    with new_database() as first, first.exclusively("migrations"):
        Database.on(EmbeddedServer(first.server.places.root), _name(first)).close()  # type: ignore[union-attr]


def _name(database: Database) -> str:
    return psycopg.conninfo.conninfo_to_dict(database.conninfo)["dbname"]  # type: ignore[return-value]
