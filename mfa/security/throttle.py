"""Guessing is slowed: after a few failures in a row each next attempt waits twice as long.

An attempt is counted before it is looked at, so that a hundred at once are no hundred guesses. One
that comes too early is refused with the time to wait; no thread is held. A delay ends at fifteen
minutes: who knows a name may annoy its person, not lock them out for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError
from mfa.store.delays import DelayRepository

ACCOUNT: Final = "account"
ADDRESS: Final = "address"
SECOND_FACTOR: Final = "second_factor"
FREE: Final[Mapping[str, int]] = {ACCOUNT: 3, ADDRESS: 10, SECOND_FACTOR: 3}
"""Failures in a row that cost nothing. Several people may share an address."""
LONGEST: Final = timedelta(minutes=15)
FORGOTTEN: Final = timedelta(hours=24)


class TooSoon(InputError):  # noqa: N818 - the state it tells of is its name
    """There were too many failed attempts; `wait` is how long the next one is refused."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        seconds = int(wait.total_seconds()) + 1
        shown = f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} minutes"
        super().__init__("Too many failed attempts.", f"Try again in {shown}.")


class Throttle:
    """Safe from any thread and process; `clock` is the real time."""

    def __init__(self, repository: DelayRepository, clock: Clock) -> None:
        self._repository, self._clock = repository, clock

    def attempt(self, **tried: str) -> None:
        """Count one attempt, as if it failed: `account=`, `address=`, `second_factor=`.
        `TooSoon` where it must wait."""
        wait = self._repository.take(tried, self._clock.now(), delay_after, FORGOTTEN)
        if wait is not None:
            raise TooSoon(wait)

    def succeeded(self, **tried: str) -> None:
        """Its failures are forgotten. Say so of an account and a factor, never of an address: one
        account of one's own would clear the guesses at the others."""
        for kind, name in tried.items():
            self._repository.forget(kind, name)


def delay_after(kind: str, failures: int) -> timedelta:
    """How long the next attempt waits: 0, then 1, 2, 4 ... seconds."""
    beyond = failures - FREE[kind]
    if beyond < 0:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(beyond, 20)), LONGEST)
