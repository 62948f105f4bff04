"""Coinbase's Advanced Trade interface on the loopback (see `exchange`).

Requests are signed as its keys of the cloud platform are used: a short-lived token (ES256) over
method and path, checked here with the public half of the key.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.servers.base import Answer, Request, route
from tests.servers.exchange import Booked, Exchange

COINBASE_KEY: Final = "organizations/loopback/apiKeys/loopback-key"
_PRIVATE: Final = ec.generate_private_key(ec.SECP256R1())
COINBASE_SECRET: Final = _PRIVATE.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.TraditionalOpenSSL,
    serialization.NoEncryption(),
).decode()
_AT: Final = "2026-11-20T18:00:00.123456Z"
_HALF: Final = 32
"""Bytes of each half of a signature."""


class CoinbaseServer(Exchange):
    _CHANGING = ("/api/v3/brokerage/orders", "/api/v3/brokerage/orders/batch_cancel")
    refusing = ""
    """The error that the next order is refused with, where set."""

    def reading(self, request: Request) -> bool:
        return request.path not in self._CHANGING

    def _answer(self, request: Request) -> Answer:
        private = request.path.startswith("/api/v3/") and "/market/" not in request.path
        if private and not self._signed(request):
            return Answer("Unauthorized\n", 401)
        return super()._answer(request)

    @staticmethod
    def _signed(request: Request) -> bool:
        told, _, signature = (
            request.headers["authorization"].removeprefix("Bearer ").rpartition(".")
        )
        head, claims = (json.loads(_decoded(part)) for part in told.split("."))
        raw = _decoded(signature)
        try:
            _PRIVATE.public_key().verify(
                encode_dss_signature(
                    int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big")
                ),
                told.encode(),
                ec.ECDSA(hashes.SHA256()),
            )
        except InvalidSignature:
            return False
        method, _, address = claims["uri"].partition(" ")
        theirs = claims["sub"] == head["kid"] == COINBASE_KEY
        lives = int(claims["exp"]) - int(claims["nbf"])
        asked = method == request.method and address.endswith(request.path)
        return bool(theirs and asked and lives <= 120)

    @route("GET", "/v2/currencies")
    def fiat(self, _request: Request) -> Any:
        return {"data": [{"id": "USD", "name": "US Dollar", "min_size": "0.01"}]}

    @route("GET", "/v2/currencies/crypto")
    def crypto(self, _request: Request) -> Any:
        names = {"BTC": "Bitcoin", "OLD": "Oldcoin"}
        return {
            "data": [
                {"asset_id": code.lower(), "code": code, "name": name, "exponent": 8,
                 "type": "crypto"}
                for code, name in names.items()
            ]
        }  # fmt: skip

    @route("GET", "/v2/exchange-rates")
    def rates(self, _request: Request) -> Any:
        return {"data": {"currency": "USD", "rates": {"USD": "1.0", "BTC": "0.0000166"}}}

    @route("GET", "/api/v3/brokerage/market/products")
    def markets(self, request: Request) -> Any:
        pair = {
            "product_id": "BTC-USD", "price": "60000", "base_increment": "0.00001",
            "quote_increment": "0.01", "price_increment": "0.01", "quote_min_size": "1",
            "quote_max_size": "150000000", "base_min_size": "0.00001", "base_max_size": "3400",
            "base_name": "Bitcoin", "quote_name": "US Dollar", "is_disabled": False,
            "status": "online", "trading_disabled": False, "product_type": "SPOT",
            "quote_currency_id": "USD", "base_currency_id": "BTC", "alias": "", "alias_to": [],
        }  # fmt: skip
        spot = request.query.get("product_type", "SPOT") == "SPOT"
        return {"products": [pair] if spot else [], "num_products": int(spot)}

    @route("GET", "/api/v3/brokerage/transaction_summary")
    def fees(self, _request: Request) -> Any:
        tier = {
            "pricing_tier": "Advanced 1", "usd_from": "0", "usd_to": "1000",
            "taker_fee_rate": "0.008", "maker_fee_rate": "0.006",
        }  # fmt: skip
        return {"total_volume": "0", "total_fees": "0", "fee_tier": tier}

    @route("GET", "/api/v3/brokerage/market/products/BTC-USD/ticker")
    def price(self, _request: Request) -> Any:
        trade = {
            "trade_id": "1", "product_id": "BTC-USD", "price": "60000.00", "size": "0.01",
            "time": "2026-11-20T17:50:00Z", "side": "BUY", "bid": "", "ask": "",
        }  # fmt: skip
        return {"trades": [trade], "best_bid": "59999.90", "best_ask": "60000.10"}

    @route("GET", "/api/v3/brokerage/accounts")
    def balance(self, _request: Request) -> Any:
        rows = [("USD", "900.0", "100.0"), ("BTC", "0.5", "0"), ("OLD", "7", "0")]
        accounts = [
            {
                "uuid": f"{code}-account", "name": f"{code} Wallet", "currency": code,
                "available_balance": {"value": free, "currency": code}, "default": True,
                "active": True,
                "type": "ACCOUNT_TYPE_FIAT" if code == "USD" else "ACCOUNT_TYPE_CRYPTO",
                "ready": True, "hold": {"value": held, "currency": code},
            }
            for code, free, held in rows
        ]  # fmt: skip
        return {"accounts": accounts, "has_next": False, "cursor": "", "size": len(accounts)}

    @route("POST", "/api/v3/brokerage/orders")
    def order(self, request: Request) -> Any:
        form = request.json
        terms = form["order_configuration"]["limit_limit_gtc"]
        if self.poor:
            return self.refused("INSUFFICIENT_FUND", "Insufficient balance in source account")
        if self.refusing:
            return self.refused(self.refusing, "Order would cross the book.")
        order = self.book(
            form["client_order_id"], form["side"], "limit", float(terms["base_size"]),
            float(terms["limit_price"]),
        )  # fmt: skip
        said = {
            "order_id": order.key, "product_id": "BTC-USD", "side": form["side"],
            "client_order_id": order.client,
        }  # fmt: skip
        return {
            "success": True, "success_response": said,
            "order_configuration": form["order_configuration"],
        }  # fmt: skip

    @staticmethod
    def refused(error: str, message: str) -> Any:
        funds = "PREVIEW_INSUFFICIENT_FUND" if error == "INSUFFICIENT_FUND" else ""
        response = {"error": error, "message": message, "error_details": ""}
        if funds:
            response["preview_failure_reason"] = funds
        return {"success": False, "error_response": response}

    @route("POST", "/api/v3/brokerage/orders/batch_cancel")
    def cancel(self, request: Request) -> Any:
        results = []
        for key in request.json["order_ids"]:
            order = self.found(key)
            gone = order is not None and order.state == "open"
            if order is not None and gone:
                order.state = "canceled"
            reason = "UNKNOWN_CANCEL_FAILURE_REASON" if gone else "UNKNOWN_CANCEL_ORDER"
            results.append({"success": gone, "failure_reason": reason, "order_id": key})
        return {"results": results}

    @route("GET", "/api/v3/brokerage/orders/historical/batch")
    def listed(self, request: Request) -> Any:
        open_only = request.query.get("order_status") == "OPEN"
        rows = [self.row(each) for each in (self.open if open_only else self.booked)]
        return {"orders": rows, "sequence": "0", "has_next": False, "cursor": ""}

    @route("GET", "/api/v3/brokerage/orders/historical/fills")
    def trades(self, _request: Request) -> Any:
        rows = [
            {
                "entry_id": f"e-{order.number}-{n}", "trade_id": f"t-{order.number}-{n}",
                "order_id": order.key, "trade_time": _AT, "trade_type": "FILL",
                "price": f"{price:.2f}", "size": f"{amount:.5f}",
                "commission": f"{amount * price * 0.001:.4f}", "product_id": "BTC-USD",
                "sequence_timestamp": _AT, "liquidity_indicator": "MAKER", "size_in_quote": False,
                "side": order.side.upper(),
            }
            for order in self.booked
            for n, (amount, price) in enumerate(order.trades)
        ]  # fmt: skip
        return {"fills": rows, "cursor": ""}

    @staticmethod
    def row(order: Booked) -> dict[str, Any]:
        states = {"open": "OPEN", "filled": "FILLED", "canceled": "CANCELLED"}
        terms = {
            "base_size": f"{order.amount:.5f}", "limit_price": f"{order.price:.2f}",
            "post_only": False,
        }  # fmt: skip
        return {
            "order_id": order.key, "product_id": "BTC-USD", "side": order.side.upper(),
            "order_configuration": {"limit_limit_gtc": terms}, "client_order_id": order.client,
            "status": order.wire_state or states[order.state],
            "time_in_force": "GOOD_UNTIL_CANCELLED", "created_time": _AT,
            "filled_size": f"{order.filled:.5f}", "average_filled_price": "0",
            "total_fees": "0", "order_type": "LIMIT", "product_type": "SPOT",
            "reject_reason": "REJECT_REASON_UNSPECIFIED", "settled": order.state == "filled",
        }  # fmt: skip


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
