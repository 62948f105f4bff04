"""Kraken on the loopback (see `exchange`)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs

from tests.servers.base import Answer, Request, route
from tests.servers.exchange import AT, KEY, SECRET, Booked, Exchange


class KrakenServer(Exchange):
    """Kraken's spot interface, version 0."""

    _CHANGING = ("/0/private/AddOrder", "/0/private/CancelOrder")

    def reading(self, request: Request) -> bool:
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
