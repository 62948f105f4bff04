"""The embedded PostgreSQL of one directory, for any number of processes.

A process that uses the server holds a claim, a shared lock. The first one starts the server (see
`starting`) through a keeper (see `keeper`) that stops it when the last claim is gone. A claim needs
no clean-up: it ends with the process, however that ends. A server that somebody else started over
the same data is refused, never touched.
"""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import psycopg
from psycopg.conninfo import make_conninfo

from mfa.kernel.errors import StoreError
from mfa.kernel.logs import get_logger
from mfa.store import cluster
from mfa.store.identity import Identity, identity_for
from mfa.store.locks import is_held, is_shared, open_lock
from mfa.store.places import PORT, Places
from mfa.store.processes import is_keeper_of, is_server_of, pid_in
from mfa.store.starting import Start

LINGER: Final = 2.0
"""Seconds a server outlives its last client, so that a command after a command finds it warm."""
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What can be seen from outside without starting anything."""

    root: Path
    made: bool
    running: bool
    pid: int | None
    keeper_pid: int | None


class EmbeddedServer:
    """The server of the database directory `root`; safe to use from many threads."""

    def __init__(
        self,
        root: Path,
        *,
        linger: float = LINGER,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.places = Places(Path(os.path.realpath(root)))
        self._linger = linger
        self._progress = progress or (lambda said: _log.info("database.waiting", said=said))
        self._identity: Identity | None = None
        self._claim = -1
        self._keeper_probe = -1
        self._guard = threading.Lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def conninfo(self, database: str = "postgres") -> str:
        """How to connect; the same words after any number of restarts."""
        return make_conninfo(
            host=str(self.places.socket_directory(self._known_identity())),
            port=PORT,
            user=cluster.OWNER,
            dbname=database,
            sslmode="disable",
            gssencmode="disable",
            connect_timeout=10,
        )

    def start(self) -> str:
        """Claim the server and have it run; returns the conninfo of database `postgres`."""
        self.ensure()
        return self.conninfo()

    def ensure(self) -> None:
        """Have the server run, again if it was lost. Proves it by a connection."""
        self.claim()
        if not (self.is_kept() and self.answers()):
            Start(
                places=self.places,
                identity=self._known_identity(),
                linger=self._linger,
                answers=self.answers,
                progress=self._progress,
            ).run()

    def claim(self) -> None:
        """Keep the server from being stopped for want of clients. Waits while it is stopping."""
        with self._guard:
            if self._claim >= 0:
                return
            try:
                if not self.places.is_prepared():
                    self.places.prepare(self._known_identity())
                claim = open_lock(self.places.clients)
                probe = open_lock(self.places.keeper)
                fcntl.flock(claim, fcntl.LOCK_SH)
                os.utime(claim)
            except OSError as error:
                raise StoreError(
                    f"The database directory {self.places.root} cannot be used: {error.strerror}.",
                    "Give it to the user who runs Magnus, or set MAGNUS_HOME to one of theirs.",
                ) from error
            self._claim, self._keeper_probe = claim, probe

    def is_kept(self) -> bool:
        """Whether a keeper lives: two system calls, cheap enough for every use."""
        probe = self._keeper_probe
        return probe >= 0 and is_held(probe)

    def answers(self) -> bool:
        """Whether a connection succeeds now."""
        try:
            psycopg.connect(self.conninfo()).close()
        except psycopg.OperationalError:
            return False
        return True

    def release(self) -> None:
        """Give the claim back; the keeper stops the server when it was the last."""
        with self._guard:
            claim, probe, self._claim, self._keeper_probe = self._claim, self._keeper_probe, -1, -1
        for descriptor in (claim, probe):
            if descriptor >= 0:
                os.close(descriptor)

    def stop(self, timeout: float = 30.0) -> bool:
        """Release, and stop now if nobody else uses the server; whether it has stopped."""
        self.release()
        if not self.places.is_prepared():
            return True
        probe = open_lock(self.places.server)
        try:
            until = time.monotonic() + timeout
            while is_held(probe):
                if time.monotonic() > until or is_shared(self.places.clients):
                    return False
                pid = pid_in(self.places.keeper)
                if pid is not None and is_keeper_of(pid, self.places.root):
                    with suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, signal.SIGUSR1)
                time.sleep(0.02)
        finally:
            os.close(probe)
        return True

    def status(self) -> ServerStatus:
        """What is running, without starting or claiming anything."""
        pid = pid_in(self.places.data / "postmaster.pid")
        keeper_pid = pid_in(self.places.keeper)
        running = pid is not None and is_server_of(pid, self.places.data)
        kept = keeper_pid is not None and is_keeper_of(keeper_pid, self.places.root)
        return ServerStatus(
            root=self.places.root,
            made=(self.places.data / "PG_VERSION").exists(),
            running=running,
            pid=pid if running else None,
            keeper_pid=keeper_pid if kept else None,
        )

    def _known_identity(self) -> Identity:
        if self._identity is None:
            self._identity = identity_for(self.places.root)
        return self._identity
