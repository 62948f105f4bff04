"""Realised variance from daily returns."""

from __future__ import annotations

from typing import Final

import numpy as np

from core_numba.normal import Floats

TRADING_DAYS: Final = 252
_SEED_DAYS: Final = 60


def ewma_variance(returns: Floats, *, half_life: float) -> Floats:
    """Annualised exponentially weighted variance of daily log returns (zero mean).

    `returns` is (days, series); row i of the result uses rows 0..i only. The first 60 rows seed the
    recursion with their own mean square, so nothing before row 60 is meaningful.
    """
    squares = np.asarray(returns, dtype=np.float64) ** 2
    weight = 0.5 ** (1.0 / half_life)
    out = np.empty_like(squares)
    state = squares[:_SEED_DAYS].mean(axis=0)
    for i in range(len(squares)):
        state = weight * state + (1.0 - weight) * squares[i]
        out[i] = state
    return out * TRADING_DAYS
