"""Strategies at a date when some of their options live on: calendars, diagonals, any date.

The value is curved, so it is laid on a fine grid of spots and refined where it matters:
break-evens are bracketed to 1e-10, the tops and bottoms found by golden section. Between the grid's
spots the profile is linear, which leaves an expectation an error of about 1e-5 of the swing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.strategies.grid import pnl_grid
from core_numba.strategies.legs import Integers, Legs
from core_numba.strategies.profile import Profile

_HALVINGS: Final = 64
_SECTIONS: Final = 60
_GOLDEN: Final = 0.6180339887498949
_NOISE: Final = 1e-11
"""P&L below this share of what is at stake counts as zero, and as no bend."""


def at_horizon(
    legs: Legs,
    years: npt.ArrayLike,
    spot: npt.ArrayLike,
    *,
    rate: npt.ArrayLike = 0.0,
    dividend: npt.ArrayLike = 0.0,
    points: int = 2001,
) -> Profile:
    """P&L of each strategy `years` from now over the spot, as in `at_expiration`.

    `years`, `spot` (today's, about which the grid is laid), `rate` and `dividend` are one number
    or one per strategy. Options that expire by then pay their intrinsic value, the others are
    worth Black-Scholes-Merton with their own volatility. Bounded or not is decided exactly, by the
    slope as the spot grows without end. NaN for strategies that cannot be valued. `ValueError` for
    fewer than 101 points.
    """
    if points < 101:
        raise ValueError("A horizon needs at least 101 grid points.")
    n = len(legs)
    t, s, r, q = (
        np.array(np.broadcast_to(np.asarray(v, np.float64), (n,)))
        for v in (years, spot, rate, dividend)
    )

    def pnl(spots: Floats) -> Floats:
        return np.asarray(pnl_grid(legs, spots, t[:, None], rate=r, dividend=q)[:, 0, :])

    x = _grid(legs, t, s, points)
    value = pnl(x)
    stake = _per_strategy(legs, np.abs(legs.shares) * (np.abs(legs.table[2]) + legs.table[3]))
    stake = np.maximum(stake, np.finfo(np.float64).tiny)[:, None]
    x = _merged(x, _tops(pnl, x, value, _NOISE * stake))
    value = _settled(pnl(x), stake)
    x = _merged(x, _crossings(pnl, x, value))
    value = _settled(pnl(x), stake)
    return _profile(x, value, stake[:, 0], *_ends(legs, t, r, q))


def _per_strategy(legs: Legs, amounts: Floats) -> Floats:
    return np.asarray(np.bincount(legs.owner, amounts, len(legs)), dtype=np.float64)


def _grid(legs: Legs, t: Floats, spot: Floats, points: int) -> Floats:
    """Zero, then spots in even steps of the logarithm, then every strike: (strategies, spots)."""
    n, option = len(legs), legs.is_option
    owner, strike = legs.owner[option], legs.table[3, option]
    low, high = spot.copy(), spot.copy()
    np.minimum.at(low, owner, strike)
    np.maximum.at(high, owner, strike)
    left = np.maximum(legs.table[4, option] - t[owner], 0.0) + t[owner]
    spread = np.full(n, 0.5)
    wide = np.nan_to_num(8.0 * legs.table[5, option] * np.sqrt(left))
    np.maximum.at(spread, owner, np.minimum(wide, 50.0))
    steps = np.linspace(0.0, 1.0, points)
    logs = (np.log(low) - spread)[:, None] + (np.log(high / low) + 2 * spread)[:, None] * steps
    widest = int(np.diff(legs.offsets).max(initial=0))
    strikes = np.zeros((n, widest))
    place = np.arange(len(legs.owner)) - legs.offsets[legs.owner]
    strikes[legs.owner, place] = legs.table[3]
    return np.sort(np.concatenate([np.zeros((n, 1)), np.exp(logs), strikes], axis=1), axis=1)


def _merged(x: Floats, more: Floats) -> Floats:
    return np.sort(np.concatenate([x, more], axis=1), axis=1)


def _settled(value: Floats, stake: Floats) -> Floats:
    return np.where(np.abs(value) <= 0.1 * _NOISE * stake, 0.0, value)


def _columns(found: npt.NDArray[np.bool_]) -> Integers:
    """The columns found in each row, padded with -1."""
    width = int(found.sum(axis=1).max(initial=0))
    order = np.argsort(~found, axis=1, kind="stable")[:, :width]
    return np.where(np.take_along_axis(found, order, axis=1), order, -1)


def _tops(pnl: Callable[[Floats], Floats], x: Floats, value: Floats, least: Floats) -> Floats:
    """Spots of local tops and bottoms between grid points; rows are padded with zeros."""
    rise = np.diff(value, axis=1)
    rise = np.where(np.abs(rise) <= least, 0.0, rise)
    at = _columns(rise[:, :-1] * rise[:, 1:] < 0.0)
    used = at >= 0
    a, b = (np.take_along_axis(x, np.maximum(at, 0) + step, axis=1) for step in (0, 2))
    a, b = np.where(used, a, 0.0), np.where(used, b, 0.0)
    top = np.where(np.take_along_axis(rise, np.maximum(at, 0), axis=1) > 0.0, 1.0, -1.0)
    if not at.shape[1]:
        return a
    for _ in range(_SECTIONS):
        left, right = b - _GOLDEN * (b - a), a + _GOLDEN * (b - a)
        both = np.split(pnl(np.concatenate([left, right], axis=1)), 2, axis=1)
        lower = top * both[0] < top * both[1]
        a, b = np.where(lower, left, a), np.where(lower, b, right)
    return np.asarray(0.5 * (a + b))


def _crossings(pnl: Callable[[Floats], Floats], x: Floats, value: Floats) -> Floats:
    """Spots where P&L changes its sign between neighbours of `x`, by halving."""
    at = _columns(value[:, :-1] * value[:, 1:] < 0.0)
    used = at >= 0
    a, b = (np.take_along_axis(x, np.maximum(at, 0) + step, axis=1) for step in (0, 1))
    a, b = np.where(used, a, 0.0), np.where(used, b, 0.0)
    sign = np.sign(np.take_along_axis(value, np.maximum(at, 0), axis=1))
    if not at.shape[1]:
        return a
    for _ in range(_HALVINGS):
        middle = 0.5 * (a + b)
        same = sign * pnl(middle) > 0.0
        a, b = np.where(same, middle, a), np.where(same, b, middle)
    return np.asarray(0.5 * (a + b))


def _ends(legs: Legs, t: Floats, r: Floats, q: Floats) -> tuple[Floats, Floats]:
    """Slope and intercept of P&L as the spot grows without end."""
    kind, _, entry, strike, expiry, _, _ = legs.table
    owner = legs.owner
    left = np.maximum(np.where(np.isinf(expiry), 0.0, expiry) - t[owner], 0.0)
    rising = np.where(kind >= 0.0, np.where(kind > 0.0, np.exp(-q[owner] * left), 1.0), 0.0)
    owed = np.where(kind > 0.0, strike * np.exp(-r[owner] * left), 0.0)
    slope = _per_strategy(legs, legs.shares * rising)
    size = _per_strategy(legs, np.abs(legs.shares))
    slope = np.where(np.abs(slope) <= 1e-14 * size, 0.0, slope)
    return slope, -_per_strategy(legs, legs.shares * (owed + entry))


def _profile(x: Floats, value: Floats, stake: Floats, slope: Floats, intercept: Floats) -> Profile:
    n, width = x.shape
    bad = np.isnan(value).any(axis=1) | np.isnan(slope + intercept)
    between = np.diff(x, axis=1)
    rise = np.divide(np.diff(value, axis=1), between, out=np.zeros_like(between), where=between > 0)
    rises = np.concatenate([rise, slope[:, None]], axis=1)
    limit = np.where(np.abs(intercept) <= _NOISE * stake, 0.0, intercept)
    limit = np.where(slope > 0.0, np.inf, np.where(slope < 0.0, -np.inf, limit))
    high = np.maximum(value.max(axis=1), limit)
    low = np.minimum(value.min(axis=1), limit)
    breakeven, found = np.full((n, width), np.nan), np.zeros(n, np.int64)
    for i in np.flatnonzero(~bad):
        spots, where = np.unique(x[i], return_index=True)
        here = value[i, where]
        zero = here == 0.0
        inner = np.append(True, zero[:-1]) & np.append(zero[1:], limit[i] == 0.0)
        zeros = spots[zero & ~inner & (spots > 0.0)]
        # Two ends of one crossing's bracket, or a strike beside it, are one break-even.
        if zeros.size:
            zeros = zeros[np.append(True, np.diff(zeros) > 1e-9 * zeros[1:])]
        breakeven[i, : zeros.size], found[i] = zeros, zeros.size
    start = np.arange(n, dtype=np.int64) * width
    segments = np.where(bad, 0, width).astype(np.int64)
    return Profile(
        start, segments, np.ascontiguousarray(x).reshape(-1), value.reshape(-1),
        rises.reshape(-1), breakeven.reshape(-1), found,
        np.where(bad, np.nan, high), np.where(bad, np.nan, low),
    )  # fmt: skip
