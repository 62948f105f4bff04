"""What a rating rests on, asked of the house's sources: over a network side by side.

One after the other, five questions to a vendor are longer than a person's patience.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from connectors.base import Sources
from mfa.kernel.market import DailyClose, DailyVolatility, Quote
from mfa.kernel.outcome import Absent, Outcome
from mfa.kernel.research import Fundamentals

_LOOK: Final = timedelta(days=420)
"""Calendar days that hold 253 closes and the average's slope, holidays included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """`closes` and `benchmark` ascending, up to today; `implied` the same."""

    closes: Outcome[tuple[DailyClose, ...]]
    quote: Outcome[Quote]
    benchmark: Outcome[tuple[DailyClose, ...]]
    implied: Outcome[tuple[DailyVolatility, ...]]
    figures: Outcome[Fundamentals]


def answers(sources: Sources, symbol: str) -> Answers:
    market, today = sources.market, sources.clock.today()
    start = today - _LOOK
    asked: dict[str, Callable[[], Outcome[Any]]] = {
        "closes": lambda: market.daily_closes(symbol, start, today),
        "quote": lambda: market.quote(symbol),
        "benchmark": lambda: _benchmark(sources, symbol, start, today),
        "implied": lambda: market.implied_volatilities(symbol, start, today),
        "figures": lambda: sources.research.fundamentals(symbol),
    }
    if sources.sweep is None:
        return Answers(**{name: ask() for name, ask in asked.items()})
    with ThreadPoolExecutor(len(asked), thread_name_prefix="rating") as threads:
        futures = {name: threads.submit(ask) for name, ask in asked.items()}
        return Answers(**{name: future.result() for name, future in futures.items()})


def _benchmark(
    sources: Sources, symbol: str, start: date, today: date
) -> Outcome[tuple[DailyClose, ...]]:
    if symbol == sources.benchmark:
        return Absent("It is the benchmark itself.")
    return sources.market.daily_closes(sources.benchmark, start, today)
