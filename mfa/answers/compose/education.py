"""What a term means and how a strategy works, as the library has it, its example's figures live."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.lessons.models import Explanation, Explanations, Lesson, WorkedExample
from mfa.answers.blocks import Block, Figure, NoticeBlock, TextBlock, Unit
from mfa.answers.compose.question import Question, braced
from mfa.kernel.outcome import Provenance, derived


def education(question: Question) -> list[Block]:
    explained: list[Block] = [
        _explanation(entry, found.provenance)
        for found in question.found(Explanations)
        for entry in found.value.entries
    ]
    taught = [_lesson(found.value, found.provenance) for found in question.found(Lesson)]
    notes = [
        *(found.value.note for found in question.found(Explanations)),
        *(found.value.note for found in question.found(Lesson)),
    ]
    said = [NoticeBlock(level="info", text=note) for note in notes if note]
    return [*said, *explained, *taught]


def _explanation(entry: Explanation, provenance: Provenance) -> TextBlock:
    parts = [f"**{braced(entry.title)}**: {braced(entry.definition)}"]
    if entry.formula:
        parts.append(f"Formula: `{braced(entry.formula)}`")
    parts.append(f"**Example.** {entry.example.template}")
    parts += _bullets("Risks", entry.risks)
    parts += _sources(entry.references)
    return _text(parts, entry.example, provenance)


def _lesson(lesson: Lesson, provenance: Provenance) -> TextBlock:
    parts = [f"**{braced(lesson.title)}**: {braced(lesson.summary)}"]
    steps = "\n".join(f"{n}. {braced(step)}" for n, step in enumerate(lesson.steps, 1))
    parts.append(f"**Outlook.** {braced(lesson.outlook)}")
    parts.append(f"**Steps**\n\n{steps}")
    facts = (lesson.max_profit, lesson.max_loss, lesson.break_even)
    names = ("Maximum profit", "Maximum loss", "Break-even")
    parts.append("\n".join(f"- {n}: {braced(fact)}" for n, fact in zip(names, facts, strict=True)))
    parts.append(f"**Example.** {lesson.example.template}")
    parts += _bullets("Managing it", lesson.management)
    parts += _bullets("Risks", lesson.risks)
    parts += _sources(lesson.references)
    return _text(parts, lesson.example, provenance)


def _bullets(title: str, lines: Iterable[str]) -> list[str]:
    listed = "\n".join(f"- {braced(line)}" for line in lines)
    return [f"**{title}**\n\n{listed}"] if listed else []


def _sources(references: Iterable[str]) -> list[str]:
    named = "; ".join(braced(reference) for reference in references)
    return [f"*Sources: {named}*"] if named else []


def _text(parts: list[str], example: WorkedExample, provenance: Provenance) -> TextBlock:
    """The example's figures are marked computed: they are worked out, not observed."""
    worked = derived("worked example", provenance, note="for illustration, not your account")
    return TextBlock(
        template="\n\n".join(parts),
        figures={
            f.name: Figure(
                label=f.name.replace("_", " "), value=f.value, unit=Unit(f.unit), provenance=worked
            )
            for f in example.figures
        },
    )
