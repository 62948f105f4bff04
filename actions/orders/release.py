"""When an order that waits for another may leave, and how much of it. Pure rules.

Nothing is released while the first order is alive: a fill in part frees its part only when the
first order is over, so that the second is one order of a final size. What the first one never
filled is never opened, and what it did fill is never bought a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Final, TypeAlias

from mfa.kernel.clock import exchange_date
from mfa.kernel.order_book import Link, OrderIntent
from mfa.kernel.orders import Order, OrderState, TimeInForce


@dataclass(frozen=True, slots=True)
class Wait:
    """The other order is not over."""


@dataclass(frozen=True, slots=True)
class Drop:
    """It is not sent any more; `reason` is for the person."""

    reason: str


@dataclass(frozen=True, slots=True)
class Send:
    """What is to be sent now; `note` says how it came to its size."""

    order: Order
    note: str


Verdict: TypeAlias = Wait | Drop | Send
_WAIT: Final = Wait()


def verdict(waiting: OrderIntent, first: OrderIntent, today: date) -> Verdict:
    """What becomes of `waiting`. `today` is the exchange's date: an order that was confirmed for
    a day is not sent on the next."""
    is_for_the_day = waiting.order.time_in_force is TimeInForce.DAY
    if is_for_the_day and exchange_date(waiting.created_at) < today:
        return Drop("The day that it was confirmed for is over.")
    if waiting.link is Link.AFTER_CANCEL:
        return _after_cancel(waiting, first)
    return _after_fill(waiting, first)


def _after_fill(waiting: OrderIntent, first: OrderIntent) -> Verdict:
    if not first.state.is_over:
        return _WAIT
    whole = first.state is OrderState.FILLED
    filled = first.order.quantity if whole else first.filled
    wanted = waiting.order.quantity * min(filled / first.order.quantity, Decimal(1))
    if any(leg.option is not None for leg in waiting.order.legs):
        wanted = wanted.to_integral_value(ROUND_DOWN)
    if wanted <= 0:
        return Drop(f"The order that it waited for was {first.state.value} without a fill.")
    if whole:
        return Send(waiting.order, "Released: the first order was filled.")
    note = f"Released for {wanted:f}: the first order filled {first.filled:f} and is over."
    return Send(replace(waiting.order, quantity=wanted), note)


def _after_cancel(waiting: OrderIntent, first: OrderIntent) -> Verdict:
    if not first.state.is_over:
        if first.cancel_wanted:
            return _WAIT
        return Drop(f"The order to be replaced could not be cancelled. {first.reason}".strip())
    if first.state is not OrderState.CANCELLED:
        return Drop(f"The order to be replaced was {first.state.value} before it was cancelled.")
    remaining = waiting.order.quantity - first.filled
    if remaining <= 0:
        return Drop(f"The order to be replaced had filled {first.filled:f} before it ended.")
    if not first.filled:
        return Send(waiting.order, "Released: the order to be replaced is cancelled.")
    note = f"Released for {remaining:f}: the order to be replaced had filled {first.filled:f}."
    return Send(replace(waiting.order, quantity=remaining), note)
