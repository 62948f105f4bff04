"""What has happened in the account of Robinhood on the loopback. Its sums stand in `robinhood`."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from tests.servers.robinhood_names import API, KO, option_id

ACCOUNT: Final = "5QR00001"
_OWNER: Final = f"{API}/accounts/{ACCOUNT}/"
_KO: Final = f"{API}/instruments/{KO}/"


def _option(expiration: date, strike: float, side: str) -> str:
    return f"{API}/options/instruments/{option_id(expiration, strike, side)}/"


def _order(
    key: str, at: str, side: str, *parts: tuple[str, str], fees: str = "0"
) -> dict[str, Any]:
    return {
        "id": key,
        "account": _OWNER,
        "instrument": _KO,
        "side": side,
        "state": "filled" if parts else "cancelled",
        "fees": fees,
        "created_at": at,
        "updated_at": at,
        "executions": [{"price": p, "quantity": q, "timestamp": at} for q, p in parts],
    }


def _option_order(key: str, at: str, option: str, side: str, price: str) -> dict[str, Any]:
    execution = {"price": price, "quantity": "1.00000", "timestamp": at}
    leg = {"option": option, "side": side, "ratio_quantity": 1, "executions": [execution]}
    return {
        "id": key,
        "chain_symbol": "KO",
        "state": "filled",
        "created_at": at,
        "updated_at": at,
        "legs": [leg],
    }


PUT_70: Final = _option(date(2026, 9, 18), 70.0, "put")
CALL_72: Final = _option(date(2026, 10, 16), 72.0, "call")
PUT_65: Final = _option(date(2026, 10, 30), 65.0, "put")
CALL_75: Final = _option(date(2026, 12, 18), 75.0, "call")

ORDERS: Final = [
    _order("o-4", "2026-10-07T14:00:00Z", "buy"),
    _order("o-3", "2026-10-06T14:41:11Z", "buy", ("0.50000000", "70.00000000")),
    _order("o-2", "2026-10-05T14:41:11Z", "buy", ("60.000", "69.0000"), ("40.000", "69.0000")),
    _order("o-1", "2026-09-21T14:00:00Z", "sell", ("100.00000000", "71.00000000"), fees="0.02"),
]
OPTION_ORDERS: Final = [
    _option_order("p-5", "2026-11-02T15:00:00Z", CALL_75, "sell", "1.20000000"),
    _option_order("p-4", "2026-10-20T15:00:00Z", PUT_65, "buy", "0.40000000"),
    _option_order("p-3", "2026-10-12T15:00:00Z", PUT_65, "sell", "0.95000000"),
    _option_order("p-2", "2026-10-08T15:00:00Z", CALL_72, "buy", "0.30000000"),
    _option_order("p-1", "2026-09-02T15:00:00Z", PUT_70, "sell", "1.00000000"),
]
EVENTS: Final[list[dict[str, Any]]] = [
    {
        "id": "e-2",
        "account": _OWNER,
        "type": "expiration",
        "state": "confirmed",
        "direction": None,
        "quantity": "1.0000",
        "option": CALL_72,
        "event_date": "2026-10-16",
        "total_cash_amount": None,
        "equity_components": [],
    },
    {
        "id": "e-1",
        "account": _OWNER,
        "type": "assignment",
        "state": "confirmed",
        "direction": "debit",
        "quantity": "1.0000",
        "option": PUT_70,
        "event_date": "2026-09-18",
        "total_cash_amount": "7000.00",
        "equity_components": [
            {"instrument": _KO, "side": "buy", "price": "70.0000", "quantity": "100.0000"}
        ],
    },
]
PAYOUTS: Final[list[dict[str, Any]]] = [
    {
        "id": "d-2",
        "account": _OWNER,
        "instrument": _KO,
        "amount": "26.13",
        "state": "pending",
        "payable_date": "2026-12-15",
        "paid_at": None,
    },
    {
        "id": "d-1",
        "account": _OWNER,
        "instrument": _KO,
        "amount": "51.00",
        "state": "paid",
        "payable_date": "2026-10-15",
        "paid_at": "2026-10-15T20:00:00Z",
    },
]
INTEREST: Final[list[dict[str, Any]]] = [
    {
        "id": "s-1",
        "account_number": ACCOUNT,
        "amount": {"amount": "1.23", "currency_code": "USD"},
        "direction": "credit",
        "pay_date": "2026-10-31",
        "reason": "interest_payment",
    }
]


def _transfer(key: str, at: str, amount: str, direction: str, state: str) -> dict[str, Any]:
    return {
        "id": key,
        "amount": amount,
        "direction": direction,
        "state": state,
        "created_at": at,
        "updated_at": at,
    }


TRANSFERS: Final = [
    _transfer("t-3", "2026-11-19T12:00:00Z", "100.00", "deposit", "pending"),
    _transfer("t-2", "2026-10-20T12:00:00Z", "500.00", "withdraw", "completed"),
    _transfer("t-1", "2026-09-01T12:00:00Z", "10000.00", "deposit", "completed"),
]
