"""Magnus's own record of implied volatility, written while option tables are read.

Recording never delays and never spoils an answer: it happens on a thread of its own, and what goes
wrong with it is a line in the log.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Lock
from typing import Final

import psycopg

from connectors.sources.implied import implied_day
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.logs import get_logger
from mfa.kernel.market import DailyVolatility
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance
from mfa.kernel.symbols import ticker
from mfa.store.implied_history import ImpliedHistoryRepository

SOURCE: Final = "Magnus's record"

log = get_logger(__name__)


class RecordedVolatility:
    """Reads and writes the record. Thread-safe."""

    def __init__(
        self, repository: ImpliedHistoryRepository, clock: Clock, threads: ThreadPoolExecutor
    ) -> None:
        self._repository, self._clock, self._threads = repository, clock, threads
        self._lock = Lock()
        self._done: dict[tuple[str, date], float] = {}

    def learn(self, found: Found[OptionTable]) -> None:
        """Record what the table implies on its day, where that says more than is recorded."""
        try:
            self._threads.submit(self._record, found)
        except RuntimeError:  # the house is closing
            return

    def between(self, symbol: str, start: date, end: date) -> Outcome[tuple[DailyVolatility, ...]]:
        """The recorded days in [start, end]; the note says how many there are."""
        try:
            name = ticker(symbol)
            days = self._repository.between(name, start, end)
        except InputError as error:
            return Absent(str(error))
        except (StoreError, psycopg.Error) as error:
            message = f"The record of volatilities cannot be read: {str(error).strip()}"
            return Failed(FailureKind.UNAVAILABLE, message)
        if not days:
            return Absent(
                f"No implied volatility of {name} is recorded so far: no source sells its "
                "history, so Magnus records it each day that its options are looked at."
            )
        count = "1 day" if len(days) == 1 else f"{len(days)} days"
        note = f"{count} recorded so far, whenever its options were looked at."
        as_of = self._clock.now()
        return Found(days, Provenance(source=SOURCE, as_of=as_of, computed=True, note=note))

    def _record(self, found: Found[OptionTable]) -> None:
        try:
            self._keep(found)
        except Exception as error:  # nobody waits for it
            log.warning("implied.not_recorded", exc_info=error)

    def _keep(self, found: Found[OptionTable]) -> None:
        read = implied_day(found.value)
        if read is None or not exchange_calendar().is_session(read.day):
            return
        key = (read.symbol, read.day)
        with self._lock:
            if read.away >= self._done.get(key, float("inf")):
                return
        self._repository.record(
            read.symbol, read.day, read.volatility, away=read.away, source=found.source
        )
        with self._lock:
            if len(self._done) > 10_000:
                self._done.clear()
            self._done[key] = read.away
