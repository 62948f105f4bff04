"""One way to the database: the embedded server's, or the one that DATABASE_URL names.

`connection()` hands out connections that answered a moment ago. When the embedded server was
killed it is started again on the way, and the caller notices a pause. What was under way in a
transaction at that moment is rolled back and raised to the caller: only `read` repeats, because
only reading can be repeated without asking.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Protocol, Self, TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout
from pydantic import SecretStr

from mfa.kernel.errors import StoreError
from mfa.store import migrate
from mfa.store.server import LINGER, EmbeddedServer

Connection = psycopg.Connection[TupleRow]
T = TypeVar("T")

NAME: Final = "magnus"
_OLDEST_SERVER: Final = 140000
_PATIENCE: Final = 15.0
_SESSION: Final = "-c search_path=magnus,public -c timezone=UTC"


class StoreSettings(Protocol):
    """The settings this room reads."""

    @property
    def home(self) -> Path: ...
    @property
    def database_url(self) -> SecretStr | None: ...


class Database:
    """A migrated database and a small pool of connections to it."""

    def __init__(self, conninfo: str, server: EmbeddedServer | None = None) -> None:
        self.conninfo = conninfo
        self.server = server
        self._where = _described(conninfo, server)
        self.pool: ConnectionPool[Connection] = ConnectionPool(
            self._conninfo_of_a_live_server,
            min_size=1,
            max_size=10,
            timeout=_PATIENCE,
            open=False,
            name="magnus",
        )

    @classmethod
    def open(cls, settings: StoreSettings) -> Self:
        """Start or find the database, bring its schema up to date, and open the pool."""
        url = settings.database_url
        if url is not None:
            return cls._opened(_external_conninfo(url.get_secret_value()), None)
        linger = os.environ.get("MAGNUS_DATABASE_LINGER", "")
        server = EmbeddedServer(
            Path(settings.home) / "database",
            linger=float(linger) if linger.replace(".", "", 1).isdigit() else LINGER,
        )
        return cls.on(server)

    @classmethod
    def on(cls, server: EmbeddedServer, name: str = NAME) -> Self:
        """The database `name` of an embedded server, made when it is missing."""
        server.claim()
        try:
            return cls._opened(_session_conninfo(server.conninfo(name)), server)
        except BaseException:
            server.release()
            raise

    @classmethod
    def _opened(cls, conninfo: str, server: EmbeddedServer | None) -> Self:
        database = cls(conninfo, server)
        with database._first_connection() as connection:
            migrate.migrate(connection)
        database.pool.open()
        return database

    def _first_connection(self) -> Connection:
        if self.server is None:
            return self._external_connection()
        if self.server.is_kept():
            with suppress(psycopg.OperationalError):
                return psycopg.connect(self.conninfo)
        self.server.start()
        try:
            return psycopg.connect(self.conninfo)
        except psycopg.OperationalError as error:
            if "does not exist" not in str(error):
                raise
        _create_database(self.server.conninfo(), str(conninfo_to_dict(self.conninfo)["dbname"]))
        return psycopg.connect(self.conninfo)

    def _external_connection(self) -> Connection:
        try:
            connection = psycopg.connect(self.conninfo)
        except psycopg.OperationalError as error:
            raise StoreError(
                f"The database at {self._where} cannot be reached: {_first_line(error)}.",
                "Check DATABASE_URL and that the server runs.",
            ) from None
        if connection.info.server_version < _OLDEST_SERVER:
            connection.close()
            raise StoreError(f"The server at {self._where} is older than PostgreSQL 14.")
        return connection

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A live connection in a transaction: committed at the end, rolled back on an error."""
        connection = self._live_connection()
        try:
            with connection:
                yield connection
        except psycopg.errors.DiskFull as error:
            raise StoreError(
                f"The disk that holds the database at {self._where} is full; "
                "what was under way was not stored.",
                "Free some room there and repeat it.",
            ) from error
        finally:
            self.pool.putconn(connection)

    def read(self, ask: Callable[[Connection], T]) -> T:
        """`ask` in a read-only transaction; asked again, once, if the connection is lost on the way.

        Writing in it fails: what may be repeated must not write.
        """
        try:
            return self._read(ask)
        except (psycopg.OperationalError, psycopg.errors.AdminShutdown):
            return self._read(ask)

    def _read(self, ask: Callable[[Connection], T]) -> T:
        with self.connection() as connection:
            connection.execute("SET TRANSACTION READ ONLY")
            return ask(connection)

    @contextmanager
    def exclusively(self, name: str) -> Iterator[None]:
        """Be the only one, in any process, inside a block of this name. Waits; not re-entrant.

        Uses a connection of its own, so that a long block does not starve the pool.
        """
        with self.connection():  # the server runs
            pass
        with psycopg.connect(self.conninfo) as connection:
            migrate.lock(connection, name)
            yield

    def close(self) -> None:
        """Close the pool and give the embedded server back; the last user's close stops it."""
        self.pool.close()
        if self.server is not None:
            self.server.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _live_connection(self) -> Connection:
        until = time.monotonic() + _PATIENCE
        while True:
            if self.server is not None and not self.server.is_kept():
                self.server.ensure()
            try:
                connection = self.pool.getconn(timeout=max(until - time.monotonic(), 0.01))
            except PoolTimeout:
                raise StoreError(
                    f"No connection to the database at {self._where} came free within "
                    f"{_PATIENCE:.0f} s: it is unreachable or overloaded."
                ) from None
            try:
                ConnectionPool.check_connection(connection)
            except psycopg.Error:
                self.pool.putconn(connection)  # dead: the pool replaces it
            else:
                return connection

    def _conninfo_of_a_live_server(self) -> str:
        if self.server is not None:
            self.server.ensure()
        return self.conninfo


def _create_database(conninfo: str, name: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # another process was faster


def _session_conninfo(conninfo: str) -> str:
    given: dict[str, Any] = conninfo_to_dict(conninfo)
    options = f"{given.get('options') or ''} {_SESSION}".strip()
    name = given.get("application_name") or "magnus"
    return make_conninfo(conninfo, options=options, application_name=name)


def _external_conninfo(url: str) -> str:
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise StoreError(
            "DATABASE_URL is not a PostgreSQL address.",
            "It looks like postgresql://user:password@host:5432/name",
        ) from None
    return _session_conninfo(make_conninfo(url, connect_timeout=given.get("connect_timeout") or 5))


def _described(conninfo: str, server: EmbeddedServer | None) -> str:
    if server is not None:
        return str(server.places.root)
    given = conninfo_to_dict(conninfo)
    return f"{given.get('host') or 'localhost'}:{given.get('port') or 5432}/{given.get('dbname')}"


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0].rstrip(".")
