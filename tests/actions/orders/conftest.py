"""A loopback broker and a desk that trades with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mfa.store.database import Database
from tests.actions.orders.desk import Desk
from tests.servers.broker import BrokerServer
from tests.servers.broker_client import LoopbackBroker


@pytest.fixture
def exchange() -> Iterator[BrokerServer]:
    with BrokerServer() as server:
        yield server


@pytest.fixture
def broker(exchange: BrokerServer) -> Iterator[LoopbackBroker]:
    client = LoopbackBroker(exchange.url)
    yield client
    client.close()


@pytest.fixture
def desk(database: Database, broker: LoopbackBroker) -> Desk:
    return Desk(database, {broker.name: broker})
