"""Counts and durations of what Magnus does, in a registry of its own.

The registry is not the library's global one, so that two assistants in one process and two tests
in one run do not add up. Labels are from small closed sets: never a user, a symbol or a text.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2, 5, 10)


class Metrics:
    """What is counted. Methods are safe from any thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._queries = Counter(
            "magnus_queries",
            "Data queries by outcome (found, absent or a failure kind) and by who answered.",
            ("feature", "query", "outcome", "answered_by"),
            registry=self.registry,
        )
        self._query_seconds = Histogram(
            "magnus_query_seconds",
            "Time to answer a data query.",
            ("feature", "query"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._turns = Counter(
            "magnus_turns",
            "Turns by final state.",
            ("door", "intent", "state"),
            registry=self.registry,
        )
        self._turn_seconds = Histogram(
            "magnus_turn_seconds",
            "Time from a question to its complete answer.",
            ("door",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._running = Gauge("magnus_turns_running", "Turns now at work.", registry=self.registry)
        self._vendor_seconds = Histogram(
            "magnus_vendor_seconds",
            "Time of a question to an outside system, by outcome.",
            ("vendor", "operation", "outcome"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._vendor_passing = Gauge(
            "magnus_vendor_passing",
            "1 while an outside system may be asked, 0 while its breaker is open.",
            ("vendor",),
            registry=self.registry,
        )

    def query_done(
        self, feature: str, query: str, outcome: str, *, seconds: float, cached: bool
    ) -> None:
        """One data query was answered: `outcome` is 'found', 'absent' or a `FailureKind`."""
        by = "cache" if cached else "source"
        self._queries.labels(feature, query, outcome, by).inc()
        self._query_seconds.labels(feature, query).observe(seconds)

    def turn_started(self) -> None:
        self._running.inc()

    def turn_done(self, door: str, intent: str, state: str, *, seconds: float) -> None:
        """A turn that `turn_started` announced has ended in `state`."""
        self._running.dec()
        self._turns.labels(door, intent, state).inc()
        self._turn_seconds.labels(door).observe(seconds)

    def vendor_asked(self, vendor: str, operation: str, outcome: str, *, seconds: float) -> None:
        """One question to an outside system ended: `outcome` as in `query_done`."""
        self._vendor_seconds.labels(vendor, operation, outcome).observe(seconds)

    def vendor_breaker(self, vendor: str, *, passing: bool) -> None:
        self._vendor_passing.labels(vendor).set(1.0 if passing else 0.0)

    def exposition(self) -> bytes:
        """Everything, in the Prometheus text format."""
        return generate_latest(self.registry)


@cache
def process_metrics() -> Metrics:
    """This process's metrics, for whoever was not handed an own instance."""
    return Metrics()
