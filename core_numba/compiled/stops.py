"""Trailing stops of many positions, compiled; the steps are those of the plain module."""

# ruff: noqa: PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.jit.exact import called_exactly, compiled_exactly
from core_numba.plain import stops as plain

_start = called_exactly(plain.start)
_follow = called_exactly(plain.follow)
_leaves = called_exactly(plain.leaves)


@compiled_exactly(
    "void(f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], i8[::1], f8[::1], f8[::1], i8, f8, "
    "i8[::1], f8[::1], f8[:, ::1])"
)
def trail(
    opens: Any, highs: Any, lows: Any, closes: Any, widths: Any, entry_bar: Any, entry_price: Any,
    side: Any, kind: int, amount: float, exit_bar: Any, exit_price: Any, levels: Any,
) -> None:  # fmt: skip
    """Each position from its entry to its stop; `levels` only where it has room."""
    bars = opens.shape[0]
    tell = levels.shape[1] == bars
    for number in range(entry_bar.shape[0]):
        first = entry_bar[number]
        sign = side[number]
        best = entry_price[number]
        width = widths[first - 1] if first > 0 else np.nan
        level = _start(kind, amount, sign, best, width)
        exit_bar[number] = -1
        exit_price[number] = np.nan
        for bar in range(first, bars):
            if tell:
                levels[number, bar] = level
            against = lows[bar] if sign > 0.0 else highs[bar]
            favour = highs[bar] if sign > 0.0 else lows[bar]
            price = _leaves(sign, level, opens[bar], against)
            if not np.isnan(price):
                exit_bar[number] = bar
                exit_price[number] = price
                break
            if sign * favour > sign * best:
                best = favour
            level = _follow(kind, amount, sign, level, best, closes[bar], widths[bar])
