"""What would take back an order: its cancellation while it works, the opposite of what it filled.

It is a proposal: the opposite trades at the price of that moment, and a person confirms its card.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from actions.proposal import ActionProposal
from mfa.kernel.errors import InputError
from mfa.kernel.movements import Effect
from mfa.kernel.order_book import OrderIntent
from mfa.kernel.orders import OrderLeg, Side


def opposite(
    intent: OrderIntent,
    price_of: Callable[[tuple[OrderLeg, ...], Decimal], Decimal],
    there: Callable[[tuple[OrderLeg, ...], Decimal], Decimal] = lambda _, quantity: quantity,
) -> ActionProposal:
    """`price_of` legs and a quantity: the net price per unit at which they trade at once. `there`
    is how much of a quantity can be traded back."""
    if not intent.state.is_over:
        return ActionProposal(
            action="cancel_order",
            params={"order_id": intent.client_id},
            reason="It is not over: cancelling it comes first.",
        )
    if not intent.filled:
        raise InputError("Nothing of it was filled; there is nothing to undo.")
    legs = tuple(_turned(leg) for leg in intent.order.legs)
    quantity = there(legs, intent.filled)
    if quantity <= 0:
        raise InputError("Nothing of what it bought is held any more; there is nothing to undo.")
    params: dict[str, Any] = {
        "legs": spelled(legs),
        "quantity": format(quantity, "f"),
        "limit": format(price_of(legs, quantity), "f"),
        "strategy": intent.order.strategy,
    }
    closes = all(leg.effect is Effect.CLOSE for leg in legs)
    return ActionProposal(
        action="close_position" if closes else "submit_order",
        params=params,
        reason="The opposite of what was traded.",
    )


def spelled(legs: Sequence[OrderLeg]) -> list[dict[str, Any]]:
    """Legs as an order's parameters have them."""
    return [
        {
            "instrument": leg.instrument,
            "side": leg.side.value,
            "effect": leg.effect.value,
            "ratio": leg.ratio,
        }
        for leg in legs
    ]


def _turned(leg: OrderLeg) -> OrderLeg:
    return OrderLeg(
        symbol=leg.symbol,
        option=leg.option,
        asset=leg.asset,
        side=Side.BUY if leg.side is Side.SELL else Side.SELL,
        effect=Effect.CLOSE if leg.effect is Effect.OPEN else Effect.OPEN,
        ratio=leg.ratio,
    )
