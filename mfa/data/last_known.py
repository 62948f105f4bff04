"""What was last known, for the time in which a source cannot be asked.

Every answer found is kept. What is absent removes what was kept: an old value never hides a new
absence. A value is given back only for the state of events that it was true of: after an order was
filled no older position is shown.

Not kept: what depends on nothing, what its declaration opts out (`last_known=False`) or never
caches, and everything in practice, whose market lies in this process and whose books lie in the
same database: when these cannot be asked, nothing kept can be read either, and a value of a moment
that the practice clock has left would be wrong, not old.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import psycopg

from connectors.base import Query, Result
from mfa.data.keys import canonical
from mfa.data.outcomes import answer_from_text, fingerprint
from mfa.data.requests import Question
from mfa.data.state import State, StateReader
from mfa.data.workers import Workers, WorkersClosed
from mfa.data.writing import LateWriter, Waiting
from mfa.kernel.errors import StoreError
from mfa.kernel.logs import get_logger
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.store.last_known import LastKnown, LastKnownRepository, Name

BOUND: Final = timedelta(days=7)
"""Nothing older stands in."""
REPLACED: Final = frozenset(
    {
        FailureKind.UNAVAILABLE,
        FailureKind.TIMEOUT,
        FailureKind.RATE_LIMITED,
        FailureKind.CREDENTIALS,
    }
)
"""Failures to ask. Bad data, a refusal and what is not supported stand as they are."""
GRACE: Final = 0.25
"""Seconds beyond the deadline for which a kept value is looked for."""
_READERS: Final = 2

log = get_logger(__name__)


class LastKnownValues:
    """`now` is the real time, whatever the desk's clock says."""

    def __init__(
        self, repository: LastKnownRepository, states: StateReader, now: Callable[[], datetime]
    ) -> None:
        self._repository, self._states, self._now = repository, states, now
        self._writer = LateWriter(repository, now, BOUND)
        self._readers = Workers(_READERS, "last-known")

    def keep(self, question: Question, outcome: Outcome[Result], state: State | None) -> None:
        """Have the answer stored soon. Returns at once."""
        query = question.query
        if state is None or not state.shareable or not is_kept(query, question.context.mode):
            return
        if isinstance(outcome, Failed):
            return
        if isinstance(outcome, Found) and type(outcome.value) is not query.result:
            return  # a subclass would not come back as itself
        row = LastKnown(
            name=_name(question),
            state=state.generations(query.depends),
            model=fingerprint(query.result),
            answer=None,
            kept_at=self._now(),
        )
        self._writer.put(Waiting(row, None if isinstance(outcome, Absent) else outcome))

    def instead_of(
        self, failure: Failed, question: Question, wait: float
    ) -> tuple[Found[Result], float] | None:
        """The value that stands in for `failure` and its age in seconds, if it is there within
        `wait` seconds."""
        if failure.kind not in REPLACED or not is_kept(question.query, question.context.mode):
            return None
        try:
            kept = self._readers.submit(lambda: self._find(question)).result(wait)
        except (TimeoutError, WorkersClosed, psycopg.Error, StoreError) as error:
            log.warning("last_known.not_read", query=question.declared.full_name, exc_info=error)
            return None
        if kept is None:
            return None
        answer, at = kept
        age = max(self._now() - at, timedelta(0))
        note = (
            f"{answer.provenance.note} Last known at {at:%Y-%m-%d %H:%M} UTC, {_ago(age)} ago:"
            f" {failure.message}"
        )
        provenance = replace(answer.provenance, stale=True, note=note.strip())
        return Found(answer.value, provenance), age.total_seconds()

    def close(self, wait: float) -> None:
        """Store what is waiting, for `wait` seconds at most."""
        self._writer.close(wait)
        self._readers.close()

    def _find(self, question: Question) -> tuple[Found[Result], datetime] | None:
        query, name = question.query, _name(question)
        now = self._states.now(frozenset())
        if isinstance(now, Failed) or not now.shareable:
            return None
        state = now.generations(query.depends)
        waiting = self._writer.waiting(name)
        if waiting is not None:
            if waiting.answer is None or waiting.row.state != state:
                return None
            return waiting.answer, waiting.row.kept_at
        since = self._now() - BOUND
        row = self._repository.find(name, state=state, model=fingerprint(query.result), since=since)
        if row is None:
            return None
        answer = answer_from_text(row[0], query.result)
        return (answer, row[1]) if isinstance(answer, Found) else None


def is_kept(query: Query, mode: Mode) -> bool:
    """Whether an old answer of this query may ever stand in for a new one."""
    return (
        mode is not Mode.PRACTICE
        and query.last_known
        and query.cache.ttl is not None
        and not query.static
    )


def _name(question: Question) -> Name:
    mode, user = question.context.mode.value, question.context.user
    feature, query = question.declared.feature, question.query.name
    return Name(mode, user, feature, query, canonical(question.params))


def _ago(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    hours = seconds // 3600
    if hours < 2:
        return f"{seconds // 60} min"
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"
