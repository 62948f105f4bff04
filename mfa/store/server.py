"""The embedded PostgreSQL of one directory, for any number of processes.

A process that uses the server holds a claim, a shared lock. The first one starts the server under
the `starting` lock, through a keeper (see `keeper`) that stops it when the last claim is gone. A
claim needs no clean-up: it ends with the process, however that ends.

Starting waits as long as the server is alive and working, recovery included, and says every few
seconds what it waits for. It refuses to touch a server that it did not start.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import psycopg
from psycopg.conninfo import make_conninfo

from mfa.kernel.errors import StoreError
from mfa.kernel.logs import get_logger
from mfa.store import binaries, cluster, keeper
from mfa.store.diagnosis import is_transient, sentence_for
from mfa.store.identity import Identity, identity_for
from mfa.store.locks import holding, is_held, open_lock
from mfa.store.places import PORT, Places
from mfa.store.processes import is_keeper_of, is_server_of, pid_in

LINGER: Final = 2.0
"""Seconds a server outlives its last client, so that a command after a command finds it warm."""
_LOG_LIMIT: Final = 4_000_000
_ATTEMPTS: Final = 5
_SAY_EVERY: Final = 5.0
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
        self.claim()
        if not (self.is_kept() and self._answers()):
            self._start()
        return self.conninfo()

    def claim(self) -> None:
        """Keep the server from being stopped for want of clients. Waits while it is stopping."""
        with self._guard:
            if self._claim >= 0:
                return
            if not self.places.clients.exists():
                self.places.prepare(self._known_identity())
            try:
                claim = open_lock(self.places.clients)
                probe = open_lock(self.places.keeper)
            except OSError as error:
                raise StoreError(
                    f"The database directory {self.places.root} cannot be used: "
                    f"{error.strerror} ({error.filename}).",
                    "Give it to the user who runs Magnus, or set MAGNUS_HOME to one of theirs.",
                ) from error
            fcntl.flock(claim, fcntl.LOCK_SH)
            os.utime(claim)
            self._claim, self._keeper_probe = claim, probe

    def is_kept(self) -> bool:
        """Whether a keeper lives: two system calls, cheap enough for every use."""
        return self._keeper_probe >= 0 and is_held(self._keeper_probe)

    def ensure(self) -> None:
        """Have the server run again if it was lost. Proves it by a connection."""
        if not (self.is_kept() and self._answers()):
            self.claim()
            self._start()

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
        if not self.places.keeper.exists():
            return True
        probe = open_lock(self.places.server)
        try:
            until = time.monotonic() + timeout
            while is_held(probe):
                pid = pid_in(self.places.keeper)
                if pid is not None and is_keeper_of(pid, self.places.root):
                    with suppress(ProcessLookupError, PermissionError):
                        os.kill(pid, signal.SIGUSR1)
                if time.monotonic() > until or self._has_other_clients():
                    return False
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

    def _has_other_clients(self) -> bool:
        """Somebody holds the clients' lock shared: not exclusively (that is the keeper's end)."""
        probe = open_lock(self.places.clients)
        try:
            if is_held(probe):
                return False
            try:
                fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return not is_held(probe)
            return False
        finally:
            os.close(probe)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.conninfo()).close()
        except psycopg.OperationalError:
            return False
        return True

    def _start(self) -> None:
        places, identity = self.places, self._known_identity()
        places.prepare(identity)
        with holding(places.starting), ExitStack() as stack:
            keeper_lock, server_lock = open_lock(places.keeper), open_lock(places.server)
            stack.callback(os.close, keeper_lock)
            stack.callback(os.close, server_lock)
            for attempt in range(_ATTEMPTS):
                if is_held(keeper_lock) and self._wait_ready(keeper_lock):
                    return
                self._wait_gone(server_lock)
                programs = binaries.runnable_by(identity, beside=places.root)
                cluster.prepare(places, programs, identity)
                begin = self._spawn(programs, identity)
                if self._wait_ready(keeper_lock):
                    return
                said = _tail(places.log, begin)
                if not is_transient(said) or attempt == _ATTEMPTS - 1:
                    raise StoreError(*sentence_for(said, places.root))
                time.sleep(0.2 * (attempt + 1))

    def _spawn(self, programs: binaries.Binaries, identity: Identity) -> int:
        """Start a keeper that holds both locks from its first moment; where the log stands."""
        places = self.places
        with ExitStack() as stack:
            locks = [open_lock(places.keeper), open_lock(places.server)]
            for lock in locks:
                stack.callback(os.close, lock)
                fcntl.flock(lock, fcntl.LOCK_EX)  # others probe for an instant only
            begin = _trim(places.log)
            job = {
                "clients": str(places.clients),
                "log": str(places.log),
                "keeper_fd": locks[0],
                "uid": identity.uid if identity.dropped else None,
                "gid": identity.gid,
                "linger": self._linger,
                "command": cluster.command(programs, places, identity),
                "environment": cluster.environment(),
            }
            subprocess.run(
                [sys.executable, "-I", "-S", keeper.__file__, json.dumps(job)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=locks,
                start_new_session=True,
                cwd="/",
                check=True,
            )
        return begin

    def _wait_ready(self, keeper_lock: int) -> bool:
        """Wait until the server answers; False when its keeper is gone before it does."""
        began = said = time.monotonic()
        while True:
            if self._answers():
                return True
            if not is_held(keeper_lock):
                return False
            said = self._say("The database is starting or recovering", began, said)
            time.sleep(0.01 if time.monotonic() - began < 1 else 0.1)

    def _wait_gone(self, server_lock: int) -> None:
        """Wait for the rest of a server whose keeper was killed; it was told to stop, or is now."""
        began = said = time.monotonic()
        told = sys.platform == "linux"  # by the parent-death signal
        while is_held(server_lock):
            waited = time.monotonic() - began
            pid = pid_in(self.places.data / "postmaster.pid")
            if (not told or waited > 2) and pid and is_server_of(pid, self.places.data):
                told = True
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGINT)
            said = self._say("An earlier database server is still stopping", began, said)
            time.sleep(0.01 if waited < 1 else 0.1)

    def _say(self, what: str, began: float, said: float) -> float:
        now = time.monotonic()
        if now - said < _SAY_EVERY:
            return said
        last = _tail(self.places.log, -400).strip().rsplit("\n", 1)[-1]
        self._progress(f"{what} ({now - began:.0f} s): {last}")
        return now


def _tail(log: Path, begin: int) -> str:
    try:
        with log.open("rb") as file:
            file.seek(*((begin, os.SEEK_END) if begin < 0 else (begin,)))
            return file.read()[-20_000:].decode(errors="replace")
    except OSError:
        return ""


def _trim(log: Path) -> int:
    """Put a grown log aside, keeping one; returns where new lines will begin."""
    try:
        size = log.stat().st_size
    except FileNotFoundError:
        return 0
    if size < _LOG_LIMIT:
        return size
    log.replace(log.with_suffix(".log.1"))
    return 0
