"""Settings: what the one asked for is, or all of them; and where they can be changed."""

from __future__ import annotations

import shlex

from connectors.settings import SettingList, SettingRow
from mfa.answers.blocks import Block, Column, NoticeBlock, TableBlock, TextBlock
from mfa.answers.compose.question import Question, braced
from mfa.kernel.outcome import Found

_COLUMNS = (
    Column(key="name", label="Setting"),
    Column(key="value", label="Value"),
    Column(key="source", label="Said by"),
    Column(key="allowed", label="May be"),
    Column(key="applies", label="A change counts"),
    Column(key="description", label="What it is for"),
)


def settings(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(SettingList):
        rows = found.value.rows
        if len(rows) == 1:
            blocks.append(TextBlock(template=_one(rows[0])))
        else:
            blocks.append(_table(found))
        blocks.append(NoticeBlock(level="info", text=_way(question, rows)))
    return blocks


def _one(row: SettingRow) -> str:
    may = f" It may be {row.allowed}." if row.allowed else ""
    note = f" {row.note}" if row.note else ""
    return braced(
        f"**{row.name}** is {row.value} (by {row.source}). {row.description}{may} A change counts"
        f" {row.applies}.{note}"
    )


def _way(question: Question, rows: tuple[SettingRow, ...]) -> str:
    value = question.slot("value")
    asked = "Nothing was changed. " if value is not None else ""
    if len(rows) == 1 and not rows[0].changeable:
        return f"{asked}{rows[0].name} cannot be changed on the Settings page. {rows[0].note}"
    name = rows[0].name if len(rows) == 1 else "NAME"
    given = shlex.quote(str(value)) if value is not None and len(rows) == 1 else "VALUE"
    return (
        f"{asked}Change settings on the Settings page, or with"
        f" `magnus settings set {name} {given}`."
    )


def _table(found: Found[SettingList]) -> TableBlock:
    return TableBlock(
        title="Settings",
        columns=_COLUMNS,
        rows=tuple(
            (row.name, row.value, row.source, row.allowed, row.applies, row.description)
            for row in found.value.rows
        ),
        provenance=found.provenance,
    )
