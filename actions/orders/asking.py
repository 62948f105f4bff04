"""Asking a broker so that nothing it does can take the asker down.

A broker does not raise; one that does anyway has left us not knowing, which is what is then said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mfa.kernel.broker import Sent, Unanswered
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Failed, FailureKind, Outcome

T = TypeVar("T")
log = get_logger(__name__)


def sent(act: Callable[[], Sent]) -> Sent:
    """The answer to something that changes the world."""
    try:
        return act()
    except Exception as error:
        log.exception("broker.raised")
        return Unanswered(f"The connection to the broker broke ({type(error).__name__}).")


def read(ask: Callable[[], Outcome[T]]) -> Outcome[T]:
    """The answer to a question."""
    try:
        return ask()
    except Exception as error:
        log.exception("broker.raised")
        return Failed(
            FailureKind.UNAVAILABLE, f"The broker could not be asked ({type(error).__name__})."
        )
