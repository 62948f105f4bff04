"""The second level: answers that several processes share, in Redis.

An answer lies under a digest of everything that it depends on: the house, the account and market,
the question, the state of revisions and generations that was read before it was asked for, and the
version of its result model. So an event in any process, another version of Magnus or a restored
backup make old entries unfindable at once; nothing has to be deleted, and none is ever served after
an event. What comes back is validated like any outside data; anything odd is a miss.

A Redis that is down, slow, full or mad costs an answer `PATIENCE` at most, and nothing once the
breaker has opened. Writing is nobody's wait.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, Self

import redis
from pydantic import SecretStr
from redis.backoff import NoBackoff
from redis.retry import Retry

from connectors.base import Result
from connectors.vendors.ground.breaker import Breaker, BreakerState
from mfa.data.keys import Key
from mfa.data.outcomes import answer_from_text, answer_to_text, fingerprint
from mfa.data.workers import Workers, WorkersClosed
from mfa.kernel.errors import ConfigurationError
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Absent, Found, Outcome

PATIENCE: Final = 0.05
"""Seconds that a look takes at most, connecting included."""
TOLERATED: Final = 3
"""Failures in a row after which Redis is left alone for ten seconds, then longer."""
_READERS: Final = 4
_WRITES_WAITING: Final = 64
_LONGEST: Final = 1 << 20
_DIGITS: Final = 12

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedStats:
    """Looks that found something or did not, looks and writes that failed, answers not stored
    because they were too long, too many or Redis was full."""

    hits: int
    misses: int
    failures: int
    unstored: int
    passing: bool


@dataclass(slots=True)
class _Counts:
    hits: int = 0
    misses: int = 0
    failures: int = 0
    unstored: int = 0


class SharedAnswers:
    """`house` tells one database's answers from another's. Safe from any thread."""

    def __init__(self, client: redis.Redis, house: str, breaker: Breaker | None = None) -> None:
        self._client, self._house = client, house
        self._breaker = breaker if breaker is not None else Breaker(tolerated=TOLERATED)
        self._readers = Workers(_READERS, "redis")
        self._writer = Workers(1, "redis-writer")
        self._lock = Lock()
        self._counts = _Counts()
        self._writing = 0

    @classmethod
    def open(cls, url: SecretStr, house: str) -> Self:
        """At redis://, rediss:// or unix://. `ConfigurationError` for what is no address; whether
        anybody answers there shows later."""
        try:
            client = redis.Redis.from_url(
                url.get_secret_value(),
                socket_connect_timeout=PATIENCE,
                socket_timeout=PATIENCE,
                retry=Retry(NoBackoff(), 0),
                max_connections=2 * _READERS,
                decode_responses=False,
            )
        except (ValueError, TypeError):
            raise ConfigurationError(
                "redis_url is not the address of a Redis.",
                "It looks like redis://host:6379/0 or unix:///run/redis/redis.sock",
            ) from None
        return cls(client, house)

    def get(self, key: Key, model: type[Result]) -> tuple[Found[Result] | Absent, float] | None:
        """The answer and its age in seconds; None when there is none to be had in time."""
        if not self._breaker.enter(PATIENCE):
            return None
        name = self._name(key, model)
        try:
            looking = self._readers.submit(lambda: self._look(name))
        except WorkersClosed:
            return None
        try:
            text, left = looking.result(PATIENCE)
        except (TimeoutError, redis.RedisError, OSError, ValueError) as error:
            looking.cancel()
            self._failed("redis.not_read", error)
            return None
        self._breaker.succeeded()
        found = None if text is None else _read(text, left, model)
        with self._lock:
            self._counts.hits += found is not None
            self._counts.misses += found is None
        return found

    def put(self, key: Key, outcome: Outcome[Result], model: type[Result], ttl: float) -> None:
        """Have the answer stored for `ttl` seconds. Returns at once."""
        if not isinstance(outcome, Found | Absent) or ttl < 0.001:
            return
        if isinstance(outcome, Found) and type(outcome.value) is not model:
            return  # a subclass would not come back as itself
        with self._lock:
            if self._writing >= _WRITES_WAITING or self._breaker.state is not BreakerState.CLOSED:
                self._counts.unstored += 1
                return
            self._writing += 1
        answer = outcome
        try:
            stored = self._writer.submit(lambda: self._store(self._name(key, model), answer, ttl))
        except WorkersClosed:
            return
        stored.add_done_callback(self._written)

    def ping(self) -> str | None:
        """What keeps Redis from answering, in its own words; None when it answers."""
        try:
            asked: Future[object] = self._readers.submit(self._client.ping)
            asked.result(10 * PATIENCE)
        except TimeoutError:
            return f"no answer within {10 * PATIENCE:g} s"
        except (WorkersClosed, redis.RedisError, OSError, ValueError) as error:
            return str(error).strip().split("\n", 1)[0].rstrip(".") or type(error).__name__
        return None

    def stats(self) -> SharedStats:
        with self._lock:
            counts = self._counts
            return SharedStats(
                hits=counts.hits,
                misses=counts.misses,
                failures=counts.failures,
                unstored=counts.unstored,
                passing=self._breaker.state is not BreakerState.OPEN,
            )

    def close(self, wait: float) -> None:
        self._writer.close(wait)
        self._readers.close()
        self._client.close()

    def _look(self, name: str) -> tuple[bytes | None, int]:
        pipeline: Any = self._client.pipeline(transaction=False)
        text, left = pipeline.get(name).pttl(name).execute()
        if not isinstance(text, bytes | None) or not isinstance(left, int):
            raise redis.ResponseError("neither a text nor its time was given")
        return text, left

    def _store(self, name: str, answer: Found[Result] | Absent, ttl: float) -> bool:
        milliseconds = int(1000 * ttl)
        text = f"{milliseconds} {answer_to_text(answer)}".encode()
        if len(text) > _LONGEST:
            return False
        self._client.set(name, text, px=milliseconds)
        return True

    def _written(self, stored: Future[bool]) -> None:
        error = stored.exception()
        with self._lock:
            self._writing -= 1
            refused = isinstance(error, redis.ResponseError)  # full, or read-only
            self._counts.unstored += refused or (error is None and not stored.result())
        if isinstance(error, Exception) and not refused:
            self._failed("redis.not_written", error)

    def _failed(self, event: str, error: Exception) -> None:
        self._breaker.failed()
        with self._lock:
            self._counts.failures += 1
        log.warning(event, error=type(error).__name__)

    def _name(self, key: Key, model: type[Result]) -> str:
        parts = (
            self._house, key.feature, key.query, key.params, key.user, key.mode.value, key.state,
            fingerprint(model),
        )  # fmt: skip
        return f"magnus:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


def _read(
    text: bytes, left: int, model: type[Result]
) -> tuple[Found[Result] | Absent, float] | None:
    """The answer and its age: its whole time less what Redis says is left of it."""
    whole, _, body = text.partition(b" ")
    if not whole.isdigit() or len(whole) > _DIGITS or not 0 < left <= int(whole):
        return None
    answer = answer_from_text(body, model)
    return None if answer is None else (answer, (int(whole) - left) / 1000)
