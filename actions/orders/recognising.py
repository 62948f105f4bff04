"""Which of a broker's orders is one of ours, where the broker knows no client ids. Pure.

An order is recognised by what it trades, how much, at what limit, and when it came. Two that look
alike are not told apart: guessing would put one order's fills into another's history. One that came
then and trades the same at another price or size is no match, and yet no proof of absence.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from mfa.kernel.order_book import OrderIntent
from mfa.kernel.orders import BrokerOrder, OrderLeg

SETTLED: Final = timedelta(minutes=2)
"""How long after its sending an order may still arrive: longer than any request lives."""
_SKEW: Final = timedelta(minutes=1)
"""By which the broker's clock may be behind ours."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No order of the broker's can be it."""


@dataclass(frozen=True, slots=True)
class Several:
    """More than one could be it, or one that is not quite it."""

    count: int


Recognised: TypeAlias = BrokerOrder | Nothing | Several


def recognise(
    intent: OrderIntent,
    told: Sequence[BrokerOrder],
    *,
    bound: Collection[str],
    unknown: Sequence[OrderIntent],
) -> Recognised:
    """`bound` are broker ids that belong to other orders of ours; `unknown` are all orders of ours
    that are being looked for, among which none may look like this one."""
    near = {  # by id: told twice is one
        each.broker_id: each
        for each in told
        if each.broker_id not in bound and _is_near(intent, each)
    }
    matches = [each for each in near.values() if _could_be(intent, each)]
    if not matches:
        return Several(len(near)) if near else Nothing()
    twins = sum(any(_could_be(other, each) for each in matches) for other in unknown)
    if len(matches) == 1 and twins == 1:
        return matches[0]
    return Several(max(len(matches), twins))


def _could_be(intent: OrderIntent, told: BrokerOrder) -> bool:
    order = intent.order
    return _is_near(intent, told) and order.quantity == told.quantity and order.limit == told.limit


def _is_near(intent: OrderIntent, told: BrokerOrder) -> bool:
    return (
        intent.sent_at is not None
        and _trades(intent.order.legs) == _trades(told.legs)
        and _came_then(intent.sent_at, told)
    )


def _trades(legs: Sequence[OrderLeg]) -> frozenset[tuple[str, str, int]]:
    return frozenset((leg.instrument, leg.side.value, leg.ratio) for leg in legs)


def _came_then(sent_at: datetime, told: BrokerOrder) -> bool:
    if told.created_at is None:
        return told.updated_at >= sent_at - _SKEW
    return sent_at - _SKEW <= told.created_at <= sent_at + SETTLED
