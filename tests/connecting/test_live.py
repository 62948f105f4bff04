"""Robinhood's account in LIVE, from the vault to the features; in PAPER it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from connectors.portfolio.account_results import Summary
from mfa.data.service import DataIntegrationService
from mfa.kernel.clock import FrozenClock
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed, Found
from mfa.kernel.settings import Settings
from mfa.outside import Outside, open_outside
from mfa.security.vault import Vault
from mfa.store.database import Database
from tests.connecting.conftest import secret
from tests.servers.robinhood import NOW, RobinhoodServer
from tests.servers.robinhood_account import ACCOUNT

CLOCK = FrozenClock(NOW)


@pytest.fixture
def vault(tmp_path: Path, robinhood: RobinhoodServer) -> Vault:
    """An access token that has expired, and the refresh token that is good."""
    made = Vault(tmp_path, clock=CLOCK)
    tokens = secret(access_token="expired", refresh_token=robinhood.refresh, account=ACCOUNT)
    made.put("robinhood", tokens)
    return made


def opened(database: Database, home: Path, mode: Mode, robinhood: RobinhoodServer) -> Outside:
    settings = Settings(
        home=home,
        mode=mode,
        account="robinhood",
        sources=("robinhood",),
        vendor_origins={"robinhood": robinhood.url},
    )
    return open_outside(database, settings, CLOCK)


@pytest.fixture
def live(
    database: Database, vault: Vault, tmp_path: Path, robinhood: RobinhoodServer
) -> Iterator[Outside]:
    outside = opened(database, tmp_path, Mode.LIVE, robinhood)
    yield outside
    outside.close()


def test_the_summary_of_a_real_account_comes_from_an_expired_token_to_the_cent(
    live: Outside, vault: Vault, robinhood: RobinhoodServer
) -> None:
    with DataIntegrationService(live.sources, deadline=30.0) as data:
        outcome = data.query("dashboard", "get_summary")
    assert isinstance(outcome, Found), outcome
    summary = outcome.value
    assert isinstance(summary, Summary)
    assert summary.balance.equity == Decimal("9887.26")
    assert (summary.realized.total, summary.unrealized) == (Decimal("224.98"), Decimal("110.05"))
    assert summary.theta_per_day == pytest.approx(2.0), "one call sold, two cents a share a day"
    assert (summary.counts.stocks, summary.counts.short_calls) == (1, 1)
    kept = vault.get("robinhood")
    assert kept is not None
    assert kept.fields["access_token"].get_secret_value() == robinhood.access
    assert kept.fields["account"].get_secret_value() == ACCOUNT


def test_another_account_than_the_connected_one_shows_nothing(
    live: Outside, robinhood: RobinhoodServer
) -> None:
    robinhood.number = "5QR00009"
    assert isinstance(live.sources.account.account(), Failed)


def test_a_real_account_is_refused_in_paper(
    database: Database, vault: Vault, tmp_path: Path, robinhood: RobinhoodServer
) -> None:
    assert vault.vendors() == ("robinhood",)
    outside = opened(database, tmp_path, Mode.PAPER, robinhood)
    outcome = outside.sources.account.account()
    assert isinstance(outcome, Failed)
    assert "LIVE" in outcome.message
    outside.close()


def test_only_reading_goes_over_the_wire(live: Outside, robinhood: RobinhoodServer) -> None:
    account = live.sources.account
    for ask in (account.account, account.positions, account.closed_trades, account.equity_curve):
        assert isinstance(ask(), Found)
    posted = {request.path for request in robinhood.requests if request.method != "GET"}
    assert posted == {"/oauth2/token/"}
