"""Binance's door."""

from __future__ import annotations

from typing import Final

from connectors.vendors.crypto.doors import door_of
from connectors.vendors.crypto.exchange import House

HOUSE: Final = House(
    vendor="binance",
    title="Binance",
    client="binance",
    options={"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False,
             "fetchMargins": False, "warnOnFetchOpenOrdersWithoutSymbol": False},
    per_minute=1200,
)  # fmt: skip
DOOR: Final = door_of(
    HOUSE, note="Binance does not serve people in the United States; binance.us is another house."
)
