"""Backtests of two crossing moving averages: one pair with its trades, or a sweep over thousands.

The rule: buy with all cash when the fast average crosses above the slow one, sell all when it
crosses below. The first side that the averages take is no crossing. Averages within 1e-12 of the
price are equal, and equal averages keep their side. A crossing is known at the close of its bar;
with ``fill="next_open"`` (the default) it is traded at the open of the next bar, which looks
nowhere ahead; ``fill="close"`` trades at the very close that made the crossing, as many libraries
do, and flatters. Other rules, more assets, short sales and stops: `core_numba.backtest.simulate`.
"""

from __future__ import annotations

import math
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit import threads
from core_numba.jit.kernel import Kernel
from core_numba.jit.rows import split_rows
from core_numba.plain.backtest import cross as plain

Integers = npt.NDArray[np.int64]
Fill = Literal["next_open", "close"]


class CrossTrades(NamedTuple):
    """Trades in order of entry. The last may be open: exit bar -1, exit price and profit NaN."""

    entry_bar: Integers
    exit_bar: Integers
    entry_price: Floats
    """Slippage included."""
    exit_price: Floats
    quantity: Floats
    fees: Floats
    """Of entry and exit."""
    pnl: Floats
    """After fees."""


class Crossed(NamedTuple):
    """Trades, and the equity at each close; empty where it was not asked for."""

    trades: CrossTrades
    equity: Floats


class Sweep(NamedTuple):
    """One value per pair of windows, in their order."""

    total_return: Floats
    sharpe: Floats
    """Mean by standard deviation (n - 1) of the returns bar by bar, times sqrt(periods per year);
    NaN where nothing moved."""
    max_drawdown: Floats
    """A positive part of the peak."""
    trades: Integers
    """Closed ones."""
    win_rate: Floats
    """Of the closed trades; NaN without any."""
    profit_factor: Floats
    """Gross profit by gross loss; infinite without a loss, NaN without a trade."""
    exposure: Floats
    """The part of the bars that began or ended in a position."""


_CROSS: Final = Kernel("backtest.cross", plain.cross)
_SWEEP: Final = Kernel("backtest.cross", plain.sweep)


def sma_cross(
    close: npt.ArrayLike,
    *,
    fast: int,
    slow: int,
    opens: npt.ArrayLike | None = None,
    fill: Fill = "next_open",
    cash: float = 10_000.0,
    fee_rate: float = 0.0,
    slippage: float = 0.0,
    lot: float = 0.0,
    curve: bool = True,
) -> Crossed:
    """Trade the crossings of the averages over `fast` and `slow` bars of `close` (n,).

    `opens` (n,) is needed where fills are at the next open. `fee_rate` is a part of the turnover,
    `slippage` a part of the price against us, `lot` the step of quantities (0: any fraction).
    `curve=False` saves the equity. `ValueError` for windows that are not 1 <= fast < slow, for
    negative costs, and where a price is NaN or infinite: fill the gaps before.
    """
    closes, prices, lag = _prices(close, opens, fill)
    _check_windows(fast, slow)
    _check_costs(fee_rate, slippage)
    if not (cash > 0.0 and math.isfinite(cash)) or not lot >= 0.0:
        raise ValueError("Cash must be positive and the lot zero or positive.")
    room = closes.size // 2 + 1
    whole = [np.empty(room, np.int64) for _ in range(2)]
    real = [np.empty(room) for _ in range(5)]
    equity = np.empty(closes.size if curve else 0)
    count = _CROSS(
        closes, prices, lag, fast, slow, float(cash), float(fee_rate), float(slippage), float(lot),
        equity, *whole, *real,
    )  # fmt: skip
    if count < 0:
        raise ValueError(_GAPS)
    entry, left = (each[:count].copy() for each in whole)
    trades = CrossTrades(entry, left, *(each[:count].copy() for each in real))
    return Crossed(trades, equity)


def sma_cross_sweep(
    close: npt.ArrayLike,
    *,
    fast: npt.ArrayLike,
    slow: npt.ArrayLike,
    opens: npt.ArrayLike | None = None,
    fill: Fill = "next_open",
    fee_rate: float = 0.0,
    slippage: float = 0.0,
    periods_per_year: float = 252.0,
) -> Sweep:
    """`sma_cross` for each pair of `fast` and `slow` (broadcast to k pairs), as metrics.

    Prefix sums, returns and drawdowns of short stretches are shared by all pairs; pairs are split
    over threads, and no result depends on how. An open position counts at the last close.
    Same errors as `sma_cross`.
    """
    closes, prices, lag = _prices(close, opens, fill)
    _check_costs(fee_rate, slippage)
    pairs = np.broadcast_arrays(np.asarray(fast), np.asarray(slow))
    if not all(np.issubdtype(each.dtype, np.integer) for each in pairs):
        raise ValueError("Windows are whole numbers of bars.")
    fasts, slows = (np.ascontiguousarray(each, dtype=np.int64).reshape(-1) for each in pairs)
    if fasts.size:
        _check_windows(int(fasts.min()), int(slows.max()))
    if np.any(fasts >= slows):
        raise ValueError("Each fast window must be shorter than its slow one.")
    # Dealt out in turn: short windows trade more, and whoever had all of them would be last.
    hands = threads.get_threads()
    dealt = np.concatenate([np.arange(hand, fasts.size, hands) for hand in range(hands)])
    fasts, slows = fasts[dealt], slows[dealt]
    results = np.empty((fasts.size, 7))
    states = np.zeros((fasts.size, 13))
    states[:, 1] = -1.0
    states[:, 2:4] = 1.0
    failed = np.zeros(1, np.int8)
    if fasts.size:
        split_rows(
            _SWEEP.body(), (fasts, slows, states, results), closes, prices, lag,
            int(slows.max()), float(fee_rate), float(slippage), float(periods_per_year), failed,
        )  # fmt: skip
    if failed[0]:
        raise ValueError(_GAPS)
    found = np.empty_like(results)
    found[dealt] = results
    total, sharpe, drawdown, trades, won, factor, held = found.T.copy()
    return Sweep(total, sharpe, drawdown, trades.astype(np.int64), won, factor, held)


_GAPS: Final = "A price is NaN or infinite; fill the gaps (or drop those bars) first."


def _prices(
    close: npt.ArrayLike, opens: npt.ArrayLike | None, fill: Fill
) -> tuple[Floats, Floats, int]:
    """Closes, the prices that fill orders, and how many bars after the crossing they do."""
    closes = np.ascontiguousarray(close, dtype=np.float64)
    if closes.ndim != 1 or closes.size < 2:
        raise ValueError("`close` must be one series of at least two bars.")
    if fill == "close":
        return closes, closes, 0
    if fill != "next_open":
        raise ValueError("`fill` is 'next_open' or 'close'.")
    if opens is None:
        raise ValueError("Fills at the next open need `opens`; or say fill='close'.")
    prices = np.ascontiguousarray(opens, dtype=np.float64)
    if prices.shape != closes.shape:
        raise ValueError("`opens` must have as many bars as `close`.")
    return closes, prices, 1


def _check_windows(fast: int, slow: int) -> None:
    if not 1 <= fast < slow:
        raise ValueError("Windows must be whole numbers with 1 <= fast < slow.")


def _check_costs(fee_rate: float, slippage: float) -> None:
    if not (0.0 <= fee_rate < 1.0 and 0.0 <= slippage < 1.0):
        raise ValueError("Fees and slippage are parts of the price: 0 <= part < 1.")
