"""Term structure and skew of one company's options, read from the scanned contracts."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from connectors.screening.contracts import Contracts, Integers
from connectors.spreads.pairs import tradable
from connectors.spreads.pricing import forward_volatility
from core_numba.arrays import Floats

WING: Final = 0.05
"""How far from the price skew is measured, a share of it."""


class Term(NamedTuple):
    """One expiration (`day` an ordinal): volatility at the price and `skew`, volatility 5 % below
    less that 5 % above, NaN where the strikes do not reach that far."""

    day: int
    years: float
    volatility: float
    skew: float


def term_structure(found: Contracts, table: int) -> list[Term]:
    """By expiration, from options out of the money, volatility linear between strikes."""
    rows = np.flatnonzero((found.table == table) & tradable(found) & (found.otm >= 0.0))
    terms = []
    for day in np.unique(found.day[rows]).tolist():
        own = rows[found.day[rows] == day]
        strikes, volatility = _smile(found, own)
        spot = float(found.spot[own[0]])
        at = np.array([1.0 - WING, 1.0, 1.0 + WING]) * spot
        inside = (at >= strikes[0]) & (at <= strikes[-1])
        low, middle, high = np.where(inside, np.interp(at, strikes, volatility), np.nan).tolist()
        if math.isfinite(middle):
            terms.append(Term(day, float(found.years[own[0]]), middle, low - high))
    return terms


def forward_volatilities(terms: list[Term]) -> list[float | None]:
    """Of each term from the one before; None for the first, and for a negative variance."""
    found: list[float | None] = [None] * len(terms)
    for i, (near, far) in enumerate(pairwise(terms)):
        value = float(forward_volatility(near.years, near.volatility, far.years, far.volatility))
        found[i + 1] = value if math.isfinite(value) else None
    return found


def _smile(found: Contracts, rows: Integers) -> tuple[Floats, Floats]:
    """Strikes rising, each once: the mean where call and put both stand at the price."""
    strikes, place = np.unique(found.strike[rows], return_inverse=True)
    sums = np.bincount(place, found.found.implied[rows])
    return strikes, np.asarray(sums / np.bincount(place))
