"""A roll where the broker takes one instrument an order: two orders, the second after the first.

The first closes, at the price that trades at once; the second opens for what is left of the net
price that the person confirmed, so that both together are never worse than that. The second is in
the book before the first leaves: a crash between them loses neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from mfa.kernel.errors import InputError
from mfa.kernel.movements import Effect
from mfa.kernel.orders import Order, OrderLeg, OrderType


def halves(
    order: Order, second_id: str, price_of: Callable[[tuple[OrderLeg, ...]], Decimal]
) -> tuple[Order, Order]:
    """What closes, then what opens. `price_of` is the net price per unit at which legs trade at
    once, signed as a limit is. `InputError` for what is no roll of one kind of instrument."""
    closing = tuple(leg for leg in order.legs if leg.effect is Effect.CLOSE)
    opening = tuple(leg for leg in order.legs if leg.effect is Effect.OPEN)
    if not closing or not opening:
        raise InputError("A roll closes one thing and opens another.")
    if len({leg.multiplier for leg in order.legs}) > 1:
        raise InputError("This broker cannot roll shares and options in one.")
    if order.order_type is OrderType.MARKET or order.limit is None:
        return replace(order, legs=closing), replace(order, legs=opening, client_id=second_id)
    price = price_of(closing)
    return (
        replace(order, legs=closing, limit=price),
        replace(order, legs=opening, limit=order.limit - price, client_id=second_id),
    )


def is_one_order(order: Order, *, multi_leg: bool) -> bool:
    """Whether the broker takes the roll whole."""
    return multi_leg or len(order.legs) == 1
