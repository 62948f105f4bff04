"""Bybit on the loopback (see `exchange`)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from tests.servers.base import Answer, Request, route
from tests.servers.exchange import AT, KEY, SECRET, Booked, Exchange


class BybitServer(Exchange):
    """Bybit's interface, version 5. So many `bitcoins` are held."""

    bitcoins = "0.5"

    def reading(self, request: Request) -> bool:
        return request.method == "GET"

    def _answer(self, request: Request) -> Answer:
        headers = request.headers
        if "x-bapi-sign" in headers:
            sent = request.body.decode() if request.method == "POST" else request.raw_query
            told = (
                headers["x-bapi-timestamp"] + headers["x-bapi-api-key"]
                + headers["x-bapi-recv-window"] + sent
            )  # fmt: skip
            made = hmac.new(SECRET.encode(), told.encode(), hashlib.sha256).hexdigest()
            if made != headers["x-bapi-sign"] or headers["x-bapi-api-key"] != KEY:
                return Answer(self.said(10004, "error sign!"))
        return super()._answer(request)

    @staticmethod
    def said(code: int, message: str, result: Any = None) -> dict[str, Any]:
        return {
            "retCode": code, "retMsg": message, "result": result or {}, "retExtInfo": {},
            "time": AT,
        }  # fmt: skip

    def good(self, result: Any) -> dict[str, Any]:
        return self.said(0, "OK", result)

    @route("GET", "/v5/market/instruments-info")
    def markets(self, request: Request) -> Any:
        category = request.query["category"]
        pair = {
            "symbol": "BTCUSDT", "baseCoin": "BTC", "quoteCoin": "USDT", "innovation": "0",
            "status": "Trading", "marginTrading": "none",
            "lotSizeFilter": {
                "basePrecision": "0.00001", "quotePrecision": "0.00000001",
                "minOrderQty": "0.00001", "maxOrderQty": "70", "minOrderAmt": "1",
                "maxOrderAmt": "4000000",
            },
            "priceFilter": {"tickSize": "0.01"},
            "riskParameters": {"limitParameter": "0.03", "marketParameter": "0.03"},
        }  # fmt: skip
        rows = [pair] if category == "spot" else []
        return self.good({"category": category, "list": rows, "nextPageCursor": ""})

    @route("GET", "/v5/market/tickers")
    def price(self, _request: Request) -> Any:
        row = {
            "symbol": "BTCUSDT", "bid1Price": "59999.9", "bid1Size": "0.5", "ask1Price": "60000.1",
            "ask1Size": "0.4", "lastPrice": "60000", "prevPrice24h": "59000",
            "price24hPcnt": "0.0169", "highPrice24h": "61000", "lowPrice24h": "58000",
            "turnover24h": "100000000", "volume24h": "1700", "usdIndexPrice": "60001",
        }  # fmt: skip
        return self.good({"category": "spot", "list": [row]})

    @route("GET", "/v5/user/query-api")
    def who(self, _request: Request) -> Any:
        return self.good({"id": "1", "uta": 1, "unified": 0, "readOnly": 0, "permissions": {}})

    @route("GET", "/v5/asset/coin/query-info")
    def coins(self, _request: Request) -> Any:
        return self.good({"rows": []})

    @route("GET", "/v5/account/info")
    def account(self, _request: Request) -> Any:
        return self.good({"unifiedMarginStatus": 5, "marginMode": "REGULAR_MARGIN"})

    @route("GET", "/v5/account/wallet-balance")
    def balance(self, _request: Request) -> Any:
        rows = [("USDT", "1000", "100"), ("BTC", self.bitcoins, "0"), ("OLD", "7", "0")]
        coins = [
            {"coin": c, "equity": t, "walletBalance": t, "locked": x, "availableToWithdraw": "",
             "borrowAmount": "0"}
            for c, t, x in rows
        ]  # fmt: skip
        return self.good({"list": [{"accountType": "UNIFIED", "coin": coins}]})

    @route("POST", "/v5/order/create")
    def order(self, request: Request) -> Any:
        form = request.json
        if self.poor:
            return self.said(170131, "Insufficient balance.")
        order = self.book(
            form["orderLinkId"], form["side"], form["orderType"], float(form["qty"]),
            float(form.get("price") or 60000),
        )  # fmt: skip
        return self.good({"orderId": order.key, "orderLinkId": order.client})

    @route("POST", "/v5/order/cancel")
    def cancel(self, request: Request) -> Any:
        order = self.found(request.json["orderId"])
        if order is None or order.state != "open":
            return self.said(170213, "Order does not exist.")
        order.state = "canceled"
        return self.good({"orderId": order.key, "orderLinkId": order.client})

    @route("GET", "/v5/order/(realtime|history)")
    def listed(self, _request: Request, which: str) -> Any:
        rows = [self.row(each) for each in (self.open if which == "realtime" else self.over)]
        return self.good({"category": "spot", "list": rows, "nextPageCursor": ""})

    @route("GET", "/v5/execution/list")
    def trades(self, _request: Request) -> Any:
        rows = [
            {
                "symbol": "BTCUSDT", "orderId": order.key, "orderLinkId": order.client,
                "side": order.side.capitalize(), "execId": f"x-{order.number}-{n}",
                "execPrice": f"{price:.2f}", "execQty": f"{amount:.5f}",
                "execValue": f"{amount * price:.2f}",
                "execFee": f"{amount * 0.001:.8f}",  # a buyer pays in the coin bought
                "execTime": str(AT), "isMaker": True, "execType": "Trade",
            }
            for order in self.booked
            for n, (amount, price) in enumerate(order.trades)
        ]  # fmt: skip
        return self.good({"category": "spot", "list": rows, "nextPageCursor": ""})

    @staticmethod
    def row(order: Booked) -> dict[str, Any]:
        states = {
            "open": "PartiallyFilled" if order.filled else "New",
            "filled": "Filled",
            "canceled": "Cancelled",
        }
        return {
            "symbol": "BTCUSDT", "orderId": order.key, "orderLinkId": order.client,
            "side": order.side.capitalize(), "orderType": order.kind.capitalize(),
            "price": f"{order.price:.2f}", "qty": f"{order.amount:.5f}",
            "cumExecQty": f"{order.filled:.5f}", "avgPrice": "", "timeInForce": "GTC",
            "orderStatus": states[order.state], "createdTime": str(AT), "updatedTime": str(AT),
            "leavesQty": f"{order.amount - order.filled:.5f}",
            "cumExecValue": f"{order.filled * order.price:.2f}", "cumExecFee": "0",
            "marketUnit": "baseCoin" if order.kind == "market" else "",
        }  # fmt: skip
