"""Robinhood over its loopback: tokens, and the locked session of its library."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.vendors.ground.door import Keeping, VendorSource
from connectors.vendors.robinhood.access import TERMS
from mfa.kernel.market import MarketSource
from mfa.kernel.outcome import Failed, FailureKind, Found
from tests.servers.robinhood import EXPIRATION, RobinhoodServer
from tests.servers.robinhood_account import ACCOUNT
from tests.vendors.robinhood_ground import opened

KEPT = {"access_token": SecretStr("old"), "refresh_token": SecretStr("loopback-refresh-0")}


@pytest.fixture
def server() -> Iterator[RobinhoodServer]:
    with RobinhoodServer() as fake:
        yield fake


@pytest.fixture
def source(server: RobinhoodServer) -> Iterator[VendorSource]:
    made = opened(server)
    yield made
    made.close()


@pytest.fixture
def market(source: VendorSource) -> MarketSource:
    assert source.market is not None
    return source.market


def test_an_expired_token_is_exchanged_and_the_new_pair_is_kept(server: RobinhoodServer) -> None:
    kept: dict[str, SecretStr] = {**KEPT, "account": SecretStr(ACCOUNT)}
    source = opened(server, keeping=Keeping(read=lambda: kept, write=kept.update))
    kept["access_token"] = SecretStr(server.access)
    server.expire()
    assert source.market is not None
    assert isinstance(source.market.quote("KO"), Found)
    assert kept["access_token"].get_secret_value() == server.access == "loopback-access-1"
    assert kept["refresh_token"].get_secret_value() == server.refresh == "loopback-refresh-1"
    assert kept["account"].get_secret_value() == ACCOUNT
    assert server.paths().count("/oauth2/token/") == 1
    source.close()


def test_a_pair_that_another_process_bought_is_used(server: RobinhoodServer) -> None:
    kept = {"access_token": SecretStr("loopback-access-9")}
    source = opened(server, keeping=Keeping(read=lambda: kept, write=kept.update))
    server.access, server.refresh = "loopback-access-9", "loopback-refresh-9"
    assert source.market is not None
    assert isinstance(source.market.quote("KO"), Found)
    assert "/oauth2/token/" not in server.paths()
    source.close()


def test_logged_out_is_said_with_the_remedy_and_not_tried_for_ever(
    server: RobinhoodServer,
) -> None:
    source = opened(server)
    server.log_out()
    assert source.market is not None
    for _ in range(3):
        outcome = source.market.quote("KO")
        assert isinstance(outcome, Failed)
        assert outcome.kind is FailureKind.CREDENTIALS
        assert "magnus connect robinhood" in outcome.message
    assert server.paths().count("/oauth2/token/") == 1
    health = source.check()
    assert (health.reachable, health.authorised) == (True, False)
    source.close()


def test_a_throttled_answer_tells_its_pause_in_words(
    market: MarketSource, server: RobinhoodServer
) -> None:
    from tests.servers.base import Answer

    said = {"detail": "Request was throttled. Expected available in 41 seconds."}
    server._answer = lambda request: Answer(said, 429)  # type: ignore[method-assign]
    outcome = market.quote("KO")
    assert isinstance(outcome, Failed)
    assert outcome.retry_after is not None
    assert outcome.retry_after.total_seconds() == 41


def test_the_librarys_own_calls_read_the_loopback_and_can_place_no_order(
    server: RobinhoodServer,
) -> None:
    """The witness: robin-stocks understands this server, and its orders go nowhere."""
    import robin_stocks.robinhood as library
    from robin_stocks.robinhood import helper

    from connectors.vendors.robinhood.courier import Courier, NoPassageError

    courier = Courier(TERMS, origin=server.url)
    helper.set_login_state(True)
    try:
        with courier.passage(time.monotonic() + 30, SecretStr(server.access)):
            assert library.get_open_stock_positions()[0]["quantity"] == "100.50000000"
            assert library.get_latest_price("KO") == ["70.100000"]
            assert library.get_open_option_positions()[0]["type"] == "short"
            assert library.get_all_stock_orders()[0]["id"] == "o-4"
            assert library.get_total_dividends() == 51.0
            assert len(library.find_options_by_expiration("KO", str(EXPIRATION))) == 6
            before = len(server.requests)
            assert library.order_buy_limit("KO", 1, 70.0) is None
            library.withdrawl_funds_to_bank_account("https://x", 5)
            assert all(request.method == "GET" for request in server.requests[before:])
        with pytest.raises(NoPassageError):
            library.get_open_stock_positions()
    finally:
        helper.set_login_state(False)
        courier.close()


def test_a_token_goes_to_robinhoods_hosts_only(
    market: MarketSource, server: RobinhoodServer
) -> None:
    real = server.page

    def elsewhere(request: Any, rows: Any) -> Any:
        return {**real(request, rows), "next": "https://api.robinhood.com.example.org/steal/"}

    server.page = elsewhere  # type: ignore[method-assign]
    outcome = market.chain("KO", EXPIRATION)
    assert isinstance(outcome, Failed)
    assert "not Robinhood's" in outcome.message
    assert "/steal/" not in server.paths()


def test_pages_that_go_round_are_not_followed_for_ever(
    market: MarketSource, server: RobinhoodServer
) -> None:
    real = server.page
    again = "https://api.robinhood.com/options/instruments/?cursor=0&chain_id=x&expiration_dates=x"
    server.page = lambda request, rows: {**real(request, rows), "next": again}  # type: ignore[method-assign]
    outcome = market.chain("KO", EXPIRATION)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.BAD_DATA


def test_the_library_is_imported_at_the_first_question_only() -> None:
    asked = (
        "import sys, connectors.vendors.robinhood.account, connectors.vendors.robinhood.login; "
        "print([m for m in ('robin_stocks', 'requests') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
