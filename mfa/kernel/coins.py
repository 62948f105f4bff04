"""Pairs of crypto currencies: what a pair is, its quote, an exchange's grid and fees, its funds.

A pair is named as everybody does, 'BTC/USD'; what an exchange calls it stands in its `PairRules`.
Orders and accounts here are of dollars: stablecoins of the dollar (`DOLLARS`) count one for one,
which every figure made so says. Nothing here sends anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Final, Protocol

from mfa.kernel.account import AccountSource, Position
from mfa.kernel.errors import InputError
from mfa.kernel.money import units
from mfa.kernel.outcome import Failed, FailureKind, Outcome

DOLLARS: Final = ("USD", "USDT", "USDC")
"""Counted as dollars, one for one."""
_PAIR: Final = re.compile(r"^([A-Z0-9]{2,12})/([A-Z0-9]{2,12})$")


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """So many of `quote` for one `base`."""

    base: str
    quote: str

    @classmethod
    def parse(cls, text: str) -> Pair:
        """Read 'BTC/USD'. `InputError` where it is no pair."""
        match = _PAIR.match(text.strip().upper())
        if match is None:
            raise InputError(f"{text!r} is no pair.", "Pairs look like BTC/USD.")
        return cls(*match.groups())

    @property
    def is_in_dollars(self) -> bool:
        return self.quote in DOLLARS

    def __str__(self) -> str:
        return f"{self.base}/{self.quote}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairQuote:
    """Two sides of a pair, in its second currency for one of its first."""

    pair: Pair
    bid: Decimal
    ask: Decimal
    last: Decimal
    as_of: datetime

    @property
    def mid(self) -> Decimal:
        return (self.bid + self.ask) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRules:
    """How an exchange trades a pair. `symbol` is its own name of it; steps are of amounts and
    prices; `maker` and `taker` are shares of what changes hands (0.001 is 0.1 %). A least of zero
    is none."""

    pair: Pair
    symbol: str
    amount_step: Decimal
    price_step: Decimal
    least_amount: Decimal = Decimal(0)
    least_cost: Decimal = Decimal(0)
    maker: Decimal
    taker: Decimal

    def amount_below(self, amount: Decimal) -> Decimal:
        """The greatest amount that is traded and is not above `amount`."""
        return _floor(amount, self.amount_step)

    def price_near(self, price: Decimal, *, up: bool) -> Decimal:
        """The next price of the grid, from `price` upwards or downwards."""
        below = _floor(price, self.price_step)
        return below + self.price_step if up and below != price else below

    def misfit(self, amount: Decimal, price: Decimal | None) -> str:
        """Why the exchange does not trade so; empty where it does. Nothing is rounded."""
        pair = self.pair
        least = max(self.least_amount, self.amount_step)
        if amount < least:
            return f"The least order of {pair} is of {units(least):f} {pair.base}."
        if self.amount_below(amount) != amount:
            fits = self.amount_below(amount)
            return (
                f"{pair.base} is traded in steps of {units(self.amount_step):f}:"
                f" not {units(amount):f}, but {units(fits):f} or"
                f" {units(fits + self.amount_step):f}."
            )
        if price is None:
            return ""
        if self.price_near(price, up=False) != price:
            return (
                f"{price:f} is no price of {pair}: prices move in steps of"
                f" {units(self.price_step):f}; {self.price_near(price, up=False):f} is the next"
                " below."
            )
        if amount * price < self.least_cost:
            return (
                f"The least order of {pair} is worth {units(self.least_cost):f} {pair.quote};"
                f" this one is worth {units(amount * price):f}."
            )
        return ""


class PairMarket(Protocol):
    """Whoever quotes pairs. Every answer is an `Outcome`; nothing raises."""

    @property
    def name(self) -> str: ...

    def pair(self, base: str, quote: str | None) -> Outcome[Pair]:
        """The pair that is traded there; without `quote` the first kind of dollars that is."""
        ...

    def quote(self, pair: Pair) -> Outcome[PairQuote]: ...

    def rules(self, pair: Pair) -> Outcome[PairRules]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """Where pairs are traded in this mode, as far as reading goes. `name` is its broker's, `title`
    what a person reads; `funds` is what is free of one currency; `knows_cost` is whether the
    account's positions say what was paid."""

    name: str
    title: str
    market: PairMarket
    account: AccountSource
    funds: Callable[[str], Outcome[Decimal]]
    knows_cost: bool


def no_venue() -> Outcome[Venue]:
    """Where pairs are traded in a house without an exchange."""
    return Failed(FailureKind.NOT_SUPPORTED, "No exchange of crypto currencies is set up here.")


def held_of(base: str, positions: tuple[Position, ...]) -> Decimal:
    """How much of a coin is held, whatever pair it stands under."""
    return sum(
        (each.quantity for each in positions if each.symbol.partition("/")[0] == base), Decimal(0)
    )


def _floor(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_FLOOR) * step
