"""What limit and market orders would have got from recorded quotes.

The model, which is cautious where the record is silent. Each row is the best quote from its time
on, and what traded since the row before. In a row: orders whose time is over end; the trade fills
resting orders; the quote meets them; then orders that have arrived meet the quote. So an order
never sees a row before it is in the market.

- A marketable order takes the displayed size of the other side at its price, worsened by slippage
  and square-root impact but not beyond its limit. What is left of a limit order rests at its limit,
  of a market order is cancelled: depth behind the best quote is not known.
- What we took stays taken until that side of the quote changes.
- Joining the best price, an order stands behind the displayed size (`queue_share` of it). Within
  the spread it is first. Behind the best price its place is unknown until the quote comes to it;
  then it is last. Trades at its price shorten the queue, as does a displayed size that falls below
  it; a trade through its price, or a quote that leaves it alone in front, ends the queue.
- Our orders of the same price fill in order of arrival and share what is traded. They do not trade
  with each other, and the recorded market does not react to them.

NaN prices or sizes offer nothing; a NaN traded price or volume is no trade.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain import fills as plain

Integers = npt.NDArray[np.int64]

_FILLS: Final = Kernel("fills", plain.fills)


class InForce(IntEnum):
    """How long an order stands."""

    DAY = plain.DAY
    """Until it expires or is cancelled."""
    IOC = plain.IOC
    """Immediate or cancel: what is there, now."""
    FOK = plain.FOK
    """Fill or kill: all of it now, or nothing."""


class OrderState(IntEnum):
    """Where an order ended. The quantity left says whether it had filled in part."""

    OPEN = plain.OPEN
    FILLED = plain.FILLED
    CANCELLED = plain.CANCELLED
    EXPIRED = plain.EXPIRED
    KILLED = plain.KILLED
    REJECTED = plain.REJECTED
    """The order itself made no sense: NaN, no quantity, no side."""
    NOT_SENT = plain.NOT_SENT
    """It would have arrived after the last row."""


class Quotes(NamedTuple):
    """The record, all (rows,); times ascend. Any unit of time, the same for the orders."""

    time: npt.ArrayLike
    bid: npt.ArrayLike
    ask: npt.ArrayLike
    bid_size: npt.ArrayLike
    ask_size: npt.ArrayLike
    traded_price: npt.ArrayLike = np.nan
    traded_volume: npt.ArrayLike = 0.0


class LimitOrders(NamedTuple):
    """Orders that broadcast to (k,)."""

    side: npt.ArrayLike
    """+1 buys, -1 sells."""
    quantity: npt.ArrayLike
    """Positive."""
    limit: npt.ArrayLike
    """Infinity (buy) or minus infinity (sell) is a market order."""
    sent: npt.ArrayLike
    in_force: npt.ArrayLike = InForce.DAY
    cancel: npt.ArrayLike = math.inf
    """When it is called off."""
    expire: npt.ArrayLike = math.inf
    """When it ends of itself: the end of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """How the market treats us."""

    latency: float = 0.0
    """From sending to arriving, of orders and cancels."""
    slippage: float = 0.0
    """Price against us when crossing the spread, per unit."""
    impact: float = 0.0
    """Y of the square-root law: the price moves by Y * volatility * sqrt(quantity / volume)."""
    volatility: float = 0.0
    """Of the period that `volume` counts (a day), as a part of the price."""
    volume: float = math.inf
    queue_share: float = 1.0
    """The part of the displayed size that stands before us when we join; 1 is the cautious end."""
    multiplier: float = 1.0
    fee_per_unit: float = 0.0
    maker_rate: float = 0.0
    """Of the turnover; negative is a rebate."""
    taker_rate: float = 0.0


class Fills(NamedTuple):
    """Fills in order of time, and what became of each order."""

    order: Integers
    row: Integers
    time: Floats
    quantity: Floats
    price: Floats
    fee: Floats
    maker: npt.NDArray[np.bool_]
    """Whether it rested when it filled."""
    state: Integers
    """(k,) `OrderState`."""
    left: Floats
    """(k,) not filled."""


def simulate_fills(quotes: Quotes, orders: LimitOrders, *, market: Market | None = None) -> Fills:
    """Match `orders` with `quotes` by the model above.

    Orders that arrive in the same row are served by time, then by number. `ValueError` where times
    descend or are NaN, shapes differ, or the market's numbers are out of range.
    """
    terms = market or Market()
    record = [
        np.ascontiguousarray(each)
        for each in np.broadcast_arrays(*(np.asarray(q, dtype=np.float64) for q in quotes))
    ]
    if record[0].ndim != 1 or not np.all(record[0][1:] >= record[0][:-1]):
        raise ValueError("Quotes must be series whose times never go back.")
    side, quantity, limit, sent, force, cancel, expire = (
        np.ascontiguousarray(each)
        for each in np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in orders)
        )
    )
    if not np.all(np.isin(force, list(InForce))):
        raise ValueError("The time in force is one of InForce.")
    count = side.size
    valid = (np.abs(side) == 1.0) & (quantity > 0.0) & np.isfinite(quantity) & ~np.isnan(limit)
    valid &= ~(np.isnan(sent) | np.isnan(cancel) | np.isnan(expire)) & (
        limit != np.copysign(np.inf, -side)
    )
    order_of = np.argsort(np.where(valid, sent, np.inf), kind="stable")
    order_of = order_of[valid[order_of]].astype(np.int64)
    room = 64 + 4 * count
    while True:
        state = np.where(valid, int(OrderState.NOT_SENT), int(OrderState.REJECTED))
        left = quantity.copy()
        whole = [np.empty(room, np.int64) for _ in range(2)]
        real = [np.empty(room) for _ in range(3)]
        maker = np.empty(room, np.bool_)
        found = _FILLS(
            *record, side, limit, quantity, sent, cancel, expire, force.astype(np.int64), order_of,
            _scale(terms), _rules(terms), state, left, *whole, *real, maker,
        )  # fmt: skip
        if found <= room:
            break
        room = found
    number, row = (each[:found].copy() for each in whole)
    amounts, prices, fees = (each[:found].copy() for each in real)
    return Fills(
        number, row, record[0][row], amounts, prices, fees, maker[:found].copy(), state, left
    )


def square_root_impact(
    quantity: npt.ArrayLike,
    *,
    volatility: npt.ArrayLike,
    volume: npt.ArrayLike,
    coefficient: npt.ArrayLike = 1.0,
) -> Floats:
    """The expected move of the price, as a part of it, by trading `quantity` in a period.

    Y * sigma * sqrt(Q / V): `volatility` and `volume` are of the same period (a day). NaN where the
    volume is not positive or the quantity negative. J. P. Bouchaud and others, *Trades, Quotes and
    Prices* (2018), chapter 12.
    """
    size, spread, traded = (np.asarray(x, dtype=np.float64) for x in (quantity, volatility, volume))
    with np.errstate(invalid="ignore", divide="ignore"):
        move = np.asarray(coefficient) * spread * np.sqrt(size / traded)
        return np.where(traded > 0.0, move, np.nan)


def _scale(terms: Market) -> float:
    """Impact per square root of a unit."""
    if not (terms.volume > 0.0 and terms.volatility >= 0.0 and terms.impact >= 0.0):
        raise ValueError("Impact needs a positive volume and a volatility of zero or more.")
    return terms.volatility / math.sqrt(terms.volume)


def _rules(terms: Market) -> Floats:
    if not (terms.latency >= 0.0 and terms.slippage >= 0.0 and 0.0 <= terms.queue_share <= 1.0):
        raise ValueError("Latency and slippage are zero or more, the queue share is 0 to 1.")
    if not terms.multiplier > 0.0:
        raise ValueError("The multiplier must be positive.")
    return np.array(
        [
            terms.latency, terms.slippage, terms.impact, terms.queue_share, terms.multiplier,
            terms.fee_per_unit, terms.maker_rate, terms.taker_rate,
        ]
    )  # fmt: skip
