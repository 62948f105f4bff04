"""What every read returns, and where a value came from.

An error never looks like data: a connector answers `Found`, `Absent` or `Failed`, and the three
share no field that a careless caller could read as a value. Nothing here raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

T = TypeVar("T")
U = TypeVar("U")


class FailureKind(StrEnum):
    """As many kinds as there are different reactions."""

    CREDENTIALS = "credentials"
    PERMISSION = "permission"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    BAD_DATA = "bad_data"
    NOT_SUPPORTED = "not_supported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Source, time and freshness of a value; a derived value carries its inputs'.

    `as_of` is aware UTC; `delay` is the source's own declared delay; `computed` marks a value that
    a model produced rather than a market (every practice quote but a daily close is one).
    `warning` is what makes the value doubtful (two sources that disagree); `note` explains.
    """

    source: str
    as_of: datetime
    delay: timedelta = timedelta(0)
    stale: bool = False
    computed: bool = False
    note: str = ""
    warning: str = ""
    inputs: tuple[Provenance, ...] = ()

    def derive(self, source: str, *others: Provenance, note: str = "") -> Provenance:
        """The provenance of a figure computed from this value and `others`.

        As old as its oldest input, as delayed as its most delayed, stale or computed if any is.
        """
        return derived(source, self, *others, note=note)


def derived(source: str, *inputs: Provenance, note: str = "") -> Provenance:
    """Provenance of a figure computed by `source` from `inputs` (at least one)."""
    if not inputs:
        raise ValueError("a derived figure has at least one input")
    return Provenance(
        source=source,
        as_of=min(p.as_of for p in inputs),
        delay=max(p.delay for p in inputs),
        stale=any(p.stale for p in inputs),
        computed=any(p.computed for p in inputs),
        note=note,
        inputs=tuple(dict.fromkeys(inputs)),
    )


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value with its provenance."""

    value: T
    provenance: Provenance

    @property
    def source(self) -> str:
        return self.provenance.source

    @property
    def as_of(self) -> datetime:
        return self.provenance.as_of

    @property
    def delay(self) -> timedelta:
        return self.provenance.delay

    @property
    def stale(self) -> bool:
        return self.provenance.stale

    def map(self, f: Callable[[T], U]) -> Found[U]:
        return Found(f(self.value), self.provenance)

    def as_stale(self) -> Found[T]:
        return Found(self.value, replace(self.provenance, stale=True))


@dataclass(frozen=True, slots=True)
class Absent:
    """The source was asked and there is no such thing. `reason` is a sentence for a person."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The source could not be asked or gave no usable answer. `message` says what to do."""

    kind: FailureKind
    message: str
    retry_after: timedelta | None = None


Outcome: TypeAlias = Found[T] | Absent | Failed
