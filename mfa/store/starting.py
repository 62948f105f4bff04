"""Starting the server of one directory: one process at a time, with the patience recovery needs.

It waits as long as a server is alive and working, and says every few seconds what it waits for.
It gives up only when the server itself gave up, with the server's reason in a sentence.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mfa.kernel.errors import StoreError
from mfa.store import binaries, cluster, keeper
from mfa.store.diagnosis import is_transient, sentence_for
from mfa.store.identity import Identity
from mfa.store.locks import holding, is_held, open_lock
from mfa.store.places import Places
from mfa.store.processes import is_server_of, pid_in

_LOG_LIMIT: Final = 4_000_000
_ATTEMPTS: Final = 5
_SAY_EVERY: Final = 5.0
_SOON: Final = 0.01
_LATER: Final = 0.1


@dataclass(frozen=True, slots=True)
class Start:
    """What starting needs to know; `answers` says whether a connection succeeds."""

    places: Places
    identity: Identity
    linger: float
    answers: Callable[[], bool]
    progress: Callable[[str], None]

    def run(self) -> None:
        """Have the server answer, whoever starts it. `StoreError` when it cannot."""
        places = self.places
        places.prepare(self.identity)
        with holding(places.starting), ExitStack() as stack:
            keeper_lock, server_lock = open_lock(places.keeper), open_lock(places.server)
            stack.callback(os.close, keeper_lock)
            stack.callback(os.close, server_lock)
            said = ""
            for attempt in range(_ATTEMPTS):
                if is_held(keeper_lock) and self._wait_ready(keeper_lock):
                    return
                self._wait_gone(server_lock)
                programs = binaries.runnable_by(self.identity, beside=places.root)
                cluster.prepare(places, programs, self.identity)
                begin = self._spawn(programs)
                if self._wait_ready(keeper_lock):
                    return
                said = _read_log(places.log, begin)
                if not is_transient(said):
                    break
                time.sleep(_LATER * (attempt + 1))
            raise StoreError(*sentence_for(said, places.root))

    def _spawn(self, programs: binaries.Binaries) -> int:
        """Start a keeper that holds both locks from its first moment; where the log stands."""
        places, identity = self.places, self.identity
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
                "linger": self.linger,
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
            if self.answers():
                return True
            if not is_held(keeper_lock):
                return False
            said = self._say("The database is starting or recovering", began, said)
            time.sleep(_SOON if time.monotonic() - began < 1 else _LATER)

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
            time.sleep(_SOON if waited < 1 else _LATER)

    def _say(self, what: str, began: float, said: float) -> float:
        now = time.monotonic()
        if now - said < _SAY_EVERY:
            return said
        with suppress(OSError):
            size = self.places.log.stat().st_size
            last = _read_log(self.places.log, max(size - 400, 0)).strip().rsplit("\n", 1)[-1]
            self.progress(f"{what} ({now - began:.0f} s). {last}")
        return now


def _read_log(log: Path, begin: int) -> str:
    try:
        with log.open("rb") as file:
            file.seek(begin)
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
