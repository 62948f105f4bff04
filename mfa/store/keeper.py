"""The keeper: a small process that owns the database server and lets it live while it is used.

Started by file name with `python -I -S`, so it imports the standard library and nothing else; it
never touches the data. It is the server's parent. It holds the `keeper` lock by being alive; the
server and all its children hold the `server` lock the same way. Clients hold `clients` shared:
when the keeper can take it exclusively, nobody is left, and after a grace the server is stopped,
the keeper still holding the lock so that a newcomer waits for a clean end. When the server dies
the keeper ends too: the next client starts both. When the keeper is killed, Linux tells the server
to stop (the parent-death signal); elsewhere the next client notices the free lock and stops it.

It never kills: a server that recovers or shuts down is given the time it needs.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import sys
import time
from typing import Any

TICK = 0.5
"""Seconds between looks at the clients' lock; the server's death is noticed at once."""
_PR_SET_PDEATHSIG = 1
_HEEDED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)


class Keeper:
    """One server, one directory."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.heard: set[int] = set()
        self.clients = os.open(job["clients"], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.server = 0
        self.stopping = False
        self.hurry = False
        self.idle_since: float | None = None
        self.ears, self.mouth = os.pipe()
        os.set_blocking(self.ears, False)
        os.set_blocking(self.mouth, False)

    def run(self) -> None:
        signal.set_wakeup_fd(self.mouth, warn_on_full_buffer=False)
        for number in _HEEDED:
            signal.signal(number, lambda heard, _frame: self.heard.add(heard))
        self.server = self.start()
        while not self.ended():
            heard, self.heard = self.heard, set()
            if heard & {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}:
                self.stop()
            self.hurry = self.hurry or signal.SIGUSR1 in heard
            if not self.stopping and self.deserted():
                self.stop()
            if select.select([self.ears], [], [], TICK)[0]:
                os.read(self.ears, 512)

    def start(self) -> int:
        prctl = _prctl()
        mine = os.getpid()
        child = os.fork()
        if child:
            return child
        try:
            signal.set_wakeup_fd(-1)
            for number in (*_HEEDED, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            os.close(self.job["keeper_fd"])
            if self.job["uid"] is not None:
                os.setgroups([])
                os.setgid(self.job["gid"])
                os.setuid(self.job["uid"])
            # After the change of user, which would clear it.
            if prctl is not None:
                prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
                if os.getppid() != mine:
                    os._exit(1)
            command, environment = self.job["command"], self.job["environment"]
            os.execve(command[0], command, environment)  # noqa: S606 - no shell is the point
        except OSError as error:
            os.write(2, f"FATAL:  the server could not be started: {error}\n".encode())
        os._exit(1)

    def ended(self) -> bool:
        return os.waitpid(self.server, os.WNOHANG)[0] == self.server

    def stop(self) -> None:
        """Fast shutdown: sessions are cut, what they committed is safe, a checkpoint is made."""
        self.stopping = True
        os.kill(self.server, signal.SIGINT)

    def deserted(self) -> bool:
        """Whether nobody has used the server for the grace; then the clients' lock is kept."""
        try:
            fcntl.flock(self.clients, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.idle_since, self.hurry = None, False
            return False
        now = time.monotonic()
        if self.idle_since is None:
            self.idle_since = now
        # A client that came and went between two looks left its time on the file.
        since_visit = time.time() - os.fstat(self.clients).st_mtime
        idle = now - self.idle_since
        if 0 <= since_visit < idle:
            idle = since_visit
        if self.hurry or idle >= self.job["linger"]:
            return True
        fcntl.flock(self.clients, fcntl.LOCK_UN)
        return False


def _prctl() -> Any:
    if sys.platform != "linux":
        return None
    try:
        import ctypes  # noqa: PLC0415 - absent from some minimal Pythons

        return ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return None


def main() -> None:
    job = json.loads(sys.argv[1])
    if os.fork():  # the application waits for this one only: no zombie of its own
        os._exit(0)
    os.chdir("/")
    os.umask(0o077)
    log = os.open(job["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.ftruncate(job["keeper_fd"], 0)
    os.pwrite(job["keeper_fd"], str(os.getpid()).encode(), 0)
    Keeper(job).run()


if __name__ == "__main__":
    main()
