"""The minute hand of reconciliation: once at the start, then every minute, while the house stands.

Which process compares is decided anew at each tick, by a lock that a dead process gives back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Self

import psycopg

from actions.orders.reconciling import Reconciler, Reconciliation
from mfa.kernel.errors import StoreError
from mfa.kernel.logs import get_logger
from mfa.kernel.scope import as_house

EVERY: Final = 60.0

log = get_logger(__name__)


class OrderWatch:
    """Runs `tick` on a thread of its own. `wait` sleeps, and says whether to stop."""

    def __init__(
        self, reconciler: Reconciler, *, wait: Callable[[float], bool] | None = None
    ) -> None:
        self._reconciler = reconciler
        self._stopping = threading.Event()
        self._wait = wait or self._stopping.wait
        self._thread = threading.Thread(target=self._run, name="orders", daemon=True)
        self.last: Reconciliation | None = None
        """What this process found when it last compared."""

    def start(self) -> Self:
        self._thread.start()
        return self

    def close(self, patience: float = 5.0) -> None:
        """Stop after the comparison that is under way, which a kill would not harm either."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    def tick(self) -> Reconciliation | None:
        """Compare once, now; None when somebody else does, or the database is away."""
        try:
            with as_house():  # orders of whomever
                report = self._reconciler.tick()
        except (StoreError, psycopg.Error) as error:
            log.warning("orders.not_compared", exc_info=error)
            return None
        if report is not None:
            self.last = report
            for notice in report.notices:
                log.warning("orders.notice", notice=notice)
        return report

    def _run(self) -> None:
        while True:
            try:
                self.tick()
            except Exception:
                log.exception("orders.tick_failed")  # the next minute tries again
            if self._wait(EVERY):
                return
