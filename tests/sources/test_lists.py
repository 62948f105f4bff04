"""Lists of whoever is connected at the moment of the question, over the loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.sources.lists import ConnectedLists
from connectors.sources.shelf import Circumstances, Shelf
from connectors.vendors.doors import Doors
from mfa.kernel.clock import FrozenClock
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.security.files import VaultError
from mfa.security.vault import Vault
from tests.servers.tradingview import NOW, SESSION, TradingViewServer


@pytest.fixture
def server() -> Iterator[TradingViewServer]:
    with TradingViewServer() as made:
        yield made


@pytest.fixture
def shelf(server: TradingViewServer, tmp_path: Path) -> Iterator[Shelf]:
    """Prices come from Yahoo alone, as far as the settings go."""
    circumstances = Circumstances(
        clock=FrozenClock(NOW), deadline=2.0, order=("yahoo",), origins={"tradingview": server.url}
    )
    made = Shelf(Doors.discover(), Vault(tmp_path), circumstances)
    yield made
    made.close()


def test_without_a_connection_the_ways_are_named_and_nobody_is_asked(
    shelf: Shelf, server: TradingViewServer
) -> None:
    outcome = ConnectedLists(lambda: nullcontext(shelf)).watchlists("ada")
    assert isinstance(outcome, Absent)
    assert "TradingView is not connected (`magnus connect tradingview`)." in outcome.reason
    assert "magnus watchlists import FILE" in outcome.reason
    assert server.requests == []


def test_whoever_is_connected_by_then_is_asked_whatever_the_order_of_prices(shelf: Shelf) -> None:
    lists = ConnectedLists(lambda: nullcontext(shelf))
    assert isinstance(lists.watchlists("ada"), Absent)
    shelf.vault.put("tradingview", {"sessionid": SecretStr(SESSION)})
    shelf.refresh()
    outcome = lists.watchlists("ada")
    assert isinstance(outcome, Found)
    assert [each.name for each in outcome.value] == ["Tech", "Wheel", "Red list"]


def test_credentials_that_cannot_be_right_are_a_failure(shelf: Shelf) -> None:
    shelf.vault.put("tradingview", {"sessionid": SecretStr("two words")})
    shelf.refresh()
    outcome = ConnectedLists(lambda: nullcontext(shelf)).watchlists("ada")
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.CREDENTIALS
    assert "two words" not in outcome.message


def test_a_vault_that_cannot_be_opened_is_a_failure() -> None:
    def broken() -> nullcontext[Shelf]:
        raise VaultError("The vault cannot be read.")

    shelf: Callable[[], nullcontext[Shelf]] = broken
    outcome = ConnectedLists(shelf).watchlists("ada")
    assert outcome == Failed(FailureKind.UNAVAILABLE, "The vault cannot be read.")
