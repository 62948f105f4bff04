"""LangGraph's checkpoints in our database: where a turn goes on after a crash.

They stand in schema `magnus`, are shown to the house alone and hold plain JSON values only. Their
commits do not wait for the disk: the event log's do, and flush all that was committed before (see
docs/decisions.md). Importing langgraph costs more than a second, so it happens here, on first use.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool

from mfa.kernel.errors import StoreError
from mfa.store.database import Database

if TYPE_CHECKING:
    pass

_SETUP_LOCK: Final = 7_221_094_604_871_551
_SETUP_PATIENCE: Final = 60.0


class Checkpoints:
    """A saver over a pool of its own."""

    def __init__(self, database: Database, *, size: int) -> None:
        # Read by langgraph when it is imported: only plain values are ever revived, and nothing
        # is sent to anybody's tracing service.
        os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
        os.environ["LANGSMITH_TRACING"] = "false"
        os.environ["LANGCHAIN_TRACING_V2"] = "false"
        from langgraph.checkpoint.postgres import PostgresSaver  # noqa: PLC0415 - deferred

        self.pool: ConnectionPool[psycopg.Connection[DictRow]] = ConnectionPool(
            lambda: _reached(database),
            min_size=1,
            max_size=size,
            kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
            configure=_configure,
            check=ConnectionPool.check_connection,
            timeout=5.0,
            name="checkpoints",
            open=True,
        )
        self._owner_conninfo = database.conninfo
        self.saver = PostgresSaver(self.pool)
        self._setup()

    def known(self, turn: UUID) -> bool:
        """Whether a checkpoint of the turn exists."""
        with self.pool.connection() as connection:
            row = connection.execute(
                "SELECT 1 FROM checkpoints WHERE thread_id = %s LIMIT 1", (str(turn),)
            ).fetchone()
        return row is not None

    def forget(self, turn: UUID) -> None:
        """Drop the checkpoints of a turn that is over."""
        self.saver.delete_thread(str(turn))

    def close(self) -> None:
        self.pool.close()

    def _setup(self) -> None:
        """Make or migrate langgraph's tables, one process at a time.

        The lock is polled: waiting for it inside a statement would hold a snapshot that langgraph's
        CREATE INDEX CONCURRENTLY in another process waits for.
        """
        if self._is_current():
            return
        until = time.monotonic() + _SETUP_PATIENCE
        # Not a connection of the pool: these commits must outlive a crash that follows at once.
        with psycopg.connect(
            self._owner_conninfo, autocommit=True, row_factory=dict_row
        ) as session:
            session.execute("SET search_path = magnus")
            while not _try_lock(session):
                if time.monotonic() > until:
                    raise StoreError(
                        "Another process has been preparing the checkpoint tables for a minute.",
                        "Stop the other Magnus processes and start again.",
                    )
                time.sleep(0.05)
            if not self._is_current():
                type(self.saver)(session).setup()
                session.execute("SELECT magnus.guard_all_rows()")

    def _is_current(self) -> bool:
        with self.pool.connection() as connection:
            there = connection.execute(
                "SELECT to_regclass('magnus.checkpoint_migrations') IS NOT NULL AS there"
            ).fetchone()
            if there is None or not there["there"]:
                return False
            row = connection.execute("SELECT max(v) AS v FROM checkpoint_migrations").fetchone()
        return row is not None and row["v"] == len(self.saver.MIGRATIONS) - 1


def _configure(connection: psycopg.Connection[Any]) -> None:
    connection.execute("SET search_path = magnus")
    connection.execute("SET synchronous_commit = off")


def _try_lock(session: psycopg.Connection[Any]) -> bool:
    row = session.execute("SELECT pg_try_advisory_lock(%s) AS got", (_SETUP_LOCK,)).fetchone()
    return row is not None and bool(row["got"])


def _reached(database: Database) -> str:
    """Where the database is, once it is there: the store's own connection restarts a lost one."""
    database.reach()
    return database.house_conninfo
