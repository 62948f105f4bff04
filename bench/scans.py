"""What a scan costs through the desk's own code, from tables in memory and from practice cold.

The universe is `bench.universe`'s; every contract of it gets volatility, Greeks, probabilities and
score, and those within the limits are ranked to the final rows. Limits: issue 4 of this project.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from bench.home import empty_home
from bench.measure import Measurement, percentile
from bench.universe import GeneratedMarket
from connectors.base import QueryContext, Sources
from connectors.practice.desk import PracticeDesk
from connectors.registry import Registry
from core_numba.jit import kernel
from mfa.data.service import DataIntegrationService
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Found
from mfa.kernel.settings import load_settings
from mfa.store.database import Database

_REPEAT: Final = 7
_COLD: Final = 20
_EVERYTHING: Final = {"dte": "0-800", "delta": "0-1", "min_open_interest": 0, "limit": 50}
_DESK: Final = {"dte": "0-800", "limit": 50}


class _NoAccount:
    """A scan of the market asks the account for nothing but what is held: nothing."""

    name = "no account"

    def __getattr__(self, _: str) -> Callable[..., Any]:
        return lambda *_a, **_k: Absent("There is no account here.")


def measure() -> list[Measurement]:
    kernel.prepare()
    return [*_generated(), *_practice()]


def _generated() -> list[Measurement]:
    market = GeneratedMarket()
    account: Any = _NoAccount()
    source: Any = market
    sources = Sources(mode=Mode.PRACTICE, clock=market.clock, market=source, account=account)
    registry = Registry.discover(sources)
    print(f"  {market.contracts:,} contracts of 500 companies")
    found = []
    for feature, query, params, name, limit in (
        ("opportunities", "scan_csp", _EVERYTHING, "every put scored and ranked", 1.0),
        ("opportunities", "scan_csp", _DESK, "a desk's limits on delta and interest", 1.0),
        ("premium_scanner", "scan", _DESK, "every strategy of bounded loss, same limits", None),
    ):
        declared = registry.find(feature, query)
        method, wanted = getattr(declared.connector, query), declared.query.params(**params)
        context = QueryContext(user="local", mode=Mode.PRACTICE)
        seconds = []
        for _ in range(_REPEAT + 1):
            began = time.perf_counter()
            outcome = method(wanted, context)
            seconds.append(time.perf_counter() - began)
        if not isinstance(outcome, Found):
            raise TypeError(f"{feature}.{query}: {outcome}")
        print(f"  {name}: {outcome.value.passed:,} passed")
        found.append(
            Measurement(
                name=f"{market.contracts:,} contracts: {name}",
                value=percentile(seconds[1:], 0.5), unit="s", limit=limit,
            )
        )  # fmt: skip
    return found


def _practice() -> list[Measurement]:
    """Through the data service; before each scan the market forgets all that it has computed."""
    with empty_home() as home, Database.open(load_settings(home=home)) as database:
        desk = PracticeDesk.open(database, 7)
        sources = Sources(
            mode=Mode.PRACTICE, clock=desk.clock, market=desk.market, account=desk.account
        )
        cold, warm = [], []
        with DataIntegrationService(sources) as service:
            for _ in range(_COLD):
                desk.market.reseed(7)
                service.invalidate("all")
                cold.append(_ms(service.scan_csp_opportunities))
                service.invalidate("all")
                warm.append(_ms(service.scan_csp_opportunities))
            cached = [_ms(service.scan_csp_opportunities) for _ in range(200)]
    return [
        Measurement(name="20 companies: first scan of the process", value=cold[0], unit="ms"),
        Measurement(
            name="20 companies: cold, p50", value=percentile(cold, 0.5), unit="ms", limit=150
        ),
        Measurement(
            name="20 companies: cold, p95", value=percentile(cold, 0.95), unit="ms", limit=150
        ),
        Measurement(name="20 companies: asked anew, p50", value=percentile(warm, 0.5), unit="ms"),
        Measurement(name="20 companies: cached, p50", value=percentile(cached, 0.5), unit="ms"),
    ]


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3
