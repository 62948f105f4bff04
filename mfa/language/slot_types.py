"""The types a slot can have, and how a value is checked against one.

Types are named in `slots.toml`; a name not in the table below is refused when the catalogue loads.
Values are JSON values: a date is an ISO string, a range a list of two ascending numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, float) and value == value and abs(value) != float("inf")  # noqa: PLR0124 - NaN


def _iso_date(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _list_of(item: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        return isinstance(value, list) and bool(value) and all(item(v) for v in value)

    return check


def _range_of(item: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        pair = isinstance(value, list) and len(value) == 2 and all(item(v) for v in value)
        return pair and bool(value[0] <= value[1])

    return check


def _object(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(key, str) for key in value)


CHECKS: Final[Mapping[str, Callable[[Any], bool]]] = MappingProxyType(
    {
        "str": _text,
        "int": _integer,
        "float": _number,
        "bool": lambda value: isinstance(value, bool),
        "date": _iso_date,
        "list[str]": _list_of(_text),
        "list[float]": _list_of(_number),
        "range[int]": _range_of(_integer),
        "range[float]": _range_of(_number),
        "object": _object,
    }
)
