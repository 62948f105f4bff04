"""American options on stocks that pay cash dividends.

The spot is lognormal between ex-dates and falls by the dividend at each (piecewise lognormal, not
escrowed: the volatility is that of the whole spot). A dividend above the spot is paid as far as
the spot goes, which then stays at zero (liquidator). `core_numba.plain.american.cash` tells how.

A call without yield at positive rates is only ever exercised just before an ex-date: `critical`
says from which spot on. Options with two exercise boundaries (negative rates) are NaN.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats, flat
from core_numba.jit.kernel import Kernel
from core_numba.plain.american import cash as plain

_CASH: Final = Kernel("american.cash", plain.cash)
_BUMP: Final = 1e-3
_RATE_BUMP: Final = 1e-4
_LEAST_WIDTH: Final = 1e-4
_COARSEST: Final = 40


class CashValue(NamedTuple):
    """Value and Greeks per share, and what to do before each dividend."""

    price: Floats
    delta: Floats
    gamma: Floats
    theta: Floats
    """Per year, between ex-dates; zero where the option is best exercised now."""
    vega: Floats
    rho: Floats
    critical: Floats
    """Calls: the spot on the eve of each ex-date from which on exercise is best, infinity for
    never; one more axis, that of the dividends. NaN for puts and for dividends after expiry."""


def with_dividends(  # noqa: PLR0917 - an option's own seven numbers, in their usual order
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
    *,
    times: npt.ArrayLike,
    amounts: npt.ArrayLike,
    points: int = 400,
    early: bool = True,
    greeks: bool = True,
) -> CashValue:
    """One underlying: `times` (years from now, ascending) and `amounts` of its dividends.

    Dividends at or before now, or after expiry, are ignored. Two grids, of `points` nodes over
    twelve deviations and of twice as many, are extrapolated: about 5e-5 of the strike at 400.
    `early` false gives European values. `greeks` false leaves vega and rho NaN and saves four
    fifths of the time. NaN where spot, strike and years are not positive and finite, or
    volatility * sqrt(years) is below 1e-4. `ValueError` for dividends that do not ascend or are
    negative.
    """
    if points < _COARSEST:
        raise ValueError(f"points is {points}; it must be at least {_COARSEST}.")
    when, paid = _schedule(times, amounts)
    shape, inputs = flat(spot, strike, years, rate, dividend_yield, volatility, sign)
    s, k, t, r, q, v, side = inputs
    with np.errstate(invalid="ignore", over="ignore"):
        width = v * np.sqrt(t)
        good = np.isfinite(s + k + t + r + q + v) & (np.abs(side) == 1.0)
        good &= (s > 0) & (k > 0) & (t > 0) & (width >= _LEAST_WIDTH)
        if early:
            a, b = np.where(side > 0, q, r), np.where(side > 0, r, q)
            good &= ~((a < 0) & (b < a))
    at = np.flatnonzero(good)
    some = [column[at] for column in inputs]
    scale = width[at]
    kept = when > 0.0
    found = _extrapolated(some, scale, when[kept], paid[kept], points, early)
    out = np.full((6, s.size), np.nan)
    out[:3, at] = found[:3]
    critical = np.full((s.size, when.size), np.nan)
    critical[np.ix_(at, np.flatnonzero(kept))] = found[3]
    price, delta, gamma = out[:3]
    taken = early & (price <= side * (s - k) + 1e-12 * k)
    decay = r * price - (r - q) * s * delta - 0.5 * (v * s) ** 2 * gamma
    out[3] = np.where(taken, 0.0, decay)
    if greeks:
        for row, place, step in ((4, 5, _BUMP * some[5]), (5, 3, np.full(at.size, _RATE_BUMP))):
            ends = []
            for direction in (1.0, -1.0):
                moved = list(some)
                moved[place] = some[place] + direction * step
                bumped = _extrapolated(moved, scale, when[kept], paid[kept], points, early)
                ends.append(bumped[0])
            out[row, at] = np.where(taken[at], 0.0, (ends[0] - ends[1]) / (2.0 * step))
    rows = [row.reshape(shape) for row in out]
    return CashValue(
        rows[0], rows[1], rows[2], rows[3], rows[4], rows[5],
        critical.reshape((*shape, when.size)),
    )  # fmt: skip


def _schedule(times: npt.ArrayLike, amounts: npt.ArrayLike) -> tuple[Floats, Floats]:
    when, paid = np.broadcast_arrays(
        np.atleast_1d(np.asarray(times, dtype=np.float64)),
        np.atleast_1d(np.asarray(amounts, dtype=np.float64)),
    )
    if when.ndim != 1:
        raise ValueError("times and amounts of dividends must be vectors of one length.")
    if not (np.isfinite(when).all() and np.isfinite(paid).all() and (paid >= 0.0).all()):
        raise ValueError("Dividends must be finite, their amounts not negative.")
    if (np.diff(when) < 0.0).any():
        raise ValueError("times of dividends must ascend; sort them together with the amounts.")
    return np.ascontiguousarray(when), np.ascontiguousarray(paid)


def _extrapolated(  # noqa: PLR0917 - private
    inputs: list[Floats],
    width: Floats,
    when: Floats,
    paid: Floats,
    points: int,
    early: bool,  # noqa: FBT001
) -> tuple[Floats, Floats, Floats, Floats]:
    """Both grids and Richardson's combination: the error is of second order in the spacing."""
    size = width.size
    grids = []
    for nodes in (points, 2 * points):
        rows = [np.empty(size) for _ in range(3)]
        critical = np.empty((size, when.size))
        _CASH.split(size, *inputs, width, when, paid, nodes, nodes // 4, early, *rows, critical)
        grids.append((*rows, critical))
    coarse, fine = grids
    value, delta, gamma = ((4.0 * f - c) / 3.0 for c, f in zip(coarse[:3], fine[:3], strict=True))
    if early:
        s, k, side = inputs[0], inputs[1], inputs[6]
        value = np.maximum(value, side * (s - k))
    return np.maximum(value, 0.0), delta, gamma, fine[3]


class DividendExercise(NamedTuple):
    """Calls against a schedule of dividends."""

    critical: Floats
    """The spot on the eve of each ex-date from which on exercise is best: (..., dividends)."""
    expected: Floats
    """The forward spot on that eve, dividends before it taken off: (..., dividends)."""
    exercise: npt.NDArray[np.bool_]
    """Whether the expected spot is at or above the critical one: (..., dividends)."""
    first: npt.NDArray[np.int64]
    """Place of the first such dividend in the schedule, -1 for none: (...)."""


def best_dividend_exercise(  # noqa: PLR0917 - an option's own seven numbers, in their usual order
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    *,
    times: npt.ArrayLike,
    amounts: npt.ArrayLike,
    points: int = 400,
) -> DividendExercise:
    """On the eve of which ex-dates a call is best exercised, if the spot follows its forward.

    The decision itself is by `critical`: exercise on the eve when the spot then is at or above it.
    """
    when, paid = _schedule(times, amounts)
    value = with_dividends(
        spot, strike, years, rate, dividend_yield, volatility, 1.0,
        times=when, amounts=paid, points=points, greeks=False,
    )  # fmt: skip
    s, _, r, q = np.broadcast_arrays(
        *(np.asarray(a, dtype=np.float64) for a in (spot, value.price, rate, dividend_yield))
    )
    expected = np.empty_like(value.critical)
    level, before = s.astype(np.float64), 0.0
    for i, (time, amount) in enumerate(zip(when, paid, strict=True)):
        if time > 0.0:
            level = level * np.exp((r - q) * (time - before))
            before = time
        expected[..., i] = level
        if time > 0.0:
            level = np.maximum(level - amount, 0.0)
    exercise = expected >= value.critical
    first = (
        np.where(exercise.any(axis=-1), exercise.argmax(axis=-1), -1)
        if when.size
        else (np.full(value.price.shape, -1))
    )
    return DividendExercise(value.critical, expected, exercise, first.astype(np.int64))
