"""A home with a vault, and vendors' servers on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.vendors.doors import Doors
from mfa.connecting.connections import Connections
from mfa.kernel.clock import FrozenClock
from mfa.security.vault import Vault
from tests.servers.alpaca import AlpacaServer
from tests.servers.robinhood import NOW, RobinhoodServer
from tests.servers.tradier import TradierServer


class Watch(FrozenClock):
    """Stands until it is moved."""

    moved: datetime = NOW

    def now(self) -> datetime:
        return Watch.moved


@pytest.fixture
def watch() -> Iterator[type[Watch]]:
    yield Watch
    Watch.moved = NOW


@pytest.fixture
def tradier() -> Iterator[TradierServer]:
    with TradierServer() as fake:
        yield fake


@pytest.fixture
def robinhood() -> Iterator[RobinhoodServer]:
    with RobinhoodServer() as fake:
        yield fake


@pytest.fixture
def alpaca() -> Iterator[AlpacaServer]:
    with AlpacaServer() as fake:
        yield fake


@pytest.fixture
def origins(
    tradier: TradierServer, robinhood: RobinhoodServer, alpaca: AlpacaServer
) -> dict[str, str]:
    return {"tradier": tradier.url, "robinhood": robinhood.url, "alpaca": alpaca.url}


@pytest.fixture
def vault(tmp_path: Path, watch: type[Watch]) -> Vault:
    return Vault(tmp_path, clock=watch(NOW))


@pytest.fixture
def connections(vault: Vault, origins: dict[str, str], watch: type[Watch]) -> Connections:
    return Connections(Doors.discover(), vault, clock=watch(NOW), origins=origins)


def secret(**plain: str) -> dict[str, SecretStr]:
    return {name: SecretStr(text) for name, text in plain.items()}
