"""From bytes to checked rows: the seam where a vendor's JSON becomes typed or is refused.

The document's frame must fit its model, or nothing is read. Rows are judged one by one: what does
not fit is left out and counted; an answer of which no row fits is bad data, never an empty list.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    ValidationError,
)

from connectors.vendors.ground.notes import Notes
from connectors.vendors.ground.terms import Terms
from connectors.vendors.ground.trouble import bad_data

M = TypeVar("M", bound="Wire")

UNREADABLE: Final = "unreadable"
REPEATED: Final = "repeated"


class Wire(BaseModel):
    """Base of models of what a vendor sends: unknown fields are its business, NaN is nobody's."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a truth value is not a number")  # noqa: TRY004 - pydantic's way
    return value


def _zero_if_none(value: Any) -> Any:
    return 0 if value is None else value


Price = Annotated[
    Decimal, BeforeValidator(_no_truth), Field(ge=0, lt=10_000_000, allow_inf_nan=False)
]
"""USD per share, not negative."""
PriceOrZero = Annotated[Price, BeforeValidator(_zero_if_none)]
"""The same, where the vendor writes null for 'none yet'."""
Amount = Annotated[
    Decimal, BeforeValidator(_no_truth), Field(gt=-(10**13), lt=10**13, allow_inf_nan=False)
]
"""Dollars, or a quantity, with a sign."""
Instant = Annotated[AwareDatetime, BeforeValidator(_no_truth)]
"""A moment with its time zone: one without is not readable."""
Count = Annotated[int, BeforeValidator(_no_truth), Field(ge=0, lt=10**15)]
CountOrZero = Annotated[Count, BeforeValidator(_zero_if_none)]
Number = Annotated[float, BeforeValidator(_no_truth), Field(allow_inf_nan=False)]


def parse(terms: Terms, model: type[M], body: bytes) -> M:
    """The document as `model`. `Trouble` when it is no JSON or has another shape."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise bad_data(terms, _unfit(error)) from None


class _Object(RootModel[dict[str, Any]]):
    """Any JSON object."""


def parse_object(terms: Terms, body: bytes) -> dict[str, Any]:
    """The document as a JSON object of whatever content. `Trouble` when it is none."""
    try:
        return _Object.model_validate_json(body).root
    except ValidationError:
        raise bad_data(terms, "its answer is not a JSON object, or was cut off") from None


def sift(
    terms: Terms,
    model: type[M],
    rows: Sequence[Any],
    notes: Notes,
    key: Callable[[M], Hashable],
) -> list[M]:
    """The rows that fit `model`, each key once (the first stands).

    `Trouble` when there were rows and none fits.
    """
    kept: dict[Hashable, M] = {}
    reason = ""
    for row in rows:
        try:
            read = model.model_validate(row)
        except ValidationError as error:
            reason = reason or _unfit(error)
            notes.leave_out(UNREADABLE)
            continue
        name = key(read)
        if name not in kept:
            kept[name] = read
        elif kept[name] != read:
            notes.leave_out(REPEATED)
    if rows and not kept:
        raise bad_data(terms, reason)
    return list(kept.values())


def only(terms: Terms, model: type[M], row: Any) -> M:
    """One row as `model`. `Trouble` when it does not fit."""
    try:
        return model.model_validate(row)
    except ValidationError as error:
        raise bad_data(terms, _unfit(error)) from None


def _unfit(error: ValidationError) -> str:
    """The first thing that does not fit, in words; never the value itself."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return "its answer is not JSON, or was cut off"
    where = ".".join(str(part) for part in first["loc"] if part != "function-before")
    return f"'{where}' in its answer cannot be read ({first['msg'].lower()})"
