"""One question put on a thread of its own, so that whoever waits can stop waiting.

A source that hangs keeps its thread and nothing else: not a worker, not the exit of the process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import Any, Generic, TypeVar

from connectors.base import Result
from mfa.answers.compose import Answered
from mfa.data.outcomes import outcome_from_json
from mfa.data.service import DataIntegrationService
from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Failed, FailureKind, Outcome
from mfa.language.plans import Step
from mfa.turns.feed import Cancellation

T = TypeVar("T")


class Asking(Generic[T]):
    """`ask()` under way."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._answer: T | None = None
        self._error: BaseException | None = None
        self._wake = threading.Event()
        self.done = False
        run = copy_context().run  # the thread works for whom its maker works for
        threading.Thread(target=run, args=(self._run,), name="turn-step", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Whether it is done; waits until it is, until `stop_waiting`, or for `seconds`."""
        self._wake.wait(seconds)
        return self.done

    def stop_waiting(self) -> None:
        self._wake.set()

    def answer(self) -> T:
        """What `ask` returned, or what it raised. Only after it is done."""
        if self._error is not None:
            raise self._error
        return self._answer  # type: ignore[return-value]  # set by then

    def _run(self) -> None:
        try:
            self._answer = self._ask()
        except BaseException as error:  # noqa: BLE001 - raised again where the answer is read
            self._error = error
        self.done = True
        self._wake.set()


def asked(
    step: Mapping[str, Any],
    data: DataIntegrationService,
    *,
    user: str,
    deadline: float,
    cancelled: Cancellation,
) -> Outcome[Result] | None:
    """A step's answer, or that none came by the deadline; None where the turn was cancelled
    first."""
    asking = Asking(
        lambda: data.query(
            step["feature"], step["query"], step["params"], user=user, deadline=deadline
        )
    )
    cancelled.on_cancel(asking.stop_waiting)
    # The service keeps the deadline; half of it again is for a service that cannot.
    in_time = asking.wait(deadline * 1.5)
    if cancelled:
        return None
    if not in_time:
        return Failed(FailureKind.TIMEOUT, f"No answer within {deadline:g} seconds.")
    try:
        return asking.answer()
    except InputError as error:
        return Failed(FailureKind.NOT_SUPPORTED, str(error))


def answered(
    step: Mapping[str, Any], outcomes: Mapping[str, Any], data: DataIntegrationService
) -> Answered:
    """A step with its stored outcome, as the composer of the answer gets it."""
    outcome: Outcome[Result]
    try:
        model = data.registry.find(step["feature"], step["query"]).query.result
    except InputError as error:  # the connector left between two runs of this turn
        outcome = Failed(FailureKind.NOT_SUPPORTED, str(error))
    else:
        outcome = outcome_from_json(outcomes[step["id"]], model)
    return Answered(step=Step(**{**step, "after": tuple(step["after"])}), outcome=outcome)
