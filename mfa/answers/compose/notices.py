"""What was not had: said beside the figures with the source's own reason, never mixed into them."""

from __future__ import annotations

from collections.abc import Iterator

from mfa.answers.blocks import NoticeBlock
from mfa.answers.compose.question import Answered, Question
from mfa.answers.format import format_when
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found

_REACTIONS = {
    FailureKind.CREDENTIALS: "Check its credentials.",
    FailureKind.PERMISSION: "This account may not read it.",
    FailureKind.RATE_LIMITED: "It asks us to slow down; ask again in a moment.",
    FailureKind.UNAVAILABLE: "Ask again in a moment.",
    FailureKind.TIMEOUT: "Ask again in a moment.",
    FailureKind.BAD_DATA: "Its answer could not be used.",
    FailureKind.NOT_SUPPORTED: "",
}


def notices(question: Question) -> list[NoticeBlock]:
    """One for each step without an answer, for stale figures and for each warning; none twice."""
    return list(dict.fromkeys(_each(question)))


def _each(question: Question) -> Iterator[NoticeBlock]:
    for answered in question.answered:
        yield from _of_step(answered)
    for note in question.notes:
        yield NoticeBlock(level="info", text=note)


def _of_step(answered: Answered) -> Iterator[NoticeBlock]:
    step, outcome = answered.step, answered.outcome
    match outcome:
        case Absent(reason):
            yield NoticeBlock(level="info", text=reason)
        case Failed(kind, message, retry_after):
            source = f"{step.feature}.{step.query}"
            said = message.rstrip(". ")
            reaction = _REACTIONS[kind]
            if retry_after is not None:
                reaction = f"Ask again in {max(1, round(retry_after.total_seconds()))} s."
            if reaction.rstrip(".") in said:
                reaction = ""
            text = f"{step.title} failed ({source}, {kind.value.replace('_', ' ')}): {said}."
            text += f" {reaction}" if reaction else ""
            yield NoticeBlock(level="error", text=f"{text} It is left out of every total.")
        case Found(value, provenance):
            if provenance.stale:
                when = format_when(provenance.as_of)
                said = f"The figures from {provenance.source} are stale: {when}. {provenance.note}"
                yield NoticeBlock(level="warning", text=said.strip())
            for warning in getattr(value, "warnings", ()):
                yield NoticeBlock(level="warning", text=warning)
