"""The data service in figures: one fetch, a day's hit rate, questions a second, a summary.

The day is replayed over the real practice desk and its database. Its hit rate is a count, not a
time, and `tests/data/test_recorded_day.py` holds it too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Barrier
from typing import Final

from bench.day import recorded, replay
from bench.home import empty_home
from bench.measure import Measurement, Ratio, percentile
from connectors.base import Sources
from connectors.practice.desk import PracticeDesk
from connectors.practice.listings import EXAMPLE_WATCHLISTS
from mfa.data.service import DataIntegrationService
from mfa.kernel.metrics import Metrics
from mfa.kernel.mode import Mode
from mfa.kernel.settings import load_settings
from mfa.store.database import Database
from mfa.store.generations import GenerationRepository
from mfa.store.watchlists import WatchlistRepository

_ASKERS: Final = 4
_EACH: Final = 1000
_ROUNDS: Final = 20


@dataclass(slots=True)
class _House:
    database: Database
    desk: PracticeDesk
    watchlists: WatchlistRepository
    clock: float = 0.0

    def service(self, mode: Mode = Mode.PRACTICE) -> DataIntegrationService:
        """As the assistant wires it. Another mode changes how long answers are kept, no source."""
        sources = Sources(
            mode=Mode.PRACTICE, clock=self.desk.clock, market=self.desk.market,
            account=self.desk.account, watchlists=self.watchlists,
            market_revision=self.desk.market_revision,
        )  # fmt: skip
        return DataIntegrationService(
            replace(sources, mode=mode), deadline=30.0, metrics=Metrics(),
            generations=GenerationRepository(self.database), clock=lambda: self.clock,
        )  # fmt: skip


def measure() -> list[Measurement | Ratio]:
    with _house() as house:
        return [
            *_summaries(house),
            _equal_questions(house),
            *_throughput(house),
            _day(house, Mode.PRACTICE, least=90.0),
            _day(house, Mode.PAPER, least=None),
        ]


@contextmanager
def _house() -> Iterator[_House]:
    with empty_home() as home, Database.open(load_settings(home=home)) as database:
        watchlists = WatchlistRepository(database)
        for name, symbols in EXAMPLE_WATCHLISTS.items():
            watchlists.create("local", name, symbols)
        yield _House(database, PracticeDesk.open(database, 7), watchlists)


def _summaries(house: _House) -> list[Measurement | Ratio]:
    """Cold: the first question of a new service. Warm: asked again after an order was filled, so
    that everything is fetched anew. Cached: from the cache."""
    cold: list[float] = []
    for _ in range(_ROUNDS):
        desk = PracticeDesk.open(house.database, 7)
        fresh = _House(house.database, desk, house.watchlists)
        with fresh.service() as service:
            cold.append(_ms(service.get_portfolio_summary))
    with house.service() as service:
        service.get_portfolio_summary()
        warm = []
        for _ in range(100):
            service.invalidate("order_filled")
            warm.append(_ms(service.get_portfolio_summary))
        cached = [_ms(service.get_portfolio_summary) for _ in range(1000)]
    return [
        Measurement(
            name=f"a summary, cold, p95 of {_ROUNDS}", value=percentile(cold, 0.95), unit="ms",
            limit=300,
        ),
        Measurement(
            name="a summary, fetched, p95 of 100", value=percentile(warm, 0.95), unit="ms", limit=50
        ),
        Measurement(
            name="a summary, cached, p95 of 1000", value=percentile(cached, 0.95), unit="ms",
            limit=50,
        ),
    ]  # fmt: skip


def _equal_questions(house: _House) -> Measurement:
    together = Barrier(100)

    def ask() -> None:
        together.wait()
        service.get_active_positions()

    with house.service() as service, ThreadPoolExecutor(100) as pool:
        for each in [pool.submit(ask) for _ in range(100)]:
            each.result()
        fetches = service.stats().queries["positions.fetch_active"].fetches
    return Measurement(name="fetches of 100 equal questions", value=fetches, unit="", limit=2)


def _throughput(house: _House) -> list[Measurement | Ratio]:
    """Questions a second of several threads, each asking about everything in turn."""
    names = (
        ("dashboard", "get_summary"), ("dashboard", "get_balance"), ("positions", "fetch_active"),
        ("positions", "calculate_theta"), ("dashboard", "get_trade_history"),
    )  # fmt: skip
    rates = {}
    with house.service() as service:
        for name in names:
            service.query(*name)

        def ask(_: int) -> None:
            for number in range(_EACH):
                service.query(*names[number % len(names)])

        for askers in (1, _ASKERS):
            with ThreadPoolExecutor(askers) as pool:
                began = time.perf_counter()
                list(pool.map(ask, range(askers)))
                rates[askers] = askers * _EACH / (time.perf_counter() - began)
    return [
        Ratio(
            name=f"questions from the cache, {askers} thread{'s' * (askers > 1)}", ours=rate,
            peer=500.0, peer_name="wanted", least=1.0, unit="/s",
        )
        for askers, rate in rates.items()
    ]  # fmt: skip


def _day(house: _House, mode: Mode, least: float | None) -> Ratio:
    def set_clock(at: float) -> None:
        house.clock = at

    with house.service(mode) as service:
        tally = replay(recorded(), service, set_clock)
    return Ratio(
        name=f"a day's hit rate, answers kept as in {mode.value}", ours=tally.hit_rate_pct,
        peer=90.0, peer_name="wanted", least=None if least is None else 1.0, unit="%",
        error=f"{tally.questions} questions, {tally.fetches} fetches",
    )  # fmt: skip


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3
