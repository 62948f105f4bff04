"""Answers of a source, kept for a moment, and one question at a time for each of them.

Features ask the same things within the same second (a dashboard asks for the quotes of the account
five times); a vendor's limit is counted in requests. Failures are not kept. What is kept carries
its own time, so an answer that is served again does not look newer than it is.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar

from mfa.kernel.outcome import Failed, Outcome

T = TypeVar("T")


class Memory:
    """At most `size` answers, the longest unused leave first. Thread-safe."""

    def __init__(self, size: int = 4096, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._clock = size, clock
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, tuple[float, Outcome[Any]]] = OrderedDict()
        self._asking: dict[Hashable, Future[Outcome[Any]]] = {}

    def get(self, key: Hashable, seconds: float, ask: Callable[[], Outcome[T]]) -> Outcome[T]:
        """The answer of the last `seconds`, or that of `ask`, which equal questions share."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and self._clock() < kept[0]:
                self._kept.move_to_end(key)
                return kept[1]
            under_way = self._asking.get(key)
            if under_way is None:
                mine: Future[Outcome[Any]] = Future()
                self._asking[key] = mine
        if under_way is not None:
            return under_way.result()
        try:
            outcome = ask()
        except BaseException as error:
            self._done(key)
            mine.set_exception(error)
            raise
        self._done(key, outcome, seconds)
        mine.set_result(outcome)
        return outcome

    def forget(self) -> None:
        """Everything: the sources changed."""
        with self._lock:
            self._kept.clear()

    def _done(
        self, key: Hashable, outcome: Outcome[Any] | None = None, seconds: float = 0.0
    ) -> None:
        with self._lock:
            del self._asking[key]
            if outcome is None or isinstance(outcome, Failed):
                return
            self._kept[key] = (self._clock() + seconds, outcome)
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
