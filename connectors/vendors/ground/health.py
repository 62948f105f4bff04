"""What `magnus doctor` tells about a source: a record kept while questions pass.

None means that it is not known yet: nobody has asked since the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from connectors.vendors.ground.breaker import BreakerState
from mfa.kernel.outcome import Absent, Failed, FailureKind, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """One source now. `limits_left` is requests free at this moment, of `per_minute`."""

    vendor: str
    title: str
    configured: bool
    reachable: bool | None
    authorised: bool | None
    limits_left: int
    per_minute: int
    breaker: BreakerState
    last_success: datetime | None
    last_error: str
    last_error_at: datetime | None
    clock_skew: float | None
    """Seconds by which the vendor's clock is ahead of ours."""

    def sentence(self) -> str:
        """The record in plain words."""
        if not self.configured:
            return f"{self.title} is not configured."
        if self.reachable is None:
            return f"{self.title} is configured and has not been asked yet."
        if not self.reachable:
            return f"{self.title} does not answer. {self.last_error}".strip()
        if self.authorised is False:
            return self.last_error or f"{self.title} refused the credentials."
        text = f"{self.title} answers; {self.limits_left} of {self.per_minute} requests are free."
        trouble = (
            self.last_error_at is not None
            and (self.last_success is None or self.last_error_at > self.last_success)
            and self.last_error
        )
        return f"{text} Last trouble: {trouble}" if trouble else text


class HealthBook:
    """Learns from outcomes. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._reachable: bool | None = None
        self._authorised: bool | None = None
        self._success: datetime | None = None
        self._error = ""
        self._error_at: datetime | None = None
        self._skew: float | None = None

    def learn(self, outcome: Outcome[Any], at: datetime) -> None:
        """What the outcome of a question says about its source."""
        with self._lock:
            if not isinstance(outcome, Failed):
                self._reachable = self._authorised = True
                self._success = at
                return
            self._error, self._error_at = outcome.message, at
            match outcome.kind:
                case FailureKind.UNAVAILABLE | FailureKind.TIMEOUT:
                    self._reachable = False
                case FailureKind.CREDENTIALS:
                    self._reachable, self._authorised = True, False
                case FailureKind.PERMISSION | FailureKind.BAD_DATA:
                    self._reachable = True
                case FailureKind.RATE_LIMITED | FailureKind.NOT_SUPPORTED:
                    pass

    def skewed(self, seconds: float) -> None:
        with self._lock:
            self._skew = seconds

    def report(
        self,
        *,
        vendor: str,
        title: str,
        configured: bool,
        limits_left: int,
        per_minute: int,
        breaker: BreakerState,
    ) -> SourceHealth:
        with self._lock:
            return SourceHealth(
                vendor=vendor,
                title=title,
                configured=configured,
                reachable=self._reachable,
                authorised=self._authorised,
                limits_left=limits_left,
                per_minute=per_minute,
                breaker=breaker,
                last_success=self._success,
                last_error=self._error,
                last_error_at=self._error_at,
                clock_skew=self._skew,
            )


def outcome_name(outcome: Outcome[Any]) -> str:
    """'found', 'absent' or the kind of failure: the label of logs and metrics."""
    if isinstance(outcome, Failed):
        return outcome.kind.value
    return "absent" if isinstance(outcome, Absent) else "found"
