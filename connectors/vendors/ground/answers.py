"""A found value with the provenance that a vendor's answer has."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from connectors.vendors.ground.terms import Call
from mfa.kernel.outcome import Found, Provenance

T = TypeVar("T")


def found(
    value: T,
    *,
    source: str,
    call: Call,
    as_of: datetime | None = None,
    delay: timedelta = timedelta(0),
    note: str = "",
) -> Found[T]:
    """`value` with `note` and the call's own notes. Without `as_of` it is as of the question."""
    call.notes.say(note)
    return Found(
        value,
        Provenance(
            source=source,
            as_of=call.now if as_of is None else as_of,
            delay=delay,
            note=call.notes.text(),
        ),
    )
