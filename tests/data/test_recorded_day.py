"""A day of use, written down: nine of ten questions go to no source. Counted, not timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from types import MappingProxyType

import pytest

from bench.day import Tally, recorded, replay
from connectors.base import DataConnector, Params, QueryContext, Result, Sources
from connectors.practice.desk import PracticeDesk
from connectors.registry import Registry
from mfa.data.events import DataEvent
from mfa.data.requests import validated
from mfa.data.service import DataIntegrationService
from mfa.kernel.metrics import Metrics
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Found, Outcome, Provenance
from mfa.store.database import Database
from mfa.store.generations import GenerationRepository
from tests.data.conftest import MOMENT
from tests.data.samples import samples


class Instant(DataConnector):
    """Declares what a real connector declares and answers a sample at once, so that a day is
    counted in seconds: caching does not depend on what the answers say."""

    def __init__(self, real: DataConnector) -> None:
        super().__init__(real.sources)
        self.name, self.queries = real.name, real.queries  # type: ignore[misc]

    def __getattr__(self, name: str) -> Callable[[Params, QueryContext], Outcome[Result]]:
        sample = next(iter(samples(self.queries[name].result)))
        assert isinstance(sample, Result)
        return lambda _params, _context: Found(sample, Provenance(source="day", as_of=MOMENT))


@pytest.fixture(scope="module")
def registry(new_database: Callable[[], Database]) -> Iterator[tuple[Registry, Sources, Database]]:
    with new_database() as database:
        desk = PracticeDesk.open(database, 7)
        sources = Sources(
            mode=Mode.PRACTICE, clock=desk.clock, market=desk.market, account=desk.account,
            market_revision=desk.market_revision,
        )  # fmt: skip
        real = Registry.discover(sources)
        instant = {name: Instant(each) for name, each in real.connectors.items()}
        yield Registry(MappingProxyType(instant)), sources, database


def lived(house: tuple[Registry, Sources, Database]) -> Tally:
    registry, sources, database = house
    now = [0.0]
    with DataIntegrationService(
        sources, registry=registry, metrics=Metrics(), clock=lambda: now[0],
        generations=GenerationRepository(database),
    ) as service:  # fmt: skip
        return replay(recorded(), service, lambda at: now.__setitem__(0, at))


def test_nine_of_ten_questions_of_a_day_go_to_no_source(
    registry: tuple[Registry, Sources, Database],
) -> None:
    day = lived(registry)
    assert day.questions > 5_000
    assert day.hit_rate_pct >= 90.0, day
    assert lived(registry) == day


def test_the_day_asks_only_what_can_be_asked(
    registry: tuple[Registry, Sources, Database],
) -> None:
    asked = Counter[str]()
    for moment in recorded():
        if moment.event:
            DataEvent(moment.event)
        for each in moment.questions:
            query = registry[0].find(each.feature, each.query).query
            validated(each.feature, query, each.params)
            asked[each.feature] += 1
    assert len(asked) >= 8
    assert [m.at for m in recorded()] == sorted(m.at for m in recorded())
