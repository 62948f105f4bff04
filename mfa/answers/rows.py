"""Result rows as a table block: which attribute, under which label, read in which unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from mfa.answers.blocks import Column, TableBlock, Unit
from mfa.kernel.outcome import Provenance


@dataclass(frozen=True, slots=True)
class Field:
    """One column: the attribute of a row, its label, its unit."""

    attribute: str
    label: str
    unit: Unit = Unit.TEXT


def table_block(
    rows: Sequence[Any], fields: Sequence[Field], *, provenance: Provenance, title: str = ""
) -> TableBlock:
    """`rows` as a table with one column per field, in their order."""
    return TableBlock(
        title=title,
        columns=tuple(Column(key=f.attribute, label=f.label, unit=f.unit) for f in fields),
        rows=tuple(tuple(_cell(getattr(row, f.attribute)) for f in fields) for row in rows),
        provenance=provenance,
    )


def _cell(value: Any) -> Decimal | float | int | str | None:
    if value is None or isinstance(value, Decimal | bool):
        return value
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return "; ".join(str(part) for part in value)
    return str(value)
