"""Robinhood's documents about orders, and what a state of theirs is with us.

The rows of stocks and of options differ; both tell the `ref_id` that the sender chose, by which an
order whose sending was not answered is found again.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import Field

from connectors.vendors.ground.reading import Amount, Instant, Price, PriceOrZero, Wire
from connectors.vendors.robinhood.wire import Id
from mfa.kernel.movements import Effect
from mfa.kernel.orders import OrderState, Side

STATES: Final[Mapping[str, OrderState]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("new", "queued", "unconfirmed", "confirmed", "pending", "locally_pending",
             "pending_cancelled"),
            OrderState.WORKING,
        ),
        "partially_filled": OrderState.PARTIALLY_FILLED,
        "filled": OrderState.FILLED,
        **dict.fromkeys(
            ("cancelled", "canceled", "voided", "partially_filled_rest_cancelled"),
            OrderState.CANCELLED,
        ),
        **dict.fromkeys(("rejected", "failed"), OrderState.REJECTED),
        "expired": OrderState.EXPIRED,
    }
)  # fmt: skip


class FillRow(Wire):
    id: Id
    price: Price
    quantity: Annotated[Amount, Field(gt=0)]
    timestamp: Instant


class StockOrder(Wire):
    id: Id
    ref_id: str | None = None
    instrument: Id
    side: Side
    state: str
    quantity: Annotated[Amount, Field(gt=0)]
    cumulative_quantity: Annotated[Amount, Field(ge=0)] = Decimal(0)
    price: Price | None = None
    fees: PriceOrZero = Decimal(0)
    reject_reason: str | None = None
    created_at: Instant
    updated_at: Instant
    executions: tuple[FillRow, ...] = ()


class OptionOrderLeg(Wire):
    option: Id
    side: Side
    position_effect: Effect
    ratio_quantity: Annotated[int, Field(ge=1)] = 1
    executions: tuple[FillRow, ...] = ()


class OptionOrder(Wire):
    id: Id
    ref_id: str | None = None
    direction: Literal["credit", "debit"]
    state: str
    quantity: Annotated[Amount, Field(gt=0)]
    processed_quantity: Annotated[Amount, Field(ge=0)] = Decimal(0)
    price: Price | None = None
    regulatory_fees: PriceOrZero = Decimal(0)
    reject_reason: str | None = None
    created_at: Instant
    updated_at: Instant
    legs: Annotated[tuple[OptionOrderLeg, ...], Field(min_length=1)]
