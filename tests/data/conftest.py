"""A connector that does as it is told, and a service over it whose clock stands still."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from connectors.base import (
    DAILY,
    NO_CACHE,
    PRICES,
    SHORT_TTL,
    DataConnector,
    DataSourceType,
    Dependency,
    Params,
    QueryContext,
    Result,
    Sources,
    query,
)
from connectors.registry import Registry
from mfa.data.requests import Answer
from mfa.data.service import DataIntegrationService
from mfa.data.shared import SharedAnswers
from mfa.kernel.account import AccountSource
from mfa.kernel.clock import FrozenClock
from mfa.kernel.market import MarketSource
from mfa.kernel.metrics import Metrics
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance
from mfa.store.database import Database
from mfa.store.generations import GenerationRepository
from mfa.store.last_known import LastKnownRepository

MOMENT = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)


class Ask(Params):
    text: str = ""
    number: int = 0


class Reply(Result):
    text: str
    user: str
    count: int


def found(text: str = "", user: str = "local", count: int = 0) -> Found[Reply]:
    return Found(Reply(text=text, user=user, count=count), Provenance(source="probe", as_of=MOMENT))


class ProbeConnector(DataConnector):
    """Answers with `behaviour`, counting its calls; by default with the count itself."""

    name = "probe"
    description = "Answers as told."
    source_type = DataSourceType.COMPUTED

    def __init__(self, sources: Sources) -> None:
        super().__init__(sources)
        self.calls = 0
        self.lock = threading.Lock()
        self.behaviour: Callable[[Ask], object] | None = None

    def _answer(self, params: Ask, context: QueryContext) -> Outcome[Reply]:
        with self.lock:
            self.calls += 1
            count = self.calls
        if self.behaviour is not None:
            return cast("Outcome[Reply]", self.behaviour(params))
        return found(params.text, context.user, count)

    @query(description="Kept for 30 seconds.", examples=(), cache=SHORT_TTL)
    def short(self, params: Ask, context: QueryContext) -> Outcome[Reply]:
        return self._answer(params, context)

    @query(
        description="Kept for 30 seconds, and 60 more while a new one is fetched.",
        examples=(),
        cache=SHORT_TTL.while_refreshing(timedelta(seconds=60)),
    )
    def patient(self, params: Ask, context: QueryContext) -> Outcome[Reply]:
        return self._answer(params, context)

    @query(description="Never kept.", examples=(), cache=NO_CACHE)
    def never(self, params: Ask, context: QueryContext) -> Outcome[Reply]:
        return self._answer(params, context)

    @query(description="Of prices alone.", examples=(), cache=SHORT_TTL, depends=PRICES)
    def prices(self, params: Ask, context: QueryContext) -> Outcome[Reply]:
        return self._answer(params, context)

    @query(
        description="Of watchlists alone.", examples=(), cache=SHORT_TTL,
        depends={Dependency.WATCHLISTS},
    )  # fmt: skip
    def lists(self, params: Ask, context: QueryContext) -> Outcome[Reply]:
        return self._answer(params, context)

    @query(description="Is it safe?", examples=(), cache=SHORT_TTL, last_known=False)
    def safety(self, params: Ask, context: QueryContext) -> Outcome[Reply]:
        return self._answer(params, context)

    @query(
        description="Changes a list.", examples=(), cache=NO_CACHE, changes={Dependency.WATCHLISTS}
    )
    def edit(self, params: Ask, context: QueryContext) -> Outcome[Reply]:
        return self._answer(params, context)

    @query(description="Good whatever happens.", examples=(), cache=DAILY, static=True)
    def constant(self, params: Ask, context: QueryContext) -> Outcome[Reply]:
        return self._answer(params, context)


class Revisions:
    """An account of which only name and revision are ever asked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.read: Callable[[], str] = lambda: "1"

    def revision(self) -> str:
        return self.read()


class Probe:
    """`market_moves` gives the market a revision of its own; `database` and `shared` make one of
    several processes of a house."""

    def __init__(
        self,
        *,
        capacity: int = 100,
        deadline: float = 2.0,
        concurrency: int = 8,
        mode: Mode = Mode.PRACTICE,
        market_moves: bool = False,
        database: Database | None = None,
        shared: SharedAnswers | None = None,
        account_name: str = "probe account",
    ) -> None:
        self.account = Revisions(account_name)
        self.market_revision = "1"
        self.now = 0.0
        sources = Sources(
            mode=mode,
            clock=FrozenClock(MOMENT),
            market=cast("MarketSource", SimpleNamespace(name="probe market")),
            account=cast("AccountSource", self.account),
            market_revision=(lambda: self.market_revision) if market_moves else None,
        )
        self.connector = ProbeConnector(sources)
        self.service = DataIntegrationService(
            sources,
            registry=Registry({"probe": self.connector}),
            capacity=capacity,
            deadline=deadline,
            concurrency=concurrency,
            metrics=Metrics(),
            clock=lambda: self.now,
            generations=None if database is None else GenerationRepository(database),
            last_known=None if database is None else LastKnownRepository(database),
            shared=shared,
        )

    def ask(self, query: str = "short", **asked: object) -> Answer:
        return self.service.ask("probe", query, asked)

    def count(self, query: str = "short", **asked: object) -> int:
        """How many times the connector had been called when it gave this answer."""
        outcome = self.ask(query, **asked).outcome
        assert isinstance(outcome, Found), outcome
        return int(outcome.value.model_dump()["count"])

    def fails(self, kind: FailureKind = FailureKind.UNAVAILABLE, message: str = "Down.") -> None:
        self.connector.behaviour = lambda _: Failed(kind, message)


@pytest.fixture
def probes() -> Iterator[Callable[..., Probe]]:
    """Makes probes, closed at the end."""
    made: list[Probe] = []

    def make(**options: Any) -> Probe:
        made.append(Probe(**options))
        return made[-1]

    yield make
    for each in made:
        each.service.close(0.0)


@pytest.fixture
def probe(probes: Callable[..., Probe]) -> Probe:
    return probes()
