"""Proof of life: a session that holds the advisory lock of this engine's id.

The session can be lost with the database; it is then made anew and the lock taken again, and the
turns go on. Whoever gets the lock of another engine knows that that engine is gone.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
from collections.abc import Callable
from typing import Final

import psycopg

from mfa.kernel.logs import get_logger
from mfa.store.database import Database
from mfa.store.turn_records import Owner, Suspect
from mfa.turns.patience import LOST

log = get_logger(__name__)

GRACE: Final = 5.0
"""Seconds after a start of the database in which living engines take their locks again."""
_TICK: Final = 0.5


def new_owner() -> Owner:
    return Owner(id=secrets.randbits(62), host=socket.gethostname(), pid=os.getpid())


def may_be_dead(suspect: Suspect, here: Owner) -> bool:
    """Whether to try the lock: not while a living process may be about to take it again."""
    if suspect.server_age >= GRACE:
        return True
    if suspect.pid is None or suspect.host != here.host:
        return False
    return not _process_exists(suspect.pid)


def _process_exists(pid: int) -> bool:
    if sys.platform == "win32":
        return True  # signal 0 is a Ctrl-C there; the grace alone decides
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Ownership:
    """Holds the lock on a thread of its own and calls `sweep` every half second beside it."""

    def __init__(self, database: Database, owner: Owner, *, sweep: Callable[[], object]) -> None:
        self._database, self._owner, self._sweep = database, owner, sweep
        self._session: psycopg.Connection | None = None
        self._stop = threading.Event()
        self._take()
        self._thread = threading.Thread(target=self._keep, name="turn-owner", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Give the lock back."""
        self._stop.set()
        self._thread.join()
        self._drop()

    def _take(self) -> None:
        """A session with the lock. A lost database is restarted by the store's own connection."""
        self._database.reach()
        session = psycopg.connect(self._database.conninfo, autocommit=True)
        row = session.execute("SELECT pg_try_advisory_lock(%s)", (self._owner.id,)).fetchone()
        if row is not None and row[0]:
            self._session = session
        else:
            session.close()  # someone is just looking whether we live: try again at the next tick

    def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _keep(self) -> None:
        while not self._stop.wait(_TICK):
            try:
                if self._session is None:
                    self._take()
                else:
                    self._session.execute("SELECT 1")
                self._sweep()
            except LOST as error:
                log.warning("turns.owner_session_lost", error=str(error))
                self._drop()
            except Exception:
                log.exception("turns.sweep_failed")
