"""Typed commands: '/add_to_watchlist watchlist=Wheel symbols=KO,PEP' names an action and what it
takes, without words to be understood. Pure."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any, Final

COMMAND: Final = "command"
"""The intent of a message that is a command."""
_SHAPE: Final = re.compile(r"/([a-z][a-z0-9_]{2,39})(?:\s+(.*))?", re.DOTALL)


def command(text: str) -> tuple[str, Mapping[str, Any]] | None:
    """The name and the parameters of a command; None for what is none.

    A value is JSON where it can be read as such, else text. What stands without '=' is lost to no
    parameter and is left to the action's model to miss.
    """
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        return None
    params: dict[str, Any] = {}
    for part in _parts(found.group(2) or ""):
        name, equals, value = part.partition("=")
        if equals and name:
            params[name] = _value(value)
    return found.group(1), params


def _parts(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quotation that does not end
        return text.split()


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
