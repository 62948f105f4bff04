"""The one way to a vendor: its limit, concurrency, deadline, retries, breaker, log and metrics.

Only idempotent reads pass here: whatever fails in passing is asked again, so an order must never
come this way. `ask` returns an outcome whatever happens inside it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any, Final, TypeVar

import stamina

from connectors.vendors.ground.breaker import Breaker, BreakerState
from connectors.vendors.ground.bucket import TokenBucket
from connectors.vendors.ground.health import HealthBook, SourceHealth, outcome_name
from connectors.vendors.ground.terms import Call, Terms
from connectors.vendors.ground.trouble import (
    NotThere,
    Trouble,
    bad_data,
    rate_limited,
    too_late,
)
from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError
from mfa.kernel.logs import get_logger
from mfa.kernel.metrics import Metrics, process_metrics
from mfa.kernel.outcome import Absent, Failed, FailureKind, Outcome

R = TypeVar("R")
T = TypeVar("T")

_FIRST_PAUSE: Final = 0.05
_SHORT_PAUSE: Final = 1.0
"""A pause between two attempts that is worth waiting out while somebody waits for the answer."""

log = get_logger(__name__)

# The library would log every pause; `vendor.asked` says once how a question ended.
stamina.instrumentation.set_on_retry_hooks(())


class Gate:
    """One per vendor and process, shared by its adapters' threads."""

    def __init__(
        self,
        terms: Terms,
        *,
        clock: Clock,
        metrics: Metrics | None = None,
        breaker: Breaker | None = None,
        bucket: TokenBucket | None = None,
    ) -> None:
        self.terms, self._clock = terms, clock
        self._metrics = metrics if metrics is not None else process_metrics()
        self._breaker = breaker if breaker is not None else Breaker()
        self._bucket = (
            bucket
            if bucket is not None
            else TokenBucket(per_minute=terms.refill, burst=terms.burst)
        )
        self._slots = BoundedSemaphore(terms.concurrency)
        self._health = HealthBook()

    def ask(
        self,
        operation: str,
        work: Callable[[Call], Outcome[T]],
        *,
        deadline: float | None = None,
    ) -> Outcome[T]:
        """`work`'s outcome, or what became of it. Never raises; `InputError` becomes `Absent`."""
        began = time.monotonic()
        seconds = self.terms.deadline if deadline is None else deadline
        call = Call(operation=operation, until=began + seconds, now=self._clock.now())
        outcome: Outcome[T]
        try:
            outcome = work(call)
        except Trouble as trouble:
            outcome = trouble.failure
        except InputError as error:
            outcome = Absent(str(error))
        except Exception:
            log.exception("vendor.defect", vendor=self.terms.vendor, operation=operation)
            outcome = bad_data(self.terms, "its answer could not be used (see the log)").failure
        self._tell(operation, outcome, time.monotonic() - began)
        return outcome

    def request(self, call: Call, send: Callable[[], R]) -> R:
        """`send`'s result: one request, tried again while it makes sense. Raises `Trouble`."""

        tries = 0

        def pause(error: Exception) -> bool | float:
            return self._pause(call, error, tries)

        for attempt in stamina.retry_context(
            on=pause, attempts=self.terms.attempts, timeout=None, wait_jitter=0.0
        ):
            tries += 1
            with attempt:
                return self._once(call, send)
        raise too_late(self.terms, self.terms.deadline)

    def limited(self, remaining: int, reset_in: float) -> None:
        """The vendor told what is left of its limit."""
        self._bucket.observe(remaining, reset_in)

    def skewed(self, seconds: float) -> None:
        """The vendor's clock is so many seconds ahead of ours."""
        self._health.skewed(seconds)

    def health(self, *, configured: bool = True) -> SourceHealth:
        return self._health.report(
            vendor=self.terms.vendor,
            title=self.terms.title,
            configured=configured,
            limits_left=self._bucket.left(),
            per_minute=self.terms.per_minute,
            breaker=self._breaker.state,
        )

    def _once(self, call: Call, send: Callable[[], R]) -> R:
        self._check_breaker(self._breaker.pause())
        if call.left() <= 0:
            raise too_late(self.terms, self.terms.deadline)
        wait = self._bucket.reserve(call.until)
        if wait is None:
            raise rate_limited(self.terms, self._bucket.next_in())
        if wait:
            time.sleep(wait)
        if not self._slots.acquire(timeout=max(0.0, call.left())):
            message = f"{self.terms.title} is busy with earlier questions. Ask again in a moment."
            raise Trouble(Failed(FailureKind.TIMEOUT, message))
        try:
            if call.left() <= 0:
                raise too_late(self.terms, self.terms.deadline)
            if not self._breaker.enter(self.terms.deadline):
                self._check_breaker(self._breaker.pause() or self.terms.deadline)
            return self._sent(send)
        finally:
            self._slots.release()

    def _sent(self, send: Callable[[], R]) -> R:
        try:
            result = send()
        except Trouble as trouble:
            if trouble.failure.kind is FailureKind.RATE_LIMITED:
                asked = trouble.failure.retry_after
                seconds = self.terms.pause_when_limited if asked is None else asked.total_seconds()
                self._bucket.close_for(seconds)
            if trouble.hurts:
                self._breaker.failed()
            else:
                self._breaker.succeeded()
            raise
        except NotThere:
            self._breaker.succeeded()
            raise
        self._breaker.succeeded()
        return result

    def _check_breaker(self, pause: float) -> None:
        if pause <= 0:
            return
        message = (
            f"{self.terms.title} failed several times in a row and is left alone for "
            f"{max(1, round(pause))} seconds. Ask again then."
        )
        raise Trouble(Failed(FailureKind.UNAVAILABLE, message, timedelta(seconds=pause)))

    def _pause(self, call: Call, error: Exception, tries: int) -> bool | float:
        """Seconds to wait before the next attempt; False when there shall be none."""
        if not isinstance(error, Trouble) or not error.transient:
            return False
        asked = error.failure.retry_after
        if asked is None:
            pause = _FIRST_PAUSE * 2.0 ** (tries - 1) * random.uniform(0.5, 1.5)  # noqa: S311
        else:
            pause = asked.total_seconds() + random.uniform(0.0, _FIRST_PAUSE)  # noqa: S311
        if pause > _SHORT_PAUSE or pause >= call.left() or self._breaker.pause() > 0:
            return False
        return pause

    def _tell(self, operation: str, outcome: Outcome[Any], seconds: float) -> None:
        name = outcome_name(outcome)
        vendor, state = self.terms.vendor, self._breaker.state
        self._health.learn(outcome, self._clock.now())
        self._metrics.vendor_asked(vendor, operation, name, seconds=seconds)
        self._metrics.vendor_breaker(vendor, passing=state is not BreakerState.OPEN)
        say = log.warning if isinstance(outcome, Failed) else log.debug
        say(
            "vendor.asked",
            vendor=vendor,
            operation=operation,
            outcome=name,
            seconds=round(seconds, 4),
            breaker=state.value,
        )
