"""Orders as JSON and as rows, to the digit: what is read back is what was meant.

Numbers are written as text, instruments as OCC symbols; nothing is left to a default on the way
back, so that a row of another make is an error and not another order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from mfa.kernel.movements import Effect
from mfa.kernel.order_book import Link, OrderIntent
from mfa.kernel.orders import (
    AssetClass,
    BrokerOrder,
    Order,
    OrderFill,
    OrderLeg,
    OrderState,
    OrderType,
    Side,
    TimeInForce,
)
from mfa.kernel.symbols import OptionSymbol

INTENT: Final = (
    "client_id, user_name, card, broker, account, body, state, broker_id, filled, reason, "
    "linked, link, cancel_wanted, created_at, sent_at, updated_at"
)


def order_document(order: Order) -> dict[str, Any]:
    return {
        "client_id": order.client_id,
        "legs": [leg_document(leg) for leg in order.legs],
        "quantity": _text(order.quantity),
        "order_type": order.order_type.value,
        "limit": None if order.limit is None else _text(order.limit),
        "time_in_force": order.time_in_force.value,
        "strategy": order.strategy,
    }


def order_of(document: Mapping[str, Any]) -> Order:
    limit = document["limit"]
    return Order(
        client_id=document["client_id"],
        legs=tuple(leg_of(leg) for leg in document["legs"]),
        quantity=Decimal(document["quantity"]),
        order_type=OrderType(document["order_type"]),
        limit=None if limit is None else Decimal(limit),
        time_in_force=TimeInForce(document["time_in_force"]),
        strategy=document["strategy"],
    )


def leg_document(leg: OrderLeg) -> dict[str, Any]:
    return {
        "symbol": leg.symbol,
        "option": None if leg.option is None else leg.option.occ,
        "asset": leg.asset.value,
        "side": leg.side.value,
        "effect": leg.effect.value,
        "ratio": leg.ratio,
    }


def leg_of(document: Mapping[str, Any]) -> OrderLeg:
    option = document["option"]
    return OrderLeg(
        symbol=document["symbol"],
        option=None if option is None else OptionSymbol.parse(option),
        asset=AssetClass(document["asset"]),
        side=Side(document["side"]),
        effect=Effect(document["effect"]),
        ratio=document["ratio"],
    )


def told_document(told: BrokerOrder) -> dict[str, Any]:
    """What a broker told of an order, without its fills."""
    return {
        "broker_id": told.broker_id,
        "client_id": told.client_id,
        "state": told.state.value,
        "filled": _text(told.filled),
        "updated_at": told.updated_at.isoformat(),
        "reason": told.reason,
        "legs": [leg_document(leg) for leg in told.legs],
        "quantity": None if told.quantity is None else _text(told.quantity),
        "limit": None if told.limit is None else _text(told.limit),
        "created_at": None if told.created_at is None else told.created_at.isoformat(),
    }


def told_of(document: Mapping[str, Any]) -> BrokerOrder:
    quantity, limit, created = (document[name] for name in ("quantity", "limit", "created_at"))
    return BrokerOrder(
        broker_id=document["broker_id"],
        client_id=document["client_id"],
        state=OrderState(document["state"]),
        filled=Decimal(document["filled"]),
        updated_at=datetime.fromisoformat(document["updated_at"]),
        reason=document["reason"],
        legs=tuple(leg_of(leg) for leg in document["legs"]),
        quantity=None if quantity is None else Decimal(quantity),
        limit=None if limit is None else Decimal(limit),
        created_at=None if created is None else datetime.fromisoformat(created),
    )


def intent_of(row: tuple[Any, ...]) -> OrderIntent:
    """A row of the columns in `INTENT`."""
    return OrderIntent(
        user=row[1],
        card=row[2],
        broker=row[3],
        account=row[4],
        order=order_of(row[5]),
        state=OrderState(row[6]),
        broker_id=row[7],
        filled=row[8],
        reason=row[9],
        linked=row[10],
        link=None if row[11] is None else Link(row[11]),
        cancel_wanted=row[12],
        created_at=row[13],
        sent_at=row[14],
        updated_at=row[15],
    )


def fill_of(row: tuple[Any, ...]) -> OrderFill:
    return OrderFill(
        id=row[0], instrument=row[1], quantity=row[2], price=row[3], fees=row[4], at=row[5]
    )


def _text(number: Decimal) -> str:
    return format(number, "f")
