"""Figures of many companies taken side by side within a time; what was not done in it is said.

Threads of its own, daemons, because a source that hangs must hold up neither the others nor the
end of the program.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from connectors.base import Sources
from connectors.stocks.figures import take
from mfa.kernel.outcome import Failed
from mfa.kernel.stocks import Figures

AT_ONCE: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`unpriced` had no quote, `late` were not reached in time, `unkept` says why figures could
    not be kept."""

    figures: tuple[Figures, ...]
    unpriced: tuple[str, ...]
    late: tuple[str, ...]
    unkept: str = ""


def taken(sources: Sources, symbols: Sequence[str], *, mode: str, seconds: float) -> Taken:
    """Take figures in the order of `symbols` and keep them."""
    if not symbols:
        return Taken(figures=(), unpriced=(), late=())
    work = _Work(sources, symbols)
    work.run(time.monotonic() + seconds)
    done = work.done()
    figures = tuple(each for each in done.values() if each is not None)
    kept = sources.stocks.keep_figures(mode, figures) if figures else None
    return Taken(
        figures=figures,
        unpriced=tuple(symbol for symbol, each in done.items() if each is None),
        late=tuple(symbol for symbol in symbols if symbol not in done),
        unkept=kept.message if isinstance(kept, Failed) else "",
    )


class _Work:
    def __init__(self, sources: Sources, symbols: Sequence[str]) -> None:
        self._sources, self._today = sources, sources.clock.today()
        self._waiting = deque(symbols)
        self._done: dict[str, Figures | None] = {}
        self._lock = threading.Lock()

    def run(self, until: float) -> None:
        """Return when all is done or the time is over, whichever comes first."""
        threads = [
            threading.Thread(target=self._work, args=(until,), name="figures", daemon=True)
            for _ in range(min(AT_ONCE, len(self._waiting)))
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join(max(until - time.monotonic(), 0.0))

    def done(self) -> dict[str, Figures | None]:
        with self._lock:
            return dict(self._done)

    def _work(self, until: float) -> None:
        while time.monotonic() < until:
            try:
                symbol = self._waiting.popleft()
            except IndexError:
                return
            figures = take(self._sources, symbol, self._today)
            with self._lock:
                self._done[symbol] = figures
