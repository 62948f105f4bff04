"""PAPER and LIVE over loopback servers: real adapters, a real vault, a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from mfa.data.service import DataIntegrationService
from mfa.kernel.clock import FrozenClock
from mfa.kernel.mode import Mode
from mfa.kernel.settings import Settings
from mfa.outside import Outside, open_outside
from mfa.security.vault import Vault
from mfa.store.database import Database
from tests.servers import tradier
from tests.servers.base import FakeServer
from tests.servers.tradier import TradierServer
from tests.servers.yahoo import YahooServer

CLOCK = FrozenClock(tradier.NOW)
NOWHERE = "http://127.0.0.1:9"
"""Where nobody listens."""


class House:
    """Opens the outside of a mode with the vendors that a test connects."""

    def __init__(self, database: Database, home: Path, closing: ExitStack) -> None:
        self.database, self.home, self._closing = database, home, closing
        self.vault = Vault(home, clock=CLOCK)

    def connect(self, vendor: str, **fields: str) -> None:
        self.vault.put(vendor, {name: SecretStr(text) for name, text in fields.items()})

    def connect_tradier(self, house: str = "sandbox", account: str = tradier.ACCOUNT) -> None:
        self.connect("tradier", token=tradier.TOKEN, house=house, account=account)

    def settings(self, mode: Mode, origins: dict[str, str], **more: Any) -> Settings:
        return Settings(home=self.home, mode=mode, vendor_origins=origins, **more)

    def open(self, mode: Mode, origins: dict[str, FakeServer | str], **more: Any) -> Outside:
        urls = {v: s if isinstance(s, str) else s.url for v, s in origins.items()}
        outside = open_outside(self.database, self.settings(mode, urls, **more), CLOCK)
        self._closing.callback(outside.close)
        return outside

    def data(self, outside: Outside, deadline: float = 20.0) -> DataIntegrationService:
        service = DataIntegrationService(outside.sources, deadline=deadline)
        self._closing.callback(service.close)
        return service


@pytest.fixture
def house(new_database: Callable[[], Database], tmp_path: Path) -> Iterator[House]:
    with ExitStack() as closing:
        database = new_database()
        closing.callback(database.close)
        yield House(database, tmp_path, closing)


@pytest.fixture
def tradier_server() -> Iterator[TradierServer]:
    with TradierServer() as server:
        yield server


@pytest.fixture
def yahoo_server() -> Iterator[YahooServer]:
    with YahooServer() as server:
        yield server
