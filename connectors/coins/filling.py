"""What of a pair's order fills when it meets a quote, at what price, for what fee. Pure functions.

- A market order, and a limit that crosses when it arrives, trade at the far side and pay the fee of
  a taker. A limit that stood fills at its own price when the far side comes to it, for a maker's.
- An order fills whole: a ticker tells no depth, and an order is taken to be small beside it.
- Money of an exchange has more places than a cent: amounts are kept to the eighth.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from mfa.kernel.coins import PairQuote, PairRules
from mfa.kernel.orders import Order, Side

PLACES: Final = Decimal("0.00000001")


@dataclass(frozen=True, slots=True)
class Filled:
    """`price` and `fee` in the pair's second currency."""

    price: Decimal
    fee: Decimal


def far(order: Order, quote: PairQuote) -> Decimal:
    """The side that is there now: bought at the ask, sold at the bid."""
    return quote.ask if order.legs[0].side is Side.BUY else quote.bid


def meets(order: Order, quote: PairQuote, rules: PairRules, *, arriving: bool) -> Filled | None:
    """How it trades against this quote, or None where it does not."""
    there = far(order, quote)
    sign = order.legs[0].side.sign
    if order.limit is not None and order.limit < there * sign:
        return None
    if order.limit is None or arriving:
        return Filled(there, fee(order.quantity, there, rules.taker))
    price = abs(order.limit)
    return Filled(price, fee(order.quantity, price, rules.maker))


def fee(quantity: Decimal, price: Decimal, rate: Decimal) -> Decimal:
    return worth(worth(quantity, price), rate)


def worth(quantity: Decimal, price: Decimal) -> Decimal:
    return (quantity * price).quantize(PLACES, ROUND_HALF_UP)
