"""The canonical key of a question: equal questions have equal keys, different ones never do.

Parameters are written as JSON with sorted names and one spelling per value (170.0 and 170.00 are
one strike). The rest of the key keeps apart what must not be shared: users, modes and states of
what the answer depends on.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from connectors.base import Dependency, Params
from mfa.kernel.mode import Mode


class Key(NamedTuple):
    """`state` is of what the answer depends on and empty for static questions; `generation` grows
    with each event in this process that makes such answers untrue."""

    feature: str
    query: str
    params: str
    user: str
    mode: Mode
    state: str
    generation: int
    depends: frozenset[Dependency]


def canonical(params: Params) -> str:
    """The parameters as canonical JSON. `TypeError` for a value that has no canonical form."""
    plain = _plain(params.model_dump(mode="python"))
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:  # noqa: PLR0911 - one line per kind of value
    match value:
        case Enum():
            return _plain(value.value)
        case Decimal():
            return f"{value.normalize() + 0:f}"
        case float():
            return value + 0.0
        case str() | int() | None:
            return value
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case set() | frozenset():
            return sorted((_plain(item) for item in value), key=json.dumps)
    raise TypeError(f"{type(value).__name__} has no canonical form")
