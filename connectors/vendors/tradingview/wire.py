"""TradingView's list of watchlists. Not documented by it: collected from public clients.

A custom list has a number and a name; a coloured one has its colour for both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, RootModel, ValidationError

from connectors.vendors.ground.reading import Wire
from connectors.vendors.ground.terms import Terms
from connectors.vendors.ground.trouble import bad_data


def _moment(value: Any) -> datetime | None:
    """A moment with its zone; anything else is not known, since nothing hangs on it."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return read if read is not None and read.tzinfo is not None else None


class ListRow(Wire):
    symbols: list[str]
    id: int | None = None
    type: str = "custom"
    name: str | None = None
    color: str | None = None
    modified: Annotated[datetime | None, BeforeValidator(_moment)] = None

    @property
    def origin(self) -> str:
        """What it is called for good; empty when it has neither number nor colour."""
        if self.color:
            return f"colour {self.color}"
        return "" if self.id is None else f"list {self.id}"

    @property
    def title(self) -> str:
        """Its name, on one line; a coloured list without one is called by its colour."""
        name = " ".join((self.name or "").split())
        return name or (f"{self.color.capitalize()} list" if self.color else self.origin)


class _Rows(RootModel[list[Any]]):
    """Any JSON array."""


def rows(terms: Terms, body: bytes) -> list[Any]:
    """The document's rows, unread. `Trouble` when it is no JSON array."""
    try:
        return _Rows.model_validate_json(body).root
    except ValidationError:
        raise bad_data(terms, "its answer is no list, or was cut off") from None
