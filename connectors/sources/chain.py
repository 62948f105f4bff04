"""An ordered chain of sources: the first that has an answer gives it; the others are not hidden.

The rules. A source that finds nothing, or fails, passes the question on at once. One that is silent
keeps it for its share of the time that is left; then the next is asked beside it, and the answer is
that of the earliest in the order that has found something by then. So an early source that hangs
costs its share, never the whole deadline. One that could not be reached a moment ago, and has not
answered anything since, rests for a few seconds: its last failure is said again without asking.
What an answer's provenance says: who answered, and why those before did not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock
from typing import Final, Generic, TypeVar

from connectors.sources.reasons import together, with_reasons
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome

S = TypeVar("S")
T = TypeVar("T")

REST: Final = 3.0
"""Seconds for which a source that could not be reached is not asked again."""
ALIVE: Final = 10.0
"""A source that answered anything so many seconds ago is not made to rest for one late answer."""
THREADS: Final = 32
_UNHEARD: Final = frozenset({FailureKind.TIMEOUT, FailureKind.UNAVAILABLE})
_CLOSED: Final = Failed(FailureKind.UNAVAILABLE, "Magnus is shutting down.")

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Generic[S]):
    """One source of a chain. `source` opens it if need be, or says why it cannot be asked.

    `is_idle`: whether one request more now would cost it next to nothing.
    """

    title: str
    source: Callable[[], S | Failed]
    is_idle: Callable[[], bool] = lambda: False


@dataclass(slots=True)
class _Pulse:
    """When a source was last heard, and how it failed since. Moments of `time.monotonic`."""

    heard: float = float("-inf")
    failed: float = float("-inf")
    failure: Failed | None = None


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """The chain's answer; `witness` is a later source's answer under way, where one was asked."""

    outcome: Outcome[T]
    witness: tuple[str, Future[Outcome[T]]] | None = None


class Chain(Generic[S]):
    """Sources of one kind, in order. Thread-safe; `links` is read anew for every question."""

    def __init__(
        self,
        links: Callable[[], Sequence[Link[S]]],
        *,
        deadline: float,
        threads: ThreadPoolExecutor,
        nobody: str,
    ) -> None:
        self._links, self._deadline, self._threads = links, deadline, threads
        self._nobody = Failed(FailureKind.NOT_SUPPORTED, nobody)
        self._pulses: dict[str, _Pulse] = {}
        self._lock = Lock()

    @property
    def titles(self) -> tuple[str, ...]:
        """Who is asked, in order."""
        return tuple(link.title for link in self._links())

    def ask(self, question: Callable[[S], Outcome[T]]) -> Outcome[T]:
        """The first found answer, or what all of them said."""
        links = self._links()
        if not links:
            return self._nobody
        if len(links) == 1:
            return together([(links[0].title, self._one(links[0], question))])
        return self._side_by_side(links, question, witness=False).outcome

    def ask_with_witness(self, question: Callable[[S], Outcome[T]]) -> Asked[T]:
        """As `ask`; the second source is asked beside the first where that costs almost nothing."""
        links = self._links()
        if len(links) < 2:
            return Asked(self.ask(question))
        return self._side_by_side(links, question, witness=True)

    def _side_by_side(
        self, links: Sequence[Link[S]], question: Callable[[S], Outcome[T]], *, witness: bool
    ) -> Asked[T]:
        try:
            return self._asked(links, question, witness=witness)
        except RuntimeError:  # the threads went home
            return Asked(_CLOSED)

    def _asked(
        self, links: Sequence[Link[S]], question: Callable[[S], Outcome[T]], *, witness: bool
    ) -> Asked[T]:
        until = time.monotonic() + self._deadline
        asked: list[Future[Outcome[T]]] = []

        def start(place: int) -> None:
            link = links[place]
            asked.append(self._threads.submit(self._one, link, question))

        for place in range(len(links)):
            if place == len(asked):
                start(place)
            if witness and place == 0 and links[1].is_idle():
                start(1)
            share = max(0.0, until - time.monotonic()) / (len(links) - place)
            found = _first_found(asked[: place + 1], share, current=place)
            if found is not None:
                return self._answer(links, asked, found)
        while (left := until - time.monotonic()) > 0 and not all(f.done() for f in asked):
            wait([f for f in asked if not f.done()], timeout=left, return_when=FIRST_COMPLETED)
            found = _found_in(asked)
            if found is not None:
                return self._answer(links, asked, found)
        return Asked(together(self._heard(links, asked)))

    def _answer(
        self, links: Sequence[Link[S]], asked: Sequence[Future[Outcome[T]]], place: int
    ) -> Asked[T]:
        outcome = asked[place].result()
        if isinstance(outcome, Found):
            outcome = with_reasons(outcome, self._heard(links[:place], asked[:place]))
        later = place + 1
        witness = (links[later].title, asked[later]) if later < len(asked) else None
        return Asked(outcome, witness)

    def _heard(
        self, links: Sequence[Link[S]], asked: Sequence[Future[Outcome[T]]]
    ) -> list[tuple[str, Outcome[T]]]:
        """What each said so far; silence is a timeout."""
        return [
            (link.title, future.result() if future.done() else self._silence(link.title))
            for link, future in zip(links, asked, strict=False)
        ]

    def _silence(self, title: str) -> Failed:
        seconds = f"{self._deadline:.3g}"
        return Failed(
            FailureKind.TIMEOUT,
            f"{title} has not answered in its share of {seconds} seconds. Ask again in a moment.",
        )

    def _one(self, link: Link[S], question: Callable[[S], Outcome[T]]) -> Outcome[T]:
        """One source's outcome; never raises."""
        resting = self._resting(link.title)
        if resting is not None:
            return resting
        try:
            source = link.source()
            outcome: Outcome[T] = source if isinstance(source, Failed) else question(source)
        except Exception:
            log.exception("source.defect", source=link.title)
            outcome = Failed(
                FailureKind.BAD_DATA,
                f"{link.title}'s answer could not be used. The log has the details.",
            )
        self._learn(link.title, outcome)
        return outcome

    def _resting(self, title: str) -> Failed | None:
        with self._lock:
            pulse = self._pulses.get(title)
            if pulse is None or pulse.failure is None:
                return None
            return pulse.failure if time.monotonic() - pulse.failed < REST else None

    def _learn(self, title: str, outcome: Outcome[T]) -> None:
        now = time.monotonic()
        with self._lock:
            pulse = self._pulses.setdefault(title, _Pulse())
            if not isinstance(outcome, Failed) or outcome.kind not in _UNHEARD:
                pulse.heard, pulse.failure = now, None
            elif now - pulse.heard > ALIVE:
                pulse.failed, pulse.failure = now, outcome


def _first_found(
    asked: Sequence[Future[Outcome[T]]], seconds: float, *, current: int
) -> int | None:
    """The place of the earliest found answer; None when the source at `current` has none.

    Waits until that one has answered, another has found something, or `seconds` are over.
    """
    until = time.monotonic() + seconds
    while True:
        found = _found_in(asked)
        if found is not None:
            return found
        left = until - time.monotonic()
        if asked[current].done() or left <= 0:
            return None
        wait([f for f in asked if not f.done()], timeout=left, return_when=FIRST_COMPLETED)


def _found_in(asked: Sequence[Future[Outcome[T]]]) -> int | None:
    for place, future in enumerate(asked):
        if future.done() and isinstance(future.result(), Found):
            return place
    return None
