"""Real parts for every test: one embedded server per session, a fresh migrated database per test.

`database` is what most tests want. `magnus_home` is an empty home of one's own, in a place that the
server's user can reach when the tests run as root (pytest's own directories are private to root).
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

from mfa.store.database import Database
from mfa.store.server import EmbeddedServer

# How fast examples are drawn says how busy the machine is, nothing else.
settings.register_profile("magnus", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("magnus")

_TEMPLATE = "template_magnus"
_numbers = itertools.count(1)


def _home() -> Path:
    """In memory where there is plenty: no test pulls the plug, so no test needs the disk."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes it private
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and _free(memory) > 4 << 30
    home = Path(tempfile.mkdtemp(prefix="magnus-test-", dir=memory if roomy else "/tmp"))  # noqa: S108 - same
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return home


def _free(place: Path) -> int:
    status = os.statvfs(place)
    return 0 if status.f_flag & os.ST_NOEXEC else status.f_bavail * status.f_frsize


def _remove(home: Path) -> None:
    EmbeddedServer(home / "database").stop()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def magnus_home() -> Iterator[Path]:
    """An empty home; whatever server was started in it is stopped afterwards."""
    home = _home()
    yield home
    _remove(home)


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """The session's server, with a migrated template database."""
    home = _home()
    embedded = EmbeddedServer(home / "database")
    embedded.start()
    Database.on(embedded, _TEMPLATE).pool.close()
    yield embedded
    embedded.release()
    _remove(home)


@pytest.fixture(scope="session")
def new_database(server: EmbeddedServer) -> Callable[[], Database]:
    """Make a fresh, migrated database (about 50 ms); close it when done with it."""

    def make() -> Database:
        name = f"test_{next(_numbers)}"
        with psycopg.connect(server.conninfo(), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(_TEMPLATE)
                )
            )
        return Database.on(EmbeddedServer(server.places.root), name)

    return make


@pytest.fixture
def database(new_database: Callable[[], Database]) -> Iterator[Database]:
    """A fresh, migrated database of this test's own."""
    with new_database() as fresh:
        yield fresh


@pytest.fixture(scope="module")
def module_database(new_database: Callable[[], Database]) -> Iterator[Database]:
    """A fresh, migrated database that the tests of one module share."""
    with new_database() as fresh:
        yield fresh
