"""Orders against recorded quotes, row by row, as a reader would write it down."""

# ruff: noqa: FBT001, PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from core_numba.arrays import Floats

DAY, IOC, FOK = 0, 1, 2
OPEN, FILLED, CANCELLED, EXPIRED, KILLED, REJECTED, NOT_SENT = range(7)
LATENCY, SLIPPAGE, IMPACT, QUEUE, MULTIPLIER, FEE_UNIT, MAKER, TAKER = range(8)
UNKNOWN: Final = -1.0
"""A place in the queue that no quote has shown yet."""


@dataclass
class _Order:
    number: int
    side: float
    limit: float
    left: float
    queue: float = UNKNOWN


@dataclass
class _Book:
    """What the market of a row still offers to us."""

    bid: float = math.nan
    ask: float = math.nan
    bid_size: float = 0.0
    ask_size: float = 0.0
    bid_left: float = 0.0
    ask_left: float = 0.0

    def quote(self, bid: float, ask: float, bid_size: float, ask_size: float) -> None:
        """A side that did not change has not been refilled after what we took from it."""
        if not (bid == self.bid and bid_size == self.bid_size):
            self.bid_left = max(0.0, bid_size)
        if not (ask == self.ask and ask_size == self.ask_size):
            self.ask_left = max(0.0, ask_size)
        self.bid, self.ask, self.bid_size, self.ask_size = bid, ask, bid_size, ask_size


class _Run:
    def __init__(self, rules: list[float], out: tuple[Any, ...]) -> None:
        self.rules = rules
        self.number, self.row, self.quantity, self.price, self.fee, self.maker = out
        self.count = 0

    def fill(self, order: _Order, row: int, quantity: float, price: float, maker: bool) -> None:
        if self.count < self.number.shape[0]:
            rate = self.rules[MAKER] if maker else self.rules[TAKER]
            fee = quantity * self.rules[FEE_UNIT] + quantity * price * self.rules[MULTIPLIER] * rate
            at = self.count
            self.number[at], self.row[at], self.maker[at] = order.number, row, maker
            self.quantity[at], self.price[at], self.fee[at] = quantity, price, fee
        self.count += 1
        order.left -= quantity

    def take(self, order: _Order, row: int, book: _Book, scale: float) -> None:
        """Cross the spread, as far as the displayed size goes."""
        price = book.ask if order.side > 0.0 else book.bid
        size = book.ask_left if order.side > 0.0 else book.bid_left
        quantity = min(order.left, size)
        if not quantity > 0.0:
            return
        impact = scale * self.rules[IMPACT] * math.sqrt(quantity)
        paid = price + order.side * (self.rules[SLIPPAGE] + impact * price)
        if order.side * paid > order.side * order.limit:
            paid = order.limit
        if order.side > 0.0:
            book.ask_left -= quantity
        else:
            book.bid_left -= quantity
        self.fill(order, row, quantity, paid, maker=False)


def fills(
    time: Floats, bid: Floats, ask: Floats, bid_size: Floats, ask_size: Floats,
    traded_price: Floats, traded_volume: Floats, side: Floats, limit: Floats, quantity: Floats,
    sent: Floats, cancel: Floats, expire: Floats, in_force: Any, order_of: Any, scale: float,
    rules: Floats, state: Any, left: Floats, fill_order: Any, fill_row: Any, fill_quantity: Floats,
    fill_price: Floats, fill_fee: Floats, fill_maker: Any,
) -> int:  # fmt: skip
    """Match all orders (`order_of` is their order of arrival); how many fills there were."""
    run = _Run(
        rules.tolist(), (fill_order, fill_row, fill_quantity, fill_price, fill_fee, fill_maker)
    )
    latency, share = run.rules[LATENCY], run.rules[QUEUE]
    book = _Book()
    resting: list[_Order] = []
    coming = 0
    for row in range(time.size):
        now = float(time[row])
        for order in resting:  # what ended before this row
            number = order.number
            if now >= expire[number]:
                state[number] = EXPIRED
            elif now >= cancel[number] + latency:
                state[number] = CANCELLED
        resting = [order for order in resting if state[order.number] == OPEN]
        _trade(run, resting, row, float(traded_price[row]), float(traded_volume[row]))
        book.quote(float(bid[row]), float(ask[row]), float(bid_size[row]), float(ask_size[row]))
        for order in resting:
            _requote(run, order, row, book, share)
        while coming < len(order_of) and sent[order_of[coming]] + latency <= now:
            number = int(order_of[coming])
            coming += 1
            order = _Order(
                number, float(side[number]), float(limit[number]), float(quantity[number])
            )
            state[number] = _arrive(
                run, order, row, book, share, int(in_force[number]), scale,
                now >= expire[number], now >= cancel[number] + latency,
            )  # fmt: skip
            left[number] = order.left
            if state[number] == OPEN:
                resting.append(order)
        for order in resting:
            left[order.number] = order.left
            if not order.left > 0.0:
                state[order.number] = FILLED
        resting = [order for order in resting if state[order.number] == OPEN]
    return run.count


def _trade(run: _Run, resting: list[_Order], row: int, price: float, volume: float) -> None:
    """A trade in the market fills what it passes, and what it reaches behind the queue."""
    for order in resting:
        if not volume > 0.0 or not order.left > 0.0:
            continue
        if order.side * price < order.side * order.limit:  # through our price: all there was gone
            order.queue = 0.0
        elif price != order.limit or order.queue == UNKNOWN:
            continue
        behind = volume - order.queue
        order.queue = max(order.queue - volume, 0.0)
        quantity = min(order.left, behind)
        if quantity > 0.0:
            run.fill(order, row, quantity, order.limit, maker=True)
            volume -= quantity


def _requote(run: _Run, order: _Order, row: int, book: _Book, share: float) -> None:
    """A quote may cross a resting order, or show more of the queue before it."""
    buys = order.side > 0.0
    other, size = (book.ask, book.ask_left) if buys else (book.bid, book.bid_left)
    if order.left > 0.0 and order.side * other <= order.side * order.limit:
        quantity = min(order.left, size)
        if quantity > 0.0:
            if buys:
                book.ask_left -= quantity
            else:
                book.bid_left -= quantity
            run.fill(order, row, quantity, order.limit, maker=True)
    best, shown = (book.bid, book.bid_size) if buys else (book.ask, book.ask_size)
    if order.limit == best:
        ahead = shown * share if order.queue == UNKNOWN else min(order.queue, shown)
        order.queue = max(ahead, 0.0)
    elif order.side * best < order.side * order.limit:
        order.queue = 0.0


def _arrive(
    run: _Run, order: _Order, row: int, book: _Book, share: float, in_force: int, scale: float,
    late: bool, called_off: bool,
) -> int:  # fmt: skip
    if late:
        return EXPIRED
    if called_off:
        return CANCELLED
    buys = order.side > 0.0
    other, size = (book.ask, book.ask_left) if buys else (book.bid, book.bid_left)
    marketable = order.side * other <= order.side * order.limit
    if in_force == FOK and not (marketable and size >= order.left):
        return KILLED
    if marketable:
        run.take(order, row, book, scale)
    if not order.left > 0.0:
        return FILLED
    if in_force == IOC or math.isinf(order.limit):
        return CANCELLED
    best, shown = (book.bid, book.bid_size) if buys else (book.ask, book.ask_size)
    if order.limit == best:
        order.queue = max(shown * share, 0.0)
    elif order.side * best < order.side * order.limit:
        order.queue = 0.0
    return OPEN
