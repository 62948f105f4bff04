"""What a figure costs below the conversation: quotes, chains, summaries fetched and cached."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial

from bench.home import empty_home
from bench.measure import Measurement, percentile
from connectors.base import Sources
from connectors.practice.desk import PracticeDesk
from mfa.data.service import DataIntegrationService
from mfa.kernel.mode import Mode
from mfa.kernel.settings import load_settings
from mfa.kernel.symbols import OptionSymbol, OptionType
from mfa.store.database import Database

OPTION = OptionSymbol("AAPL", date(2021, 7, 16), OptionType.PUT, Decimal(125))


def measure() -> list[Measurement]:
    with empty_home() as home, Database.open(load_settings(home=home)) as database:
        began = time.perf_counter()
        desk = PracticeDesk.open(database, 7)
        seeded = time.perf_counter() - began
        return [
            Measurement(name="practice: half a year seeded", value=seeded, unit="s"),
            *_market(desk),
            *_summaries(desk),
        ]


def _market(desk: PracticeDesk) -> list[Measurement]:
    market, now = desk.market, desk.clock.now()
    expirations = market.expirations_at("MSFT", now)
    first = [_ms(partial(market.chain_at, "MSFT", each, now)) for each in expirations]
    warm = [_ms(lambda: market.chain_at("AAPL", OPTION.expiration, now)) for _ in range(50)][1:]
    quotes = [_ms(lambda: market.option_quote_at(OPTION, now)) for _ in range(200)]
    return [
        Measurement(
            name="practice: a chain, warm median", value=percentile(warm, 0.5), unit="ms", limit=15
        ),
        Measurement(
            name="practice: all chains of a company, first", value=sum(first), unit="ms", limit=250
        ),
        Measurement(
            name="practice: an option's quote, median", value=percentile(quotes, 0.5), unit="ms",
            limit=1.5,
        ),
    ]  # fmt: skip


def _summaries(desk: PracticeDesk) -> list[Measurement]:
    sources = Sources(
        mode=Mode.PRACTICE, clock=desk.clock, market=desk.market, account=desk.account
    )
    with DataIntegrationService(sources) as service:
        cold = _ms(service.get_portfolio_summary)
        warm = []
        for _ in range(100):
            service.invalidate("all")
            warm.append(_ms(service.get_portfolio_summary))
        cached = [_ms(service.get_portfolio_summary) for _ in range(1000)]
    return [
        Measurement(name="data: a summary, first", value=cold, unit="ms", limit=300),
        Measurement(
            name="data: a summary, fetched, p95", value=percentile(warm, 0.95), unit="ms", limit=50
        ),
        Measurement(
            name="data: a summary from the cache, mean (500/s)",
            value=sum(cached) / len(cached),
            unit="ms",
            limit=2,
        ),
    ]


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3
