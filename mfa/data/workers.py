"""A bounded crew of daemon threads.

The standard executor joins its threads at interpreter exit, so one source that never answers would
keep the whole program from ending. These threads are daemons: work that hangs is left behind.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, TypeVar

R = TypeVar("R")
_Task = tuple["Future[Any]", Callable[[], Any]]


class WorkersClosed(RuntimeError):  # noqa: N818 - a state, not a fault
    """Work was handed to a crew that has gone home."""


class Workers:
    """At most `size` tasks run at once; the rest wait in order."""

    def __init__(self, size: int, name: str) -> None:
        self._size, self._name = size, name
        self._queue: SimpleQueue[_Task | None] = SimpleQueue()
        self._lock = Lock()
        self._threads: list[Thread] = []
        self._pending = 0
        self._closed = False

    def submit(self, work: Callable[[], R]) -> Future[R]:
        """Run `work` when a thread is free. `WorkersClosed` after `close`."""
        future: Future[R] = Future()
        with self._lock:
            if self._closed:
                raise WorkersClosed(self._name)
            self._pending += 1
            if self._pending > len(self._threads) < self._size:
                self._hire()
            self._queue.put((future, work))
        return future

    def close(self, wait: float = 0.0) -> None:
        """Take no more work; give what is running `wait` seconds, then leave it behind."""
        with self._lock:
            self._closed = True
            threads = tuple(self._threads)
        for _ in threads:
            self._queue.put(None)
        until = monotonic() + wait
        for thread in threads:
            thread.join(max(0.0, until - monotonic()))

    def _hire(self) -> None:
        number = len(self._threads) + 1
        thread = Thread(target=self._run, name=f"{self._name}-{number}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self) -> None:
        while (task := self._queue.get()) is not None:
            future, work = task
            if future.set_running_or_notify_cancel():
                try:
                    result = work()
                except BaseException as error:  # noqa: BLE001 - handed to whoever waits
                    future.set_exception(error)
                else:
                    future.set_result(result)
            del task, future, work
            with self._lock:
                self._pending -= 1
