"""What the simulated exchange's books come to: money, coins, their cost. Pure functions of fills.

Cost is the average of what was paid for a coin, fees included, so that what is left after a sale
costs as much apiece as before. Dollars and their stablecoins are one pot, as the account says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from connectors.coins.filling import worth
from mfa.kernel.account import Position
from mfa.kernel.coins import Pair
from mfa.kernel.money import cents, units
from mfa.kernel.orders import Order, Side
from mfa.store.coins import CoinFill, CoinOrder

_NONE: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """`cost` in dollars of all of `quantity`; `pair` is the one that it was last traded as."""

    pair: Pair
    quantity: Decimal
    cost: Decimal
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """`realized` is of what was sold, after fees."""

    cash: Decimal
    coins: Mapping[str, Coin] = field(default_factory=dict)
    realized: Decimal = _NONE

    def of(self, base: str) -> Decimal:
        coin = self.coins.get(base)
        return _NONE if coin is None else coin.quantity


def holdings(opening: Decimal, fills: Iterable[CoinFill]) -> Holdings:
    """After all of `fills`, oldest first."""
    cash, realized = opening, _NONE
    coins: dict[str, Coin] = {}
    for fill in fills:
        paid = worth(fill.quantity, fill.price) + fill.fees
        cash -= paid
        base = fill.pair.base
        before = coins.get(base)
        if fill.quantity > 0:
            coins[base] = _bought(before, fill, paid)
            continue
        if before is None:
            raise ValueError(f"{base} was sold that was not held")
        left = before.quantity + fill.quantity
        cost = before.cost * -fill.quantity / before.quantity if left else before.cost
        realized += -paid - cost
        if left:
            coins[base] = replace(before, quantity=left, cost=before.cost - cost, pair=fill.pair)
        else:
            del coins[base]
    return Holdings(cash=cash, coins=coins, realized=realized)


def _bought(before: Coin | None, fill: CoinFill, paid: Decimal) -> Coin:
    if before is None:
        return Coin(pair=fill.pair, quantity=fill.quantity, cost=paid, since=fill.at)
    return replace(
        before, pair=fill.pair, quantity=before.quantity + fill.quantity, cost=before.cost + paid
    )


def reserved(
    standing: Iterable[CoinOrder], rate: Mapping[Pair, Decimal]
) -> tuple[Decimal, dict[str, Decimal]]:
    """What standing orders may still take: dollars, fees included, and coins. Neither can be
    ordered with again. `rate` is the fee's by pair."""
    dollars, coins = _NONE, dict[str, Decimal]()
    for each in standing:
        order, (leg,) = each.order, each.order.legs
        pair = Pair.parse(leg.symbol)
        if leg.side is Side.SELL:
            coins[pair.base] = coins.get(pair.base, _NONE) + order.quantity
        else:
            dollars += most(order, abs(order.limit or _NONE), rate.get(pair, _NONE))
    return dollars, coins


def most(order: Order, price: Decimal, rate: Decimal) -> Decimal:
    """Dollars that a purchase at `price` takes, its fee included."""
    value = worth(order.quantity, price)
    return value + worth(value, rate)


def positions(held: Holdings) -> tuple[Position, ...]:
    """By coin."""
    return tuple(
        Position(
            symbol=str(coin.pair), option=None, quantity=units(coin.quantity),
            average_price=coin.cost / coin.quantity, cost_basis=cents(coin.cost),
            opened_at=coin.since, strategy="",
        )
        for _, coin in sorted(held.coins.items())
    )  # fmt: skip
