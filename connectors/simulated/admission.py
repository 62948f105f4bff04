"""What a broker looks at before it takes an order. Every refusal is a sentence; nothing is changed.

Taken at any hour, as American brokers do: an order that comes when the exchange is closed is queued
for the next opening bell, a day order standing for that session. Refused are fractions, ticks that
are not traded, several underlyings in one order, closing what is not held or stands in another
order, opening against a position that should be closed, a short call that nothing covers, and what
cash and Regulation T's loan value do not carry together with the opening orders that already work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from connectors.practice.booking import Means, dollars, refusal
from connectors.practice.fills import Leg, Market, Unfilled, fill_prices
from connectors.simulated.matching import on_tick, sized_order, slipped, tick
from connectors.simulated.view import Blind, Sight, View
from mfa.kernel.broker import NotSent, Refused
from mfa.kernel.money import ZERO
from mfa.kernel.movements import Effect
from mfa.kernel.orders import AssetClass, Order, OrderLeg
from mfa.kernel.outcome import FailureKind
from mfa.store.broker_orders import StandingOrder

MOST_UNITS: Final = 1_000_000
MOST_DOLLARS: Final = 1_000_000
"""Per share; beyond it there is no price."""


def unfit(order: Order, name: str) -> NotSent | Refused | None:
    """What is wrong with the order by itself, whatever the market and the account are."""
    if any(leg.asset is AssetClass.CRYPTO for leg in order.legs):
        return NotSent(FailureKind.NOT_SUPPORTED, f"The {name} trades stocks and options only.")
    if order.quantity != order.quantity.to_integral_value():
        return Refused(f"The {name} trades whole shares. Give a whole number.")
    if order.quantity * max(leg.ratio for leg in order.legs) > MOST_UNITS:
        return Refused(f"An order is of at most {MOST_UNITS:,}.")
    if len({leg.symbol for leg in order.legs}) > 1:
        return Refused("The legs of one order belong to one underlying.")
    return _limit_refused(order)


def _limit_refused(order: Order) -> Refused | None:
    if order.limit is None:
        return None
    if abs(order.limit) > MOST_DOLLARS:
        return Refused(f"{order.limit} is no price: the most is {MOST_DOLLARS:,}.")
    if len(order.legs) > 1:
        whole = order.limit * 100 == (order.limit * 100).to_integral_value()
        return None if whole else Refused(f"A net price has whole cents; {order.limit} has not.")
    leg, price = order.legs[0], order.limit * order.legs[0].side.sign
    if price <= 0:
        way = "buy is above zero" if leg.side.sign > 0 else "sell is written below zero"
        return Refused(f"The limit of an order to {way}; {order.limit} is not.")
    if not on_tick(leg, price):
        return Refused(f"{price} is not traded: prices there move in steps of {tick(leg, price)}.")
    return None


def unlisted(order: Order, view: View) -> Refused | NotSent | None:
    """Whether the market knows what is ordered."""
    for leg in order.legs:
        seen = view.sight(leg)
        if isinstance(seen, Blind) and seen.absent:
            return Refused(seen.reason)
        if isinstance(seen, Blind) and seen.failure is not None:
            return NotSent(seen.failure, seen.reason)
    return None


def unheld(order: Order, units: int, means: Means, others: Iterable[StandingOrder]) -> str | None:
    """Why what the order closes or opens does not go with what is held."""
    standing = tuple(others)
    for leg in order.legs:
        held = means.held.get((leg.symbol, leg.option), 0)
        against = max(0, -held * leg.side.sign)
        what = leg.option or leg.symbol
        if leg.effect is Effect.OPEN:
            if leg.option is not None and against:
                side = "short" if held < 0 else "long"
                return f"You are {side} {against} {what}: say that the order closes, not opens."
            continue
        elsewhere = sum(_closing(each, leg) for each in standing)
        wanted = units * leg.ratio
        if wanted > against - elsewhere:
            besides = f", and {elsewhere} of them stand in other orders" if elsewhere else ""
            return f"Of {what} there are {against} to close{besides}; the order closes {wanted}."
    return None


def _closing(standing: StandingOrder, leg: OrderLeg) -> int:
    """How much of the same closing another order still has before it."""
    return sum(
        standing.left * each.ratio
        for each in standing.order.legs
        if (each.instrument, each.side, each.effect) == (leg.instrument, leg.side, Effect.CLOSE)
    )


def unaffordable(
    order: Order, units: int, means: Means, others: Iterable[StandingOrder], view: View
) -> str | None:
    """Why the account does not carry the order beside the opening orders that already work."""
    before = means
    for each in others:
        if each.order.is_opening:
            before = _after(before, each.order, each.left, view) or before
        else:
            before = Means(before.cash, before.after(_sold(each), ZERO).held)
    after = _after(before, order, units, view)
    if after is None:
        return "There is no price now to check a market order against. Give a limit."
    mids = {symbol: view.price(symbol) for symbol in sorted({symbol for symbol, _ in after.held})}
    unpriced = [symbol for symbol, price in mids.items() if price is None]
    if unpriced:
        return f"{', '.join(unpriced)} has no price now, so what the order ties up is not known."
    return refusal(before, after, {s: price for s, price in mids.items() if price is not None})


def _sold(standing: StandingOrder) -> tuple[Leg, ...]:
    """What a closing order may take away at any moment: it covers no call any more. What it may
    buy back, and the money, are not counted on."""
    sized = sized_order(standing.order, standing.left)
    return tuple(leg for leg in sized.legs if leg.quantity < 0)


def _after(means: Means, order: Order, units: int, view: View) -> Means | None:
    """At the limit, or where a market order would trade now; None when that is not known."""
    sized = sized_order(order, units)
    if sized.limit is not None:
        return means.after(sized.legs, sized.limit)
    sights = [view.sight(leg) for leg in order.legs]
    markets = _markets(sights)
    if markets is None:
        return None
    prices = fill_prices(sized, markets)
    if isinstance(prices, Unfilled):
        return means.after(sized.legs, ZERO)  # it will not trade at all
    return means.after(sized.legs, dollars(sized.legs, slipped(order.legs, prices)))


def _markets(sights: Sequence[Sight | Blind]) -> list[Market] | None:
    seen = [each for each in sights if isinstance(each, Sight)]
    return [Market(each.bid, each.ask) for each in seen] if len(seen) == len(sights) else None
