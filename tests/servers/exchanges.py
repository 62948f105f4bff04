"""Three exchanges of crypto currencies on the loopback: binance, bybit and kraken in their own wire
forms, each with one pair of bitcoin at 60,000, signatures checked, orders booked and filled.

One model of an exchange is behind all three; the classes speak its documents.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.servers.base import Answer, FakeServer, Request, route

KEY, SECRET = "loopback-key", base64.b64encode(b"loopback-secret").decode()
AT = 1_795_197_600_000
"""20 November 2026, 18:00 UTC, in milliseconds."""


@dataclass(kw_only=True)
class Booked:
    """An order as the exchange has it."""

    number: int
    client: str
    side: str
    kind: str
    amount: float
    price: float
    filled: float = 0.0
    state: str = "open"
    trades: list[tuple[float, float]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return str(1000 + self.number)


class Exchange(FakeServer):
    """`poor`: the next order is refused for want of money. Only signed requests that change
    something meet an injected fault."""

    def __init__(self) -> None:
        self.booked: list[Booked] = []
        self.poor = False
        super().__init__()

    def book(self, client: str, side: str, kind: str, amount: float, price: float) -> Booked:
        known = [each for each in self.booked if each.client == client]
        if known:
            return known[0]
        order = Booked(
            number=len(self.booked), client=client, side=side.lower(), kind=kind.lower(),
            amount=amount, price=price,
        )  # fmt: skip
        self.booked.append(order)
        return order

    def fill(self, number: int, amount: float, price: float) -> None:
        order = self.booked[number]
        order.trades.append((amount, price))
        order.filled += amount
        order.state = "filled" if order.filled >= order.amount else "open"

    def found(self, key: str) -> Booked | None:
        return next((each for each in self.booked if each.key == key), None)

    @property
    def open(self) -> list[Booked]:
        return [each for each in self.booked if each.state == "open"]

    @property
    def over(self) -> list[Booked]:
        return [each for each in self.booked if each.state != "open"]


class BinanceServer(Exchange):
    """Binance's spot interface, version 3."""

    def spared(self, request: Request) -> bool:
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
        pair = {
            "symbol": "BTCUSDT", "status": "TRADING", "baseAsset": "BTC", "baseAssetPrecision": 8,
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
        return {"timezone": "UTC", "serverTime": AT, "rateLimits": [], "symbols": [pair]}

    @route("GET", "/api/v3/ticker/24hr")
    def price(self, _request: Request) -> Any:
        return {
            "symbol": "BTCUSDT", "lastPrice": "60000.00", "bidPrice": "59999.90",
            "askPrice": "60000.10", "openPrice": "59000", "highPrice": "61000",
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
                "quoteQty": f"{amount * price:.2f}", "commission": f"{amount * price * 0.001:.4f}",
                "commissionAsset": "USDT", "time": AT, "isBuyer": order.side == "buy",
                "isMaker": True, "isBestMatch": True,
            }
            for order in self.booked
            for n, (amount, price) in enumerate(order.trades)
        ]  # fmt: skip

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


class BybitServer(Exchange):
    """Bybit's interface, version 5."""

    def spared(self, request: Request) -> bool:
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
        rows = [("USDT", "1000", "100"), ("BTC", "0.5", "0"), ("OLD", "7", "0")]
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


class KrakenServer(Exchange):
    """Kraken's spot interface, version 0."""

    _CHANGING = ("/0/private/AddOrder", "/0/private/CancelOrder")

    def spared(self, request: Request) -> bool:
        return request.path not in self._CHANGING

    def _answer(self, request: Request) -> Answer:
        if request.path.startswith("/0/private/") and not self._signed(request):
            return Answer({"error": ["EAPI:Invalid signature"]})
        return super()._answer(request)

    @staticmethod
    def _signed(request: Request) -> bool:
        nonce = parse_qs(request.body.decode())["nonce"][0].encode()
        told = request.path.encode() + hashlib.sha256(nonce + request.body).digest()
        made = hmac.new(base64.b64decode(SECRET), told, hashlib.sha512).digest()
        right = base64.b64encode(made).decode() == request.headers["api-sign"]
        return right and request.headers["api-key"] == KEY

    @staticmethod
    def good(result: Any) -> dict[str, Any]:
        return {"error": [], "result": result}

    @route("GET", "/0/public/AssetPairs")
    def markets(self, _request: Request) -> Any:
        pair = {
            "altname": "XBTUSD", "wsname": "XBT/USD", "aclass_base": "currency", "base": "XXBT",
            "aclass_quote": "currency", "quote": "ZUSD", "lot": "unit", "cost_decimals": 5,
            "pair_decimals": 2, "lot_decimals": 5, "lot_multiplier": 1, "leverage_buy": [],
            "leverage_sell": [], "fees": [[0, 0.4]], "fees_maker": [[0, 0.25]],
            "fee_volume_currency": "ZUSD", "ordermin": "0.00001", "costmin": "0.5",
            "tick_size": "0.01", "status": "online",
        }  # fmt: skip
        return self.good({"XXBTZUSD": pair})

    @route("GET", "/0/public/Assets")
    def assets(self, _request: Request) -> Any:
        def coin(name: str, decimals: int) -> dict[str, Any]:
            return {
                "aclass": "currency", "altname": name, "decimals": decimals,
                "display_decimals": 5, "status": "enabled",
            }  # fmt: skip

        return self.good({"XXBT": coin("XBT", 10), "ZUSD": coin("USD", 4), "OLD": coin("OLD", 5)})

    @route("GET", "/0/public/Ticker")
    def price(self, _request: Request) -> Any:
        row = {
            "a": ["60000.10", "1", "1.0"], "b": ["59999.90", "1", "1.0"], "c": ["60000.00", "0.01"],
            "v": ["100", "200"], "p": ["60000", "60000"], "t": [10, 20], "l": ["59000", "58000"],
            "h": ["61000", "61000"], "o": "59500",
        }  # fmt: skip
        return self.good({"XXBTZUSD": row})

    @route("POST", "/0/private/BalanceEx")
    def balance(self, _request: Request) -> Any:
        rows = {"ZUSD": ("1000.0", "100.0"), "XXBT": ("0.5", "0"), "OLD": ("7.0", "0")}
        return self.good({c: {"balance": b, "hold_trade": h} for c, (b, h) in rows.items()})

    @route("POST", "/0/private/AddOrder")
    def order(self, request: Request) -> Any:
        form = {name: each[-1] for name, each in parse_qs(request.body.decode()).items()}
        if self.poor:
            return {"error": ["EOrder:Insufficient funds"]}
        order = self.book(
            form["cl_ord_id"], form["type"], form["ordertype"], float(form["volume"]),
            float(form.get("price", "60000")),
        )  # fmt: skip
        said = f"{order.side} {order.amount} XBTUSD @ limit {order.price}"
        return self.good({"descr": {"order": said}, "txid": [order.key]})

    @route("POST", "/0/private/CancelOrder")
    def cancel(self, request: Request) -> Any:
        order = self.found(parse_qs(request.body.decode())["txid"][-1])
        if order is None or order.state != "open":
            return {"error": ["EOrder:Unknown order"]}
        order.state = "canceled"
        return self.good({"count": 1})

    @route("POST", "/0/private/(OpenOrders|ClosedOrders)")
    def listed(self, _request: Request, which: str) -> Any:
        kept, name = (self.open, "open") if which == "OpenOrders" else (self.over, "closed")
        return self.good({name: {each.key: self.row(each) for each in kept}})

    @route("POST", "/0/private/TradesHistory")
    def trades(self, _request: Request) -> Any:
        rows = {
            f"T-{order.number}-{n}": {
                "ordertxid": order.key, "pair": "XXBTZUSD", "time": AT / 1000,
                "type": order.side, "ordertype": order.kind, "price": f"{price:.2f}",
                "cost": f"{amount * price:.2f}", "fee": f"{amount * price * 0.001:.4f}",
                "vol": f"{amount:.5f}", "margin": "0", "misc": "",
            }
            for order in self.booked
            for n, (amount, price) in enumerate(order.trades)
        }  # fmt: skip
        return self.good({"trades": rows, "count": len(rows)})

    @staticmethod
    def row(order: Booked) -> dict[str, Any]:
        states = {"open": "open", "filled": "closed", "canceled": "canceled"}
        return {
            "refid": None, "userref": 0, "cl_ord_id": order.client, "status": states[order.state],
            "opentm": AT / 1000, "starttm": 0, "expiretm": 0,
            "descr": {
                "pair": "XBTUSD", "type": order.side, "ordertype": order.kind,
                "price": f"{order.price:.2f}", "price2": "0", "leverage": "none",
                "order": f"{order.side} {order.amount} XBTUSD @ limit {order.price:.2f}",
                "close": "",
            },
            "vol": f"{order.amount:.5f}", "vol_exec": f"{order.filled:.5f}",
            "cost": f"{order.filled * order.price:.2f}", "fee": "0.0", "price": "0.0",
            "stopprice": "0.0", "limitprice": "0.0", "misc": "", "oflags": "fciq",
        }  # fmt: skip
