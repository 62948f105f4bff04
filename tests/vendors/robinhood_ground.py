"""Robinhood's vendor over its loopback, opened as the house opens it."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from connectors.vendors.ground.door import Conditions, VendorSource
from connectors.vendors.robinhood.door import DOOR
from mfa.kernel.clock import FrozenClock
from mfa.kernel.metrics import Metrics
from tests.servers.robinhood import NOW, RobinhoodServer


def opened(server: RobinhoodServer, **more: Any) -> VendorSource:
    secrets = {
        "access_token": SecretStr(server.access),
        "refresh_token": SecretStr(server.refresh),
    }
    given = {"clock": FrozenClock(NOW), "metrics": Metrics(), "origin": server.url, **more}
    return DOOR.open({**secrets, **given.pop("secrets", {})}, Conditions(**given))
