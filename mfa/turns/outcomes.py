"""Outcomes as JSON values and back: what a graph's state may hold between two processes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from connectors.base import Result
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance

_PROVENANCE: Final = TypeAdapter(Provenance)


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
