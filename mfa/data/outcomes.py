"""Outcomes as JSON and back, exactly: what may be kept in a graph's state, a table or a cache.

Whatever comes back has been validated against its model. An answer of another version of a model is
none: `fingerprint` names the version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from connectors.base import Result
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance

_PROVENANCE: Final = TypeAdapter(Provenance)


@cache
def fingerprint(model: type[Result]) -> str:
    """Another one for each version of a result model."""
    schema = json.dumps(model.model_json_schema(mode="serialization"), sort_keys=True)
    name = f"{model.__module__}.{model.__qualname__}"
    return hashlib.sha256(f"{name} {schema}".encode()).hexdigest()[:32]


def outcome_to_json(outcome: Outcome[Result]) -> dict[str, Any]:
    match outcome:
        case Found(value, provenance):
            return {
                "kind": "found",
                "value": value.model_dump(mode="json"),
                "provenance": _PROVENANCE.dump_python(provenance, mode="json"),
            }
        case Absent(reason):
            return {"kind": "absent", "reason": reason}
        case Failed(kind, message, retry_after):
            seconds = None if retry_after is None else retry_after.total_seconds()
            return {
                "kind": "failed", "failure": kind.value, "message": message, "retry_after": seconds,
            }  # fmt: skip


def outcome_from_json(stored: Mapping[str, Any], model: type[Result]) -> Outcome[Result]:
    """The outcome again. A value that `model` no longer reads is `Failed`, never half a value."""
    match stored["kind"]:
        case "found":
            try:
                value = model.model_validate(stored["value"])
            except ValidationError as error:
                return Failed(
                    FailureKind.BAD_DATA,
                    f"A stored answer does not fit this version ({error.error_count()} fields)."
                    " Ask again.",
                )
            return Found(value, _PROVENANCE.validate_python(stored["provenance"]))
        case "absent":
            return Absent(stored["reason"])
        case _:
            seconds = stored["retry_after"]
            return Failed(
                FailureKind(stored["failure"]),
                stored["message"],
                None if seconds is None else timedelta(seconds=seconds),
            )


def answer_to_text(outcome: Found[Result] | Absent) -> str:
    """An answer as JSON text."""
    return json.dumps(outcome_to_json(outcome), ensure_ascii=False, allow_nan=False)


def answer_from_text(text: str | bytes, model: type[Result]) -> Found[Result] | Absent | None:
    """The answer again; None for a text that is none, whoever wrote it."""
    try:
        outcome = outcome_from_json(json.loads(text), model)
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    if isinstance(outcome, Absent):
        return outcome if isinstance(outcome.reason, str) else None
    return outcome if isinstance(outcome, Found) else None
