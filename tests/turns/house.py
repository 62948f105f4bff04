"""A house for turn tests: the real store, language, data service and graph; connectors whose
answers are written by hand and can be told to be slow or to fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar, cast

from connectors.base import (
    NO_CACHE,
    DataConnector,
    DataSourceType,
    NoParams,
    QueryContext,
    Sources,
    query,
)
from connectors.portfolio.account_results import (
    Balance,
    PositionCounts,
    Realized,
    Summary,
)
from connectors.portfolio.params import PositionFilter
from connectors.portfolio.position_results import ActivePositions, PositionTotals, ThetaReport
from connectors.registry import Registry
from mfa.data.service import DataIntegrationService
from mfa.kernel.clock import FrozenClock
from mfa.kernel.memories import MemorySource
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance
from mfa.language.language import Language
from mfa.store.database import Database
from mfa.store.turn_records import Turn, TurnEvent
from mfa.turns.engine import TurnEngine

NOW = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)
PROVENANCE = Provenance(source="hand-made account", as_of=NOW)
LANGUAGE = Language.load()
UNSURE = replace(LANGUAGE, model=replace(LANGUAGE.model, temperature=1000.0))
"""Ranks like the other, and is sure of nothing: every message is unclear to it."""

BALANCE = Balance(
    cash=Decimal("60000.00"),
    positions_value=Decimal("45123.45"),
    equity=Decimal("105123.45"),
    buying_power=Decimal("41000.00"),
    collateral=Decimal("19000.00"),
    deposits=Decimal("100000.00"),
    day_change=Decimal("-120.50"),
    day_change_pct=-0.1145,
    previous_close_day=date(2021, 6, 14),
    previous_close_equity=Decimal("105243.95"),
    warnings=(),
)
SUMMARY = Summary(
    balance=BALANCE,
    realized=Realized(
        month_to_date=Decimal("310.00"),
        year_to_date=Decimal("2890.12"),
        total=Decimal("3010.12"),
    ),
    unrealized=Decimal("2005.33"),
    dividends=Decimal("120.00"),
    interest=Decimal("-12.00"),
    total_profit=Decimal("5123.45"),
    return_pct=5.12345,
    theta_per_day=45.1,
    delta_dollars=31000.0,
    counts=PositionCounts(
        total=0, stocks=0, long_calls=0, short_calls=0, long_puts=0, short_puts=0, contracts=0
    ),
    unpriced=(),
    warnings=(),
)


@dataclass
class Switch:
    """How the connectors behave: each `dashboard` query waits for `gate` up to `slow` seconds."""

    slow: float = 0.0
    gate: threading.Event = field(default_factory=threading.Event)
    failing: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    def answer(self, name: str, value: Any) -> Outcome[Any]:
        self.asked.append(name)
        if self.slow:
            self.gate.wait(self.slow)
        if name in self.failing:
            return Failed(FailureKind.UNAVAILABLE, f"{name} is down.")
        return Found(value, PROVENANCE)


class _Account:
    """Only the revision is asked of it here."""

    name = "hand-made account"

    def revision(self) -> str:
        return "1"


class _Market:
    """Only its name is asked here."""

    name = "no market"


class Dashboard(DataConnector):
    name: ClassVar[str] = "dashboard"
    description: ClassVar[str] = "hand-made"
    source_type: ClassVar[DataSourceType] = DataSourceType.COMPUTED
    switch: Switch

    @query(description="d", examples=(), cache=NO_CACHE)
    def get_summary(self, params: NoParams, context: QueryContext) -> Outcome[Summary]:
        return self.switch.answer("summary", SUMMARY)

    @query(description="d", examples=(), cache=NO_CACHE)
    def get_balance(self, params: NoParams, context: QueryContext) -> Outcome[Balance]:
        return self.switch.answer("balance", BALANCE)


class Positions(DataConnector):
    name: ClassVar[str] = "positions"
    description: ClassVar[str] = "hand-made"
    source_type: ClassVar[DataSourceType] = DataSourceType.COMPUTED

    @query(description="d", examples=(), cache=NO_CACHE)
    def fetch_active(
        self, params: PositionFilter, context: QueryContext
    ) -> Outcome[ActivePositions]:
        totals = PositionTotals(
            value=None, cost_basis=None, unrealized=None, theta=None, delta_dollars=None, vega=None
        )
        return Found(
            ActivePositions(rows=(), count=0, totals=totals, unpriced=(), warnings=()), PROVENANCE
        )

    @query(description="d", examples=(), cache=NO_CACHE)
    def calculate_theta(
        self, params: PositionFilter, context: QueryContext
    ) -> Outcome[ThetaReport]:
        return Absent("You hold no options.")


def sources() -> Sources:
    return Sources(
        mode=Mode.PRACTICE,
        clock=FrozenClock(NOW),
        market=cast("Any", _Market()),
        account=cast("Any", _Account()),
    )


def data_service(
    switch: Switch, *, deadline: float = 2.0, memories: MemorySource | None = None
) -> DataIntegrationService:
    given = sources() if memories is None else replace(sources(), memories=memories)
    dashboard = Dashboard(given)
    dashboard.switch = switch
    registry = Registry(MappingProxyType({"dashboard": dashboard, "positions": Positions(given)}))
    return DataIntegrationService(given, registry=registry, deadline=deadline, concurrency=64)


@dataclass
class House:
    engine: TurnEngine
    switch: Switch
    database: Database

    def ask(self, text: str, **given: Any) -> tuple[Turn, list[TurnEvent]]:
        turn = self.engine.start(text, door="test", **given)
        return turn, list(self.engine.follow(turn.id))


@contextmanager
def house(
    database: Database,
    switch: Switch | None = None,
    *,
    deadline: float = 2.0,
    language: Language = LANGUAGE,
    memories: MemorySource | None = None,
    **engine: Any,
) -> Iterator[House]:
    used = switch or Switch()
    with (
        data_service(used, deadline=deadline, memories=memories) as data,
        TurnEngine(database, data, language, deadline=deadline, **engine) as running,
    ):
        yield House(running, used, database)


def understood(events: list[TurnEvent]) -> dict[str, Any]:
    return dict(next(e.payload for e in events if e.kind.value == "understood"))


def notices(events: list[TurnEvent]) -> list[dict[str, Any]]:
    """The answer's notices, in order."""
    blocks = (e.payload["block"] for e in events if e.kind.value == "block")
    return [block for block in blocks if block["type"] == "notice"]


def kinds(events: list[TurnEvent]) -> list[str]:
    return [event.kind.value for event in events]
