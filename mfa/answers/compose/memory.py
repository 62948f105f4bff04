"""What is remembered: said back when it is kept, listed, recalled."""

from __future__ import annotations

from connectors.memory import MemoryList, MemoryRow, Recalled, Remembered
from mfa.answers.blocks import Block, Column, TableBlock, TextBlock, Unit
from mfa.answers.compose.question import Question, braced
from mfa.kernel.outcome import Provenance

_COLUMNS = (
    Column(key="number", label="Number", unit=Unit.COUNT),
    Column(key="text", label="Memory"),
    Column(key="kind", label="Kind"),
    Column(key="said_at", label="Since", unit=Unit.DATE),
)


def memory(question: Question) -> list[Block]:
    blocks: list[Block] = [_text(_kept(kept.value.row)) for kept in question.found(Remembered)]
    blocks += [
        _table(f"About {each.value.about}", each.value.rows, each.provenance)
        for each in question.found(Recalled)
    ]
    for listed in question.found(MemoryList):
        blocks.append(_text(_LISTED))
        blocks.append(_table("What I remember", listed.value.rows, listed.provenance))
    return blocks


_LISTED = "This is all that I remember. 'Forget memory' with a number takes one away."


def _kept(row: MemoryRow) -> str:
    return f"I will remember: '{row.text}'. To undo it: 'forget memory {row.number}'."


def _text(said: str) -> TextBlock:
    return TextBlock(template=braced(said))


def _table(title: str, rows: tuple[MemoryRow, ...], provenance: Provenance) -> TableBlock:
    return TableBlock(
        title=title,
        columns=_COLUMNS,
        rows=tuple(
            (row.number, row.text, row.kind, row.said_at.date().isoformat()) for row in rows
        ),
        provenance=provenance,
    )
