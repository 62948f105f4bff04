"""What the trades of one strategy cost, can win and lose, tie up, and how likely they pay.

Per share, at the far side of the quotes, at expiration, without interest. Capital is the most that
can be lost; where that has no bound, the buying power that Regulation T takes
(`core_numba.chains.scan` has the rule). A tail's probability is at the volatility of the option
sold (bought, where only one is bought) on that side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connectors.premium.params import Kind
from connectors.premium.strategies import CALL, PUT, Strategy
from connectors.screening.contracts import Contracts, Integers
from core_numba.arrays import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trades:
    """Columns of one length. `legs` is (trades, legs) places of contracts. `net` is received, paid
    if negative; a profit is made between `low` and `high` (0 and infinity where open); `max_loss`
    is positive, infinite without a bound; `stays` is the profit if the price does not move."""

    strategy: Strategy
    legs: Integers
    net: Floats
    capital: Floats
    max_loss: Floats
    low: Floats
    high: Floats
    stays: Floats
    chance: Floats
    annual: Floats

    def __len__(self) -> int:
        return len(self.net)

    @property
    def first(self) -> Integers:
        """The leg that stands for the trade's company and expiration."""
        return np.asarray(self.legs[:, 0])


def priced(strategy: Strategy, found: Contracts, legs: Integers) -> Trades:
    """Trades whose capital or profit is not positive (a credit as wide as its spread) drop out."""
    sides = np.array(strategy.sides, dtype=np.float64)
    spot = found.spot[legs[:, 0]]
    far = np.where(sides > 0, found.ask[legs], found.bid[legs])
    net = -(far * sides).sum(axis=1)
    signs = np.array(strategy.kinds)
    paid = np.maximum(signs * (spot[:, None] - found.strike[legs]), 0.0)
    stays = net + (paid * sides).sum(axis=1)
    low, high = _break_evens(strategy, found, legs, net, spot)
    max_loss = _max_loss(strategy, found, legs, net, spot)
    capital = max_loss if strategy.bounded else _buying_power(found, legs)
    under, over = _tails(strategy, legs)
    chance = _above(found, low, under) - _above(found, high, over)
    years = found.years[legs[:, 0]]
    good = (capital > 0) & ((net > 0) | (not strategy.credit))
    with np.errstate(divide="ignore", invalid="ignore"):
        annual = np.where(good, stays / capital / years, np.nan)
    return Trades(
        strategy=strategy, legs=legs[good], net=net[good], capital=capital[good],
        max_loss=max_loss[good], low=low[good], high=high[good], stays=stays[good],
        chance=np.clip(chance[good], 0.0, 1.0), annual=annual[good],
    )  # fmt: skip


def _break_evens(
    strategy: Strategy, found: Contracts, legs: Integers, net: Floats, spot: Floats
) -> tuple[Floats, Floats]:
    """The ends of the prices at which a profit is made."""
    first, last = found.strike[legs[:, 0]], found.strike[legs[:, -1]]
    nothing, everything = np.zeros(net.size), np.full(net.size, np.inf)
    match strategy.kind:
        case Kind.COVERED_CALL:
            return spot - net, everything
        case Kind.CASH_SECURED_PUT | Kind.BULL_PUT_SPREAD | Kind.LONG_CALL:
            return first - net, everything
        case Kind.BEAR_CALL_SPREAD | Kind.SHORT_CALL | Kind.LONG_PUT:
            return nothing, first + net
        case Kind.IRON_CONDOR:
            return first - net, found.strike[legs[:, 2]] + net
        case _:
            return first - net, last + net


def _max_loss(
    strategy: Strategy, found: Contracts, legs: Integers, net: Floats, spot: Floats
) -> Floats:
    if not strategy.bounded:
        return np.full(net.size, np.inf)
    strike = found.strike
    match strategy.kind:
        case Kind.CASH_SECURED_PUT:
            return strike[legs[:, 0]] - net
        case Kind.COVERED_CALL:
            return spot - net
        case Kind.LONG_CALL | Kind.LONG_PUT:
            return -net
    width = np.abs(strike[legs[:, 0]] - strike[legs[:, 1]])
    if strategy.kind is Kind.IRON_CONDOR:
        width = np.maximum(width, np.abs(strike[legs[:, 2]] - strike[legs[:, 3]]))
    return width - net


def _buying_power(found: Contracts, legs: Integers) -> Floats:
    """Of sold options: the greater side without its price; the premium pays itself."""
    naked = found.found.margin[legs] - found.bid[legs]
    return np.asarray(naked.max(axis=1))


def _tails(strategy: Strategy, legs: Integers) -> tuple[Integers, Integers]:
    """The contracts whose volatility tells the lower and the upper tail."""
    sold = [i for i, side in enumerate(strategy.sides) if side < 0] or [0]
    puts = [i for i in sold if strategy.kinds[i] == PUT] or sold
    calls = [i for i in sold if strategy.kinds[i] == CALL] or sold
    return legs[:, puts[0]], legs[:, calls[0]]


def _above(found: Contracts, level: Floats, places: Integers) -> Floats:
    """P(price above `level`): one above nothing, none above infinity."""
    chance = found.ends_above(np.where(np.isfinite(level) & (level > 0), level, 1.0), places)
    return np.where(level <= 0, 1.0, np.where(np.isposinf(level), 0.0, chance))
