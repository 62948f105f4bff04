"""The person's usual limits count at once, and answers under different ones are kept apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.base import Sources
from connectors.practice.desk import PracticeDesk
from connectors.screening.results import Candidates
from mfa.data.requests import Served
from mfa.data.service import DataIntegrationService
from mfa.kernel.metrics import Metrics
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Found
from mfa.kernel.settings import load_settings
from mfa.store.database import Database
from mfa.store.settings import KeptSettings, SettingRepository


@pytest.fixture
def data(database: Database) -> Iterator[DataIntegrationService]:
    desk = PracticeDesk.open(database, 7)
    started = load_settings()
    sources = Sources(
        mode=Mode.PRACTICE, clock=desk.clock, market=desk.market, account=desk.account,
        settings=KeptSettings(database, started, started),
    )  # fmt: skip
    with DataIntegrationService(sources, metrics=Metrics(), deadline=20.0) as made:
        yield made


def days(data: DataIntegrationService, **asked: object) -> tuple[set[int], Served]:
    answer = data.ask("opportunities", "scan_csp", {"symbols": ["KO"], "limit": 50, **asked})
    assert isinstance(answer.outcome, Found), answer.outcome
    assert isinstance(answer.outcome.value, Candidates)
    return {row.days for row in answer.outcome.value.rows}, answer.served


def test_a_preference_counts_at_the_next_question_and_what_is_said_comes_first(
    data: DataIntegrationService, database: Database
) -> None:
    by_default, _ = days(data)
    assert all(20 <= each <= 50 for each in by_default)
    SettingRepository(database).put("scan_dte", [60, 100])
    preferred, served = days(data)
    assert served is Served.FETCHED
    assert all(60 <= each <= 100 for each in preferred)
    said, _ = days(data, dte="20-50")
    assert said == by_default
    SettingRepository(database).remove("scan_dte")
    assert days(data)[0] == by_default
