"""Quotes of an order's legs, and the order's own prices made from them.

A net price is per unit of the whole order: each leg's price weighs its ratio, and its shares beside
the order's multiplier. Nothing is priced of which one leg has no usable quote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from mfa.kernel.market import AsksAhead, MarketSource, OptionQuote, Quote
from mfa.kernel.money import ZERO
from mfa.kernel.orders import Order, OrderLeg, Side
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, Provenance

CENT: Final = Decimal("0.01")
_NICKEL: Final = Decimal("0.05")
_NICKELS_FROM: Final = Decimal(3)
"""The US penny programme: a cent below 3 dollars, five cents from 3 on; spreads trade in cents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLeg:
    leg: OrderLeg
    quote: Quote | OptionQuote
    provenance: Provenance

    @property
    def underlying(self) -> Decimal:
        return self.quote.mid if isinstance(self.quote, Quote) else self.quote.underlying_price

    def weight(self, order: Order) -> Decimal:
        """Signed: what a dollar of this leg's price is in the order's net price."""
        return Decimal(self.leg.side.sign * self.leg.ratio * self.leg.multiplier) / order.multiplier

    @property
    def far(self) -> Decimal:
        """The side that is there now: bought at the ask, sold at the bid."""
        return self.quote.ask if self.leg.side is Side.BUY else self.quote.bid


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Signed net prices per unit: positive is paid."""

    natural: Decimal
    midpoint: Decimal
    oldest: datetime


def quoted(market: MarketSource, order: Order) -> tuple[QuotedLeg, ...] | Absent | Failed:
    """Every leg with its quote, or why one has none."""
    if isinstance(market, AsksAhead):
        market.ahead(
            [leg.symbol for leg in order.legs if leg.option is None],
            [leg.option for leg in order.legs if leg.option is not None],
        )
    found = []
    for leg in order.legs:
        outcome: Outcome[Quote] | Outcome[OptionQuote]
        if leg.option is None:
            outcome = market.quote(leg.symbol)
        else:
            outcome = market.option_quote(leg.option)
        if not isinstance(outcome, Found):
            return outcome
        if fault := _fault(leg, outcome.value):
            return Absent(fault)
        found.append(QuotedLeg(leg=leg, quote=outcome.value, provenance=outcome.provenance))
    return tuple(found)


def prices(order: Order, legs: Sequence[QuotedLeg]) -> Prices:
    return Prices(
        natural=sum((each.weight(order) * each.far for each in legs), ZERO),
        midpoint=sum((each.weight(order) * each.quote.mid for each in legs), ZERO),
        oldest=min(each.quote.as_of for each in legs),
    )


def starting_limit(order: Order, found: Prices) -> Decimal:
    """The midpoint on the grid, rounded towards the far side: where one begins to ask."""
    lone_option = len(order.legs) == 1 and order.legs[0].option is not None
    wide = lone_option and abs(found.midpoint) >= _NICKELS_FROM
    tick = _NICKEL if wide else CENT
    steps = (found.midpoint / tick).to_integral_value(
        ROUND_CEILING if found.natural >= found.midpoint else ROUND_FLOOR
    )
    return steps * tick


def _fault(leg: OrderLeg, quote: Quote | OptionQuote) -> str:
    """Why a leg cannot be priced; empty when it can."""
    name = str(leg.option or leg.symbol)
    if not (quote.bid.is_finite() and quote.ask.is_finite()) or quote.ask <= 0 or quote.bid < 0:
        return f"{name} has no two-sided quote now, so an order for it has no price."
    if quote.bid > quote.ask:
        return f"The quote of {name} is crossed ({quote.bid} to ${quote.ask}): ask again."
    if leg.side is Side.SELL and quote.bid <= 0:
        return f"Nobody bids for {name} now, so it cannot be sold."
    return ""
