"""Answer blocks: what a turn produces, stored as JSON and drawn by one renderer per door.

A figure is never text: it is a value with a unit and a provenance, and the text around it has a
placeholder. Renderers format; nothing here does.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from mfa.kernel.outcome import Provenance


class Unit(StrEnum):
    """How a value is to be read and shown."""

    USD = "usd"
    USD_PER_DAY = "usd_per_day"
    PERCENT = "percent"
    """A number of percent: 12.5 is 12.5 %."""
    SHARES = "shares"
    CONTRACTS = "contracts"
    COUNT = "count"
    DAYS = "days"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    TEXT = "text"


NUMERIC: Final = frozenset(Unit) - {Unit.DATE, Unit.TIME, Unit.TEXT}


def _restored(value: Any, unit: Any) -> Any:
    """A decimal that JSON carried as text is a decimal again."""
    if not isinstance(value, str) or unit not in NUMERIC:
        return value
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Block):
    """One value that a person will act on."""

    label: str
    value: Decimal | float | int | date | str
    unit: Unit
    provenance: Provenance

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {**given, "value": _restored(given.get("value"), given.get("unit"))}


class TextBlock(_Block):
    """Markdown with `{name}` placeholders; every one of them is a key of `figures`."""

    type: Literal["text"] = "text"
    template: str
    figures: dict[str, Figure] = Field(default_factory=dict)


class Column(_Block):
    key: str
    label: str
    unit: Unit = Unit.TEXT


class TableBlock(_Block):
    """Rows of figures that share one provenance."""

    type: Literal["table"] = "table"
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Decimal | float | int | str | None, ...], ...]
    provenance: Provenance
    numbered: bool = False

    @model_validator(mode="after")
    def _rectangular(self) -> TableBlock:
        width = len(self.columns)
        if any(len(row) != width for row in self.rows):
            raise ValueError(f"every row of {self.title!r} has {width} cells")
        return self

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, given: Any) -> Any:
        """Cells of numeric columns that JSON carried as text are decimals again."""
        if not (isinstance(given, dict) and isinstance(given.get("rows"), list)):
            return given
        units = [c.get("unit") if isinstance(c, dict) else c.unit for c in given["columns"]]
        rows = [[_restored(v, u) for v, u in zip(r, units, strict=True)] for r in given["rows"]]
        return {**given, "rows": rows}


class Series(_Block):
    """`x` are ISO dates, numbers or categories; `y` has one value for each."""

    name: str
    x: tuple[str | float, ...]
    y: tuple[float | None, ...]


class ChartBlock(_Block):
    type: Literal["chart"] = "chart"
    title: str
    kind: Literal["line", "bar", "area", "pie"]
    series: tuple[Series, ...]
    x_label: str = ""
    y_label: str = ""
    y_unit: Unit = Unit.USD
    provenance: Provenance


class NoticeBlock(_Block):
    """What could not be had, or what the reader must know: never mixed into figures."""

    type: Literal["notice"] = "notice"
    level: Literal["info", "warning", "error"]
    text: str
    suggestions: tuple[str, ...] = ()


Block = Annotated[TextBlock | TableBlock | ChartBlock | NoticeBlock, Field(discriminator="type")]
BLOCK: TypeAdapter[Block] = TypeAdapter(Block)
