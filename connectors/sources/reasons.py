"""What several sources said, as one answer: why the earlier did not have it, or why none has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeVar

from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome

T = TypeVar("T")

_MOST_USEFUL: Final = (
    FailureKind.CREDENTIALS,
    FailureKind.PERMISSION,
    FailureKind.RATE_LIMITED,
    FailureKind.TIMEOUT,
    FailureKind.UNAVAILABLE,
    FailureKind.BAD_DATA,
    FailureKind.NOT_SUPPORTED,
)
"""First what a person can do something about."""


def with_reasons(outcome: Found[T], before: Sequence[tuple[str, Outcome[T]]]) -> Found[T]:
    """The answer, with why those before did not give one in its note."""
    if not before:
        return outcome
    reasons = " ".join(_brief(said) for _, said in before)
    note = f"{reasons} {outcome.provenance.source} answered."
    own = outcome.provenance.note
    return Found(
        outcome.value,
        replace(outcome.provenance, note=f"{note} {own}" if own else note),
    )


def together(said: Sequence[tuple[str, Outcome[T]]]) -> Outcome[T]:
    """What sources that have found nothing say together.

    It is absent when one knows so and no other that has such data failed; else it is a failure of
    the kind that a person can do most about, with every sentence.
    """
    for _, outcome in said:
        if isinstance(outcome, Found):
            return outcome
    absent = [outcome for _, outcome in said if isinstance(outcome, Absent)]
    failed = [outcome for _, outcome in said if isinstance(outcome, Failed)]
    real = [each for each in failed if each.kind is not FailureKind.NOT_SUPPORTED]
    if absent and not real:
        return Absent(" ".join(dict.fromkeys(each.reason for each in absent)))
    sentences = [
        o.reason if isinstance(o, Absent) else o.message
        for o in (outcome for _, outcome in said)
        if not isinstance(o, Found)
    ]
    worst = min(real or failed, key=lambda each: _MOST_USEFUL.index(each.kind))
    pauses = [each.retry_after for each in failed if each.retry_after is not None]
    pause: timedelta | None = min(pauses) if pauses else None
    return Failed(worst.kind, " ".join(dict.fromkeys(sentences)), pause)


def _brief(outcome: Outcome[T]) -> str:
    """The first sentence of why there is no answer."""
    text = outcome.message if isinstance(outcome, Failed) else getattr(outcome, "reason", "")
    first, dot, _ = text.partition(". ")
    return f"{first}." if dot else text
