"""A trailing stop bar by bar: the scalar steps that a live position takes, and loops over them."""

# ruff: noqa: PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

import math
from typing import Any

from core_numba.arrays import Floats

FIXED, PERCENT, ATR, CHANDELIER = range(4)


def start(kind: int, amount: float, side: float, entry: float, width: float) -> float:
    """The level when a position begins at `entry`; `width` is the average true range known then."""
    if kind == FIXED:
        return entry - side * amount
    if kind == PERCENT:
        return entry * (1.0 - side * amount)
    return entry - side * amount * width


def follow(
    kind: int, amount: float, side: float, level: float, best: float, close: float, width: float,
) -> float:  # fmt: skip
    """The level after a bar: it moves with the position, never against it. NaN moves nothing."""
    if kind == FIXED:
        aim = best - side * amount
    elif kind == PERCENT:
        aim = best * (1.0 - side * amount)
    elif kind == ATR:
        aim = close - side * amount * width
    else:
        aim = best - side * amount * width
    return aim if side * aim > side * level or math.isnan(level) else level


def leaves(side: float, level: float, opened: float, against: float) -> float:
    """Where a bar leaves the position: at its open beyond the level, else at the level; or NaN."""
    if side * opened <= side * level:
        return opened
    return level if side * against <= side * level else math.nan


def trail(
    opens: Floats, highs: Floats, lows: Floats, closes: Floats, widths: Floats, entry_bar: Any,
    entry_price: Floats, side: Floats, kind: int, amount: float, exit_bar: Any, exit_price: Floats,
    levels: Floats,
) -> None:  # fmt: skip
    """Each position from its entry to its stop; `levels` (positions, bars) only where it has room.

    Only `start`, `follow` and `leaves` compute anything, as the incremental form does.
    """
    bars = opens.size
    for number, first in enumerate(entry_bar):
        sign, entry = float(side[number]), float(entry_price[number])
        width = float(widths[first - 1]) if first > 0 else math.nan
        level = start(kind, amount, sign, entry, width)
        best = entry
        exit_bar[number], exit_price[number] = -1, math.nan
        for bar in range(int(first), bars):
            if levels.shape[1] == bars:
                levels[number, bar] = level
            against, favour = (lows, highs) if sign > 0.0 else (highs, lows)
            price = leaves(sign, level, float(opens[bar]), float(against[bar]))
            if not math.isnan(price):
                exit_bar[number], exit_price[number] = bar, price
                break
            if sign * float(favour[bar]) > sign * best:
                best = float(favour[bar])
            level = follow(kind, amount, sign, level, best, float(closes[bar]), float(widths[bar]))
