"""Compiled payoff segments and sums over them; scalar code, one strategy after another."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from core_numba.jit.declare import compiled, inlined

_ROUNDING: Final = 2e-15


@inlined
def _worth(kind: float, strike: float, spot: float) -> float:
    return spot if kind == 0.0 else max(kind * (spot - strike), 0.0)


@inlined
def _rise(kind: float, strike: float, spot: float) -> float:
    if kind == 0.0:
        return 1.0
    if kind > 0.0:
        return 1.0 if spot >= strike else 0.0
    return -1.0 if spot < strike else 0.0


@compiled(
    "void(f8[:,::1], i8[::1], i8[::1], i8[::1], f8[::1], f8[::1], f8[::1], f8[::1],"
    " i8[::1], i8[::1], f8[::1], f8[::1])"
)
def profile(  # noqa: C901, PLR0912, PLR0915, PLR0917 - arrays by position
    legs: Any,
    begin: Any,
    end: Any,
    start: Any,
    x: Any,
    pnl: Any,
    slope: Any,
    breakeven: Any,
    segments: Any,
    breakevens: Any,
    high: Any,
    low: Any,
) -> None:
    most = 0
    for i in range(begin.shape[0]):
        most = max(most, end[i] - begin[i])
    knots = np.empty(most + 1)
    values = np.empty(most + 1)
    rates = np.empty(most + 1)
    for i in range(begin.shape[0]):
        first, last, at = begin[i], end[i], start[i]
        for j in range(at, at + 2 * (last - first) + 2):
            x[j], pnl[j], slope[j], breakeven[j] = np.inf, 0.0, 0.0, np.nan
        knots[0] = 0.0
        count = 1
        usable = True
        for k in range(first, last):
            usable = usable and np.isfinite(legs[1, k] * legs[6, k] * (legs[2, k] + legs[3, k]))
            if usable and legs[0, k] != 0.0:
                strike = legs[3, k]
                j = count
                while j > 0 and knots[j - 1] > strike:
                    j -= 1
                if knots[j - 1] != strike:
                    for m in range(count, j, -1):
                        knots[m] = knots[m - 1]
                    knots[j] = strike
                    count += 1
        if not usable:
            high[i], low[i], segments[i], breakevens[i] = np.nan, np.nan, 0, 0
            continue
        best, worst = -np.inf, np.inf
        for j in range(count):
            spot = knots[j]
            value, rate, gross, total = 0.0, 0.0, 0.0, 0.0
            for k in range(first, last):
                size = legs[1, k] * legs[6, k]
                value += size * (_worth(legs[0, k], legs[3, k], spot) - legs[2, k])
                rate += size * _rise(legs[0, k], legs[3, k], spot)
                gross += abs(size) * (abs(legs[2, k]) + legs[3, k] + spot)
                total += abs(size)
            values[j] = 0.0 if abs(value) <= _ROUNDING * gross else value
            rates[j] = 0.0 if abs(rate) <= _ROUNDING * total else rate
            best, worst = max(best, values[j]), min(worst, values[j])
        high[i] = np.inf if rates[count - 1] > 0.0 else best
        low[i] = -np.inf if rates[count - 1] < 0.0 else worst
        pieces = zeros = 0
        for j in range(count):
            flat = rates[j] == 0.0 and (j == 0 or rates[j - 1] == 0.0)
            if values[j] == 0.0 and j > 0 and not flat:
                breakeven[at + zeros] = knots[j]
                zeros += 1
            x[at + pieces], pnl[at + pieces], slope[at + pieces] = knots[j], values[j], rates[j]
            pieces += 1
            ahead = values[j + 1] if j + 1 < count else rates[j]
            if (values[j] < 0.0 and ahead > 0.0) or (values[j] > 0.0 and ahead < 0.0):
                crossing = knots[j] - values[j] / rates[j]
                breakeven[at + zeros] = crossing
                zeros += 1
                x[at + pieces], pnl[at + pieces], slope[at + pieces] = crossing, 0.0, rates[j]
                pieces += 1
        segments[i], breakevens[i] = pieces, zeros


@compiled(
    "void(i8[::1], i8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1],"
    " f8[::1], f8[::1])"
)
def integrate(  # noqa: PLR0917 - arrays by position
    start: Any,
    segments: Any,
    x: Any,
    pnl: Any,
    slope: Any,
    below: Any,
    strictly: Any,
    partial: Any,
    mean: Any,
    expected: Any,
    probability: Any,
) -> None:
    for i in range(start.shape[0]):
        if segments[i] == 0:
            expected[i] = probability[i] = np.nan
            continue
        total, chance = pnl[start[i]] * below[start[i]], 0.0  # a spot of zero
        last = start[i] + segments[i] - 1
        for j in range(start[i], last + 1):
            ends = j == last
            mass = (1.0 if ends else below[j + 1]) - below[j]
            first = (mean[i] if ends else partial[j + 1]) - partial[j]
            total += (pnl[j] - slope[j] * x[j]) * mass + slope[j] * first
            right = slope[j] if ends else pnl[j + 1]
            if pnl[j] > 0.0 or right > 0.0:
                chance += (1.0 if ends else strictly[j + 1]) - below[j]
            if pnl[j] > 0.0:
                chance += below[j] - strictly[j]
        expected[i] = total
        probability[i] = chance if chance != chance else min(max(chance, 0.0), 1.0)  # noqa: PLR0124 - NaN
