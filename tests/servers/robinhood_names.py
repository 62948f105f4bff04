"""The instruments that Robinhood on the loopback knows, by the ids that its rows point with."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

API: Final = "https://api.robinhood.com"
KO: Final = "450dfc6d-5510-4d40-abfb-f633b7d9be3e"
BRK: Final = "550dfc6d-5510-4d40-abfb-f633b7d9be3e"
CHAIN: Final = "c277b118-58d9-4060-8dc5-a3b5898955cb"
STRIKES: Final = (65.0, 70.0, 75.0)


def _instrument(key: str, symbol: str, name: str, chain: str | None) -> dict[str, Any]:
    return {
        "id": key,
        "url": f"{API}/instruments/{key}/",
        "symbol": symbol,
        "name": f"{name} Company Common Stock",
        "simple_name": name,
        "type": "stock",
        "tradable_chain_id": chain,
    }


INSTRUMENTS: Final = {
    "KO": _instrument(KO, "KO", "Coca-Cola", CHAIN),
    "BRK.B": _instrument(BRK, "BRK.B", "Berkshire Hathaway", None),
}


def option_id(expiration: date, strike: float, side: str) -> str:
    return f"{expiration:%Y%m%d}-{int(strike * 1000):08d}-{side}"


def _option(expiration: date, strike: float, side: str) -> dict[str, Any]:
    key = option_id(expiration, strike, side)
    return {
        "id": key,
        "url": f"{API}/options/instruments/{key}/",
        "chain_id": CHAIN,
        "chain_symbol": "KO",
        "type": side,
        "strike_price": f"{strike:.4f}",
        "expiration_date": expiration.isoformat(),
        "state": "active",
    }


LISTED: Final = [_option(date(2026, 12, 18), k, side) for k in STRIKES for side in ("call", "put")]
_ENDED: Final = [
    _option(date(2026, 9, 18), 70.0, "put"),
    _option(date(2026, 10, 16), 72.0, "call"),
    _option(date(2026, 10, 30), 65.0, "put"),
]
OPTIONS: Final = {row["id"]: row for row in (*LISTED, *_ENDED)}
