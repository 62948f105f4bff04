"""American options on a stock that drops by cash dividends, in NumPy.

Between ex-dates the spot is lognormal; at an ex-date it falls by the dividend, or to zero if the
dividend is more (the company is liquidated). Per option a grid in the logarithm of the spot, rolled
back by Crank and Nicolson's scheme with steps that grow from every date at which the value is new,
the first four of them implicit (Rannacher), and early exercise by Brennan and Schwartz's direct
substitution, which is exact because exercise pays on one side of the grid only. The arrays of
puts run from high spots to low ones, so that this side is always the end.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from core_numba.arrays import Floats


class Option(NamedTuple):
    """One option's numbers."""

    spot: float
    strike: float
    years: float
    rate: float
    dividend_yield: float
    volatility: float
    sign: float
    width: float


class Mesh(NamedTuple):
    """The spots of the grid, the place of today's, and the spacing of their logarithms."""

    spots: Floats
    at: int
    dx: float


def cash(  # noqa: PLR0917 - the kernel's arguments
    spot: Floats,
    strike: Floats,
    years: Floats,
    rate: Floats,
    dividend_yield: Floats,
    volatility: Floats,
    sign: Floats,
    width: Floats,
    times: Floats,
    amounts: Floats,
    points: int,
    steps: int,
    early: bool,  # noqa: FBT001 - the kernel's arguments have places
    values: Floats,
    deltas: Floats,
    gammas: Floats,
    critical: Floats,
) -> None:
    """Values, deltas, gammas, (N,), and critical spots before each ex-date, (N, dividends).

    `times` must ascend. `width` is the deviation that sets the grid: volatility sqrt(years).
    """
    columns = (spot, strike, years, rate, dividend_yield, volatility, sign, width)
    for i, numbers in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        option = Option(*numbers)
        values[i], deltas[i], gammas[i], critical[i] = _roll_back(
            option, times, amounts, points, steps, early=early
        )


def _roll_back(
    o: Option, times: Floats, amounts: Floats, points: int, steps: int, *, early: bool
) -> tuple[float, float, float, Floats]:
    grid = _mesh(o, times, amounts, points)
    s = grid.spots
    payoff = np.maximum(o.sign * (s - o.strike), 0.0)
    v = payoff.copy()
    kink = math.floor(o.sign * math.log(o.strike / o.spot) / grid.dx + grid.at + 0.5)
    if 0 < kink < s.size - 1:
        v[kink] = _mean_payoff(float(s[kink]), grid.dx, o)
    critical = np.full(times.size, np.nan)
    end = o.years
    alive = np.flatnonzero(times <= o.years)
    for event in (*alive[::-1].tolist(), -1):
        start = float(times[event]) if event >= 0 else 0.0
        if end > start:
            count = max(8, math.ceil(steps * (end - start) / o.years))
            _interval(v, payoff, grid, o, start, end, count, early=early)
        if event >= 0:
            kept = _after_dividend(v, grid, o, float(amounts[event]), start, early=early)
            if early and o.sign > 0:
                critical[event] = _crossing(s, payoff, kept)
            v = np.maximum(kept, payoff) if early else kept
            end = start
    at, dx = grid.at, grid.dx
    slope = o.sign * (v[at + 1] - v[at - 1]) / (2.0 * dx)
    bend = (v[at + 1] - 2.0 * v[at] + v[at - 1]) / (dx * dx)
    return float(v[at]), float(slope / o.spot), float((bend - slope) / o.spot**2), critical


def _mesh(o: Option, times: Floats, amounts: Floats, points: int) -> Mesh:
    """The strike on a node where it is not too far; room below for what the dividends take."""
    paid = float(np.sum(amounts[times <= o.years]))
    dx = 12.0 * o.width / points
    distance = math.log(o.strike / o.spot)
    whole = math.floor(abs(distance) / dx + 0.5)
    if 1 <= whole <= points:
        dx = abs(distance) / whole
    span = 6.0 * o.width + abs(o.rate - o.dividend_yield) * o.years
    fall = -math.log(1.0 - min(paid / o.spot, 0.95))
    cap = 3.0 * span
    below = math.ceil((span + min(max(-distance, 0.0), cap) + min(fall, 3.0)) / dx)
    above = math.ceil((span + min(max(distance, 0.0) + fall, cap)) / dx)
    at = below if o.sign > 0 else above
    places = np.arange(below + above + 1) - at
    return Mesh(o.spot * np.exp(places * (o.sign * dx)), at, dx)


def _mean_payoff(s: float, dx: float, o: Option) -> float:
    """The payoff's mean over the cell of a node: a kink between nodes costs no order then."""
    middle = math.log(s / o.strike)
    low, high = middle - 0.5 * dx, middle + 0.5 * dx
    if o.sign > 0:
        low = max(low, 0.0)
    else:
        high = min(high, 0.0)
    if high <= low:
        return 0.0
    return o.sign * o.strike * (math.exp(high) - math.exp(low) - (high - low)) / dx


def _interval(  # noqa: PLR0917 - private
    v: Floats, payoff: Floats, grid: Mesh, o: Option, start: float, end: float, count: int,
    *, early: bool,
) -> None:  # fmt: skip
    """Roll `v` back from `end` to `start`, in place."""
    size, dx = v.size, grid.dx
    a = 0.5 * o.volatility**2 / dx**2
    b = 0.5 * o.sign * (o.rate - o.dividend_yield - 0.5 * o.volatility**2) / dx
    lower, middle, upper = a - b, -2.0 * a - o.rate, a + b
    scale = (end - start) / count**2
    for step in range(count):
        theta = 1.0 if step < 4 else 0.5
        dt = (2 * step + 1) * scale
        left = end - (step + 1) ** 2 * scale
        lo, mi, up = -theta * dt * lower, 1.0 - theta * dt * middle, -theta * dt * upper
        right = np.zeros(size)
        move = lower * v[:-2] + middle * v[1:-1] + upper * v[2:]
        right[1:-1] = v[1:-1] + (1.0 - theta) * dt * move
        v[0], v[-1] = _ends(grid, o, o.years - left, early=early)
        right[0] = v[0]
        ratio = [0.0] * size
        for i in range(1, size - 1):
            pivot = 1.0 / (mi - lo * ratio[i - 1])
            ratio[i] = up * pivot
            right[i] = (right[i] - lo * right[i - 1]) * pivot
        for i in range(size - 2, 0, -1):
            kept = right[i] - ratio[i] * v[i + 1]
            v[i] = max(kept, payoff[i]) if early else kept


def _ends(grid: Mesh, o: Option, tau: float, *, early: bool) -> tuple[float, float]:
    """Values at the ends of the grid, where nothing is left to chance."""
    found = []
    for s in (float(grid.spots[0]), float(grid.spots[-1])):
        later = s * math.exp(-o.dividend_yield * tau) - o.strike * math.exp(-o.rate * tau)
        now = o.sign * (s - o.strike) if early else 0.0
        found.append(max(o.sign * later, now, 0.0))
    return found[0], found[1]


def _after_dividend(
    v: Floats, grid: Mesh, o: Option, amount: float, when: float, *, early: bool
) -> Floats:
    """The value just before an ex-date of an option that is kept."""
    s, size = grid.spots, v.size
    least, lowest = (s[0], v[0]) if o.sign > 0 else (s[-1], v[-1])
    nothing = 0.0
    if o.sign < 0:
        rate = min(o.rate, 0.0) if early else o.rate
        nothing = o.strike * math.exp(-rate * (o.years - when))
    after = s - amount
    inside = after > least
    place = o.sign * np.log(np.where(inside, after, o.spot) / o.spot) / grid.dx + grid.at
    i = np.clip(place.astype(np.int64) - 1, 0, size - 4)
    t = place - i
    cubic = (
        -(t - 1) * (t - 2) * (t - 3) / 6.0 * v[i]
        + t * (t - 2) * (t - 3) / 2.0 * v[i + 1]
        - t * (t - 1) * (t - 3) / 2.0 * v[i + 2]
        + t * (t - 1) * (t - 2) / 6.0 * v[i + 3]
    )
    low = nothing + np.maximum(after, 0.0) / least * (lowest - nothing)
    return np.where(inside, np.maximum(cubic, 0.0), low)


def _crossing(s: Floats, payoff: Floats, kept: Floats) -> float:
    """The spot from which on a call is better exercised than kept; infinity for never."""
    size = s.size
    if payoff[size - 2] <= kept[size - 2]:
        return math.inf
    i = size - 2
    while i > 0 and payoff[i] > kept[i] and payoff[i] > 0.0:
        i -= 1
    inside, outside = kept[i] - payoff[i], payoff[i + 1] - kept[i + 1]
    return float(s[i] + (s[i + 1] - s[i]) * inside / (inside + outside))
