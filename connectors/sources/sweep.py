"""Many questions to vendors whose limits are counted by the minute, for scans of many companies.

Who asks gets what is known within a moment; the rest is asked in the background, as fast as the
vendors' limits allow while leaving room for a person's own questions, and is there at the next
asking. Questions about few companies are a person's own: they go first, wait for no room, and may
take longer. What nobody has asked for in a while is not asked for any more. Nothing is lost
silently: the asker is told what is still missing.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from threading import Condition, Thread
from typing import Any, Final, TypeVar

from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Failed, FailureKind, Outcome

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

KEPT: Final = 900.0
"""Seconds for which an answer is good enough for a scan: its own time stands on it."""
WANTED: Final = 120.0
"""Seconds after the last asking for which the background goes on."""
FAILED: Final = 30.0
"""Seconds for which a failure is an answer."""
FEW: Final = 10
_THREADS: Final = 4
_BREATH: Final = 0.5
_LONGEST_PAUSE: Final = 60.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A question in the queue: how to ask it, until when, and not before which moment."""

    work: Callable[[], Outcome[Any]]
    until: float
    urgent: bool
    after: float = 0.0


class Sweep:
    """`has_room` says whether the vendors could take more questions now. `close` it.

    An asking waits for `seconds`; one about few companies (`FEW`) for `patience`.
    """

    def __init__(
        self,
        *,
        seconds: float,
        has_room: Callable[[], bool],
        patience: float | None = None,
        size: int = 4096,
    ) -> None:
        self._seconds, self._has_room, self._size = seconds, has_room, size
        self._patience = seconds if patience is None else patience
        self._changed = Condition()
        self._queue: OrderedDict[Hashable, _Wanted] = OrderedDict()
        self._asking: set[Hashable] = set()
        self._known: OrderedDict[Hashable, tuple[float, Outcome[Any]]] = OrderedDict()
        self._hired = 0
        self._closed = False

    def ask(self, keys: Sequence[K], work: Callable[[K], Outcome[T]]) -> dict[K, Outcome[T]]:
        """What is known of `keys` within the sweep's seconds; those missing are under way."""
        now = time.monotonic()
        urgent = len(keys) <= FEW
        with self._changed:
            for key in keys:
                self._want(key, lambda key=key: work(key), now, urgent=urgent)  # type: ignore[misc]
            self._changed.notify_all()
            seconds = self._patience if urgent else self._seconds
            self._changed.wait_for(lambda: self._all_known(keys), timeout=seconds)
            now = time.monotonic()
            known = {key: self._fresh(key, now) for key in keys}
        return {key: outcome for key, outcome in known.items() if outcome is not None}

    def forget(self) -> None:
        """Ask anew: the sources changed."""
        with self._changed:
            self._known.clear()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._queue.clear()
            self._changed.notify_all()

    def _want(
        self, key: Hashable, work: Callable[[], Outcome[Any]], now: float, *, urgent: bool
    ) -> None:
        if self._fresh(key, now) is not None or key in self._asking:
            return
        queued = self._queue.get(key)
        after = queued.after if queued is not None else 0.0
        self._queue[key] = _Wanted(work, now + WANTED, urgent, after)
        if self._hired < _THREADS and not self._closed:
            self._hired += 1
            Thread(target=self._run, name=f"sweep-{self._hired}", daemon=True).start()

    def _fresh(self, key: Hashable, now: float) -> Outcome[Any] | None:
        known = self._known.get(key)
        return known[1] if known is not None and now < known[0] else None

    def _all_known(self, keys: Sequence[Hashable]) -> bool:
        now = time.monotonic()
        return self._closed or all(self._fresh(key, now) is not None for key in keys)

    def _run(self) -> None:
        while (taken := self._next()) is not None:
            key, wanted = taken
            try:
                outcome = wanted.work()
            except Exception as error:
                log.exception("sweep.raised")
                outcome = Failed(
                    FailureKind.BAD_DATA, f"Its answer broke ({type(error).__name__})."
                )
            self._learn(key, wanted, outcome)

    def _next(self) -> tuple[Hashable, _Wanted] | None:
        """The next question that may be asked now; None at the end. Waits."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for over in [k for k, wanted in self._queue.items() if wanted.until < now]:
                    del self._queue[over]
                ready = [k for k, wanted in self._queue.items() if wanted.after <= now]
                urgent = next((k for k in ready if self._queue[k].urgent), None)
                key = urgent if urgent is not None else next(iter(ready), None)
                if key is not None and (urgent is not None or self._has_room()):
                    self._asking.add(key)
                    return key, self._queue.pop(key)
                self._changed.wait(_BREATH if self._queue else None)
            return None

    def _learn(self, key: Hashable, wanted: _Wanted, outcome: Outcome[Any]) -> None:
        now = time.monotonic()
        with self._changed:
            self._asking.discard(key)
            if isinstance(outcome, Failed) and outcome.kind is FailureKind.RATE_LIMITED:
                pause = outcome.retry_after.total_seconds() if outcome.retry_after else _BREATH
                after = now + min(max(pause, _BREATH), _LONGEST_PAUSE)
                self._queue[key] = replace(wanted, after=after)
                return
            seconds = FAILED if isinstance(outcome, Failed) else KEPT
            self._known[key] = (now + seconds, outcome)
            self._known.move_to_end(key)
            while len(self._known) > self._size:
                self._known.popitem(last=False)
            self._changed.notify_all()
