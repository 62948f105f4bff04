"""Crossings of two moving averages as one would write them down, trade by trade."""

# ruff: noqa: ARG001, PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from core_numba.arrays import Floats

TIE: Final = 1e-12
"""Averages nearer to each other than this part of the price are equal: prices on a grid of cents
make true ties, which rounding would break one way or the other."""


def _average(close: Floats, window: int) -> Floats:
    base = close[0]
    inside = np.lib.stride_tricks.sliding_window_view(close - base, window).mean(axis=1)
    return np.concatenate([np.full(window - 1, np.nan), inside + base])


def _crossings(close: Floats, fast: int, slow: int) -> list[tuple[int, int]]:
    """(bar, side) of each crossing. The first side that the averages take is none."""
    if slow > close.size:
        return []
    gap = _average(close, fast) - _average(close, slow)
    tie = TIE * abs(close[0])
    found = []
    side = 0
    for bar in range(slow - 1, close.size):
        now = 1 if gap[bar] > tie else -1 if gap[bar] < -tie else 0
        if now not in (0, side):
            if side != 0:
                found.append((bar, now))
            side = now
    return found


def cross(
    close: Floats, price: Floats, lag: int, fast: int, slow: int, cash: float, fee: float,
    slippage: float, lot: float, equity: Floats, entry_bar: Any, exit_bar: Any, entry_price: Floats,
    exit_price: Floats, quantities: Floats, fees: Floats, pnl: Floats,
) -> int:  # fmt: skip
    """Trades of one pair of averages; how many, or -1 where a price is not a number."""
    if not np.all(np.isfinite(close)):
        return -1
    fills = {bar + lag: side for bar, side in _crossings(close, fast, slow)}
    quantity = 0.0
    trades = 0
    for bar in range(close.size):
        side = fills.get(bar, 0)
        if side > 0:
            paid = float(price[bar]) * (1.0 + slippage)
            wanted = cash / (paid * (1.0 + fee))
            if lot > 0.0:
                wanted = math.floor(wanted / lot) * lot
            if wanted > 0.0:
                quantity = wanted
                fees[trades] = quantity * paid * fee
                cash = cash - quantity * paid - float(fees[trades])
                entry_bar[trades], exit_bar[trades] = bar, -1
                entry_price[trades], exit_price[trades] = paid, math.nan
                quantities[trades], pnl[trades] = quantity, math.nan
                trades += 1
        elif side < 0 and quantity > 0.0:
            got = float(price[bar]) * (1.0 - slippage)
            charge = quantity * got * fee
            cash = cash + quantity * got - charge
            last = trades - 1
            exit_bar[last], exit_price[last] = bar, got
            fees[last] += charge
            pnl[last] = quantity * (got - float(entry_price[last])) - float(fees[last])
            quantity = 0.0
        if equity.size:
            equity[bar] = cash + quantity * float(close[bar]) if quantity else cash
    return trades


def sweep(
    fasts: Any, slows: Any, states: Floats, results: Floats, close: Floats, price: Floats, lag: int,
    longest: int, fee: float, slippage: float, periods: float, failed: Any,
) -> None:  # fmt: skip
    """The metrics of each pair, from its whole equity curve and its list of trades."""
    bars = close.size
    room = bars // 2 + 1
    whole = np.empty((2, room), np.int64)
    real = np.empty((5, room))
    equity = np.empty(bars)
    for row, (fast, slow) in enumerate(zip(fasts, slows, strict=True)):
        count = cross(
            close, price, lag, int(fast), int(slow), 1.0, fee, slippage, 0.0, equity, *whole, *real
        )
        if count < 0:
            failed[0] = 1
            return
        entry, exits = whole[:, :count]
        profit = real[4, :count][exits >= 0]
        curve = np.concatenate([[1.0], equity])
        changes = curve[1:] / curve[:-1] - 1.0
        changes = np.concatenate([[0.0], changes[1:]])[1:]
        deviation = changes.std(ddof=1)
        peaks = np.maximum.accumulate(curve)
        with np.errstate(divide="ignore", invalid="ignore"):
            results[row] = (
                equity[-1] - 1.0,
                changes.mean() / deviation * np.sqrt(periods) if deviation > 0.0 else np.nan,
                np.max(1.0 - curve / peaks),
                profit.size,
                np.divide(np.sum(profit > 0.0), profit.size),
                np.divide(profit[profit > 0.0].sum(), -profit[profit <= 0.0].sum()),
                np.sum(np.where(exits < 0, bars, exits) - entry) / bars,
            )
