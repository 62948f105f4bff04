"""Scans that a person keeps under a name, what their runs found, and who keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from mfa.kernel.outcome import Failed, FailureKind, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedScan:
    """`params` are those that were given, by name; `best` is the first row of the last run."""

    name: str
    params: Mapping[str, Any]
    saved_at: datetime
    runs: int = 0
    last_run: datetime | None = None
    best: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRun:
    """What a run found. `day` is the market's; `found` are a scan's rows, the best first."""

    ran_at: datetime
    day: date
    mode: str
    passed: int
    found: tuple[Mapping[str, Any], ...]


class ScanSource(Protocol):
    """Whoever keeps scans. Every answer is an `Outcome`; nothing raises."""

    def saved_scans(self, user: str) -> Outcome[tuple[SavedScan, ...]]:
        """By name; none at all is an empty tuple."""
        ...

    def scan_runs(self, user: str, name: str, limit: int) -> Outcome[tuple[ScanRun, ...]]:
        """Latest first. Absent when there is no scan of that name."""
        ...

    def record_run(
        self, user: str, name: str, *, day: date, mode: str, passed: int,
        found: Sequence[Mapping[str, Any]],
    ) -> Outcome[None]:  # fmt: skip
        """Keep what a run found."""
        ...


class NoScans:
    """Where no place for scans was given."""

    def saved_scans(self, user: str) -> Outcome[tuple[SavedScan, ...]]:
        del user
        return _NOWHERE

    def scan_runs(self, user: str, name: str, limit: int) -> Outcome[tuple[ScanRun, ...]]:
        del user, name, limit
        return _NOWHERE

    def record_run(
        self, user: str, name: str, *, day: date, mode: str, passed: int,
        found: Sequence[Mapping[str, Any]],
    ) -> Outcome[None]:  # fmt: skip
        del user, name, day, mode, passed, found
        return _NOWHERE


_NOWHERE = Failed(FailureKind.NOT_SUPPORTED, "This house keeps no scans.")
