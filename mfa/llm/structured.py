"""A reply as a checked value: asked for by schema, read strictly, asked once more when wrong."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome
from mfa.llm.protocol import LanguageModel, Message, Prompt

M = TypeVar("M", bound=BaseModel)

_LEAST: Final = 1.0
"""Seconds that must be left for asking again."""


class Unfit(ValueError):  # noqa: N818 - what it is
    """A document of the right shape that cannot be used; the message says why, for a person."""


def ask_for(
    wanted: type[M],
    model: LanguageModel,
    messages: Sequence[Message],
    *,
    deadline: float,
    check: Callable[[M], object] | None = None,
) -> Outcome[M]:
    """A `wanted`, or `Failed`. What is not valid is shown to the model once, with the fault.

    `check` may look closer than the schema does; it raises `Unfit`.
    """
    until = time.monotonic() + deadline
    schema = wanted.model_json_schema()
    shape = f"Answer with one JSON document of this schema and nothing else: {json.dumps(schema)}"
    asked = (Message("system", shape), *messages)
    said = asked
    fault = ""
    for attempt in range(2):
        left = until - time.monotonic()
        if attempt and left < _LEAST:
            break
        outcome = model.ask(Prompt(messages=said, schema=schema, deadline=max(left, 0.001)))
        if not isinstance(outcome, Found):
            return outcome
        text = outcome.value.text
        try:
            value = wanted.model_validate(json.loads(_document(text)))
            if check is not None:
                check(value)
            return Found(value, outcome.provenance)
        except (ValueError, ValidationError, RecursionError) as error:
            fault = _fault(error)
            said = (
                *asked,
                Message("assistant", text[:2000]),
                Message("user", f"That is not valid: {fault} Answer with the JSON document alone."),
            )
    return Failed(FailureKind.BAD_DATA, f"{model.name} gave no valid answer: {fault}")


def _document(text: str) -> str:
    """The JSON document in a reply that may stand in a fence or between sentences."""
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text


def _fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where or 'the document'}: {first['msg']}."
    if isinstance(error, Unfit):
        return f"{error}."
    return "it is no JSON document."
