"""One way to the database: the embedded server's, or the one that DATABASE_URL names.

`connection()` hands out connections that answered a moment ago. When the embedded server was
killed it is started again on the way, and the caller notices a pause. What was under way in a
transaction at that moment is rolled back and raised to the caller: only `read` repeats, because
only reading can be repeated without asking.

Every transaction is somebody's: `mfa.kernel.scope` says whose, and the server shows and changes
nobody else's rows (`row_security`). Where nothing is said, `unbound` decides: the installation's
person, or nobody at all where several sign in, and then the question is refused.
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

from mfa.kernel import scope
from mfa.kernel.errors import StoreError
from mfa.store import migrate, row_security
from mfa.store.address import (
    brief,
    described,
    external_conninfo,
    owner_conninfo,
    role_conninfo,
    session_conninfo,
)
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
    @property
    def user(self) -> str: ...


class Database:
    """A migrated database and a small pool of connections to it.

    `conninfo` is that of the schema's owner: for migrations, backups and locks. `owner` is the
    person whose installation it is; `unbound` whose the work of a thread is that nobody bound, None
    refuses it.
    """

    def __init__(self, conninfo: str, server: EmbeddedServer | None = None) -> None:
        self.conninfo = owner_conninfo(conninfo)
        self.server = server
        self.owner = "local"
        self.unbound: str | None = scope.HOUSE
        self.has_role = True
        self._standing = StandingConnection(lambda: self.role_conninfo)
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
        database = cls._found(settings)
        database.belong_to(settings.user)
        return database

    def belong_to(self, owner: str) -> None:
        """The installation is this person's, and so is what nobody is bound to."""
        self.owner = self.unbound = owner

    def is_owners(self) -> bool:
        """Whether this thread works for the installation's own person, or for the house. One that
        nobody bound does where nobody signs in, and is nobody's where people do."""
        there = scope.bound()
        return (self.unbound if there is None else there) in {scope.HOUSE, self.owner}

    @classmethod
    def _found(cls, settings: StoreSettings) -> Self:
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
                    changed = migrate.migrate(connection) > 0
                    database.guard(connection, changed=changed)
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

    @property
    def role_conninfo(self) -> str:
        """How sessions of the application are opened: not as the owner, where there is a role."""
        return self._as_role(scope.NOBODY)

    @property
    def house_conninfo(self) -> str:
        """The same for sessions that do the house's own work on everybody's rows."""
        return self._as_role(scope.HOUSE)

    def _as_role(self, whose: str) -> str:
        return role_conninfo(
            self.conninfo, row_security.ROLE if self.has_role else None, whose=whose,
            signs_in=self.server is not None,
        )  # fmt: skip

    def guard(self, connection: psycopg.Connection[TupleRow], *, changed: bool) -> None:
        """Have role and policies in place on an owner's connection."""
        self.has_role = row_security.prepare(
            connection, login=self.server is not None, changed=changed
        )

    @contextmanager
    def connection(self, *, user: str | None = None, reading: bool = False) -> Iterator[Connection]:
        """A live connection in a transaction: committed at the end, rolled back on an error.

        `user` says whose it is where the thread is not bound to a person; a thread that is stays
        so. `NotYours` when a row of somebody else would be written.
        """
        connection = self._live_connection(self._whose(user), reading=reading)
        try:
            with connection:
                yield connection
        except psycopg.errors.InsufficientPrivilege as error:
            if "row-level security" not in str(error):
                raise
            raise scope.NotYours("That belongs to another person.") from error
        except psycopg.errors.DiskFull as error:
            raise StoreError(
                f"The disk that holds the database at {self._where} is full; "
                "what was under way was not stored.",
                "Free some room there and repeat it.",
            ) from error
        finally:
            self.pool.putconn(connection)

    def read(self, ask: Callable[[Connection], T], *, user: str | None = None) -> T:
        """`ask` in a read-only transaction; asked again, twice at most, if the connection was lost.

        Writing in it fails: what may be repeated must not write. Twice, because a server that
        panics ends its connections one after the other: the second asked for may answer its
        check and be gone at the question.
        """
        for _ in range(_READINGS - 1):
            try:
                return self._read(ask, user)
            except psycopg.OperationalError:
                continue
        return self._read(ask, user)

    def glance(self, ask: Callable[[Connection], T]) -> T:
        """Like `read`, in a tenth of its time, for an `ask` that is a single statement about what
        is nobody's own, or the own of whom this thread is bound to."""
        whose = self._whose(scope.NOBODY if self.unbound is None else None)
        try:
            return self._standing.ask(ask, whose)
        except psycopg.OperationalError:
            return self.read(ask, user=whose)

    def _read(self, ask: Callable[[Connection], T], user: str | None) -> T:
        with self.connection(user=user, reading=True) as connection:
            return ask(connection)

    def _whose(self, user: str | None) -> str:
        there = scope.bound()
        whose = user if there in {None, scope.HOUSE} and user is not None else there
        whose = self.unbound if whose is None else whose
        if whose is None:
            raise scope.NotYours("Nobody is signed in here.", "Sign in first.")
        return whose

    @contextmanager
    def owner_connection(self) -> Iterator[Connection]:
        """A connection of the schema's owner, for its shape; the caller commits.

        Uses a connection of its own, so that a long block does not starve the pool.
        """
        self.reach()
        with psycopg.connect(self.conninfo) as connection:
            yield connection

    @contextmanager
    def exclusively(self, name: str) -> Iterator[None]:
        """Be the only one, in any process, inside a block of this name. Waits; not re-entrant.

        Uses a connection of its own, so that a long block does not starve the pool.
        """
        with self.owner_connection() as connection:
            migrate.lock(connection, name)
            yield

    @contextmanager
    def exclusively_if_free(self, name: str) -> Iterator[bool]:
        """Like `exclusively`, without waiting: whether it is ours. Whoever dies gives it back.

        It is free again when the block has ended: a connection that is closed keeps its locks until
        the server has noticed.
        """
        with self.owner_connection() as connection:
            ours = migrate.lock_if_free(connection, name)
            try:
                yield ours
            finally:
                if ours:
                    with suppress(psycopg.OperationalError):  # lost: the server gives it back
                        migrate.unlock(connection, name)

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

    def reach(self) -> None:
        """Have the server run and answer; `StoreError` when it cannot."""
        self.pool.putconn(self._live_connection(scope.NOBODY))

    def _live_connection(self, whose: str, *, reading: bool = False) -> Connection:
        """A connection that has just said whose its transaction is, which proves that it lives."""
        opening = row_security.opening(whose, reading=reading)
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
                connection.execute(opening, prepare=False)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                self.pool.putconn(connection)  # dead: the pool replaces it
            except BaseException:
                self.pool.putconn(connection)
                raise
            else:
                return connection

    def _conninfo_of_a_live_server(self) -> str:
        if self.server is not None:
            self.server.ensure()
        return self.role_conninfo


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
