"""What the data service has done since it was made: counts and waiting times, by query."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from mfa.data.requests import Served
from mfa.data.shared import SharedStats
from mfa.kernel.outcome import Absent, Failed, Outcome

_REMEMBERED: Final = 1024
"""Latest durations per query that the percentiles are of."""


def outcome_name(outcome: Outcome[Any]) -> str:
    """'found', 'absent' or the kind of failure."""
    if isinstance(outcome, Failed):
        return outcome.kind.value
    return "absent" if isinstance(outcome, Absent) else "found"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryStats:
    """One query's figures. `served` counts every way of `Served` that an answer came; `fetches`
    went to the connector, refreshes that nobody waited for included.

    Milliseconds: `p50_ms`, `p95_ms` of askers' waiting, `fetch_*` of the source's work; None before
    there is any.
    """

    asked: int
    hits: int
    misses: int
    joins: int
    stale: int
    shared: int
    last_known: int
    fetches: int
    served: Mapping[str, int]
    outcomes: Mapping[str, int]
    p50_ms: float | None
    p95_ms: float | None
    fetch_p50_ms: float | None
    fetch_p95_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStats:
    """`hits` were served from a cache (stale and shared ones too), `misses` went to a source,
    `joins` shared another's fetch, `last_known` stood in for a source that could not be asked,
    `late` answers came after their askers had left; `under_way` fetches are not over yet.
    `redis` is None where there is none."""

    asked: int
    hits: int
    misses: int
    joins: int
    stale: int
    shared: int
    last_known: int
    late: int
    under_way: int
    cached: int
    capacity: int
    redis: SharedStats | None
    queries: Mapping[str, QueryStats]

    @property
    def hit_rate_pct(self) -> float:
        """Questions that needed no fetch of their own, as percent of all answered ones."""
        answered = self.hits + self.misses + self.joins + self.last_known
        return 100.0 * (self.hits + self.joins) / answered if answered else 0.0


@dataclass(slots=True)
class _Tally:
    served: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    waits: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    fetches: int = 0
    works: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))


class Tallies:
    """Counts as things happen. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tallies: dict[str, _Tally] = {}
        self._late = 0

    def answered(self, name: str, served: Served, outcome: Outcome[Any], seconds: float) -> None:
        with self._lock:
            tally = self._tallies.setdefault(name, _Tally())
            tally.served[served.value] += 1
            tally.outcomes[outcome_name(outcome)] += 1
            tally.waits.append(seconds)

    def fetched(self, name: str, seconds: float, *, late: bool) -> None:
        with self._lock:
            tally = self._tallies.setdefault(name, _Tally())
            tally.fetches += 1
            tally.works.append(seconds)
            self._late += late

    def report(
        self, *, cached: int, capacity: int, under_way: int, redis: SharedStats | None
    ) -> ServiceStats:
        with self._lock:
            served: Counter[str] = Counter()
            for tally in self._tallies.values():
                served.update(tally.served)
            return ServiceStats(
                asked=served.total(),
                **_ways(served),
                late=self._late,
                under_way=under_way,
                cached=cached,
                capacity=capacity,
                redis=redis,
                queries={name: _stats(tally) for name, tally in sorted(self._tallies.items())},
            )


def _stats(tally: _Tally) -> QueryStats:
    return QueryStats(
        asked=tally.served.total(),
        **_ways(tally.served),
        fetches=tally.fetches,
        served=dict(tally.served),
        outcomes=dict(tally.outcomes),
        p50_ms=percentile_ms(tally.waits, 50),
        p95_ms=percentile_ms(tally.waits, 95),
        fetch_p50_ms=percentile_ms(tally.works, 50),
        fetch_p95_ms=percentile_ms(tally.works, 95),
    )


def _ways(served: Counter[str]) -> dict[str, int]:
    return {
        "hits": served[Served.CACHED] + served[Served.STALE] + served[Served.SHARED],
        "misses": served[Served.FETCHED],
        "joins": served[Served.JOINED],
        "stale": served[Served.STALE],
        "shared": served[Served.SHARED],
        "last_known": served[Served.LAST_KNOWN],
    }


def percentile_ms(seconds: deque[float], percent: int) -> float | None:
    """The nearest-rank percentile in milliseconds: the least value not below `percent` of all."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return 1000.0 * ordered[max(0, -(-percent * len(ordered) // 100) - 1)]
