"""Alpaca's data and trading houses on one loopback address: KO, its options, a paper account."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.servers.base import Answer, FakeServer, Request, route

KEY, SECRET = "loopback-key", "loopback-secret"
ACCOUNT = "PA0000000001"
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
EXPIRATION = date(2026, 12, 18)
STRIKES = (65.0, 70.0, 75.0)
_ID = "904837e3-3b76-47ec-b432-046db621571b"


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.123456789Z")


class AlpacaServer(FakeServer):
    """Lists come in pages of `page_size`."""

    price_fields = frozenset({"p", "ap", "bp", "o", "h", "l", "c", "rate"})
    rows = frozenset(
        {"snapshots", "bars", "option_contracts", "cash_dividends", "news", "KO", "items"}
    )
    times = frozenset({"t"})

    def __init__(self) -> None:
        super().__init__()
        self.page_size = 4
        self.greeks = True
        self.positions: list[dict[str, Any]] = [
            position("KO", "us_equity", "long", 100, cost=6900.0, gain=110.0),
            position("KO261218C00075000", "us_option", "short", -1, cost=-120.0, gain=20.0),
        ]
        self.activities: list[dict[str, Any]] = [
            nta("1", "CSD", "2026-10-01", "10000"),
            fill("2", "KO", "buy", 100, price=69.0, at="2026-10-05T14:41:11.405Z"),
            nta("3", "DIV", "2026-10-15", "51", symbol="KO"),
            fill("4", "KO261218C00075000", "sell", 1, price=1.2, at="2026-11-02T15:00:00.000Z"),
            nta("5", "FEE", "2026-11-03", "-1.5"),
        ]

    def _answer(self, request: Request) -> Answer:
        keys = (request.headers.get("apca-api-key-id"), request.headers.get("apca-api-secret-key"))
        if keys != (KEY, SECRET):
            return Answer({"code": 40110000, "message": "request is not authorized"}, 401)
        answer = super()._answer(request)
        limits = {
            "X-RateLimit-Limit": "200",
            "X-RateLimit-Remaining": str(max(0, 200 - len(self.requests))),
            "X-RateLimit-Reset": str(int(time.time()) + 30),
        }
        return Answer(answer.document, answer.status, {**limits, **answer.headers})

    # -- the data house -------------------------------------------------------------------------

    @route("GET", "/v2/stocks/snapshots")
    def snapshots(self, request: Request) -> Any:
        known = [s for s in request.query["symbols"].split(",") if s == "KO"]
        return {symbol: self.stock() for symbol in known}

    def stock(self) -> dict[str, Any]:
        at = iso(NOW - timedelta(seconds=2))
        return {
            "latestTrade": {"t": at, "x": "V", "p": 70.1, "s": 100, "c": ["@"], "i": 1, "z": "A"},
            "latestQuote": {
                "t": at,
                "ax": "V",
                "ap": 70.15,
                "as": 3,
                "bx": "V",
                "bp": 70.05,
                "bs": 5,
                "c": ["R"],
                "z": "A",
            },
            "minuteBar": bar("2026-11-20T17:59:00Z", 70.1),
            "dailyBar": bar("2026-11-20T05:00:00Z", 70.1),
            "prevDailyBar": bar("2026-11-19T05:00:00Z", 69.7),
        }

    @route("GET", "/v2/stocks/bars")
    def bars(self, request: Request) -> Any:
        rows = [bar("2026-11-18T05:00:00Z", 69.5), bar("2026-11-19T05:00:00Z", 69.7)]
        start, end = request.query["start"][:10], request.query.get("end", "9999")[:10]
        inside = [row for row in rows if start <= row["t"][:10] <= end]
        if request.query["symbols"] != "KO" or not inside:
            return {"bars": {}, "next_page_token": None}
        return {"bars": {"KO": inside}, "next_page_token": None}

    @route("GET", "/v1beta1/options/snapshots/(.+)")
    def chain(self, request: Request, underlying: str) -> Any:
        wanted = request.query.get("expiration_date", str(EXPIRATION))
        symbols = self.option_symbols() if underlying == "KO" and wanted == str(EXPIRATION) else []
        page, token = self.page(symbols, request)
        return {"snapshots": {s: self.option(s) for s in page}, "next_page_token": token}

    @route("GET", "/v1beta1/options/snapshots")
    def options(self, request: Request) -> Any:
        asked = request.query["symbols"].split(",")
        known = [symbol for symbol in asked if symbol in self.option_symbols()]
        return {"snapshots": {s: self.option(s) for s in known}, "next_page_token": None}

    @route("GET", "/v1/corporate-actions")
    def corporate_actions(self, request: Request) -> Any:
        row = {
            "id": _ID,
            "symbol": "KO",
            "cusip": "191216100",
            "rate": 0.51,
            "special": False,
            "foreign": False,
            "process_date": "2026-10-01",
            "ex_date": "2026-09-15",
            "record_date": "2026-09-15",
            "payable_date": "2026-10-01",
        }
        inside = request.query["start"] <= "2026-09-15" <= request.query["end"]
        actions = {"cash_dividends": [row]} if inside and request.query["symbols"] == "KO" else {}
        return {"corporate_actions": actions, "next_page_token": None}

    @route("GET", "/v1beta1/news")
    def news(self, request: Request) -> Any:
        article = {
            "id": 24843171,
            "headline": "Coca-Cola raises prices",
            "author": "A Writer",
            "created_at": "2026-11-20T12:00:00Z",
            "updated_at": "2026-11-20T12:05:00Z",
            "summary": "Again.",
            "content": "",
            "url": None,
            "images": [],
            "symbols": ["KO"],
            "source": "benzinga",
        }
        found = [article] if request.query["symbols"] == "KO" else []
        return {"news": found, "next_page_token": None}

    def option_symbols(self) -> list[str]:
        return [f"KO261218{side}{int(k * 1000):08d}" for k in STRIKES for side in "CP"]

    def option(self, symbol: str) -> dict[str, Any]:
        strike, call = int(symbol[-8:]) / 1000, symbol[-9] == "C"
        mid = max(0.0, (70.1 - strike) if call else (strike - 70.1)) + 1.2
        at = iso(NOW - timedelta(minutes=15))
        row: dict[str, Any] = {
            "latestTrade": {"t": at, "x": "C", "p": round(mid, 2), "s": 1, "c": "a"},
            "latestQuote": {
                "t": at,
                "ax": "C",
                "ap": round(mid + 0.05, 2),
                "as": 10,
                "bx": "C",
                "bp": round(mid - 0.05, 2),
                "bs": 12,
                "c": "A",
            },
        }
        if self.greeks:
            row["impliedVolatility"] = 0.21
            row["greeks"] = {
                "delta": 0.5 if call else -0.5,
                "gamma": 0.05,
                "rho": 0.01,
                "theta": -0.02,
                "vega": 0.08,
            }
        return row

    # -- the trading house ----------------------------------------------------------------------

    @route("GET", "/v2/account")
    def account(self, _request: Request) -> Any:
        return {
            "id": _ID,
            "account_number": ACCOUNT,
            "status": "ACTIVE",
            "currency": "USD",
            "cash": "3269.5",
            "equity": "10179.5",
            "buying_power": "6539",
            "options_buying_power": "3269.5",
            "initial_margin": "3505",
        }

    @route("GET", "/v2/positions")
    def positions_held(self, _request: Request) -> Any:
        return self.positions

    @route("GET", "/v2/account/activities")
    def activities_done(self, request: Request) -> Any:
        kinds = request.query.get("activity_types", "")
        rows = [r for r in self.activities if not kinds or r["activity_type"] in kinds.split(",")]
        if request.query.get("direction") == "desc":
            rows.reverse()
        after = request.query.get("page_token")
        if after:
            rows = rows[[row["id"] for row in rows].index(after) + 1 :]
        return rows[: int(request.query.get("page_size", "100"))]

    @route("GET", "/v2/options/contracts")
    def contracts(self, request: Request) -> Any:
        only = request.query.get("expiration_date")
        known = request.query["underlying_symbols"] == "KO" and only in {None, str(EXPIRATION)}
        page, token = self.page(self.option_symbols() if known else [], request)
        rows = [contract(symbol) for symbol in page]
        return {"option_contracts": rows, "next_page_token": token}

    @route("GET", "/v2/options/contracts/(.+)")
    def one_contract(self, _request: Request, symbol: str) -> Any:
        if symbol not in self.option_symbols():
            return Answer({"code": 40410000, "message": "contract not found"}, 404)
        return contract(symbol)

    def page(self, rows: list[str], request: Request) -> tuple[list[str], str | None]:
        first = int(request.query.get("page_token", "0"))
        last = first + self.page_size
        return rows[first:last], str(last) if last < len(rows) else None


def bar(at: str, close: float) -> dict[str, Any]:
    low, high = close - 1, close + 1
    return {"t": at, "o": close, "h": high, "l": low, "c": close, "v": 900, "n": 3, "vw": close}


def contract(symbol: str) -> dict[str, Any]:
    call = symbol[-9] == "C"
    return {
        "id": _ID,
        "symbol": symbol,
        "name": f"KO {symbol}",
        "status": "active",
        "tradable": True,
        "expiration_date": str(EXPIRATION),
        "root_symbol": "KO",
        "underlying_symbol": "KO",
        "underlying_asset_id": _ID,
        "type": "call" if call else "put",
        "style": "american",
        "strike_price": str(int(symbol[-8:]) / 1000),
        "size": "100",
        "open_interest": "1314",
        "open_interest_date": "2026-11-19",
        "close_price": "1.2",
        "close_price_date": "2026-11-19",
    }


def position(
    symbol: str, kind: str, side: str, quantity: float, *, cost: float, gain: float
) -> dict[str, Any]:
    return {
        "asset_id": _ID,
        "symbol": symbol,
        "exchange": "NYSE",
        "asset_class": kind,
        "avg_entry_price": str(abs(cost / quantity)),
        "qty": str(quantity),
        "side": side,
        "market_value": str(cost + gain),
        "cost_basis": str(cost),
        "unrealized_pl": str(gain),
        "unrealized_plpc": "0.01",
        "unrealized_intraday_pl": "0",
        "unrealized_intraday_plpc": "0",
        "current_price": "70.1",
        "lastday_price": "69.7",
        "change_today": "0.0057",
        "asset_marginable": True,
        "qty_available": str(quantity),
    }


def nta(number: str, kind: str, day: str, amount: str, **more: str) -> dict[str, Any]:
    row = {"id": number, "activity_type": kind, "date": day, "net_amount": amount}
    return {**row, "description": kind.lower(), **more}


def fill(
    number: str, symbol: str, side: str, quantity: float, *, price: float, at: str
) -> dict[str, Any]:
    return {
        "id": number,
        "activity_type": "FILL",
        "transaction_time": at,
        "type": "fill",
        "price": str(price),
        "qty": str(quantity),
        "side": side,
        "symbol": symbol,
        "leaves_qty": "0",
        "order_id": _ID,
        "cum_qty": str(quantity),
        "order_status": "filled",
    }
