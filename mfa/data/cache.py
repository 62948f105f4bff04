"""Answers kept to be served again: bounded, least recently used out first, by a monotonic clock.

What failed is never kept. What is absent is kept for a short time only: it may come to be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock
from typing import Final

from cachetools import TLRUCache

from connectors.base import CachePolicy, Dependency, Query, Result
from mfa.data.keys import Key
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, Found, Outcome

ABSENT_SECONDS: Final = 10.0
"""How long 'there is no such thing' is believed, where the policy allows as long."""
RETRY_SECONDS: Final = 5.0
"""How long a stale answer is left alone after refreshing it failed."""


STEADY: Final = timedelta(minutes=10)
"""How long an answer of the practice desk is kept at least: its market and books move only with
their revisions, which are part of the key. Not longer, because an answer may carry a warning that
something could not be read just then."""
_ANNOUNCED: Final = frozenset({Dependency.ACCOUNT, Dependency.MARKET, Dependency.CLOCK})


def policy_of(query: Query, mode: Mode) -> CachePolicy:
    """The declared policy; where nothing changes unannounced, for `STEADY` at least."""
    policy = query.cache
    if mode is not Mode.PRACTICE or policy.ttl is None or not query.depends <= _ANNOUNCED:
        return policy
    return replace(policy, ttl=max(policy.ttl, STEADY))


@dataclass(slots=True)
class Kept:
    """An answer in the cache. All moments are of the cache's clock, in seconds."""

    outcome: Outcome[Result]
    since: float
    fresh_until: float
    dead_from: float
    refresh_from: float


def fresh_seconds(outcome: Outcome[Result], policy: CachePolicy) -> float:
    """How long an answer may be served as it is; zero for one that is not kept."""
    if policy.ttl is None or isinstance(outcome, Failed):
        return 0.0
    ttl = policy.ttl.total_seconds()
    return min(ttl, ABSENT_SECONDS) if isinstance(outcome, Absent) else ttl


class AnswerCache:
    """`capacity` answers at most. Safe from any thread."""

    def __init__(self, capacity: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._kept: TLRUCache[Key, Kept] = TLRUCache(
            capacity, ttu=lambda _key, kept, _now: kept.dead_from, timer=clock
        )

    def __len__(self) -> int:
        with self._lock:
            return len(self._kept)

    def get(self, key: Key) -> tuple[Kept, float] | None:
        """The answer, fresh or stale, and its age in seconds."""
        with self._lock:
            kept = self._kept.get(key)
            return None if kept is None else (kept, self._clock() - kept.since)

    def is_fresh(self, kept: Kept) -> bool:
        return self._clock() < kept.fresh_until

    def put(
        self, key: Key, outcome: Outcome[Result], policy: CachePolicy, *, age: float = 0.0
    ) -> None:
        """Keep `outcome`, `age` seconds old already, as long as its policy says."""
        ttl = fresh_seconds(outcome, policy)
        if ttl <= age:
            return
        stale = policy.stale.total_seconds() if isinstance(outcome, Found) else 0.0
        with self._lock:
            since = self._clock() - age
            self._kept[key] = Kept(outcome, since, since + ttl, since + ttl + stale, since + ttl)

    def claim_refresh(self, kept: Kept) -> bool:
        """True for the first asker in a while: that one refreshes, the others only read."""
        with self._lock:
            now = self._clock()
            if now < kept.refresh_from:
                return False
            kept.refresh_from = now + RETRY_SECONDS
            return True

    def drop(self, condition: Callable[[Key], bool]) -> int:
        """Forget the answers whose keys meet `condition`; how many they were."""
        with self._lock:
            doomed = [key for key in self._kept if condition(key)]
            for key in doomed:
                self._kept.pop(key, None)
            return len(doomed)
