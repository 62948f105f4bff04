"""ccxt's unified documents as the house's nouns. Pure.

A number that is missing stays missing; a state that the library does not know is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final

from mfa.kernel.errors import InputError
from mfa.kernel.money import ZERO, units
from mfa.kernel.movements import Effect
from mfa.kernel.orders import AssetClass, BrokerOrder, OrderFill, OrderLeg, OrderState, Side

STATES: Final[Mapping[str, OrderState]] = MappingProxyType(
    {
        "open": OrderState.WORKING,
        "closed": OrderState.FILLED,
        "canceled": OrderState.CANCELLED,
        "cancelled": OrderState.CANCELLED,
        "expired": OrderState.EXPIRED,
        "rejected": OrderState.REJECTED,
    }
)


class UnreadableError(ValueError):
    """An order that does not say what must be known of it."""


def number(value: Any) -> Decimal | None:
    """A finite number, or None."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = Decimal(repr(value)) if isinstance(value, float) else Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def moment(value: Any) -> datetime | None:
    """Milliseconds since the epoch as an aware moment."""
    found = number(value)
    return None if found is None else datetime.fromtimestamp(float(found) / 1000, tz=UTC)


def order_told(
    row: Mapping[str, Any], trades: Iterable[Mapping[str, Any]], *, now: datetime
) -> BrokerOrder:
    """`trades` are of this order. `UnreadableError` where it cannot be understood."""
    symbol, key = row.get("symbol"), row.get("id")
    if not symbol or not key:
        raise UnreadableError("an order without a symbol or an id")
    filled = number(row.get("filled")) or ZERO
    try:
        side = Side(str(row.get("side")))
        leg = OrderLeg(symbol=str(symbol), asset=AssetClass.CRYPTO, side=side, effect=Effect.OPEN)
    except (ValueError, InputError) as error:
        raise UnreadableError(str(error)) from error
    state = STATES.get(str(row.get("status")))
    if state is None:
        raise UnreadableError(f"an order in the state {row.get('status')!r}")
    if state is OrderState.WORKING and filled > 0:
        state = OrderState.PARTIALLY_FILLED
    price, quantity = number(row.get("price")), number(row.get("amount"))
    client = row.get("clientOrderId")
    return BrokerOrder(
        broker_id=f"{symbol}:{key}",
        client_id=str(client) if client else None,
        state=state,
        filled=units(filled),
        updated_at=moment(row.get("lastUpdateTimestamp")) or moment(row.get("timestamp")) or now,
        fills=fills_told(trades),
        legs=(leg,),
        quantity=None if quantity is None else units(quantity),
        limit=None if not price else price * side.sign,
        created_at=moment(row.get("timestamp")),
    )


def fills_told(trades: Iterable[Mapping[str, Any]]) -> tuple[OrderFill, ...]:
    """`UnreadableError` for a trade without id, price or amount."""
    fills = []
    for row in trades:
        price, amount, at = (
            number(row.get("price")),
            number(row.get("amount")),
            row.get("timestamp"),
        )
        if not row.get("id") or price is None or amount is None or moment(at) is None:
            raise UnreadableError("a trade that lacks its id, price, amount or time")
        sign = Side(str(row.get("side"))).sign
        fills.append(
            OrderFill(
                id=f"{row['symbol']}:{row['id']}",
                instrument=str(row["symbol"]),
                quantity=units(amount * sign),
                price=price,
                fees=fee(row, price),
                at=moment(at) or datetime.now(UTC),
            )
        )
    return tuple(fills)


def fee(row: Mapping[str, Any], price: Decimal) -> Decimal:
    """In the pair's second currency; a fee in a third one (an exchange's own coin) has no price
    here and counts as nothing."""
    charged = row.get("fee") or {}
    cost = number(charged.get("cost")) or ZERO
    base, _, quote = str(row.get("symbol")).partition("/")
    currency = charged.get("currency")
    if currency == quote:
        return abs(cost)
    return abs(cost) * price if currency == base else ZERO
