"""The answer of a feature that nobody has worded yet: its key figures, then its tables.

So that a feature answers from the day its file is added. Labels and units come from the result
model's own declaration: a field's title, its type, and the ending of its name. What a model does
not declare is not guessed into a figure: nested structures that are no table are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from connectors.base import Result
from mfa.answers.blocks import Block, Column, TableBlock, Unit
from mfa.answers.compose.question import Question, Writer, braced
from mfa.answers.format import format_when
from mfa.answers.sources import provenances
from mfa.kernel.outcome import Found, Provenance

_ENDINGS: Final = (
    ("_pct", Unit.PERCENT),
    ("_per_day", Unit.USD_PER_DAY),
    ("days", Unit.DAYS),
    ("contracts", Unit.CONTRACTS),
    ("shares", Unit.SHARES),
)
_TYPES: Final[tuple[tuple[type, Unit], ...]] = (
    (bool, Unit.TEXT),
    (Decimal, Unit.USD),
    (datetime, Unit.TEXT),
    (date, Unit.DATE),
    (int, Unit.COUNT),
    (float, Unit.NUMBER),
    (str, Unit.TEXT),
)
_SAID_ELSEWHERE: Final = frozenset({"warnings"})
_WORDS: Final = {
    "pct": "%", "iv": "IV", "dte": "DTE", "otm": "OTM", "pnl": "P&L", "rsi": "RSI", "pe": "P/E",
    "sma50": "50-day average", "sma200": "200-day average",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A scalar of a result as it is shown."""

    name: str
    label: str
    value: Decimal | float | int | date | str
    unit: Unit


def any_result(question: Question, told: Sequence[Block] = ()) -> list[Block]:
    """Every answer found, in the order of the plan, but for those that `told` has worded."""
    worded = [source for block in told for source in provenances(block)]
    blocks: list[Block] = []
    for answered in question.answered:
        if isinstance(answered.outcome, Found) and answered.outcome.provenance not in worded:
            blocks += _blocks(answered.step.title, answered.outcome)
    return blocks


def key_figures(value: Result) -> list[KeyFigure]:
    """The scalars that the model declares and that are there, in their order."""
    found = []
    for name, field in type(value).model_fields.items():
        unit = None if name in _SAID_ELSEWHERE else _unit(name, field)
        shown = _cell(getattr(value, name)) if unit is not None else None
        if unit is not None and shown is not None:
            found.append(KeyFigure(name, _label(name, field), shown, unit))
    return found


def tables(value: Result, provenance: Provenance) -> dict[str, TableBlock]:
    """The tuples of rows that the model declares, by field, the empty ones left out."""
    found = {}
    for name, field in type(value).model_fields.items():
        row_model = _row_model(field)
        if row_model is not None and getattr(value, name):
            found[name] = _table(name, field, row_model, getattr(value, name), provenance)
    return found


def _blocks(title: str, found: Found[Result]) -> Iterator[Block]:
    writer = Writer(found.provenance)
    for each in key_figures(found.value):
        place = {each.name: (each.label, each.value, each.unit)}
        writer.say(f"\n- {braced(each.label)}: {{{each.name}}}", **place)
    if writer:
        text = writer.text()
        yield text.model_copy(update={"template": f"{braced(title)}:\n\n{text.template}"})
    yield from tables(found.value, found.provenance).values()


def _table(
    name: str,
    field: FieldInfo,
    row_model: type[Result],
    rows: tuple[Result, ...],
    provenance: Provenance,
) -> TableBlock:
    columns = [
        (key, Column(key=key, label=_label(key, part), unit=unit))
        for key, part in row_model.model_fields.items()
        if (unit := _unit(key, part)) is not None
    ]
    return TableBlock(
        title=_label(name, field),
        columns=tuple(column for _, column in columns),
        rows=tuple(tuple(_text_cell(getattr(row, key)) for key, _ in columns) for row in rows),
        provenance=provenance,
        numbered=True,
    )


def _label(name: str, field: FieldInfo) -> str:
    if field.title:
        return field.title
    return in_words(name)


def in_words(name: str) -> str:
    """A field's name as a label: 'min_iv_rank' is 'Min IV rank'."""
    text = " ".join(_WORDS.get(word, word) for word in name.split("_"))
    return text[0].upper() + text[1:]


def _row_model(field: FieldInfo) -> type[Result] | None:
    """The model of a field's rows when it is a tuple of results."""
    arguments = get_args(field.annotation)
    if get_origin(field.annotation) is not tuple or len(arguments) != 2:
        return None
    row = arguments[0]
    return row if isinstance(row, type) and issubclass(row, Result) else None


def _unit(name: str, field: FieldInfo) -> Unit | None:
    """How a scalar field is shown; None for what is no scalar."""
    kind = _plain(field.annotation)
    if kind is None:
        return None
    declared = (field.json_schema_extra or {}) if isinstance(field.json_schema_extra, dict) else {}
    if "unit" in declared:
        return Unit(str(declared["unit"]))
    if issubclass(kind, int | float | Decimal) and not issubclass(kind, bool):
        for ending, unit in _ENDINGS:
            if name == ending or name.endswith(ending):
                return unit
    if issubclass(kind, Enum):
        return Unit.TEXT
    return next((unit for known, unit in _TYPES if issubclass(kind, known)), None)


def _plain(annotation: Any) -> type | None:
    """The type behind `X` or `X | None`."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [part for part in get_args(annotation) if part is not NoneType]
        return kinds[0] if len(kinds) == 1 and isinstance(kinds[0], type) else None
    return annotation if isinstance(annotation, type) else None


def _cell(value: Any) -> Decimal | float | int | date | str | None:
    match value:
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value).replace("_", " ")
        case datetime():
            return format_when(value)
        case _:
            return value  # type: ignore[no-any-return]  # a scalar, by `_unit`


def _text_cell(value: Any) -> Decimal | float | int | str | None:
    cell = _cell(value)
    return cell.isoformat() if isinstance(cell, date) else cell
