"""Storing answers off the answering path: collected for a second, the latest of each question
stored, in one transaction. What waits is bounded; a kill loses that second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Condition, Thread
from typing import Final

import psycopg

from connectors.base import Result
from mfa.data.outcomes import answer_to_text
from mfa.kernel.errors import StoreError
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Found
from mfa.store.last_known import LastKnown, LastKnownRepository, Name

_COLLECT: Final = 1.0
_RETRY: Final = 5.0
_MOST: Final = 1000
_LONGEST_TEXT: Final = 1 << 20
_PRUNE_EVERY: Final = 3600.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row without its text, and the answer that becomes the text; None for an absence."""

    row: LastKnown
    answer: Found[Result] | None


class LateWriter:
    """One thread, begun with the first answer. What is older than `longest` it throws away."""

    def __init__(
        self, repository: LastKnownRepository, now: Callable[[], datetime], longest: timedelta
    ) -> None:
        self._repository, self._now, self._longest = repository, now, longest
        self._changed = Condition()
        self._waiting: dict[Name, Waiting] = {}
        self._closing = False
        self._thread: Thread | None = None

    def put(self, each: Waiting) -> None:
        """Returns at once. When too many wait, the one that has waited longest is given up."""
        with self._changed:
            if self._closing:
                return
            self._waiting.pop(each.row.name, None)
            self._waiting[each.row.name] = each
            if len(self._waiting) > _MOST:
                del self._waiting[next(iter(self._waiting))]
            if self._thread is None:
                self._thread = Thread(target=self._run, name="late-writer", daemon=True)
                self._thread.start()
            self._changed.notify()

    def waiting(self, name: Name) -> Waiting | None:
        """What is not stored yet."""
        with self._changed:
            return self._waiting.get(name)

    def close(self, wait: float) -> None:
        """Store what is waiting, for `wait` seconds at most."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(wait)

    def _run(self) -> None:
        pruned = float("-inf")
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                self._changed.wait_for(lambda: self._closing, _COLLECT)
                closing, batch = self._closing, tuple(self._waiting.values())
            try:
                self._repository.keep(_rows(batch))
                if not closing and time.monotonic() - pruned > _PRUNE_EVERY:
                    self._repository.prune(self._now(), self._longest)
                    pruned = time.monotonic()
            except (psycopg.Error, StoreError) as error:
                log.warning("last_known.not_stored", values=len(batch), exc_info=error)
                with self._changed:
                    self._changed.wait_for(lambda: self._closing, _RETRY)
            else:
                self._stored(batch)
            if closing:
                return

    def _stored(self, batch: Iterable[Waiting]) -> None:
        with self._changed:
            for each in batch:
                if self._waiting.get(each.row.name) is each:
                    del self._waiting[each.row.name]


def _rows(batch: Iterable[Waiting]) -> list[LastKnown]:
    """In one order for all writers, so that two of them never wait for each other."""
    rows = []
    for each in batch:
        text = None if each.answer is None else answer_to_text(each.answer)
        if text is None or len(text) <= _LONGEST_TEXT:
            rows.append(replace(each.row, answer=text))
    return sorted(rows, key=lambda row: row.name)
