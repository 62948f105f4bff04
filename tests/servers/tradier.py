"""Tradier on the loopback: one sandbox account, KO and BRK/B, option chains with ORATS Greeks."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.servers.base import Answer, FakeServer, Request, route

TOKEN = "loopback-token-tradier"
ACCOUNT = "VA00000001"
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
EXPIRATION = date(2026, 12, 18)
STRIKES = (65.0, 70.0, 75.0)
_SIGNS = {"C": "call", "P": "put"}


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


class TradierServer(FakeServer):
    """Rows come bare when there is one, as the real one's do."""

    price_fields = frozenset({"last", "bid", "ask", "close", "total_equity", "cost_basis"})
    rows = frozenset({"quote", "option", "day", "date", "position", "event", "closed_position"})
    times = frozenset({"trade_date", "bid_date", "ask_date"})

    def __init__(self) -> None:
        super().__init__()
        self.greeks = True
        self.keeps_history = True
        self.positions: Any = {
            "position": [
                {
                    "cost_basis": 6900.0,
                    "date_acquired": "2026-10-05T14:41:11.405Z",
                    "id": 130089,
                    "quantity": 100.0,
                    "symbol": "KO",
                },
                {
                    "cost_basis": -120.0,
                    "date_acquired": "2026-11-02T15:00:00.000Z",
                    "id": 130090,
                    "quantity": -1.0,
                    "symbol": "KO261218C00075000",
                },
            ]
        }
        self.events: Any = {
            "event": [
                {"amount": 10000, "date": "2026-10-01T00:00:00Z", "type": "ach", "ach": {}},
                {
                    "amount": -6900.0,
                    "date": "2026-10-05T00:00:00Z",
                    "type": "trade",
                    "trade": {"symbol": "KO", "quantity": 100.0, "price": 69.0, "commission": 0},
                },
                {
                    "amount": 51.0,
                    "date": "2026-10-15T00:00:00Z",
                    "type": "dividend",
                    "dividend": {"description": "COCA COLA", "quantity": 0},
                },
                {
                    "amount": 120.0,
                    "date": "2026-11-02T00:00:00Z",
                    "type": "trade",
                    "trade": {"symbol": "KO261218C00075000", "quantity": -1.0, "price": 1.2},
                },
                {"amount": -1.5, "date": "2026-11-03T00:00:00Z", "type": "fee", "fee": {}},
            ]
        }

    def _answer(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer("Invalid Access Token", 401)
        answer = super()._answer(request)
        used = len(self.requests)
        limits = {
            "X-Ratelimit-Allowed": "60",
            "X-Ratelimit-Used": str(used),
            "X-Ratelimit-Available": str(max(0, 60 - used)),
            "X-Ratelimit-Expiry": str(int((time.time() + 30) * 1000)),
        }
        return Answer(answer.document, answer.status, {**limits, **answer.headers})

    @route("GET", "/user/profile")
    def profile(self, _request: Request) -> Any:
        account = {"account_number": ACCOUNT, "type": "margin", "status": "active"}
        return {"profile": {"id": "id-1", "name": "A Person", "account": account}}

    @route("GET", "/markets/quotes")
    def quotes(self, request: Request) -> Any:
        asked = [s for s in request.query["symbols"].split(",") if s]
        known = [row for symbol in asked if (row := self.quote_row(symbol))]
        missing = [symbol for symbol in asked if not self.quote_row(symbol)]
        inner: dict[str, Any] = {}
        if known:
            inner["quote"] = bare(known)
        if missing:
            inner["unmatched_symbols"] = {"symbol": bare(missing)}
        return {"quotes": inner}

    def quote_row(self, symbol: str) -> dict[str, Any] | None:
        if symbol in {"KO", "BRK/B"}:
            return {
                "symbol": symbol,
                "description": "Coca-Cola Co",
                "exch": "N",
                "type": "stock",
                "last": 70.1,
                "change": 0.4,
                "volume": 5_000_000,
                "bid": 70.05,
                "ask": 70.15,
                "prevclose": 69.7,
                "trade_date": ms(NOW - timedelta(minutes=15)),
                "bid_date": ms(NOW - timedelta(minutes=15, seconds=5)),
                "ask_date": ms(NOW - timedelta(minutes=15, seconds=3)),
            }
        return next((row for row in self.option_rows() if row["symbol"] == symbol), None)

    def option_rows(self) -> list[dict[str, Any]]:
        return [option_row(k, side, greeks=self.greeks) for k in STRIKES for side in "CP"]

    @route("GET", "/markets/options/expirations")
    def expirations(self, request: Request) -> Any:
        if request.query["symbol"] != "KO":
            return {"expirations": None}
        return {"expirations": {"date": ["2026-12-18", "2027-01-15"]}}

    @route("GET", "/markets/options/chains")
    def chains(self, request: Request) -> Any:
        if request.query["symbol"] != "KO" or request.query["expiration"] != str(EXPIRATION):
            return {"options": None}
        return {"options": {"option": bare(self.option_rows())}}

    @route("GET", "/markets/history")
    def history(self, request: Request) -> Any:
        days = [
            {"date": "2026-11-18", "open": 69, "high": 70, "low": 68.5, "close": 69.5, "volume": 9},
            {"date": "2026-11-19", "open": 69.5, "high": 71, "low": 69, "close": 69.7, "volume": 8},
        ]
        start, end = request.query["start"], request.query["end"]
        inside = [day for day in days if start <= str(day["date"]) <= end]
        if request.query["symbol"] != "KO" or not inside:
            return {"history": None}
        return {"history": {"day": bare(inside)}}

    @route("GET", "/accounts/(.+)/balances")
    def balances(self, _request: Request, account: str) -> Any:
        return {
            "balances": {
                "account_number": account,
                "account_type": "margin",
                "total_equity": 10179.5,
                "total_cash": 3269.5,
                "market_value": 6910.0,
                "open_pl": 130.0,
                "option_requirement": 0,
                "current_requirement": 3505.0,
                "margin": {"option_buying_power": 3269.5, "stock_buying_power": 6539.0},
            }
        }

    @route("GET", "/accounts/(.+)/positions")
    def positions_of(self, _request: Request, _account: str) -> Any:
        return {"positions": self.positions}

    @route("GET", "/accounts/(.+)/history")
    def history_of(self, request: Request, _account: str) -> Any:
        if not self.keeps_history:
            return Answer("Not found", 404)
        page = int(request.query.get("page", "1"))
        return {"history": self.events if page == 1 else "null"}

    @route("GET", "/accounts/(.+)/gainloss")
    def gainloss(self, request: Request, _account: str) -> Any:
        row = {
            "close_date": "2026-10-30T00:00:00.000Z",
            "open_date": "2026-10-12T00:00:00.000Z",
            "cost": 40.0,
            "proceeds": 95.0,
            "gain_loss": 55.0,
            "gain_loss_percent": 137.5,
            "quantity": -1.0,
            "symbol": "KO261030P00065000",
            "term": 18,
        }
        page = int(request.query.get("page", "1"))
        return {"gainloss": {"closed_position": row} if page == 1 else "null"}


def option_row(strike: float, side: str, *, greeks: bool) -> dict[str, Any]:
    call = side == "C"
    inside = max(0.0, (70.1 - strike) if call else (strike - 70.1))
    mid = round(inside + 1.2, 2)
    model = {
        "delta": 0.5 if call else -0.5,
        "gamma": 0.05,
        "theta": -0.02,
        "vega": 0.08,
        "rho": 0.01,
        "bid_iv": 0.2,
        "mid_iv": 0.0 if strike == 65.0 else 0.21,
        "ask_iv": 0.22,
        "smv_vol": 0.205,
        "updated_at": "2026-11-20 17:59:59",
    }
    return {
        "symbol": f"KO261218{side}{int(strike * 1000):08d}",
        "description": f"KO Dec 18 2026 ${strike:.2f} {_SIGNS[side]}",
        "type": "option",
        "last": mid,
        "bid": round(mid - 0.05, 2),
        "ask": round(mid + 0.05, 2),
        "volume": 142,
        "underlying": "KO",
        "strike": strike,
        "open_interest": 1314,
        "contract_size": 100,
        "expiration_date": str(EXPIRATION),
        "option_type": _SIGNS[side],
        "bid_date": ms(NOW - timedelta(minutes=15)),
        "ask_date": ms(NOW - timedelta(minutes=15)),
        "trade_date": 0,
        "prevclose": None,
        "greeks": model if greeks else None,
    }


def bare(rows: list[Any]) -> Any:
    """As XML would have it: one row without its list."""
    return rows[0] if len(rows) == 1 else rows
