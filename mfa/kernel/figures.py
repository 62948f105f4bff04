"""A figure that a person will act on: a value, how to read it, and where it came from.

A figure is never text; formatting is each door's own.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, model_validator

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
    EXACT = "exact"
    """To its last place: amounts and prices of coins, of which a hundredth may be the whole."""
    DATE = "date"
    TIME = "time"
    TEXT = "text"


NUMERIC: Final = frozenset(Unit) - {Unit.DATE, Unit.TIME, Unit.TEXT}


def restored(value: Any, unit: Any) -> Any:
    """A decimal that JSON carried as text is a decimal again."""
    if not isinstance(value, str) or unit not in NUMERIC:
        return value
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


class Figure(BaseModel):
    """One value that a person will act on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    value: Decimal | float | int | date | str
    unit: Unit
    provenance: Provenance

    @model_validator(mode="before")
    @classmethod
    def _typed(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {**given, "value": restored(given.get("value"), given.get("unit"))}
