"""What Robinhood on the loopback says of the market: KO at 70.10, its options, figures and news."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from tests.servers.robinhood_names import API, KO, option_id

FIGURES: Final = {
    "open": "69.800000",
    "volume": "5000000.000000",
    "market_cap": "302000000000.000000",
    "pe_ratio": "24.500000",
    "pb_ratio": "10.200000",
    "dividend_yield": "2.910000",
    "shares_outstanding": "4310000000.000000",
    "sector": "Consumer Non-Durables",
    "industry": "Beverages: Non-Alcoholic",
}
_SESSIONS = [("2026-11-18", "69.00", "69.50"), ("2026-11-19", "69.50", "69.70")]
BARS: Final = [
    {
        "begins_at": f"{day}T00:00:00Z",
        "open_price": opened,
        "close_price": closed,
        "high_price": "71.00",
        "low_price": "68.50",
        "volume": 8_000_000,
        "session": "reg",
        "interpolated": False,
    }
    for day, opened, closed in _SESSIONS
]
_DAYS = [("2026-10-20", "am"), ("2027-02-09", "am")]
REPORTS: Final[list[dict[str, Any]]] = [
    {"symbol": "KO", "year": 2026, "eps": None, "report": {"date": d, "timing": t}}
    for d, t in _DAYS
]
REPORTS.append({"symbol": "KO", "year": 2027, "eps": None, "report": None})
NEWS: Final = {
    "title": "Coca-Cola raises prices",
    "source": "A Paper",
    "published_at": "2026-11-20T12:00:00Z",
    "url": "https://example.org/ko",
    "summary": "",
    "preview_text": "The company said so.",
}


def stock_row(symbol: str) -> dict[str, Any]:
    return {
        "symbol": symbol,
        "ask_price": "70.150000",
        "ask_size": 100,
        "bid_price": "70.050000",
        "bid_size": 200,
        "last_trade_price": "70.100000",
        "last_extended_hours_trade_price": None,
        "previous_close": "69.700000",
        "adjusted_previous_close": "69.700000",
        "previous_close_date": "2026-11-19",
        "trading_halted": False,
        "has_traded": True,
        "updated_at": "2026-11-20T17:59:58Z",
        "instrument": f"{API}/instruments/{KO}/",
    }


def option_row(strike: float, side: str, *, expiration: date, model: bool) -> dict[str, Any]:
    """An option's quote; without a `model` its Greeks are missing."""
    call = side == "call"
    mid = max(0.0, (70.1 - strike) if call else (strike - 70.1)) + 1.2
    greeks = {
        "implied_volatility": "0.210000",
        "delta": "0.500000" if call else "-0.500000",
        "gamma": "0.050000",
        "theta": "-0.020000",
        "vega": "0.080000",
        "rho": "0.010000",
    }
    return {
        "instrument": f"{API}/options/instruments/{option_id(expiration, strike, side)}/",
        "bid_price": f"{mid - 0.05:.6f}",
        "ask_price": f"{mid + 0.05:.6f}",
        "last_trade_price": f"{mid:.6f}",
        "open_interest": 1314,
        "volume": 142,
        "updated_at": "2026-11-20T17:59:55.000000Z",
        **(greeks if model else dict.fromkeys(greeks)),
    }
