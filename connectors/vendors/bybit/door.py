"""Bybit's door."""

from __future__ import annotations

from typing import Final

from connectors.vendors.crypto.doors import door_of
from connectors.vendors.crypto.exchange import House

HOUSE: Final = House(
    vendor="bybit",
    title="Bybit",
    client="bybit",
    options={"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False},
)  # fmt: skip
DOOR: Final = door_of(HOUSE)
