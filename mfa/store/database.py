"""One way to the database: the embedded server's, or the one that DATABASE_URL names.

`connection()` hands out connections that answered a moment ago. When the embedded server was
killed it is started again on the way, and the caller notices a pause. What was under way in a
transaction at that moment is rolled back and raised to the caller: only `read` repeats, because
only reading can be repeated without asking.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, Self, TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout
from pydantic import SecretStr

from mfa.kernel.errors import StoreError
from mfa.store import migrate
from mfa.store.address import brief, described, external_conninfo, session_conninfo
from mfa.store.standing import StandingConnection

if TYPE_CHECKING:  # its locks exist on POSIX only; DATABASE_URL works everywhere
    from mfa.store.server import EmbeddedServer

Connection = psycopg.Connection[TupleRow]
T = TypeVar("T")

NAME: Final = "magnus"
_OLDEST_SERVER: Final = 140000
_PATIENCE: Final = 15.0
_OPENINGS: Final = 3
_READINGS: Final = 3

# A pool that meets a killed server warns for every connection; what matters is raised here.
logging.getLogger("psycopg.pool").addFilter(lambda record: record.levelno >= logging.ERROR)


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
        self._standing = StandingConnection(conninfo)
        self._where = str(server.places.root) if server else described(conninfo)
        self.pool: ConnectionPool[Connection] = ConnectionPool(
            self._conninfo_of_a_live_server,
            min_size=1,
            max_size=10,
            num_workers=2,
            timeout=_PATIENCE,
            open=False,
            name="magnus",
        )

    @classmethod
    def open(cls, settings: StoreSettings) -> Self:
        """Start or find the database, bring its schema up to date, and open the pool."""
        url = settings.database_url
        if url is not None:
            return cls._opened(external_conninfo(url.get_secret_value()), None)
        if sys.platform == "win32":
            raise StoreError(
                "The embedded database runs on Linux and macOS only.",
                "Set DATABASE_URL to a PostgreSQL server.",
            )
        from mfa.store.server import LINGER, EmbeddedServer  # noqa: PLC0415 - POSIX only

        root = Path(settings.home) / "database"
        return cls.on(EmbeddedServer(root, linger=_seconds("MAGNUS_DATABASE_LINGER", LINGER)))

    @classmethod
    def on(cls, server: EmbeddedServer, name: str = NAME) -> Self:
        """The database `name` of an embedded server, made when it is missing."""
        server.claim()
        try:
            return cls._opened(session_conninfo(server.conninfo(name)), server)
        except BaseException:
            server.release()
            raise

    @classmethod
    def _opened(cls, conninfo: str, server: EmbeddedServer | None) -> Self:
        database = cls(conninfo, server)
        for attempt in range(_OPENINGS):
            try:
                with database._first_connection() as connection:
                    migrate.migrate(connection)
                break
            except psycopg.OperationalError as error:  # lost on the way: a kill, a full disk
                if attempt == _OPENINGS - 1:
                    raise StoreError(
                        f"The database at {database._where} cannot be opened: {brief(error)}.",
                        "Check that the server runs and that its disk has room.",
                    ) from None
        database.pool.open()
        return database

    def _first_connection(self) -> Connection:
        if self.server is None:
            return self._external_connection()
        if self.server.is_kept():
            with suppress(psycopg.OperationalError):
                return psycopg.connect(self.conninfo)
        self.server.ensure()
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
                f"The database at {self._where} cannot be reached: {brief(error)}.",
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
        """`ask` in a read-only transaction; asked again, twice at most, if the connection was lost.

        Writing in it fails: what may be repeated must not write. Twice, because a server that
        panics ends its connections one after the other: the second asked for may answer its
        check and be gone at the question.
        """
        for _ in range(_READINGS - 1):
            try:
                return self._read(ask)
            except psycopg.OperationalError:
                continue
        return self._read(ask)

    def glance(self, ask: Callable[[Connection], T]) -> T:
        """Like `read`, in a tenth of its time, for an `ask` that is a single statement."""
        try:
            return self._standing.ask(ask)
        except psycopg.OperationalError:
            return self.read(ask)

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

    @contextmanager
    def exclusively_if_free(self, name: str) -> Iterator[bool]:
        """Like `exclusively`, without waiting: whether it is ours. Whoever dies gives it back."""
        with self.connection():  # the server runs
            pass
        with psycopg.connect(self.conninfo) as connection:
            yield migrate.lock_if_free(connection, name)

    def close(self) -> None:
        """Close the pool and give the embedded server back; the last user's close stops it."""
        self._standing.close()
        self.pool.close()
        if self.server is not None:
            self.server.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _live_connection(self) -> Connection:
        while True:
            if self.server is not None and not self.server.is_kept():
                self.server.ensure()
            try:
                connection = self.pool.getconn()
            except PoolTimeout:
                if self.server is not None and not self.server.answers():
                    self.server.ensure()  # a long recovery: waits with it
                    continue
                raise StoreError(
                    f"No connection to the database at {self._where} came free within "
                    f"{_PATIENCE:.0f} s: it cannot be reached, or is overloaded."
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


def _seconds(name: str, default: float) -> float:
    try:
        return max(float(os.environ.get(name) or default), 0.0)
    except ValueError:
        raise StoreError(f"{name} is not a number of seconds.") from None
