"""One page per home: who serves it, and where.

The one that serves holds a lock on a file in the home for as long as it lives; the system lets go
of it however the process ends, so what a killed one left behind is no obstacle. The file's content
is only where to look: whether somebody is there is asked of the lock and of the address itself.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from mfa.kernel.errors import ConfigurationError, MagnusError

try:
    import fcntl
except ImportError as error:
    raise ConfigurationError(
        "Magnus runs on Linux and macOS.", "On Windows, run it inside WSL."
    ) from error

FILE_NAME: Final = "page.lock"
HEALTH: Final = "/_stcore/health"
_POLL_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Running:
    """A page that is served: by which process, in which mode, at which address."""

    pid: int
    address: str
    port: int
    mode: str

    @property
    def url(self) -> str:
        return page_url(self.address, self.port)

    def answers(self) -> bool:
        """Whether the page's own health check says that it is up."""
        connection = http.client.HTTPConnection(_reachable(self.address), self.port, timeout=1)
        try:
            connection.request("GET", HEALTH)
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def page_url(address: str, port: int) -> str:
    """The address as one types it into a browser on this machine."""
    host = _reachable(address)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _reachable(address: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104 - compared only


class PageLock:
    """Held by the process that serves this home's page."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle

    @classmethod
    def take(cls, home: Path) -> PageLock | None:
        """The lock, or None when another process holds it."""
        path = home / FILE_NAME
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be written: {error.strerror}.") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        lock = cls(path, handle)
        lock._write(b"")
        return lock

    def announce(self, running: Running) -> None:
        """Say where the page is, for whoever comes second."""
        self._write(json.dumps(asdict(running)).encode())

    def release(self) -> None:
        self._write(b"")
        os.close(self._handle)

    def _write(self, content: bytes) -> None:
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, content, 0)


def claim(home: Path, *, patience: float = 30.0) -> PageLock | Running:
    """The lock when nobody serves this home, else the page that another process serves.

    Waits up to `patience` seconds for one that is just starting or stopping; `MagnusError` when
    the holder of the lock never comes to answer.
    """
    until = time.monotonic() + patience
    while True:
        lock = PageLock.take(home)
        if lock is not None:
            return lock
        running = _read(home)
        if running is not None and running.answers():
            return running
        if time.monotonic() >= until:
            who = f" (process {running.pid})" if running is not None else ""
            raise MagnusError(
                f"Another Magnus{who} holds {home} but its page does not answer.",
                "Stop that process and try again.",
            )
        time.sleep(_POLL_SECONDS)


def _read(home: Path) -> Running | None:
    try:
        content = json.loads((home / FILE_NAME).read_text(encoding="utf-8"))
        return Running(**content)
    except (OSError, ValueError, TypeError):
        return None
