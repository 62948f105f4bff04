"""What can be asked of the book of orders, and what it answers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from connectors.base import Params, Result
from connectors.portfolio.params import Symbols


class OrdersParams(Params):
    """Working orders where nothing is said; one order with its history by its id."""

    order_id: str | None = Field(
        default=None, min_length=1, max_length=64,
        description="Our id, its beginning, or the broker's id.",
    )  # fmt: skip
    symbols: Symbols = Field(default=(), description="Only these companies.")
    working: bool = Field(default=True, description="Only what is not over.")
    limit: int = Field(default=50, ge=1, le=500, description="At most so many, latest first.")


class OrderRow(Result):
    """`limit` is a signed net price per unit: positive is paid. `filled` counts units."""

    order: str
    state: str
    quantity: Decimal = Field(json_schema_extra={"unit": "exact"})
    filled: Decimal = Field(json_schema_extra={"unit": "exact"})
    limit: Decimal | None
    order_id: str
    broker: str
    broker_id: str | None
    placed: datetime
    changed: datetime
    waits_for: str | None
    reason: str


class OrderStep(Result):
    """One entry of an order's history. `told_by` is 'Magnus' or the broker."""

    at: datetime
    state: str
    filled: Decimal = Field(json_schema_extra={"unit": "exact"})
    told_by: str
    note: str


class OrderFillRow(Result):
    """One execution of one leg; `quantity` is signed as held afterwards."""

    at: datetime
    instrument: str
    quantity: Decimal = Field(json_schema_extra={"unit": "exact"})
    price: Decimal
    fees: Decimal


class ForeignRow(Result):
    """An order at the broker that Magnus did not send and does not touch."""

    order: str
    state: str
    broker: str
    broker_id: str


class Orders(Result):
    """`working` counts orders that are not over, also those that were not asked for."""

    working: int
    rows: tuple[OrderRow, ...] = Field(title="Orders")
    history: tuple[OrderStep, ...] = Field(default=(), title="What became of it")
    fills: tuple[OrderFillRow, ...] = ()
    foreign: tuple[ForeignRow, ...] = Field(default=(), title="Not sent by Magnus")
    warnings: tuple[str, ...] = ()
