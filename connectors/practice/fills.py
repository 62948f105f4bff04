"""At what price a simulated order fills, and what the broker charges. Pure functions.

- Without a limit every leg trades at the far side of its market: bought at the ask, sold at the
  bid. One order's legs fill together or not at all.
- A limit is on the whole order, in dollars. At the far side or beyond, the order fills at the far
  side (price improvement). Between the midpoint and the far side it fills at the limit. Short of
  the midpoint it does not fill.
- An order that rests is not given a better price by a quote that comes to it: it fills at its limit
  at the far side too. (Where legs cannot share that out in whole cents, at the far side.)
- A fill between is shared by the legs in proportion to their half-spreads, each leg's price rounded
  to the cent in the order's favour, so that the limit holds.
- Nothing is sold where nobody bids, nothing bought where nobody offers.
- Commission: 0.65 USD a contract, opening and closing; stock is free. Assignment, exercise and
  expiry are free. Exchange and regulatory fees, some cents a contract, are not charged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, NamedTuple

from mfa.kernel.account import CloseReason
from mfa.kernel.errors import InputError
from mfa.kernel.money import CENT, CONTRACT_SIZE, ZERO
from mfa.kernel.symbols import OptionSymbol

COMMISSION_PER_CONTRACT: Final = Decimal("0.65")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """A signed quantity of one instrument: bought positive, sold negative."""

    symbol: str
    option: OptionSymbol | None = None
    quantity: int

    @property
    def multiplier(self) -> int:
        return CONTRACT_SIZE if self.option is not None else 1

    @property
    def instrument(self) -> str:
        return self.option.occ if self.option is not None else self.symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Legs that fill together.

    `limit` is the most to pay for the whole order in dollars before commission; negative, the
    least to receive. `reason` is what closed trades will say: traded or rolled.
    """

    legs: tuple[Leg, ...]
    strategy: str
    limit: Decimal | None = None
    reason: CloseReason = CloseReason.TRADE

    def __post_init__(self) -> None:
        if not self.legs or any(not leg.quantity for leg in self.legs):
            raise InputError("An order needs legs, each with a quantity.")
        if len({leg.instrument for leg in self.legs}) < len(self.legs):
            raise InputError("An order names each instrument once.")
        if self.reason not in (CloseReason.TRADE, CloseReason.ROLLED):
            raise InputError(f"An order cannot close a trade as {self.reason.value}.")


class Market(NamedTuple):
    """One instrument's two sides, USD per share."""

    bid: Decimal
    ask: Decimal


@dataclass(frozen=True, slots=True)
class Unfilled:
    """Why the order did not trade: a sentence."""

    reason: str


def commission(leg: Leg) -> Decimal:
    return COMMISSION_PER_CONTRACT * abs(leg.quantity) if leg.option is not None else ZERO


def midpoint(legs: Sequence[Leg], markets: Sequence[Market]) -> Decimal:
    """Dollars for the whole order at the middle of every market; positive is paid."""
    return sum(
        (_size(leg) * (m.bid + m.ask) / 2 for leg, m in zip(legs, markets, strict=True)), ZERO
    )


def far_side(legs: Sequence[Leg], markets: Sequence[Market]) -> Decimal:
    """Dollars for the whole order crossing every spread."""
    return sum((_size(leg) * _crossing(leg, m) for leg, m in zip(legs, markets, strict=True)), ZERO)


def fill_prices(
    order: Order, markets: Sequence[Market], *, resting: bool = False
) -> tuple[Decimal, ...] | Unfilled:
    """The price per share of every leg, by the rules above."""
    for leg, market in zip(order.legs, markets, strict=True):
        if _crossing(leg, market) <= 0:
            way = "bids for" if leg.quantity < 0 else "offers"
            return Unfilled(f"Nobody {way} {leg.option or leg.symbol}.")
    crossing = tuple(_crossing(leg, m) for leg, m in zip(order.legs, markets, strict=True))
    far = far_side(order.legs, markets)
    if order.limit is None or (order.limit >= far and not resting):
        return crossing
    middle = midpoint(order.legs, markets)
    if order.limit < middle:
        return Unfilled(
            f"The limit of {order.limit:.2f} is short of the midpoint, {middle:.2f}; "
            f"the far side is {far:.2f}."
        )
    prices = _shared(order.legs, markets, order.limit, middle, far)
    if min(prices) < CENT:
        cheap = Unfilled("A leg would trade for less than a cent.")
        return crossing if order.limit >= far else cheap
    return prices


def _shared(
    legs: Sequence[Leg], markets: Sequence[Market], limit: Decimal, middle: Decimal, far: Decimal
) -> tuple[Decimal, ...]:
    """Prices that add up to the limit or better, each as far from its midpoint as its spread."""
    if len(legs) == 1:
        return (_in_favour(legs[0], limit / _size(legs[0])),)
    if far == middle:
        return tuple(_crossing(leg, m) for leg, m in zip(legs, markets, strict=True))
    return tuple(
        _in_favour(leg, mid + (limit - middle) * (_crossing(leg, m) - mid) / (far - middle))
        for leg, m in zip(legs, markets, strict=True)
        for mid in ((m.bid + m.ask) / 2,)
    )


def _size(leg: Leg) -> int:
    return leg.quantity * leg.multiplier


def _crossing(leg: Leg, market: Market) -> Decimal:
    return market.ask if leg.quantity > 0 else market.bid


def _in_favour(leg: Leg, price: Decimal) -> Decimal:
    return price.quantize(CENT, ROUND_FLOOR if leg.quantity > 0 else ROUND_CEILING)
