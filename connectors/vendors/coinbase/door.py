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
    options={"fetchBalance": "v3PrivateGetBrokerageAccounts"},  # the older one knows no holds
    refused=r'"success"\s*:\s*false',
    sandbox=False,
    market_orders=False,
    ticker_of_last_trade=True,
)  # fmt: skip
DOOR: Final = door_of(
    HOUSE,
    note="A key of Coinbase's developer platform: its name, and its private key (ECDSA) with the"
    " \\n that stand in the file.",
)
