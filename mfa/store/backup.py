"""Backup and restore of everything Magnus knows: its four schemas and nothing else.

A backup is one moment: the rows are counted and dumped in one snapshot. A restore is one
transaction: our schemas are dropped, filled from the archive and counted again, and only a count
that equals the manifest is committed; until then everybody else sees the old books, and a failure
at any point leaves them. An archive from a newer Magnus is refused before anything is touched; one
from an older Magnus is brought up to date afterwards by the migrations it lacks.
"""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import psycopg
from psycopg import sql

from mfa.kernel.errors import StoreError
from mfa.kernel.scope import HOUSE
from mfa.store import archive, binaries, migrate
from mfa.store.address import brief, without_password
from mfa.store.archive import Manifest
from mfa.store.database import Database
from mfa.store.row_security import opening

_LOCK: Final = "restore"
_PATIENCE: Final = "10s"
"""How long a restore waits for sessions that are in the middle of something."""
_COPY_LIMIT: Final = 1 << 16


def backup(database: Database, path: Path) -> Manifest:
    """Write everything to `path`, replacing what was there only when the new one is complete."""
    with database.owner_connection() as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        server = connection.info.server_version // 10000
        if server > binaries.MAJOR:
            raise StoreError(
                f"The server is PostgreSQL {server}, newer than the bundled pg_dump "
                f"{binaries.MAJOR}.",
                f"Use pg_dump {server} itself.",
            )

        def dump(target: Path) -> None:
            named = [f"--schema={schema}" for schema in migrate.SCHEMAS]
            options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
            options.append("--enable-row-security")  # our session's policies show every row
            assert snapshot is not None  # noqa: S101 - SELECT of a function has a row
            _run("pg_dump", database, [*named, *options, f"--snapshot={snapshot[0]}"])

        return archive.write(
            path,
            dump,
            magnus=importlib.metadata.version("magnus"),
            postgres=server,
            made=datetime.now(UTC),
            migrations=migrate.applied(connection),
            rows=count_rows(connection),
        )


def restore(database: Database, path: Path) -> Manifest:
    """Put the backup's content in the place of the database's: all of it, or `StoreError`."""
    with archive.opened(path) as (manifest, dump), database.exclusively(_LOCK):
        migrate.pending(migrate.packaged(), manifest.applied())  # refuses a newer one
        _replay(database, manifest, dump)
        with database.owner_connection() as connection:
            migrate.migrate(connection)
            database.guard(connection, changed=True)
            _end_sessions(connection)
    return manifest


def _end_sessions(connection: psycopg.Connection[Any]) -> None:
    """Nobody is signed in or verified by a backup: what was ended since must not stand again."""
    with connection.transaction():
        connection.execute(opening(HOUSE))
        connection.execute("UPDATE magnus.session SET revoked_at = now() WHERE revoked_at IS NULL")
        connection.execute("DELETE FROM magnus.door_verified")


def count_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows of every table of our schemas, by `schema.table`."""
    tables = connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s) ORDER BY 1, 2",
        [list(migrate.SCHEMAS)],
    ).fetchall()
    counted: dict[str, int] = {}
    for schema, table in tables:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        row = connection.execute(query).fetchone()
        counted[f"{schema}.{table}"] = row[0] if row else 0
    return counted


def _replay(database: Database, manifest: Manifest, dump: Path) -> None:
    """Feed `psql` a transaction; its COMMIT is written when the archive was read to its end."""
    closing = _closing(manifest).encode()
    place, environment = _address(database)
    reader = subprocess.Popen(
        [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dump)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    writer = subprocess.Popen(
        [_program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", place],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
    )
    with reader, writer:
        complaints: dict[str, bytes] = {}
        listeners = [
            threading.Thread(target=_listen, args=(complaints, name, process.stderr))
            for name, process in (("reader", reader), ("writer", writer))
        ]
        for listener in listeners:
            listener.start()
        assert reader.stdout is not None and writer.stdin is not None  # noqa: S101, PT018 - PIPEs
        try:
            writer.stdin.write(_opening().encode())
            while block := reader.stdout.read(_COPY_LIMIT):
                writer.stdin.write(block)
            if reader.wait() == 0:
                writer.stdin.write(closing)
            writer.stdin.close()
        except BrokenPipeError:
            reader.kill()  # psql stopped at an error and says which
            with suppress(BrokenPipeError):
                writer.stdin.close()
        writer.wait()
        reader.wait()
        for listener in listeners:
            listener.join()
    if writer.returncode or reader.returncode:
        said = complaints["writer" if writer.returncode else "reader"].decode(errors="replace")
        lines = said.strip().splitlines() or ["no reason given"]
        reason = next((line for line in lines if "ERROR" in line or "error" in line), lines[-1])
        raise StoreError(
            f"The backup was not restored; the database is as it was. The reason: {reason}.",
            "Close other uses of Magnus and try again." if "lock timeout" in said else "",
        )


def _listen(complaints: dict[str, bytes], name: str, stream: IO[bytes]) -> None:
    complaints[name] = stream.read()


def _opening() -> str:
    drops = "".join(f"DROP SCHEMA IF EXISTS {schema} CASCADE;\n" for schema in migrate.SCHEMAS)
    return f"BEGIN;\nSET LOCAL lock_timeout = '{_PATIENCE}';\n{drops}"


def _closing(manifest: Manifest) -> str:
    """Count what arrived; commit only what equals the manifest."""
    checks = "".join(
        f"  IF (SELECT count(*) FROM {_quoted(table)}) <> {rows:d} THEN\n"  # noqa: S608 - checked
        f"    RAISE EXCEPTION 'table {table} did not arrive whole';\n  END IF;\n"
        for table, rows in manifest.rows.items()
    )
    return f"DO $check$\nBEGIN\n{checks}END\n$check$;\nCOMMIT;\n"


def _quoted(table: str) -> str:
    """`schema.table` as identifiers; refuses what could break out of the statement."""
    schema, _, name = table.partition(".")
    if schema not in migrate.SCHEMAS or not name.replace("_", "").isalnum():
        raise StoreError(f"The backup names a table that cannot be ours: {table!r}.")
    return f'"{schema}"."{name}"'


def _run(program: str, database: Database, options: list[str]) -> None:
    place, environment = _address(database)
    done = subprocess.run(
        [_program(program), f"--dbname={place}", *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise StoreError(f"{program} failed: {brief(RuntimeError(done.stderr or 'no reason'))}.")


def _program(name: str) -> str:
    return str(binaries.packaged().program(name))


def _address(database: Database) -> tuple[str, Mapping[str, str]]:
    """Where the programs connect; a password travels in the environment, never in arguments."""
    place, password = without_password(database.conninfo)
    environment = {**os.environ, "LC_ALL": "C"}
    if password:
        environment["PGPASSWORD"] = password
    return place, environment
