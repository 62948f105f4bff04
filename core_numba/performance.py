"""What an equity curve and a list of trades are worth, by definitions that are stated.

Curves of many strategies or simulations at once: the last axis is time. A curve with a NaN or an
infinity, or one that does not begin above zero, has no metrics (NaN, -1). One that falls to zero
or below keeps its total return and drawdown, and has no returns bar by bar.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.jit.rows import split_rows
from core_numba.plain import performance as plain

Integers = npt.NDArray[np.int64]

_CURVES: Final = Kernel("performance", plain.curves)


class Curve(NamedTuple):
    """One value a curve. Returns are simple ones, from bar to bar."""

    total_return: Floats
    annual_return: Floats
    """Compound (CAGR): (last / first)^(periods per year / returns) - 1."""
    volatility: Floats
    """Standard deviation (n - 1) of the returns times sqrt(periods per year)."""
    sharpe: Floats
    """Mean excess return by standard deviation, annual (W. F. Sharpe, 1994). NaN if all equal."""
    sortino: Floats
    """Mean return above the target by the root of the mean of min(return - target, 0)^2 over all
    returns, annual (F. A. Sortino and L. N. Price, 1994). NaN if none was below."""
    calmar: Floats
    """Annual return by the maximum drawdown (T. W. Young, 1991), over the whole curve."""
    max_drawdown: Floats
    """A positive part of the peak."""
    average_drawdown: Floats
    """Mean over the drawdowns of how deep each went."""
    ulcer_index: Floats
    """Root of the mean square of the drawdown at each bar (P. G. Martin, 1987), as a part."""
    best: Floats
    worst: Floats
    """Best and worst return of one bar."""
    rising: Floats
    """The part of the returns above zero."""
    drawdown_start: Integers
    """Bars: the last peak before the deepest trough, that trough, and the first return to the peak
    (-1 if never). All -1 without a drawdown."""
    drawdown_trough: Integers
    drawdown_recovery: Integers
    longest_drawdown: Integers
    """Bars from a peak until it is reached again (or the end), of the longest one."""
    drawdowns: Integers


def curve_metrics(
    equity: npt.ArrayLike,
    *,
    periods_per_year: float = 252.0,
    risk_free: float = 0.0,
    target: float = 0.0,
) -> Curve:
    """Metrics of `equity` (..., bars): one array of shape (...) each.

    `risk_free` and `target` are rates per year, simple: a bar's share is rate / periods per year.
    `ValueError` for fewer than two bars.
    """
    values = np.asarray(equity, dtype=np.float64)
    if values.ndim == 0 or values.shape[-1] < 2:
        raise ValueError("A curve needs at least two bars.")
    if not periods_per_year > 0.0:
        raise ValueError("Periods per year must be positive.")
    shape, rows = values.shape[:-1], np.ascontiguousarray(values).reshape(-1, values.shape[-1])
    real = np.empty((rows.shape[0], plain.REALS))
    whole = np.empty((rows.shape[0], plain.WHOLES), np.int64)
    if rows.shape[0]:
        share, least = risk_free / periods_per_year, target / periods_per_year
        body = _CURVES.body()

        def part(curves: Floats, reals: Floats, wholes: Integers) -> None:
            body(curves, float(periods_per_year), share, least, reals, wholes)

        split_rows(part, (rows, real, whole))
    columns = [np.ascontiguousarray(each).reshape(shape) for each in (*real.T, *whole.T)]
    return Curve(*columns)


class TradeStatistics(NamedTuple):
    """Of the trades that have a profit (NaN rows are left out)."""

    trades: Integers
    win_rate: Floats
    """A trade that made nothing is not won."""
    profit_factor: Floats
    """Gross profit by gross loss; infinite without a loss, NaN without either."""
    expectancy: Floats
    """Mean profit of a trade."""
    payoff_ratio: Floats
    """Mean win by mean loss; NaN without one of them."""
    average_win: Floats
    average_loss: Floats
    """Positive."""
    largest_win: Floats
    largest_loss: Floats
    longest_losing_streak: Integers
    longest_winning_streak: Integers


def trade_statistics(pnl: npt.ArrayLike) -> TradeStatistics:
    """Statistics of `pnl` (..., trades) along the last axis; NaN pads shorter lists."""
    profit = np.asarray(pnl, dtype=np.float64)
    known = ~np.isnan(profit)
    won, lost = profit > 0.0, profit < 0.0
    count = known.sum(axis=-1)
    gains = np.where(won, profit, 0.0).sum(axis=-1)
    losses = np.where(lost, -profit, 0.0).sum(axis=-1)
    wins, falls = won.sum(axis=-1), lost.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        win, loss = gains / wins, losses / falls
        return TradeStatistics(
            count, wins / count, gains / losses, (gains - losses) / count, win / loss, win, loss,
            np.where(wins > 0, np.max(profit, axis=-1, initial=-np.inf, where=won), np.nan),
            np.where(falls > 0, -np.min(profit, axis=-1, initial=np.inf, where=lost), np.nan),
            _longest(known & ~won, known), _longest(won, known),
        )  # fmt: skip


def exposure(units: npt.ArrayLike) -> Floats:
    """The part of the bars with a position: `units` (..., bars); a NaN is none."""
    held = np.asarray(units, dtype=np.float64)
    return np.asarray(np.mean((held != 0.0) & ~np.isnan(held), axis=-1))


def _longest(marks: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_]) -> Integers:
    """The longest run of `marks` along the last axis; places that are not known do not end it."""
    if marks.shape[-1] == 0:
        return np.zeros(marks.shape[:-1], np.int64)
    total = np.cumsum(marks, axis=-1)
    ended = np.maximum.accumulate(np.where(known & ~marks, total, 0), axis=-1)
    return np.asarray((total - ended).max(axis=-1), dtype=np.int64)
