"""Answer blocks: what a turn produces, stored as JSON and drawn by one renderer per door.

A figure is never text: it is a value with a unit and a provenance, and the text around it has a
placeholder. Renderers format; nothing here does.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from mfa.kernel.cards import CardFacts
from mfa.kernel.figures import NUMERIC, Figure, Unit, restored
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Provenance

__all__ = [
    "BLOCK",
    "NUMERIC",
    "Block",
    "CardBlock",
    "ChartBlock",
    "Column",
    "Figure",
    "NoticeBlock",
    "Offer",
    "Series",
    "TableBlock",
    "TextBlock",
    "Unit",
]


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


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
        rows = [[restored(v, u) for v, u in zip(r, units, strict=True)] for r in given["rows"]]
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


class Offer(StrEnum):
    """What a person can do with a card that is shown. Only the person's own door does it."""

    CONFIRM = "confirm"
    RUN = "run"
    """It needs no card: the door that asked does it at once, and shows what came of it."""
    UNDO = "undo"
    """It was done before: what can be taken back."""
    UNDO_NOW = "undo_now"
    """It needed no card, and neither does taking it back."""


class CardBlock(_Block):
    """A card as it was when it was shown. What became of it is asked for by its id."""

    type: Literal["card"] = "card"
    card: UUID
    action: str
    mode: Mode
    facts: CardFacts
    expires_at: datetime
    offer: Offer = Offer.CONFIRM


Block = Annotated[
    TextBlock | TableBlock | ChartBlock | NoticeBlock | CardBlock, Field(discriminator="type")
]
BLOCK: TypeAdapter[Block] = TypeAdapter(Block)
