"""Robinhood on the loopback that also takes orders: it books, refuses, fills and cancels them.

Only posted requests meet an injected fault, so that what became of an order can be read.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from tests.servers.base import Answer, Request, route
from tests.servers.robinhood import NOW, RobinhoodServer
from tests.servers.robinhood_account import ACCOUNT
from tests.servers.robinhood_names import API

_AT = NOW.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


class RobinhoodTrading(RobinhoodServer):
    """`refusal` is the document that a 400 carries; empty: orders are taken."""

    def __init__(self) -> None:
        super().__init__()
        self.orders, self.option_orders = [], []
        self.refusal: dict[str, Any] = {}
        self.sent: list[dict[str, Any]] = []

    def spared(self, request: Request) -> bool:
        return request.method == "GET"

    # -- stocks ---------------------------------------------------------------------------------

    @route("POST", "/orders/")
    def order_stock(self, request: Request) -> Any:
        form = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
        self.sent.append(form)
        if self.refusal:
            return Answer(self.refusal, 400)
        known = [row for row in self.orders if row["ref_id"] == form["ref_id"]]
        if known:
            return Answer(known[0], 201)
        row: dict[str, Any] = {
            "id": f"stock-order-{len(self.orders) + 1}",
            "ref_id": form["ref_id"],
            "account": f"{API}/accounts/{ACCOUNT}/",
            "instrument": form["instrument"],
            "side": form["side"],
            "state": "confirmed",
            "quantity": form["quantity"],
            "cumulative_quantity": "0.00000000",
            "price": form["price"],
            "fees": "0.00",
            "reject_reason": None,
            "created_at": _AT,
            "updated_at": _AT,
            "executions": [],
        }
        self.orders.append(row)
        return Answer(row, 201)

    @route("GET", "/orders/([\\w-]+)/")
    def stock_order(self, _request: Request, key: str) -> Any:
        return next(row for row in self.orders if row["id"] == key)

    @route("POST", "/orders/([\\w-]+)/cancel/")
    def cancel_stock(self, _request: Request, key: str) -> Any:
        return self._cancel(self.orders, key)

    # -- options --------------------------------------------------------------------------------

    @route("POST", "/options/orders/")
    def order_option(self, request: Request) -> Any:
        document = json.loads(request.body)
        self.sent.append(document)
        if self.refusal:
            return Answer(self.refusal, 400)
        known = [row for row in self.option_orders if row["ref_id"] == document["ref_id"]]
        if known:
            return Answer(known[0], 201)
        row = {
            "id": f"option-order-{len(self.option_orders) + 1}",
            "ref_id": document["ref_id"],
            "chain_symbol": "KO",
            "direction": document["direction"],
            "state": "unconfirmed",
            "quantity": document["quantity"],
            "processed_quantity": "0.00000",
            "price": document["price"],
            "regulatory_fees": "0.00",
            "created_at": _AT,
            "updated_at": _AT,
            "legs": [{**leg, "executions": []} for leg in document["legs"]],
        }
        self.option_orders.append(row)
        return Answer(row, 201)

    @route("GET", "/options/orders/([\\w-]+)/")
    def option_order(self, _request: Request, key: str) -> Any:
        return next(row for row in self.option_orders if row["id"] == key)

    @route("POST", "/options/orders/([\\w-]+)/cancel/")
    def cancel_option(self, _request: Request, key: str) -> Any:
        return self._cancel(self.option_orders, key)

    def _cancel(self, rows: list[dict[str, Any]], key: str) -> Any:
        row = next(each for each in rows if each["id"] == key)
        if row["state"] in {"filled", "cancelled"}:
            return Answer({"detail": "This order can no longer be cancelled."}, 400)
        row["state"] = "cancelled"
        return {}

    def fill_option(self, number: int, price: str, *, contracts: str = "1.00000") -> None:
        """All legs of an order trade so many, each at `price`."""
        row = self.option_orders[number]
        done = float(row["processed_quantity"]) + float(contracts)
        row["processed_quantity"] = f"{done:.5f}"
        row["state"] = "filled" if done >= float(row["quantity"]) else "partially_filled"
        row["regulatory_fees"] = "0.04"
        for leg in row["legs"]:
            execution = {
                "id": f"{row['id']}-x{len(leg['executions']) + 1}-{leg['side']}",
                "price": price,
                "quantity": contracts,
                "timestamp": _AT,
            }
            leg["executions"].append(execution)
