"""One question put on a thread of its own, so that whoever waits can stop waiting.

A source that hangs keeps its thread and nothing else: not a worker, not the exit of the process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Generic, TypeVar

T = TypeVar("T")


class Asking(Generic[T]):
    """`ask()` under way."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._answer: T | None = None
        self._error: BaseException | None = None
        self._wake = threading.Event()
        self.done = False
        run = copy_context().run  # the thread works for whom its maker works for
        threading.Thread(target=run, args=(self._run,), name="turn-step", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Whether it is done; waits until it is, until `stop_waiting`, or for `seconds`."""
        self._wake.wait(seconds)
        return self.done

    def stop_waiting(self) -> None:
        self._wake.set()

    def answer(self) -> T:
        """What `ask` returned, or what it raised. Only after it is done."""
        if self._error is not None:
            raise self._error
        return self._answer  # type: ignore[return-value]  # set by then

    def _run(self) -> None:
        try:
            self._answer = self._ask()
        except BaseException as error:  # noqa: BLE001 - raised again where the answer is read
            self._error = error
        self.done = True
        self._wake.set()
