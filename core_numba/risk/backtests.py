"""Were the forecasts of value at risk any good: too many breaches, or breaches in clusters?

Kupiec (Journal of Derivatives 3, 1995) and Christoffersen (International Economic Review 39, 1998):
likelihood ratios, chi-square with one or two degrees of freedom.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.risk.measures import check_level


class LikelihoodRatio(NamedTuple):
    """The statistic, and the chance of one as large if the forecasts were right."""

    statistic: float
    p_value: float


class Coverage(NamedTuple):
    """All three tests of one series; `breaches` of `days`."""

    breaches: int
    days: int
    unconditional: LikelihoodRatio
    independence: LikelihoodRatio
    conditional: LikelihoodRatio


def kupiec(breaches: int, days: int, *, level: float) -> LikelihoodRatio:
    """Whether `breaches` of `days` fit the level's share 1 - `level`."""
    check_level(level)
    if not 0 <= breaches <= days or days < 1:
        raise ValueError("There are between 0 and `days` breaches, on at least one day.")
    p = 1.0 - level
    share = breaches / days
    ratio = _log(breaches, share, p) + _log(days - breaches, 1.0 - share, 1.0 - p)
    return _one(2.0 * ratio)


def christoffersen(breached: npt.ArrayLike) -> LikelihoodRatio:
    """Whether a breach makes one on the next day more or less likely.

    The first day has none before it and counts as a condition only.
    """
    series = np.asarray(breached, bool).reshape(-1)
    if series.size < 2:
        raise ValueError("Independence needs at least two days.")
    before, after = series[:-1], series[1:]
    ratio = 0.0
    overall = float(after.mean())
    for state in (False, True):
        chosen = after[before == state]
        hits, misses = int(chosen.sum()), int((~chosen).sum())
        share = hits / chosen.size if chosen.size else 0.0
        ratio += _log(hits, share, overall) + _log(misses, 1.0 - share, 1.0 - overall)
    return _one(2.0 * ratio)


def coverage(profits: npt.ArrayLike, value_at_risk: npt.ArrayLike, *, level: float) -> Coverage:
    """All tests of a series of profits against forecasts made the day before (positive losses).

    A breach is a loss greater than the forecast. Conditional coverage adds the two other ratios.
    """
    breached = -np.asarray(profits, np.float64) > np.asarray(value_at_risk, np.float64)
    breached = breached.reshape(-1)
    breaches, days = int(breached.sum()), breached.size
    first, second = kupiec(breaches, days, level=level), christoffersen(breached)
    both = first.statistic + second.statistic
    return Coverage(breaches, days, first, second, LikelihoodRatio(both, math.exp(-0.5 * both)))


def _log(count: int, share: float, expected: float) -> float:
    """count * ln(share / expected), zero for none."""
    return count * math.log(share / expected) if count else 0.0


def _one(statistic: float) -> LikelihoodRatio:
    statistic = max(statistic, 0.0)
    return LikelihoodRatio(statistic, math.erfc(math.sqrt(0.5 * statistic)))
