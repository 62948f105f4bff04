"""What is wrong with what stands in a form, in the words of its labels.

The data service names parameters as a program writes them; whoever filled in a form knows their
labels only. What is no fault of a form's field is left as the service said it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from connectors.base import Params
from mfa.answers.compose.any_result import in_words
from mfa.kernel.errors import MagnusError

_LONG: Final = re.compile(r"\S{60,}")
_BOUNDS: Final = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
_KINDS: Final = (
    (("date_", "datetime_"), "must be a date, written as 2021-06-18"),
    (("int_",), "must be a whole number"),
    (("float_", "decimal_", "finite_number"), "must be a number"),
)


def in_form_words(error: MagnusError, params: type[Params]) -> str:
    """One sentence for each field that cannot be used; the error's own text where none is named."""
    cause = error.__cause__
    if not isinstance(cause, ValidationError):
        return str(error)
    fields = params.model_fields
    said = [_sentence(fault, fields) for fault in cause.errors()]
    return " ".join(dict.fromkeys(said))


def label_of(name: str, field: FieldInfo) -> str:
    return field.title or in_words(name)


def _sentence(fault: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> str:
    place = fault["loc"][0] if fault["loc"] else ""
    wrong = _LONG.sub(lambda word: f"{word[0][:30]}…", _wrong(fault).rstrip("."))
    if isinstance(place, str) and place in fields:
        said = f"{label_of(place, fields[place])}: {wrong}"
    else:
        said = wrong
        for name in sorted(fields, key=len, reverse=True):
            # A name of one word is a word of English, too, unless the sentence begins with it.
            pattern = rf"\b{name}\b" if "_" in name else rf"^{name}\b"
            said = re.sub(pattern, f"'{label_of(name, fields[name])}'", said)
        said = said[:1].upper() + said[1:]
    return f"{said}."


def _wrong(fault: Mapping[str, Any]) -> str:
    kind, context = str(fault["type"]), fault.get("ctx", {})
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"must be {words} {_number(context[key])}"
    if kind == "string_too_long":
        return f"must have at most {context['max_length']} characters"
    if kind == "too_long":
        return f"must have at most {context['max_length']} entries"
    if kind in {"enum", "literal_error"}:
        return f"must be {context['expected']}"
    for beginnings, words in _KINDS:
        if kind.startswith(beginnings):
            return words
    return str(fault["msg"]).removeprefix("Value error, ").replace("Input should", "it should")


def _number(bound: object) -> str:
    return f"{bound:,g}" if isinstance(bound, int | float) else str(bound)
