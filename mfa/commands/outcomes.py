"""Outcomes and provenance as JSON, in one form for every command."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from connectors.base import Result
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance

_PROVENANCE: TypeAdapter[Provenance] = TypeAdapter(Provenance)


def provenance_json(provenance: Provenance) -> dict[str, Any]:
    """Source, times in ISO 8601, and the inputs' provenance."""
    dumped: dict[str, Any] = _PROVENANCE.dump_python(provenance, mode="json")
    return dumped


def outcome_json(outcome: Outcome[Result]) -> dict[str, Any]:
    """`found` with the value (money as decimal strings), `absent` or `failed` with the reason."""
    if isinstance(outcome, Found):
        return {
            "outcome": "found",
            "value": outcome.value.model_dump(mode="json"),
            "provenance": provenance_json(outcome.provenance),
        }
    if isinstance(outcome, Absent):
        return {"outcome": "absent", "reason": outcome.reason}
    retry = outcome.retry_after
    return {
        "outcome": "failed",
        "kind": outcome.kind.value,
        "message": outcome.message,
        "retry_after": None if retry is None else retry.total_seconds(),
    }


def source_line(provenance: Provenance) -> str:
    """Where a value came from, in one line for a person."""
    marks = [
        mark for mark, shown in (("computed", provenance.computed), ("stale", provenance.stale))
        if shown
    ]  # fmt: skip
    when = f"{provenance.as_of:%Y-%m-%d %H:%M} UTC"
    return f"Source: {provenance.source}, {when}" + "".join(f", {mark}" for mark in marks)
