"""Profit and loss of strategies at any date and spot: the grids that charts are drawn from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain.strategies import grid as plain
from core_numba.strategies.legs import Legs

GRID = Kernel("strategies.grid", plain.pnl_grid)


def pnl_grid(
    legs: Legs,
    spots: npt.ArrayLike,
    years: npt.ArrayLike,
    *,
    rate: npt.ArrayLike = 0.0,
    dividend: npt.ArrayLike = 0.0,
) -> Floats:
    """P&L in money, shape (strategies, dates, spots).

    `spots` is (spots,) for all strategies or (strategies, spots); `years` from today likewise;
    `rate` and `dividend` (a continuous yield) are one number or one per strategy. Options are
    European, by Black-Scholes-Merton with the volatility of their leg; from its expiry on an
    option is worth what it pays at the spot asked for, so an infinite year gives the payoff. No
    interest on what was paid. NaN for a spot that is negative or NaN, and for an option alive
    with a volatility that is NaN or negative.
    """
    n = len(legs)
    at, when = _per_strategy(spots, n), _per_strategy(years, n)
    r, q = (np.array(np.broadcast_to(np.asarray(v, np.float64), (n,))) for v in (rate, dividend))
    out = np.empty((n, when.shape[1], at.shape[1]))
    GRID.split(n, legs.table, legs.begin, legs.end, r, q, at, when, out)
    return out


def payoff(legs: Legs, spots: npt.ArrayLike) -> Floats:
    """P&L at expiration, shape (strategies, spots): every option pays its intrinsic value."""
    return np.ascontiguousarray(pnl_grid(legs, spots, np.inf)[:, 0, :])


def _per_strategy(values: npt.ArrayLike, n: int) -> Floats:
    array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if array.ndim > 2 or (array.ndim == 2 and array.shape[0] != n):
        raise ValueError(f"Give one row of values, or one for each of the {n} strategies.")
    return np.array(np.broadcast_to(array, (n, array.shape[-1])), order="C")
