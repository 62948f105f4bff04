"""What an order action is given: the exact order, leg by leg, and nothing that is open.

A submitted order, one that closes and one that rolls differ in what they are called and in what a
halt lets pass, not in what is sent. A replacement holds the whole new order and what it replaces.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pydantic import Field, model_validator

from actions.action import ActionParams
from connectors.preview.params import (
    MOST_LEGS,
    PreviewLeg,
    PreviewParams,
    standing_until_cancelled,
)
from connectors.preview.results import OrderPreview
from mfa.kernel.orders import AssetClass, Order, OrderType, TimeInForce


class OrderParams(ActionParams):
    """`limit` is a signed net price per unit: positive is paid."""

    legs: tuple[PreviewLeg, ...] = Field(min_length=1, max_length=MOST_LEGS)
    quantity: Decimal
    order_type: OrderType = OrderType.LIMIT
    limit: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    strategy: str = Field(default="", max_length=40)

    @model_validator(mode="before")
    @classmethod
    def _pairs_have_no_day(cls, given: Any) -> Any:
        return standing_until_cancelled(given)

    @model_validator(mode="after")
    def _makes_an_order(self) -> OrderParams:
        self.exact()
        return self

    def exact(self) -> PreviewParams:
        return PreviewParams(
            legs=self.legs,
            quantity=self.quantity,
            order_type=self.order_type,
            limit=self.limit,
            time_in_force=self.time_in_force,
        )

    def order(self, client_id: str) -> Order:
        return self.exact().order(client_id, self.strategy)

    @property
    def asset(self) -> AssetClass:
        """What decides who takes the order."""
        return self.order("asked").legs[0].asset

    @property
    def only_closes(self) -> bool:
        return not self.order("asked").is_opening

    @classmethod
    def of(cls, preview: OrderPreview) -> OrderParams:
        """The order that a preview is of."""
        return cls(**preview.order.model_dump(), strategy=preview.strategy)


class ReplaceParams(OrderParams):
    """`replaces` is the client id of the working order whose place the new one takes; `quantity`
    is of the whole, what the old one filled included."""

    replaces: str = Field(min_length=1, max_length=36)
