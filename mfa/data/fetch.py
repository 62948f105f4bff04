"""Asking a connector so that nothing it does can harm the asker.

A connector that raises, answers something that is no outcome, or gives the wrong model becomes
`Failed` with a sentence, and its traceback goes to the log. An answer put together while the
account changed may mix two states; it is thrown away and asked again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from connectors.base import Params, QueryContext, Result
from connectors.registry import Declared
from mfa.data.workers import Workers
from mfa.kernel.account import AccountSource
from mfa.kernel.errors import MagnusError
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome

_TRIES: Final = 4
_WATCHERS: Final = 4
_BAD_DATA: Final = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)

log = get_logger(__name__)


class Fetcher:
    """Reads the account's revision and runs connectors' methods."""

    def __init__(self, account: AccountSource) -> None:
        self._account = account
        self._watchers = Workers(_WATCHERS, "revision")

    def revision(self, until: float) -> str | Failed:
        """The account's revision now. Read on a thread of its own: a database that hangs must not
        hold the asker beyond the deadline."""
        reading = self._watchers.submit(self._read_revision)
        try:
            return reading.result(max(0.0, until - time.monotonic()))
        except TimeoutError:
            reading.cancel()
            return Failed(
                FailureKind.TIMEOUT, "The account did not answer in time. Ask again in a moment."
            )

    def fetch(
        self, declared: Declared, params: Params, context: QueryContext, revision: str
    ) -> tuple[Outcome[Result], str]:
        """The connector's answer and the revision of the account that it is true of."""
        if declared.query.static:
            return self._call(declared, params, context), ""
        for _ in range(_TRIES):
            outcome = self._call(declared, params, context)
            if isinstance(outcome, Failed):
                return outcome, revision
            after = self._read_revision()
            if isinstance(after, Failed):
                return after, revision
            if after == revision:
                return outcome, revision
            revision = after
        message = "The account kept changing while it was read. Ask again in a moment."
        return Failed(FailureKind.UNAVAILABLE, message, timedelta(seconds=1)), revision

    def close(self) -> None:
        self._watchers.close()

    def _read_revision(self) -> str | Failed:
        try:
            return self._account.revision()
        except Exception as error:
            log.warning("account.revision_failed", exc_info=error)
            return _failure("The account", error)

    def _call(self, declared: Declared, params: Params, context: QueryContext) -> Outcome[Result]:
        method: Callable[[Params, QueryContext], object]
        method = getattr(declared.connector, declared.query.method)
        try:
            outcome = method(params, context)
        except Exception as error:
            log.exception("query.raised", query=declared.full_name)
            return _failure(declared.full_name, error)
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


def _failure(who: str, error: Exception) -> Failed:
    """A sentence for a person; a programming error's own text is left to the log."""
    if isinstance(error, MagnusError):
        return Failed(FailureKind.UNAVAILABLE, str(error))
    kind = FailureKind.BAD_DATA if isinstance(error, _BAD_DATA) else FailureKind.UNAVAILABLE
    return Failed(
        kind, f"{who} could not be read ({type(error).__name__}); the log has the details."
    )
