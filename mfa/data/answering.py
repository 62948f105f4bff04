"""The way of one question: from a cache, from a flight under way, or from its connector.

Keeps the promises of the service: one fetch for equal questions, an answer or a `Failed` within the
deadline, nothing kept that an event has made untrue, and something dated where the source cannot
be asked and something was known.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

from connectors.base import Dependency, Result
from mfa.data.cache import AnswerCache, Kept, fresh_seconds, policy_of
from mfa.data.fetch import Fetcher
from mfa.data.flights import Flight, Flights
from mfa.data.keys import Key, canonical
from mfa.data.last_known import GRACE, LastKnownValues
from mfa.data.requests import Answer, Question, Served
from mfa.data.shared import SharedAnswers
from mfa.data.state import State, StateReader
from mfa.data.stats import Tallies, outcome_name
from mfa.data.workers import WorkersClosed
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome


@dataclass(frozen=True, slots=True)
class Landed:
    """What a flight brought, how it came to it, and how old it is in seconds."""

    outcome: Outcome[Result]
    served: Served
    age: float


@dataclass(frozen=True, slots=True)
class _Airborne:
    """A question whose answer is on its way."""

    key: Key
    flight: Flight[Landed]
    joined: bool


_Begun = Answer | _Airborne
_CLOSED: Final = Failed(FailureKind.UNAVAILABLE, "Magnus is shutting down.")
_CACHED: Final = frozenset({Served.CACHED, Served.STALE, Served.SHARED, Served.LAST_KNOWN})


class Answering:
    """`deadline` in seconds is for refreshes that nobody waits for."""

    def __init__(
        self,
        *,
        states: StateReader,
        cache: AnswerCache,
        flights: Flights[Landed],
        shared: SharedAnswers | None,
        last_known: LastKnownValues | None,
        tallies: Tallies,
        metrics: Metrics,
        deadline: float,
    ) -> None:
        self._states, self._fetcher = states, Fetcher(states)
        self._cache, self._flights = cache, flights
        self._shared, self._last_known = shared, last_known
        self._tallies, self._metrics = tallies, metrics
        self._deadline = deadline
        self._counting = Lock()
        self._events = dict.fromkeys(Dependency, 0)
        self._static_events = 0

    def answer(self, questions: Sequence[Question], began: float, until: float) -> list[Answer]:
        """Answers in the order of `questions`; the moments are of `time.monotonic`."""
        depends = frozenset[Dependency]().union(*(each.query.depends for each in questions))
        begun: list[_Begun]
        try:
            state = self._states.read(depends, until) if depends else None
            begun = [self._begin(each, state, until) for each in questions]
        except WorkersClosed:
            begun = [_refused(_CLOSED)] * len(questions)
        return [
            self._finish(question, start, began, until)
            for question, start in zip(questions, begun, strict=True)
        ]

    def forget(self, kinds: Collection[Dependency], *, static: bool = False) -> int:
        """Drop what depends on any of `kinds`, here and in every process of the house; `static`
        answers too if asked to. How many there were here."""
        with self._counting:
            for kind in kinds:
                self._events[kind] += 1
            self._static_events += static
        dropped = self._cache.drop(lambda key: key.generation != self._generation(key.depends))
        self._states.move(kinds)
        return dropped

    def close(self, wait: float) -> None:
        if self._last_known is not None:
            self._last_known.close(wait)
        if self._shared is not None:
            self._shared.close(wait)
        self._states.close()

    def _generation(self, depends: frozenset[Dependency]) -> int:
        if not depends:
            return self._static_events
        return sum(self._events[kind] for kind in depends)

    def _begin(self, question: Question, state: State | Failed | None, until: float) -> _Begun:
        """The answer where one is at hand, else the flight that will bring it."""
        query = question.query
        if query.static:
            state = None
        if isinstance(state, Failed):
            return _refused(state)
        key = Key(
            question.declared.feature,
            query.name,
            canonical(question.params),
            question.context.user,
            question.context.mode,
            "" if state is None else state.of(query.depends),
            self._generation(query.depends),
            query.depends,
        )
        hit = self._cache.get(key)
        if hit is None:
            start = self._flights.join_or_start(
                key,
                lambda: self._fetch(question, key, state, until),
                already=lambda: self._cache.get(key),
            )
            if isinstance(start[0], Flight):
                return _Airborne(key, start[0], joined=bool(start[1]))
            hit = start[0], float(start[1])
        return self._served(question, key, state, *hit)

    def _served(
        self, question: Question, key: Key, state: State | None, kept: Kept, age: float
    ) -> Answer:
        """A kept answer as it is, or marked stale while the first asker has it refreshed."""
        if self._cache.is_fresh(kept):
            return Answer(outcome=kept.outcome, served=Served.CACHED, age=age, seconds=0.0)
        if self._cache.claim_refresh(kept):
            until = time.monotonic() + self._deadline
            self._flights.join_or_start(
                key,
                lambda: self._fetch(question, key, state, until),
                already=lambda: None,
                keep=True,
            )
        return Answer(
            outcome=_marked_stale(kept.outcome, age), served=Served.STALE, age=age, seconds=0.0
        )

    def _finish(self, question: Question, begun: _Begun, began: float, until: float) -> Answer:
        answer = (
            begun if isinstance(begun, Answer) else self._arrived(question, begun, began, until)
        )
        if isinstance(begun, _Airborne) and isinstance(answer.outcome, Failed):
            answer = self._stand_in(question, answer.outcome, answer, until)
        seconds = time.monotonic() - began
        name = question.declared.full_name
        self._tallies.answered(name, answer.served, answer.outcome, seconds)
        self._metrics.query_done(
            question.declared.feature,
            question.query.name,
            outcome_name(answer.outcome),
            seconds=seconds,
            cached=answer.served in _CACHED,
        )
        return replace(answer, seconds=seconds)

    def _arrived(self, question: Question, begun: _Airborne, began: float, until: float) -> Answer:
        landed = self._flights.wait(begun.key, begun.flight, until - time.monotonic())
        if landed is None:
            landed = Landed(_too_late(question, until - began), Served.FETCHED, 0.0)
        served = Served.JOINED if begun.joined else landed.served
        return Answer(outcome=landed.outcome, served=served, age=landed.age, seconds=0.0)

    def _stand_in(self, question: Question, failed: Failed, answer: Answer, until: float) -> Answer:
        """What was last known, where something was; else the failure as it is."""
        if self._last_known is None:
            return answer
        wait = min(GRACE, max(0.0, until + GRACE - time.monotonic()))
        kept = self._last_known.instead_of(failed, question, wait)
        if kept is None:
            return answer
        return Answer(outcome=kept[0], served=Served.LAST_KNOWN, age=kept[1], seconds=0.0)

    def _fetch(self, question: Question, key: Key, state: State | None, until: float) -> Landed:
        """On a worker: look at the second level, else ask the connector, and keep what it says,
        however late."""
        query, policy = question.query, policy_of(question.query, question.context.mode)
        shareable = state is not None and state.shareable and policy.ttl is not None
        shared = self._shared if shareable else None
        found = None if shared is None else shared.get(key, query.result)
        if found is not None and found[1] < fresh_seconds(found[0], policy):
            if key.generation == self._generation(key.depends):
                self._cache.put(key, found[0], policy, age=found[1])
            return Landed(found[0], Served.SHARED, found[1])
        began = time.monotonic()
        outcome, of = self._fetcher.fetch(
            question.declared, question.params, question.context, state
        )
        if key.generation == self._generation(key.depends):
            true_of = key._replace(state="" if of is None else of.of(query.depends))
            self._cache.put(true_of, outcome, policy)
            if shared is not None and of is not None and of.shareable:
                shared.put(true_of, outcome, query.result, fresh_seconds(outcome, policy))
            if self._last_known is not None:
                self._last_known.keep(question, outcome, of)
        if query.changes and isinstance(outcome, Found):
            self.forget(query.changes)
        ended = time.monotonic()
        self._tallies.fetched(question.declared.full_name, ended - began, late=ended > until)
        return Landed(outcome, Served.FETCHED, 0.0)


def _refused(failure: Failed) -> Answer:
    return Answer(outcome=failure, served=Served.REFUSED, age=0.0, seconds=0.0)


def _too_late(question: Question, seconds: float) -> Failed:
    name = question.declared.full_name
    return Failed(
        FailureKind.TIMEOUT,
        f"{name} did not answer within {seconds:.3g} seconds. Ask again in a moment.",
    )


def _marked_stale(outcome: Outcome[Result], age: float) -> Outcome[Result]:
    if not isinstance(outcome, Found):
        return outcome
    note = f"{outcome.provenance.note} Fetched {age:.0f} s ago; a new answer is on its way.".strip()
    return Found(outcome.value, replace(outcome.provenance, stale=True, note=note))
