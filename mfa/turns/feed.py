"""The events of a turn that runs in this process, for those who follow it here.

Holds only what is already committed; a follower that comes late or in another process reads the
same events from the database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from mfa.kernel.errors import MagnusError
from mfa.store.turn_records import EventKind, TurnEvent


class Feed:
    """Stored events in order, and the word that no more will come. Safe from any thread."""

    def __init__(self) -> None:
        self._events: list[TurnEvent] = []
        self._closed = False
        self._error: MagnusError | None = None
        self._changed = threading.Condition()

    def add(self, events: Iterable[TurnEvent]) -> None:
        """Append what is new. Events of one turn are added by one thread at a time."""
        with self._changed:
            for event in events:
                if event.seq == len(self._events) + 1:
                    self._events.append(event)
            self._changed.notify_all()

    def close(self, error: MagnusError | None = None) -> None:
        """No more events: the turn ended, or `error` says why nobody can know."""
        with self._changed:
            self._closed = True
            self._error = error
            self._changed.notify_all()

    @property
    def last(self) -> int:
        return len(self._events)

    def summary(self) -> tuple[str, str]:
        """The intent and the last event's kind, as far as they are known: for the metrics."""
        with self._changed:
            understood = [e for e in self._events if e.kind is EventKind.UNDERSTOOD]
            intent = str(understood[-1].payload["intent"]) if understood else "unknown"
            return intent, self._events[-1].kind.value if self._events else "unknown"

    def after(self, seq: int, timeout: float) -> tuple[list[TurnEvent], bool]:
        """Events later than `seq`, waiting up to `timeout` seconds for one; whether it is over.

        Raises the error the feed was closed with once everything before it has been read.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._events) > seq, timeout)
            events = self._events[seq:]
            if self._closed and not events and self._error is not None:
                raise self._error
            return events, self._closed


class Cancellation:
    """Tells a waiting thread that its turn is over. Safe from any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._callbacks: list[Callable[[], object]] = []
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return self._event.is_set()

    def cancel(self) -> None:
        with self._lock:
            self._event.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], object]) -> None:
        """Call `callback` at the cancellation; at once when that has been."""
        with self._lock:
            if not self._event.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def wait(self, seconds: float) -> bool:
        return self._event.wait(seconds)
