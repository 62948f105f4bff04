"""Asking a connector so that nothing it does can harm the asker.

A connector that raises, answers something that is no outcome, or gives the wrong model becomes
`Failed` with a sentence, and its traceback goes to the log. An answer put together while the
account changed may mix two states; it is thrown away and asked again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from connectors.base import Params, QueryContext, Result
from connectors.registry import Declared
from mfa.data.state import State, StateReader, failure
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.kernel.scope import acting_as

_TRIES: Final = 4

log = get_logger(__name__)


class Fetcher:
    """Runs connectors' methods and says of which state their answers are."""

    def __init__(self, states: StateReader) -> None:
        self._states = states

    def fetch(
        self, declared: Declared, params: Params, context: QueryContext, state: State | None
    ) -> tuple[Outcome[Result], State | None]:
        """The connector's answer and the state that it is true of; None for a static question.

        What changes something is asked once, whatever moves meanwhile.
        """
        query = declared.query
        if state is None or query.changes:
            return self._call(declared, params, context), state
        for _ in range(_TRIES):
            outcome = self._call(declared, params, context)
            if isinstance(outcome, Failed):
                return outcome, state
            after = self._states.now(query.depends)
            if isinstance(after, Failed):
                return after, state
            if after.of(query.depends) == state.of(query.depends):
                return outcome, after
            state = after
        message = "The account kept changing while it was read. Ask again in a moment."
        return Failed(FailureKind.UNAVAILABLE, message, timedelta(seconds=1)), state

    def _call(self, declared: Declared, params: Params, context: QueryContext) -> Outcome[Result]:
        method: Callable[[Params, QueryContext], object]
        method = getattr(declared.connector, declared.query.method)
        try:
            with acting_as(context.user):
                outcome = method(params, context)
        except Exception as error:
            log.exception("query.raised", query=declared.full_name)
            return failure(declared.full_name, error)
        fault = _fault(outcome, declared.query.result)
        if fault:
            log.error("query.malformed", query=declared.full_name, fault=fault)
            return Failed(FailureKind.BAD_DATA, f"{declared.full_name} {fault}.")
        if isinstance(outcome, Failed):
            log.warning("query.failed", query=declared.full_name, kind=outcome.kind.value)
        return outcome  # type: ignore[return-value]  # checked by _fault


def _fault(outcome: object, model: type[Result]) -> str:
    """What is wrong with an answer's shape; empty when nothing is."""
    if isinstance(outcome, Absent | Failed):
        return ""
    if not isinstance(outcome, Found):
        return f"answered a {type(outcome).__name__} instead of an outcome"
    if not isinstance(outcome.value, model):
        return f"found a {type(outcome.value).__name__} instead of a {model.__name__}"
    return ""
