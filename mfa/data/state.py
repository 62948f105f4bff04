"""What the things that answers depend on stand at, read before every answer that depends on any.

The state is part of an answer's key, so an answer from before a fill, an edited watchlist or a step
of the practice clock is not found any more, in whatever process the change was made. Questions that
come together share one reading, but never one that had begun before they were asked.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Final, Protocol

import psycopg

from connectors.base import PRICES, Dependency, Sources
from mfa.data.workers import Workers
from mfa.kernel.errors import MagnusError, StoreError
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Failed, FailureKind
from mfa.kernel.scope import as_house

_WATCHERS: Final = 4
_BAD_DATA: Final = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)

log = get_logger(__name__)


class Generations(Protocol):
    """Tokens by kind of dependency, shared by all processes (`mfa.store.generations`)."""

    def tokens(self) -> Mapping[str, str]: ...

    def move(self, kinds: Collection[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class State:
    """`identity` says whose the answers are: another account's are not this one's. `tokens` is
    empty where nobody else shares the answers; `shareable` while they can be read."""

    identity: str
    account: str
    market: str
    tokens: Mapping[str, str]
    shareable: bool

    def of(self, depends: frozenset[Dependency]) -> str:
        """What a question of these dependencies stands at; empty for a static one."""
        if not depends:
            return ""
        account = self.account if Dependency.ACCOUNT in depends else ""
        market = self.market if depends & PRICES else ""
        return f"{account}|{market}|{self.generations(depends)}"

    def generations(self, depends: frozenset[Dependency]) -> str:
        """What only events move, not the account's own revision."""
        return " ".join([self.identity, *(self.tokens.get(kind, "") for kind in sorted(depends))])


class StateReader:
    """Reads the account's and the market's revision and the generations. Safe from any thread."""

    def __init__(self, sources: Sources, generations: Generations | None) -> None:
        self._account = sources.account
        self._market = sources.market_revision
        self._identity = sources.identity or (lambda: sources.account.name)
        self._generations = generations
        self._watchers = Workers(_WATCHERS, "revision")
        self._lock = Lock()
        self._next: dict[frozenset[Dependency], Future[State | Failed]] = {}
        self._successes = 0

    def read(self, depends: frozenset[Dependency], until: float) -> State | Failed:
        """The state now. Read on a thread of its own: a database that hangs must not hold the
        asker beyond the deadline."""
        needs = self._needs(depends)
        with self._lock:
            reading = self._next.get(needs)
            if reading is None:
                reading = self._watchers.submit(lambda: self._begin(needs))
                self._next[needs] = reading
        try:
            return reading.result(max(0.0, until - time.monotonic()))
        except TimeoutError:
            return Failed(
                FailureKind.TIMEOUT, "The account did not answer in time. Ask again in a moment."
            )

    def now(self, depends: frozenset[Dependency]) -> State | Failed:
        """The state now, read on this thread."""
        return self._read(self._needs(depends))

    def move(self, kinds: Collection[Dependency]) -> None:
        """Tell the other processes; where that fails they learn it when their answers expire."""
        if self._generations is None:
            return
        try:
            self._generations.move([kind.value for kind in kinds])
        except (psycopg.Error, StoreError) as error:
            log.warning("generations.not_moved", kinds=sorted(kinds), exc_info=error)

    def close(self) -> None:
        self._watchers.close()

    def _needs(self, depends: frozenset[Dependency]) -> frozenset[Dependency]:
        """The revisions to ask for: the account's stands for the market's where that has none."""
        account, market = Dependency.ACCOUNT in depends, bool(depends & PRICES)
        if market and self._market is None:
            account = True
        return frozenset(
            [Dependency.ACCOUNT] * account
            + [Dependency.MARKET] * (market and self._market is not None)
        )

    def _begin(self, needs: frozenset[Dependency]) -> State | Failed:
        with self._lock:
            self._next.pop(needs, None)  # who asks from now on asks for a later one
        return self._read(needs)

    def _read(self, needs: frozenset[Dependency]) -> State | Failed:
        try:
            with as_house():  # what everybody's answers stand at
                account = self._account.revision() if Dependency.ACCOUNT in needs else ""
                market = account if self._market is None else ""
                if self._market is not None and Dependency.MARKET in needs:
                    market = self._market()
                identity = self._identity()
        except Exception as error:
            log.warning("account.revision_failed", exc_info=error)
            return failure("The account", error)
        tokens, shareable = self._tokens()
        return State(identity, account, market, tokens, shareable)

    def _tokens(self) -> tuple[Mapping[str, str], bool]:
        """Without a database, answers are kept in this process alone and for that outage only."""
        if self._generations is None:
            return {}, False
        try:
            tokens = self._generations.tokens()
        except (psycopg.Error, StoreError):
            lost = f"unreachable after {self._successes}"
            return dict.fromkeys(Dependency, lost), False
        self._successes += 1
        return tokens, True


def failure(who: str, error: Exception) -> Failed:
    """A sentence for a person; a programming error's own text is left to the log."""
    if isinstance(error, MagnusError):
        return Failed(FailureKind.UNAVAILABLE, str(error))
    kind = FailureKind.BAD_DATA if isinstance(error, _BAD_DATA) else FailureKind.UNAVAILABLE
    return Failed(
        kind, f"{who} could not be read ({type(error).__name__}); the log has the details."
    )
