"""Yahoo on the loopback: cookie, crumb, and KO with its options, history, figures and news."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.servers.base import Answer, FakeServer, Request, route

CRUMB = "CrUmB.x"
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
EXPIRATION = date(2026, 12, 18)
STRIKES = (65.0, 70.0, 75.0)
_NOT_FOUND = {"code": "Not Found", "description": "No data found, symbol may be delisted"}


def stamp(at: datetime) -> int:
    return int(at.timestamp())


def midnight(day: date) -> int:
    return stamp(datetime(day.year, day.month, day.day, tzinfo=UTC))


class YahooServer(FakeServer):
    """Data is refused without the crumb, except charts, as the real one does."""

    price_fields = frozenset(
        {"regularMarketPrice", "bid", "ask", "lastPrice", "close", "open", "high", "low", "amount"}
    )
    rows = frozenset({"result", "calls", "puts", "stream"})
    times = frozenset({"regularMarketTime"})

    def __init__(self) -> None:
        super().__init__()
        self.crumb: Answer = Answer(CRUMB)
        self.accepts_crumb = True
        self.market_open = True
        self.volatility: float | None = 0.21
        self.currency = "USD"

    def spared(self, request: Request) -> bool:
        return request.path in {"/", "/v1/test/getcrumb", "/consent", "/copyConsent"}

    def _answer(self, request: Request) -> Answer:
        open_door = self.spared(request) or request.path.startswith("/v8/")
        wrong = request.query.get("crumb") != CRUMB or not self.accepts_crumb
        if not open_door and wrong:
            error = {"code": "Unauthorized", "description": "Invalid Crumb"}
            return Answer({"finance": {"result": None, "error": error}}, 401)
        return super()._answer(request)

    @route("GET", "/")
    def cookie(self, _request: Request) -> Answer:
        cookie = "A3=d=abc; Path=/; Max-Age=31536000"
        return Answer("", 200, {"Set-Cookie": cookie})

    @route("GET", "/v1/test/getcrumb")
    def get_crumb(self, _request: Request) -> Answer:
        return self.crumb

    @route("GET", "/v7/finance/quote")
    def quote(self, request: Request) -> Any:
        known = [s for s in request.query["symbols"].split(",") if s in {"KO", "BRK-B"}]
        return {"quoteResponse": {"result": [self.row(s) for s in known], "error": None}}

    def row(self, symbol: str) -> dict[str, Any]:
        return {
            "symbol": symbol,
            "quoteType": "EQUITY",
            "longName": "The Coca-Cola Company",
            "currency": self.currency,
            "exchangeDataDelayedBy": 0,
            "regularMarketPrice": 70.1,
            "regularMarketPreviousClose": 69.7,
            "regularMarketVolume": 5_000_000,
            "regularMarketTime": stamp(NOW - timedelta(seconds=2)),
            "bid": 70.05 if self.market_open else 0.0,
            "ask": 70.15 if self.market_open else 0.0,
            "bidSize": 3,
            "askSize": 5,
        }

    @route("GET", "/v7/finance/options/(.+)")
    def options(self, request: Request, symbol: str) -> Any:
        if symbol != "KO":
            return {"optionChain": {"result": [], "error": None}}
        days = [midnight(EXPIRATION), midnight(date(2027, 1, 15))]
        asked = int(request.query.get("date", str(days[0])))
        listed = asked == days[0]
        sides = {
            "expirationDate": asked,
            "hasMiniOptions": False,
            "calls": [self.contract(k, "C") for k in STRIKES] if listed else [],
            "puts": [self.contract(k, "P") for k in STRIKES] if listed else [],
        }
        result = {
            "underlyingSymbol": symbol,
            "expirationDates": days,
            "strikes": list(STRIKES),
            "hasMiniOptions": False,
            "quote": self.row(symbol),
            "options": [sides],
        }
        return {"optionChain": {"result": [result], "error": None}}

    def contract(self, strike: float, side: str) -> dict[str, Any]:
        inside = max(0.0, (70.1 - strike) if side == "C" else (strike - 70.1))
        mid = inside + (1.7 if strike == 70.0 else 0.9)
        return {
            "contractSymbol": f"KO261218{side}{int(strike * 1000):08d}",
            "strike": strike,
            "currency": "USD",
            "lastPrice": round(mid, 2),
            "change": 0.1,
            "percentChange": 2.0,
            "volume": 10,
            "openInterest": 1314,
            "bid": round(mid - 0.05, 2) if self.market_open else 0.0,
            "ask": round(mid + 0.05, 2) if self.market_open else 0.0,
            "contractSize": "REGULAR",
            "expiration": midnight(EXPIRATION),
            "lastTradeDate": stamp(NOW - timedelta(minutes=3)),
            "impliedVolatility": 1e-05 if self.volatility is None else self.volatility,
            "inTheMoney": inside > 0,
        }

    @route("GET", "/v8/finance/chart/(.+)")
    def chart(self, request: Request, symbol: str) -> Any:
        if symbol not in {"KO", "SPY"}:
            return Answer({"chart": {"result": None, "error": _NOT_FOUND}}, 404)
        opens = [datetime(2026, 11, day, 14, 30, tzinfo=UTC) for day in (17, 18, 19, 20)]
        first = int(request.query.get("period1", "0"))
        last = int(request.query.get("period2", "99999999999"))
        kept = [i for i, at in enumerate(opens) if first <= stamp(at) < last]
        if not kept:
            gone = {"code": "Bad Request", "description": "Data doesn't exist for startDate"}
            return Answer({"chart": {"result": None, "error": gone}}, 404)
        closes = [69.0, None, 69.7, 70.1]

        def column(move: float) -> list[float | None]:
            return [c if (c := closes[i]) is None else c + move for i in kept]

        prices = {"open": column(-0.2), "high": column(0.5), "low": column(-0.5)}
        quote = {**prices, "close": column(0.0), "volume": [9 if closes[i] else None for i in kept]}
        period = {"timezone": "EST", "start": 0, "end": 1, "gmtoffset": -18000}
        meta = {
            "currency": "USD",
            "symbol": symbol,
            "exchangeName": "NYQ",
            "instrumentType": "EQUITY",
            "regularMarketPrice": 70.1,
            "regularMarketTime": stamp(NOW),
            "gmtoffset": -18000,
            "timezone": "EST",
            "exchangeTimezoneName": "America/New_York",
            "chartPreviousClose": 68.9,
            "priceHint": 2,
            "currentTradingPeriod": dict.fromkeys(("pre", "regular", "post"), period),
            "dataGranularity": "1d",
            "range": "",
            "validRanges": ["1d", "5d", "1mo", "max"],
        }
        paid = stamp(opens[2])
        result = {
            "meta": meta,
            "timestamp": [stamp(opens[i]) for i in kept],
            "events": {"dividends": {str(paid): {"amount": 0.51, "date": paid}}},
            "indicators": {"quote": [quote], "adjclose": [{"adjclose": quote["close"]}]},
        }
        return {"chart": {"result": [result], "error": None}}

    @route("GET", "/v10/finance/quoteSummary/(.+)")
    def summary(self, _request: Request, symbol: str) -> Any:
        if symbol != "KO":
            return Answer({"quoteSummary": {"result": None, "error": _NOT_FOUND}}, 404)
        report = stamp(datetime(2027, 2, 9, 12, 0, tzinfo=UTC))
        result = {
            "calendarEvents": {
                "maxAge": 1,
                "earnings": {"earningsDate": [report], "isEarningsDateEstimate": False},
            },
            "price": {"longName": "The Coca-Cola Company", "marketCap": 302_000_000_000},
            "assetProfile": {"sector": "Consumer Defensive", "industry": "Beverages"},
            "summaryDetail": {"trailingPE": 24.5, "forwardPE": {}, "dividendYield": 0.029},
            "defaultKeyStatistics": {"priceToBook": {"raw": 10.2, "fmt": "10.20"}},
            "financialData": {"profitMargins": 0.23, "debtToEquity": 150.0},
        }
        return {"quoteSummary": {"result": [result], "error": None}}

    @route("POST", "/xhr/ncp")
    def news(self, request: Request) -> Any:
        content = {
            "id": "a-1",
            "title": "Coca-Cola raises prices",
            "summary": "Again.",
            "pubDate": "2026-11-20T12:00:00Z",
            "provider": {"displayName": "A Paper"},
            "canonicalUrl": {"url": "https://paper.example/a-1"},
        }
        advert = {"id": "ad", "ad": [{"id": 1}], "content": None}
        stream = [{"id": "a-1", "content": content}, advert] if b'"KO"' in request.body else []
        return {"data": {"tickerStream": {"stream": stream}}}
