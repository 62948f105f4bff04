"""A circuit breaker: a source that keeps failing is left alone for a while.

Own code, because the maintained ones do not fit: pybreaker holds its lock for as long as a call
runs, so that one slow answer stops all others; purgatory's synchronous breaker sends each event
through a message bus and lets any number of callers probe a half-open source at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from threading import Lock
from typing import Final

TOLERATED: Final = 5
"""Failures in a row after which the breaker opens."""
FIRST_REST: Final = 10.0
LONGEST_REST: Final = 160.0


class BreakerState(StrEnum):
    CLOSED = "closed"
    """Requests pass."""
    OPEN = "open"
    """None passes."""
    HALF_OPEN = "half_open"
    """One passes, to see."""


class Breaker:
    """Opens after `tolerated` failures in a row; each failed probe doubles the rest. Seconds.

    No lock is held while a request runs.
    """

    def __init__(
        self,
        *,
        tolerated: int = TOLERATED,
        rest: float = FIRST_REST,
        longest: float = LONGEST_REST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tolerated, self._first, self._longest, self._clock = tolerated, rest, longest, clock
        self._lock = Lock()
        self._failures = 0
        self._rest = rest
        self._open_until: float | None = None
        self._probe_until: float | None = None

    @property
    def state(self) -> BreakerState:
        with self._lock:
            if self._open_until is None:
                return BreakerState.CLOSED
            return BreakerState.OPEN if self._pause() > 0 else BreakerState.HALF_OPEN

    def pause(self) -> float:
        """Seconds for which a request would be refused; zero when one may pass."""
        with self._lock:
            return self._pause()

    def enter(self, lease: float) -> bool:
        """Whether a request may go out now. A probe keeps others out for `lease` seconds."""
        with self._lock:
            if self._open_until is None:
                return True
            if self._pause() > 0:
                return False
            self._probe_until = self._clock() + lease
            return True

    def succeeded(self) -> None:
        """The source answered, whatever it answered."""
        with self._lock:
            self._failures, self._rest = 0, self._first
            self._open_until = self._probe_until = None

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._probe_until is not None:
                self._rest = min(2.0 * self._rest, self._longest)
            elif self._open_until is not None or self._failures < self._tolerated:
                return
            self._probe_until = None
            self._open_until = self._clock() + self._rest

    def _pause(self) -> float:
        if self._open_until is None:
            return 0.0
        now = self._clock()
        return max(self._open_until - now, (self._probe_until or now) - now, 0.0)
