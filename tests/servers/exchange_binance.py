"""Binance on the loopback (see `exchange`)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs

from tests.servers.base import Answer, Request, route
from tests.servers.exchange import AT, KEY, SECRET, Booked, Exchange

_PRICES = {
    "BTCUSDT": ("59999.90", "60000.00", "60000.10"),
    "BNBUSDT": ("599.90", "600.00", "600.10"),
}


class BinanceServer(Exchange):
    """Binance's spot interface, version 3."""

    fee_coin = "USDT"
    """What fees are charged in: a tenth of a percent, or 0.0003 of any other coin."""

    def reading(self, request: Request) -> bool:
        return request.method == "GET"

    def _answer(self, request: Request) -> Answer:
        if "x-mbx-apikey" in request.headers and not self._signed(request):
            return Answer({"code": -1022, "msg": "Signature for this request is not valid."}, 400)
        return super()._answer(request)

    def _signed(self, request: Request) -> bool:
        if request.headers["x-mbx-apikey"] != KEY:
            return False
        text = request.body.decode() or request.raw_query
        told, _, signature = text.rpartition("&signature=")
        made = hmac.new(SECRET.encode(), told.encode(), hashlib.sha256).hexdigest()
        return not signature or made == signature

    @route("GET", "/api/v3/exchangeInfo")
    def markets(self, _request: Request) -> Any:
        pairs = [self.pair("BTC"), self.pair("BNB")]
        return {"timezone": "UTC", "serverTime": AT, "rateLimits": [], "symbols": pairs}

    @staticmethod
    def pair(base: str) -> dict[str, Any]:
        return {
            "symbol": f"{base}USDT", "status": "TRADING", "baseAsset": base,
            "baseAssetPrecision": 8,
            "quoteAsset": "USDT", "quotePrecision": 8, "quoteAssetPrecision": 8,
            "orderTypes": ["LIMIT", "MARKET"], "isSpotTradingAllowed": True,
            "isMarginTradingAllowed": False,
            "filters": [
                {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000.00",
                 "tickSize": "0.01"},
                {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000",
                 "stepSize": "0.00001"},
                {"filterType": "NOTIONAL", "minNotional": "5.0"},
            ],
            "permissions": ["SPOT"], "permissionSets": [["SPOT"]],
        }  # fmt: skip

    @route("GET", "/api/v3/ticker/24hr")
    def price(self, request: Request) -> Any:
        bid, last, ask = _PRICES[request.query["symbol"]]
        return {
            "symbol": request.query["symbol"], "lastPrice": last, "bidPrice": bid,
            "askPrice": ask, "openPrice": "59000", "highPrice": "61000",
            "lowPrice": "58000", "volume": "1000", "quoteVolume": "60000000", "closeTime": AT,
            "weightedAvgPrice": "60000", "priceChange": "1000", "priceChangePercent": "1.69",
        }  # fmt: skip

    @route("GET", "/api/v3/account")
    def balance(self, _request: Request) -> Any:
        rows = [("USDT", "900.0", "100.0"), ("BTC", "0.5", "0.0"), ("OLD", "7.0", "0.0")]
        return {
            "makerCommission": 10,
            "balances": [{"asset": a, "free": f, "locked": x} for a, f, x in rows],
        }

    @route("POST", "/api/v3/order")
    def order(self, request: Request) -> Any:
        form = {name: each[-1] for name, each in parse_qs(request.body.decode()).items()}
        if self.poor:
            return Answer({"code": -2010, "msg": "Account has insufficient balance."}, 400)
        order = self.book(
            form["newClientOrderId"], form["side"], form["type"], float(form["quantity"]),
            float(form.get("price", "60000")),
        )  # fmt: skip
        return self.row(order)

    @route("DELETE", "/api/v3/order")
    def cancel(self, request: Request) -> Any:
        text = request.body.decode() or request.raw_query
        order = self.found(parse_qs(text)["orderId"][-1])
        if order is None or order.state != "open":
            return Answer({"code": -2011, "msg": "Unknown order sent."}, 400)
        order.state = "canceled"
        return self.row(order)

    @route("GET", "/api/v3/(openOrders|allOrders)")
    def listed(self, _request: Request, which: str) -> Any:
        return [self.row(each) for each in (self.open if which == "openOrders" else self.booked)]

    @route("GET", "/api/v3/myTrades")
    def trades(self, _request: Request) -> Any:
        return [
            {
                "symbol": "BTCUSDT", "id": 100 * order.number + n, "orderId": int(order.key),
                "price": f"{price:.2f}", "qty": f"{amount:.5f}",
                "quoteQty": f"{amount * price:.2f}",
                "commission": self.fee(amount * price),
                "commissionAsset": self.fee_coin, "time": AT, "isBuyer": order.side == "buy",
                "isMaker": True, "isBestMatch": True,
            }
            for order in self.booked
            for n, (amount, price) in enumerate(order.trades)
        ]  # fmt: skip

    def fee(self, worth: float) -> str:
        return f"{worth * 0.001:.4f}" if self.fee_coin == "USDT" else "0.0003"

    @staticmethod
    def row(order: Booked) -> dict[str, Any]:
        states = {"open": "PARTIALLY_FILLED" if order.filled else "NEW", "filled": "FILLED"}
        return {
            "symbol": "BTCUSDT", "orderId": int(order.key), "orderListId": -1,
            "clientOrderId": order.client, "transactTime": AT, "time": AT, "updateTime": AT,
            "price": f"{order.price:.2f}", "origQty": f"{order.amount:.5f}",
            "executedQty": f"{order.filled:.5f}",
            "cummulativeQuoteQty": f"{order.filled * order.price:.2f}",
            "status": states.get(order.state, order.state.upper()), "timeInForce": "GTC",
            "type": order.kind.upper(), "side": order.side.upper(), "fills": [],
        }  # fmt: skip
