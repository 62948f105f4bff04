"""Two moving averages, their crossings and the trades that follow, block by block in the cache.

Prefix sums begin anew in each block and count from a price near by, so a million bars lose no
accuracy. A vector loop says of each bar which average is above; a scalar one looks at eight bars
at a time and stops only where that changes.
"""

# ruff: noqa: C901, PLR0912, PLR0915, PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

from typing import Any, Final

import numpy as np

from core_numba.jit.exact import called_exactly, compiled_exactly
from core_numba.plain.backtest.cross import TIE

BLOCK: Final = 4096
_PIECE: Final = 16
"""Bars whose highest, lowest and drawdown the combinations of a sweep share."""


@called_exactly
def _prefix(close: Any, low: int, high: int, sums: Any) -> float:
    """sums[k] = the sum of close[low : low + k] - close[low]. The base price is given back."""
    base = close[low]
    count = high - low
    sums[0] = 0.0
    carry = 0.0
    whole = count - count % 4
    for k in range(0, whole, 4):  # four bars per step of the chain of additions
        a = close[low + k] - base
        b = a + (close[low + k + 1] - base)
        c = b + (close[low + k + 2] - base)
        d = c + (close[low + k + 3] - base)
        sums[k + 1] = carry + a
        sums[k + 2] = carry + b
        sums[k + 3] = carry + c
        carry = carry + d
        sums[k + 4] = carry
    for k in range(whole, count):
        carry = carry + (close[low + k] - base)
        sums[k + 1] = carry
    return float(base)


@called_exactly
def _sides(
    now: Any, before: Any, long_before: Any, fast: float, slow: float, tie: float, sides: Any,
) -> None:  # fmt: skip
    """+1 where the fast average is above, -1 below, 0 where they are equal."""
    by_fast = 1.0 / fast
    by_slow = 1.0 / slow
    for i in range(sides.shape[0]):
        gap = (now[i] - before[i]) * by_fast - (now[i] - long_before[i]) * by_slow
        sides[i] = np.int8(gap > tie) - np.int8(gap < -tie)


@called_exactly
def _sides_of_block(
    sums: Any, low: int, start: int, end: int, fast: int, slow: int, tie: float, sides: Any,
) -> None:  # fmt: skip
    """`sides` of the bars start..end-1; 0 until the slow average has its bars, and behind them."""
    first = max(start, slow - 1)
    width = end - start
    for k in range(min(first - start, width)):
        sides[k] = 0
    if first < end:
        at = first - low + 1
        count = end - first
        _sides(
            sums[at : at + count],
            sums[at - fast : at - fast + count],
            sums[at - slow : at - slow + count],
            float(fast),
            float(slow),
            tie,
            sides[first - start : width],
        )
    for k in range(width, width + (-width) % 8):
        sides[k] = 0


@called_exactly
def _pattern(side: int) -> int:
    """Eight bars of the same side as one word."""
    return 0x0101010101010101 * (side & 1) if side >= 0 else -1


@called_exactly
def _mark(equity: Any, close: Any, start: int, end: int, cash: float, quantity: float) -> None:
    """Equity of the bars start..end-1. May write three more, which their turn writes over.

    Positions are short: whole vectors without a remainder are twice as fast as the exact length.
    """
    prices = close[start:]
    values = equity[start:]
    count = end - start
    vectors = min((count + 3) // 4, prices.shape[0] // 4)
    for vector in range(vectors):
        k = 4 * vector
        a, b, c, d = prices[k], prices[k + 1], prices[k + 2], prices[k + 3]
        values[k] = cash + quantity * a
        values[k + 1] = cash + quantity * b
        values[k + 2] = cash + quantity * c
        values[k + 3] = cash + quantity * d
    for k in range(4 * vectors, count):
        values[k] = cash + quantity * prices[k]


@compiled_exactly(
    "i8(f8[::1], f8[::1], i8, i8, i8, f8, f8, f8, f8, "
    "f8[::1], i8[::1], i8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1])"
)
def cross(
    close: Any, price: Any, lag: int, fast: int, slow: int, cash: float, fee: float,
    slippage: float, lot: float, equity: Any, entry_bar: Any, exit_bar: Any, entry_price: Any,
    exit_price: Any, quantities: Any, fees: Any, pnl: Any,
) -> int:  # fmt: skip
    """Trades of one pair of averages; how many, or -1 where a price is not a number."""
    bars = close.shape[0]
    block = max(BLOCK, 4 * slow)
    sums = np.empty(block + slow + 1)
    sides = np.empty(block + 8, np.int8)
    words = sides[: (block + 8) // 8 * 8].view(np.int64)
    marking = equity.shape[0] == bars
    marked = 0
    side = 0
    quantity = 0.0
    trades = 0
    for start in range(0, bars, block):
        end = min(start + block, bars)
        low = max(0, start - slow)
        base = _prefix(close, low, end, sums)
        if not np.isfinite(sums[end - low]):
            return -1
        _sides_of_block(sums, low, start, end, fast, slow, TIE * abs(base), sides)
        same = _pattern(side)
        for word in range((end - start + 7) // 8):
            if words[word] == same:
                continue
            for k in range(8 * word, 8 * word + 8):
                now = sides[k]
                if now == 0 or now == side:  # noqa: PLR1714 - two comparisons in a hot loop
                    continue
                before, side = side, now
                same = _pattern(side)
                bar = start + k + lag
                if before == 0 or bar >= bars or (now < 0 and quantity == 0.0):
                    continue
                if marking:
                    _mark(equity, close, marked, bar, cash, quantity)
                    marked = bar
                if now > 0:
                    paid = price[bar] * (1.0 + slippage)
                    wanted = cash / (paid * (1.0 + fee))
                    if lot > 0.0:
                        wanted = np.floor(wanted / lot) * lot
                    if not wanted > 0.0:
                        continue
                    quantity = wanted
                    charge = quantity * paid * fee
                    cash = cash - quantity * paid - charge
                    entry_bar[trades] = bar
                    exit_bar[trades] = -1
                    entry_price[trades] = paid
                    exit_price[trades] = np.nan
                    quantities[trades] = quantity
                    fees[trades] = charge
                    pnl[trades] = np.nan
                    trades += 1
                else:
                    got = price[bar] * (1.0 - slippage)
                    charge = quantity * got * fee
                    cash = cash + quantity * got - charge
                    last = trades - 1
                    exit_bar[last] = bar
                    exit_price[last] = got
                    fees[last] = fees[last] + charge
                    pnl[last] = quantity * (got - entry_price[last]) - fees[last]
                    quantity = 0.0
        if marking and marked < end:
            _mark(equity, close, marked, end, cash, quantity)
            marked = end
    return trades


@called_exactly
def _summarise(close: Any, high: Any, low: Any, drawdown: Any) -> None:
    """Highest, lowest close and drawdown of each whole piece of `_PIECE` bars."""
    for piece in range(close.shape[0] // _PIECE):
        at = piece * _PIECE
        top = close[at]
        bottom = top
        worst = 0.0
        for i in range(at, at + _PIECE):
            top = max(top, close[i])
            bottom = min(bottom, close[i])
            worst = max(worst, 1.0 - close[i] / top)
        high[piece] = top
        low[piece] = bottom
        drawdown[piece] = worst


@called_exactly
def _held(
    close: Any, high: Any, low: Any, drawdown: Any, start: int, end: int, scale: float, peak: float,
    worst: float,
) -> tuple[float, float]:  # fmt: skip
    """Peak of the equity and worst drawdown after holding `scale` units over bars start..end-1."""
    i = start
    top = peak / scale
    bottom = top
    while i < end:
        if i % _PIECE == 0 and i + _PIECE <= end:
            piece = i // _PIECE
            worst = max(worst, drawdown[piece])
            lowest, highest = low[piece], high[piece]
            i += _PIECE
        else:
            lowest = highest = close[i]
            i += 1
        bottom = min(bottom, lowest)
        if highest > top:  # what came before fell from the old peak
            worst = max(worst, 1.0 - bottom / top)
            top = highest
            bottom = highest
    worst = max(worst, 1.0 - bottom / top)
    return top * scale, worst


@compiled_exactly(
    "void(i8[::1], i8[::1], f8[:, ::1], f8[:, ::1], f8[::1], f8[::1], i8, i8, f8, f8, f8, i1[::1])"
)
def sweep(
    fasts: Any, slows: Any, states: Any, results: Any, close: Any, price: Any, lag: int,
    longest: int, fee: float, slippage: float, periods: float, failed: Any,
) -> None:  # fmt: skip
    """`results` of each pair; `states` holds what a pair carries from block to block.

    states: side, entry bar or -1, equity, peak, worst drawdown, sum and sum of squares of the
    returns, trades, winners, gross profit, gross loss, bars held, units held.
    """
    bars = close.shape[0]
    block = max(BLOCK, 4 * longest)
    sums = np.empty(block + longest + 1)
    sides = np.empty(block + 8, np.int8)
    words = sides[: (block + 8) // 8 * 8].view(np.int64)
    returns = np.empty(bars)
    squares = np.empty(bars)
    returns[0] = squares[0] = 0.0
    for i in range(1, bars):
        change = close[i] / close[i - 1] - 1.0
        returns[i] = returns[i - 1] + change
        squares[i] = squares[i - 1] + change * change
    pieces = bars // _PIECE
    high, low, fall = np.empty(pieces), np.empty(pieces), np.empty(pieces)
    _summarise(close, high, low, fall)
    for start in range(0, bars, block):
        end = min(start + block, bars)
        first = max(0, start - longest)
        base = _prefix(close, first, end, sums)
        if not np.isfinite(sums[end - first]):
            failed[0] = 1
            return
        for pair in range(fasts.shape[0]):
            _sides_of_block(
                sums, first, start, end, fasts[pair], slows[pair], TIE * abs(base), sides,
            )  # fmt: skip
            state = states[pair]
            side = int(state[0])
            same = _pattern(side)
            for word in range((end - start + 7) // 8):
                if words[word] == same:
                    continue
                for k in range(8 * word, 8 * word + 8):
                    now = sides[k]
                    if now == 0 or now == side:  # noqa: PLR1714 - two comparisons in a hot loop
                        continue
                    before, side = side, now
                    same = _pattern(side)
                    bar = start + k + lag
                    if before == 0 or bar >= bars:
                        continue
                    if now > 0:
                        state[1] = bar
                        state[12] = state[2] / (price[bar] * (1.0 + slippage) * (1.0 + fee))
                    elif state[1] >= 0.0:
                        got = price[bar] * (1.0 - slippage)
                        _settle(
                            state, close, high, low, fall, returns, squares, bar, got * (1.0 - fee),
                        )  # fmt: skip
            state[0] = side
    for pair in range(fasts.shape[0]):
        _conclude(states[pair], close, high, low, fall, returns, squares, periods, results[pair])


@called_exactly
def _settle(
    state: Any, close: Any, high: Any, low: Any, fall: Any, returns: Any, squares: Any, bar: int,
    net: float,
) -> None:  # fmt: skip
    """Close the position at `net` per unit in `bar`, and count what it did."""
    entry = int(state[1])
    units = state[12]
    before = state[2]
    _holding(state, close, high, low, fall, returns, squares, bar)
    after = units * net
    change = net / close[bar - 1] - 1.0
    state[5] += change
    state[6] += change * change
    state[4] = max(state[4], 1.0 - after / state[3])
    state[3] = max(state[3], after)
    state[2] = after
    state[7] += 1.0
    if after > before:
        state[8] += 1.0
        state[9] += after - before
    else:
        state[10] += before - after
    state[11] += bar - entry
    state[1] = -1.0


@called_exactly
def _holding(
    state: Any, close: Any, high: Any, low: Any, fall: Any, returns: Any, squares: Any, end: int,
) -> None:  # fmt: skip
    """Returns, peak and drawdown of the bars from the entry to `end` - 1."""
    entry = int(state[1])
    units = state[12]
    first = units * close[entry] / state[2] - 1.0
    state[5] += first + (returns[end - 1] - returns[entry])
    state[6] += first * first + (squares[end - 1] - squares[entry])
    state[3], state[4] = _held(close, high, low, fall, entry, end, units, state[3], state[4])


@called_exactly
def _conclude(
    state: Any, close: Any, high: Any, low: Any, fall: Any, returns: Any, squares: Any,
    periods: float, result: Any,
) -> None:  # fmt: skip
    bars = close.shape[0]
    if state[1] >= 0.0:
        _holding(state, close, high, low, fall, returns, squares, bars)
        state[2] = state[12] * close[bars - 1]
        state[11] += bars - state[1]
    count = bars - 1.0
    mean = state[5] / count
    variance = (state[6] - count * mean * mean) / (count - 1.0)
    result[0] = state[2] - 1.0
    result[1] = mean / np.sqrt(variance) * np.sqrt(periods) if variance > 0.0 else np.nan
    result[2] = state[4]
    result[3] = state[7]
    result[4] = state[8] / state[7]
    result[5] = state[9] / state[10]
    result[6] = state[11] / bars
