"""A small real client of the loopback broker: what a vendor's file would be."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import httpx

from mfa.kernel.account import AccountSource
from mfa.kernel.broker import (
    Abilities,
    BrokerIdentity,
    NotSent,
    Refused,
    Sent,
    Taken,
    Unanswered,
)
from mfa.kernel.orders import AssetClass, BrokerOrder, Order, OrderFill, OrderState
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance
from mfa.store.order_rows import leg_of, order_document

_UNREADABLE: Final = (ValueError, KeyError, TypeError)


class LoopbackBroker:
    """One account of a `BrokerServer`."""

    name = "loopback"

    def __init__(
        self, url: str, *, replace: bool = True, client_ids: bool = True, multi_leg: bool = True
    ) -> None:
        self._http = httpx.Client(
            base_url=url, timeout=30.0, trust_env=False, headers={"x-pid": str(os.getpid())},
            limits=httpx.Limits(max_keepalive_connections=0),
        )  # fmt: skip
        self.abilities = Abilities(
            assets=frozenset({AssetClass.STOCK, AssetClass.OPTION}),
            multi_leg=multi_leg,
            replace=replace,
            market_orders=True,
            finds_by_client_id=client_ids,
        )

    @property
    def account(self) -> AccountSource:
        raise NotImplementedError("no test asks the loopback broker for positions")

    def identity(self) -> Outcome[BrokerIdentity]:
        return self._read(
            "/account",
            lambda document: BrokerIdentity(
                broker=self.name, account_id=document["account"], is_real=document["real"]
            ),
        )

    def submit(self, order: Order) -> Sent:
        return self._send("/orders", order_document(order))

    def cancel(self, broker_id: str) -> Sent:
        return self._send(f"/orders/{broker_id}/cancel", {})

    def replace(self, broker_id: str, order: Order) -> Sent:
        if not self.abilities.replace:
            return NotSent(FailureKind.NOT_SUPPORTED, "This broker does not replace.")
        return self._send(f"/orders/{broker_id}/replace", order_document(order))

    def find(self, order: Order) -> Outcome[BrokerOrder]:
        return self._read(f"/orders/by_client_id/{order.client_id}", broker_order)

    def orders(self, since: datetime) -> Outcome[tuple[BrokerOrder, ...]]:
        return self._read("/orders", lambda rows: tuple(map(broker_order, rows)))

    def close(self) -> None:
        self._http.close()

    def _send(self, path: str, document: Mapping[str, Any]) -> Sent:
        try:
            answer = self._http.post(path, json=document)
        except httpx.ConnectError as error:
            return NotSent(FailureKind.UNAVAILABLE, f"There is no connection: {error}")
        except httpx.TransportError as error:
            return Unanswered(f"The connection broke: {type(error).__name__}.")
        if answer.status_code == 422:
            return Refused(str(answer.json()["message"]))
        if answer.status_code != 200:
            return Unanswered(f"The broker answered {answer.status_code}.")
        try:
            return Taken(broker_order(answer.json()))
        except _UNREADABLE:
            return Unanswered("The broker's answer could not be read.")

    def _read(self, path: str, make: Callable[[Any], Any]) -> Outcome[Any]:
        try:
            answer = self._http.get(path)
        except httpx.TransportError as error:
            return Failed(FailureKind.UNAVAILABLE, f"The broker did not answer: {error}")
        if answer.status_code == 404:
            return Absent("The broker does not know it.")
        if answer.status_code != 200:
            return Failed(FailureKind.UNAVAILABLE, f"The broker answered {answer.status_code}.")
        try:
            value = make(answer.json())
        except _UNREADABLE:
            return Failed(FailureKind.BAD_DATA, "The broker's answer could not be read.")
        return Found(value, Provenance(source=self.name, as_of=datetime.now().astimezone()))


def broker_order(document: Mapping[str, Any]) -> BrokerOrder:
    limit = document["limit"]
    return BrokerOrder(
        broker_id=document["broker_id"],
        client_id=document["client_id"],
        state=OrderState(document["state"]),
        filled=Decimal(document["filled"]),
        updated_at=datetime.fromisoformat(document["updated_at"]),
        reason=document["reason"],
        fills=tuple(
            OrderFill(
                id=fill["id"],
                instrument=fill["instrument"],
                quantity=Decimal(fill["quantity"]),
                price=Decimal(fill["price"]),
                fees=Decimal(fill["fees"]),
                at=datetime.fromisoformat(fill["at"]),
            )
            for fill in document["fills"]
        ),
        legs=tuple(map(leg_of, document["legs"])),
        quantity=Decimal(document["quantity"]),
        limit=None if limit is None else Decimal(limit),
        created_at=datetime.fromisoformat(document["created_at"]),
    )
