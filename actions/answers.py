"""A read inside an action: the value, or the sentence why there is none as an `InputError`."""

from __future__ import annotations

from typing import Any, TypeVar

from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Absent, Failed, Found, Outcome

T = TypeVar("T")


def found(kind: type[T], outcome: Outcome[Any]) -> Found[T]:
    """The answer, which is a `kind`. `InputError` with the source's own sentence otherwise: what
    an action needs and cannot have, it cannot be done without."""
    match outcome:
        case Found(value=value, provenance=provenance) if isinstance(value, kind):
            return Found(value, provenance)
        case Absent(reason=sentence) | Failed(message=sentence):
            raise InputError(sentence)
        case _:
            raise InputError("The answer was not of the kind that was asked for.")
