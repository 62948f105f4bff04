"""Single flight: while a question is on its way, equal questions wait for the same answer.

A flight that everybody has given up on is called back if it has not started; once started it is
left to finish, and its answer may still fill the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from mfa.data.keys import Key
from mfa.data.workers import Workers

L = TypeVar("L")
T = TypeVar("T")


@dataclass(slots=True)
class Flight(Generic[L]):
    """A fetch under way. `kept` flights are finished even if nobody waits."""

    future: Future[L]
    waiting: int
    kept: bool


class Flights(Generic[L]):
    """The fetches now under way, at most one per key."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._lock = Lock()
        self._flights: dict[Key, Flight[L]] = {}

    def __len__(self) -> int:
        with self._lock:
            return len(self._flights)

    def join_or_start(
        self,
        key: Key,
        fetch: Callable[[], L],
        *,
        already: Callable[[], T | None],
        keep: bool = False,
    ) -> tuple[Flight[L], bool] | T:
        """The flight for `key` and whether it was there before; or what `already` found.

        `fetch` puts its answer where `already` looks before its flight ends, and `already` is asked
        only when there is no flight, so that no answer falls between the two. `WorkersClosed` when
        they are.
        """
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                flight.waiting += not keep
                return flight, True
            found = already()
            if found is not None:
                return found
            flight = Flight(Future(), waiting=int(not keep), kept=keep)
            flight.future = self._workers.submit(lambda: self._landing(key, flight, fetch))
            self._flights[key] = flight
            return flight, False

    def wait(self, key: Key, flight: Flight[L], seconds: float) -> L | None:
        """What it brought, or None when that did not come in time."""
        try:
            return flight.future.result(max(0.0, seconds))
        except (TimeoutError, CancelledError):
            return None
        finally:
            self._leave(key, flight)

    def _leave(self, key: Key, flight: Flight[L]) -> None:
        with self._lock:
            flight.waiting -= 1
            if flight.waiting == 0 and not flight.kept and flight.future.cancel():
                self._forget(key, flight)

    def _landing(self, key: Key, flight: Flight[L], fetch: Callable[[], L]) -> L:
        try:
            return fetch()
        finally:
            with self._lock:
                self._forget(key, flight)

    def _forget(self, key: Key, flight: Flight[L]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
