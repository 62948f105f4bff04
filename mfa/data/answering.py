"""The way of one question: from the cache, from a flight under way, or from its connector.

Keeps the promises of the service: one fetch for equal questions, an answer or a `Failed` within the
deadline, nothing kept that an event has made untrue.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from connectors.base import Params, QueryContext, Result
from connectors.registry import Declared
from mfa.data.cache import AnswerCache, Kept
from mfa.data.fetch import Fetcher
from mfa.data.flights import Flight, Flights
from mfa.data.keys import Key, canonical
from mfa.data.requests import Answer, Served
from mfa.data.stats import Tallies, outcome_name
from mfa.data.workers import WorkersClosed
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome


@dataclass(frozen=True, slots=True)
class Question:
    """A validated question and who asks it."""

    declared: Declared
    params: Params
    context: QueryContext


@dataclass(frozen=True, slots=True)
class _Airborne:
    """A question whose answer is on its way."""

    key: Key
    flight: Flight
    joined: bool


_Begun = Answer | _Airborne
_CLOSED: Final = Failed(FailureKind.UNAVAILABLE, "Magnus is shutting down.")


class Answering:
    """`deadline` in seconds is for refreshes that nobody waits for."""

    def __init__(
        self,
        *,
        fetcher: Fetcher,
        cache: AnswerCache,
        flights: Flights,
        tallies: Tallies,
        metrics: Metrics,
        deadline: float,
    ) -> None:
        self._fetcher, self._cache, self._flights = fetcher, cache, flights
        self._tallies, self._metrics = tallies, metrics
        self._deadline = deadline
        self._generation = {False: 0, True: 0}

    def answer(self, questions: Sequence[Question], began: float, until: float) -> list[Answer]:
        """Answers in the order of `questions`; the moments are of `time.monotonic`."""
        static = all(each.declared.query.static for each in questions)
        begun: list[_Begun]
        try:
            revision = "" if static else self._fetcher.revision(until)
            begun = [self._begin(each, revision, until) for each in questions]
        except WorkersClosed:
            begun = [_refused(_CLOSED)] * len(questions)
        return [
            self._finish(question, start, began, until)
            for question, start in zip(questions, begun, strict=True)
        ]

    def forget(self, *, static: bool) -> int:
        """Drop what depends on the account or the clock, and `static` answers if asked to."""
        self._generation[False] += 1
        self._generation[True] += static
        return self._cache.drop(lambda key: key.generation != self._generation[key.static])

    def close(self) -> None:
        self._fetcher.close()

    def _begin(self, question: Question, revision: str | Failed, until: float) -> _Begun:
        """The answer where one is at hand, else the flight that will bring it."""
        query = question.declared.query
        if isinstance(revision, Failed) and not query.static:
            return _refused(revision)
        key = Key(
            question.declared.feature,
            query.name,
            canonical(question.params),
            question.context.user,
            question.context.mode,
            "" if query.static else str(revision),
            self._generation[query.static],
            query.static,
        )
        hit = self._cache.get(key)
        if hit is None:
            start = self._flights.join_or_start(
                key,
                lambda: self._fetch(question, key, until),
                already=lambda: self._cache.get(key),
            )
            if isinstance(start[0], Flight):
                return _Airborne(key, start[0], joined=bool(start[1]))
            hit = start[0], float(start[1])
        return self._served(question, key, *hit)

    def _served(self, question: Question, key: Key, kept: Kept, age: float) -> Answer:
        """A kept answer as it is, or marked stale while the first asker has it refreshed."""
        if self._cache.is_fresh(kept):
            return Answer(outcome=kept.outcome, served=Served.CACHED, age=age, seconds=0.0)
        if self._cache.claim_refresh(kept):
            until = time.monotonic() + self._deadline
            self._flights.join_or_start(
                key, lambda: self._fetch(question, key, until), already=lambda: None, keep=True
            )
        return Answer(
            outcome=_marked_stale(kept.outcome, age), served=Served.STALE, age=age, seconds=0.0
        )

    def _finish(self, question: Question, begun: _Begun, began: float, until: float) -> Answer:
        if isinstance(begun, Answer):
            answer = begun
        else:
            outcome = self._flights.wait(begun.key, begun.flight, until - time.monotonic())
            if outcome is None:
                outcome = _too_late(question.declared, until - began)
            answer = Answer(
                outcome=outcome,
                served=Served.JOINED if begun.joined else Served.FETCHED,
                age=0.0,
                seconds=0.0,
            )
        seconds = time.monotonic() - began
        name = question.declared.full_name
        self._tallies.answered(name, answer.served, answer.outcome, seconds)
        self._metrics.query_done(
            question.declared.feature,
            question.declared.query.name,
            outcome_name(answer.outcome),
            seconds=seconds,
            cached=answer.served in (Served.CACHED, Served.STALE),
        )
        return replace(answer, seconds=seconds)

    def _fetch(self, question: Question, key: Key, until: float) -> Outcome[Result]:
        """On a worker: ask the connector and keep what it says, however late."""
        began = time.monotonic()
        outcome, revision = self._fetcher.fetch(
            question.declared, question.params, question.context, key.revision
        )
        if key.generation == self._generation[key.static]:
            self._cache.put(key._replace(revision=revision), outcome, question.declared.query.cache)
        ended = time.monotonic()
        self._tallies.fetched(question.declared.full_name, ended - began, late=ended > until)
        return outcome


def _refused(failure: Failed) -> Answer:
    return Answer(outcome=failure, served=Served.REFUSED, age=0.0, seconds=0.0)


def _too_late(declared: Declared, seconds: float) -> Failed:
    return Failed(
        FailureKind.TIMEOUT,
        f"{declared.full_name} did not answer within {seconds:.3g} seconds. Ask again in a moment.",
    )


def _marked_stale(outcome: Outcome[Result], age: float) -> Outcome[Result]:
    if not isinstance(outcome, Found):
        return outcome
    note = f"{outcome.provenance.note} Fetched {age:.0f} s ago; a new answer is on its way.".strip()
    return Found(outcome.value, replace(outcome.provenance, stale=True, note=note))
