"""Kraken's door."""

from __future__ import annotations

from typing import Final

from connectors.vendors.crypto.doors import door_of
from connectors.vendors.crypto.exchange import House

HOUSE: Final = House(
    vendor="kraken",
    title="Kraken",
    client="kraken",
    sandbox=False,
    per_minute=60,
)  # fmt: skip
DOOR: Final = door_of(HOUSE)
