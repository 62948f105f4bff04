"""A broker that dies: real adapters over the loopback, a restart, and dated answers, marked so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mfa.data.requests import Answer, Served
from mfa.data.service import DataIntegrationService
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed, Found
from mfa.store.generations import GenerationRepository
from mfa.store.last_known import LastKnownRepository
from tests.servers.tradier import TradierServer
from tests.sources.conftest import NOWHERE, House


def process(house: House, broker: TradierServer | str) -> DataIntegrationService:
    """A process of a LIVE house whose broker and markets are one vendor."""
    outside = house.open(Mode.LIVE, {"tradier": broker, "yahoo": NOWHERE}, query_deadline=20.0)
    return DataIntegrationService(
        outside.sources, deadline=20.0, generations=GenerationRepository(house.database),
        last_known=LastKnownRepository(house.database),
    )  # fmt: skip


@pytest.fixture
def after(house: House, tradier_server: TradierServer) -> Iterator[DataIntegrationService]:
    """The process after one that had asked and ended; by now the broker is gone."""
    house.connect_tradier("production")
    with process(house, tradier_server) as before:
        for feature, query in (
            ("dashboard", "get_balance"), ("positions", "fetch_active"), ("risk", "margin"),
        ):  # fmt: skip
            assert isinstance(before.query(feature, query), Found)
        assert isinstance(before.get_quotes(["KO"]), Found)
    with process(house, NOWHERE) as made:
        yield made


def dated(answer: Answer) -> Found[object]:
    assert isinstance(answer.outcome, Found), answer.outcome
    assert answer.served is Served.LAST_KNOWN
    assert answer.outcome.stale
    note = answer.outcome.provenance.note
    assert "Last known at" in note
    return Found(answer.outcome.value, answer.outcome.provenance)


def test_balance_positions_and_quotes_are_answered_dated(after: DataIntegrationService) -> None:
    balance = dated(after.ask("dashboard", "get_balance"))
    assert "Tradier" in balance.provenance.note
    assert [each.source for each in balance.provenance.inputs]
    dated(after.ask("positions", "fetch_active"))
    dated(after.ask("ai_research", "get_quote", {"symbols": ("KO",)}))


def test_what_says_whether_it_is_safe_is_not(after: DataIntegrationService) -> None:
    assert isinstance(after.ask("risk", "margin").outcome, Failed)


def test_another_account_of_the_same_broker_is_not_shown_the_first_ones(
    house: House, after: DataIntegrationService
) -> None:
    del after
    house.connect_tradier("production", account="VA999")
    with process(house, NOWHERE) as other:
        assert isinstance(other.ask("dashboard", "get_balance").outcome, Failed)


def test_after_connecting_anew_nothing_older_is_shown(after: DataIntegrationService) -> None:
    after.invalidate("sources_changed")
    assert isinstance(after.ask("dashboard", "get_balance").outcome, Failed)
