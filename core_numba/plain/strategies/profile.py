"""Payoff at expiration as line segments, and sums over them, strategy by strategy."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.arrays import Floats

_ROUNDING = 2e-15


def profile(  # noqa: PLR0917 - arrays by position
    legs: Floats,
    begin: Any,
    end: Any,
    start: Any,
    x: Floats,
    pnl: Floats,
    slope: Floats,
    breakeven: Floats,
    segments: Any,
    breakevens: Any,
    high: Floats,
    low: Floats,
) -> None:
    """See `core_numba.strategies.profile.at_expiration`; strategy i writes from `start[i]` on."""
    for i in range(begin.shape[0]):
        mine = legs[:, begin[i] : end[i]]
        at, room = start[i], 2 * (end[i] - begin[i]) + 2
        x[at : at + room], pnl[at : at + room], slope[at : at + room] = np.inf, 0.0, 0.0
        breakeven[at : at + room] = np.nan
        kind, quantity, entry, strike, _, _, multiplier = mine
        size = quantity * multiplier
        if not np.isfinite(size * (entry + strike)).all():
            high[i] = low[i] = np.nan
            segments[i] = breakevens[i] = 0
            continue
        option = kind != 0.0
        knots = np.unique(np.append(0.0, strike[option]))
        spot = knots[:, None]
        worth = np.where(option, np.maximum(kind * (spot - strike), 0.0), spot)
        falling = np.where(spot < strike, -1.0, 0.0)
        rise = np.where(kind > 0.0, spot >= strike, np.where(kind < 0.0, falling, 1.0))
        value, rate = ((worth - entry) * size).sum(axis=1), (rise * size).sum(axis=1)
        gross = (np.abs(size) * (np.abs(entry) + strike + spot)).sum(axis=1)
        value[np.abs(value) <= _ROUNDING * gross] = 0.0
        rate[np.abs(rate) <= _ROUNDING * np.abs(size).sum()] = 0.0
        high[i] = np.inf if rate[-1] > 0.0 else value.max()
        low[i] = -np.inf if rate[-1] < 0.0 else value.min()
        pieces: list[tuple[float, float, float]] = []
        zeros: list[float] = []
        for j in range(len(knots)):
            flat = rate[j] == 0.0 and (j == 0 or rate[j - 1] == 0.0)
            if value[j] == 0.0 and j > 0 and not flat:
                zeros.append(knots[j])
            pieces.append((knots[j], value[j], rate[j]))
            ahead = value[j + 1] if j + 1 < len(knots) else rate[j]
            if value[j] * ahead < 0.0:
                zeros.append(knots[j] - value[j] / rate[j])
                pieces.append((zeros[-1], 0.0, rate[j]))
        segments[i], breakevens[i] = len(pieces), len(zeros)
        here = slice(at, at + len(pieces))
        x[here], pnl[here], slope[here] = np.array(pieces).T
        breakeven[at : at + len(zeros)] = zeros


def integrate(  # noqa: PLR0917 - arrays by position
    start: Any,
    segments: Any,
    x: Floats,
    pnl: Floats,
    slope: Floats,
    below: Floats,
    strictly: Floats,
    partial: Floats,
    mean: Floats,
    expected: Floats,
    probability: Floats,
) -> None:
    """Expected P&L and probability of a profit from what lies below each segment's left end."""
    for i in range(start.shape[0]):
        if segments[i] == 0:
            expected[i] = probability[i] = np.nan
            continue
        here = slice(start[i], start[i] + segments[i])
        mass = np.diff(np.append(below[here], 1.0))
        first = np.diff(np.append(partial[here], mean[i]))
        expected[i] = ((pnl[here] - slope[here] * x[here]) * mass + slope[here] * first).sum()
        expected[i] += pnl[start[i]] * below[start[i]]  # a spot of zero
        right = np.append(pnl[here][1:], slope[here][-1])
        inside = (pnl[here] > 0.0) | (right > 0.0)
        open_mass = np.append(strictly[here][1:], 1.0) - below[here]
        atoms = (below[here] - strictly[here])[pnl[here] > 0.0]
        found = open_mass[inside].sum() + atoms.sum()
        probability[i] = min(max(found, 0.0), 1.0)
