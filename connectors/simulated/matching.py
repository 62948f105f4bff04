"""What of an order fills when it meets a quote, and at what price. Pure functions.

The rule book of price is `connectors.practice.fills`; the model of orders against quotes is that of
`core_numba.fills`. Which of the two applies where:

- Size is `core_numba.fills`': an order takes what the other side shows and no more; what was taken
  stays taken until there is a newer quote; what is left of a limit order works on, of a market
  order is cancelled, since the depth behind the best price is not known. An order of several legs
  takes whole units.
- Crossing is both's: a marketable limit order gets the far side. Slippage is for market orders,
  one tick a leg: what stood there moves when nothing holds the price. Impact is zero, as nothing
  beyond the shown size is traded.
- Resting is `core_numba.fills`' as well: a quote that comes to a resting order fills it at its
  limit. At the opening bell every order counts as arriving: it takes part in the opening.
- Between the midpoint and the far side the rule book alone speaks: quotes are wide, and a limit in
  the better half is taken by somebody. `core_numba.fills` would let it wait in a queue that trades
  shorten; there is no record of trades here, neither in practice nor in a quote. Short of the
  midpoint an order waits, which is later than the end of any queue.

With a spread of zero the two are the same model, which a test holds them to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from connectors.practice import fills
from connectors.practice.fills import Leg, Market, Unfilled, fill_prices
from connectors.simulated.view import Sight
from mfa.kernel.account import CloseReason
from mfa.kernel.money import CENT
from mfa.kernel.movements import Effect
from mfa.kernel.orders import Order, OrderLeg, OrderType

TICK_CHANGE: Final = Decimal(3)
COARSE_TICK: Final = Decimal("0.05")
PENNY_CLASSES: Final = frozenset({"SPY", "QQQ", "IWM"})
"""Options of these trade in cents at every price."""

Taken = Callable[[OrderLeg, datetime], int]
"""How much of a leg's far side was taken since a moment, by whichever order."""


@dataclass(frozen=True, slots=True)
class Match:
    """`units` fill now, each leg at its price per share."""

    units: int
    order: fills.Order
    prices: tuple[Decimal, ...]


def match(
    order: Order, left: int, sights: Sequence[Sight], taken: Taken, *, arriving: bool
) -> Match | Unfilled:
    """What of the `left` units of `order` fills at these sights."""
    shown = min(
        (_shown(leg, sight) - taken(leg, sight.as_of)) // leg.ratio
        for leg, sight in zip(order.legs, sights, strict=True)
    )
    units = min(left, shown)
    if units <= 0:
        return Unfilled("What the market shows is taken.")
    markets = tuple(Market(sight.bid, sight.ask) for sight in sights)
    sized = sized_order(order, units)
    prices = fill_prices(sized, markets, resting=not arriving)
    if isinstance(prices, Unfilled):
        return prices
    if order.order_type is OrderType.MARKET:
        prices = slipped(order.legs, prices)
    return Match(units, sized, prices)


def sized_order(order: Order, units: int) -> fills.Order:
    """`units` of `order` as the rule book takes them: signed legs, the limit in dollars."""
    return fills.Order(
        legs=tuple(
            Leg(symbol=leg.symbol, option=leg.option, quantity=leg.side.sign * leg.ratio * units)
            for leg in order.legs
        ),
        strategy=order.strategy or _plain_name(order),
        limit=None if order.limit is None else order.limit * order.multiplier * units,
        reason=CloseReason.ROLLED if _rolls(order) else CloseReason.TRADE,
    )


def tick(leg: OrderLeg, price: Decimal) -> Decimal:
    """The step of prices: a cent; five for options from three dollars up, with few exceptions."""
    coarse = leg.option is not None and price >= TICK_CHANGE and leg.symbol not in PENNY_CLASSES
    return COARSE_TICK if coarse else CENT


def on_tick(leg: OrderLeg, price: Decimal) -> bool:
    step = tick(leg, price)
    return (price / step).quantize(Decimal(1), ROUND_FLOOR) * step == price


def slipped(legs: Sequence[OrderLeg], prices: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """One tick worse for whoever has no limit; nothing is sold for less than a cent."""
    return tuple(
        max(price + leg.side.sign * tick(leg, price), CENT)
        for leg, price in zip(legs, prices, strict=True)
    )


def _shown(leg: OrderLeg, sight: Sight) -> int:
    return sight.ask_size if leg.side.sign > 0 else sight.bid_size


def _rolls(order: Order) -> bool:
    """Whether it closes an option and opens another in its place."""
    effects = {leg.effect for leg in order.legs if leg.option is not None}
    return effects == {Effect.CLOSE, Effect.OPEN}


def _plain_name(order: Order) -> str:
    return "stock" if all(leg.option is None for leg in order.legs) else "option"
