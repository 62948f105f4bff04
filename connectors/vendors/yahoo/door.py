"""Yahoo's door: no key, no account. yfinance is imported at the first question, not here."""

from __future__ import annotations

from typing import Final

from connectors.vendors.ground.door import Conditions, Secrets, VendorDoor, VendorSource


def _open(secrets: Secrets, conditions: Conditions) -> VendorSource:  # noqa: ARG001 - has none
    from connectors.vendors.yahoo.access import YahooAccess  # noqa: PLC0415 - at first use
    from connectors.vendors.yahoo.market import YahooMarket  # noqa: PLC0415 - at first use

    access = YahooAccess(
        clock=conditions.clock,
        origin=conditions.origin,
        deadline=conditions.deadline,
        metrics=conditions.metrics,
    )
    market = YahooMarket(access)
    return VendorSource(
        market=market,
        research=market,
        check=access.check,
        health=access.gate.health,
        close=access.close,
    )


DOOR: Final = VendorDoor(
    vendor="yahoo",
    title="Yahoo",
    provides=frozenset({"market", "research"}),
    fields=(),
    open=_open,
    note="Needs no key. For personal use, says Yahoo; its prices may be 15 minutes old.",
)
