"""A token bucket from a vendor's documented limit, corrected by what the vendor says itself.

Callers reserve: a token may be promised for a moment to come, so that a short wait inside the
deadline replaces a refusal. Own code: the maintained limiters block or refuse, and none can be told
what the vendor's headers say is left.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock


class TokenBucket:
    """`burst` tokens at most, refilled at `per_minute`. Moments are of `clock`; thread-safe."""

    def __init__(
        self, *, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._clock = per_minute / 60.0, float(burst), clock
        self._lock = Lock()
        self._tokens, self._at = float(burst), clock()
        self._closed_until = 0.0

    def reserve(self, until: float) -> float | None:
        """Take one token. Seconds to wait before using it; None when not to be had by `until`."""
        with self._lock:
            now = self._refill()
            wait = self._wait(now)
            if now + wait > until:
                return None
            self._tokens -= 1.0
            return wait

    def next_in(self) -> float:
        """Seconds until the next token is free."""
        with self._lock:
            return self._wait(self._refill())

    def left(self) -> int:
        """Tokens free now."""
        with self._lock:
            now = self._refill()
            return 0 if now < self._closed_until else max(0, int(self._tokens))

    def close_for(self, seconds: float) -> None:
        """Give nothing out for so long: the vendor said so."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._clock() + seconds)

    def observe(self, remaining: int, reset_in: float) -> None:
        """The vendor says that `remaining` requests are left for `reset_in` seconds."""
        with self._lock:
            now = self._refill()
            self._tokens = min(self._tokens, float(remaining))
            if remaining <= 0 and 0.0 < reset_in <= 120.0:
                self._closed_until = max(self._closed_until, now + reset_in)

    def _refill(self) -> float:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        return now

    def _wait(self, now: float) -> float:
        short = max(0.0, 1.0 - self._tokens) / self._rate
        return max(short, self._closed_until - now, 0.0)
