"""ccxt's unified documents as the house's nouns. Pure.

A number that is missing stays missing; a state that the library does not know is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
        # coinbase's own, which the library passes on: on the way in, and on the way out
        "PENDING": OrderState.WORKING,
        "QUEUED": OrderState.WORKING,
        "CANCEL_QUEUED": OrderState.WORKING,
    }
)
_NO_RATES: Final[Mapping[str, Decimal]] = MappingProxyType({})


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
    row: Mapping[str, Any],
    trades: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
    rates: Mapping[str, Decimal] = _NO_RATES,
) -> BrokerOrder:
    """`trades` are of this order; `rates` value other currencies in the pair's second one.

    A fee in a currency without a rate is named in the order's reason: its fill counts none.
    `UnreadableError` where the order cannot be understood.
    """
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
        reason=" ".join(_unvalued(trade) for trade in trades if fee(trade, rates) is None),
        fills=fills_told(trades, rates),
        legs=(leg,),
        quantity=None if quantity is None else units(quantity),
        limit=None if not price else price * side.sign,
        created_at=moment(row.get("timestamp")),
    )


def fills_told(
    trades: Iterable[Mapping[str, Any]], rates: Mapping[str, Decimal] = _NO_RATES
) -> tuple[OrderFill, ...]:
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
                fees=fee(row, rates) or ZERO,
                at=moment(at) or datetime.now(UTC),
            )
        )
    return tuple(fills)


def fee(row: Mapping[str, Any], rates: Mapping[str, Decimal] = _NO_RATES) -> Decimal | None:
    """In the pair's second currency; None where it was charged in one that has no rate."""
    cost, currency = _charged(row)
    base, _, quote = str(row.get("symbol")).partition("/")
    if not cost or currency == quote:
        return cost
    if currency == base:
        return cost * (number(row.get("price")) or ZERO)
    rate = rates.get(currency)
    return None if rate is None else cost * rate


def strange_fees(trades: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Currencies that fees were charged in and that are neither side of the pair: an exchange's
    own coin."""
    return frozenset(_charged(row)[1] for row in trades if fee(row) is None)


def _charged(row: Mapping[str, Any]) -> tuple[Decimal, str]:
    charged = row.get("fee") or {}
    return abs(number(charged.get("cost")) or ZERO), str(charged.get("currency") or "")


def _unvalued(row: Mapping[str, Any]) -> str:
    cost, currency = _charged(row)
    quote = str(row.get("symbol")).partition("/")[2]
    named = currency or "a currency that is not told"
    return f"A fee of {units(cost):f} {named} is not counted: it has no price in {quote} here."
