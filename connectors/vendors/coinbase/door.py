"""Coinbase's door."""

from __future__ import annotations

from typing import Final

from connectors.vendors.crypto.doors import door_of
from connectors.vendors.crypto.exchange import House

HOUSE: Final = House(
    vendor="coinbase",
    title="Coinbase",
    client="coinbase",
    id_param="client_order_id",
    sandbox=False,
    market_orders=False,
)  # fmt: skip
DOOR: Final = door_of(HOUSE)
