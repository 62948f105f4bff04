"""Value at risk of a book by five methods, each saying what it takes for granted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from connectors.exposure.book import Book, Returns
from core_numba.arrays import Floats
from core_numba.risk.measures import (
    TailRisk,
    cornish_fisher,
    cornish_fisher_valid,
    historical,
    moments,
    normal,
)

SCENARIOS: Final = 20_000
FREEDOM: Final = 5.0
LEAST_DAYS: Final = 100
_SEED: Final = 20_150_102
_SESSIONS: Final = 252.0


@dataclass(frozen=True, slots=True)
class Method:
    """One method's answer; `risk` None where it does not apply, and `note` says why."""

    name: str
    risk: TailRisk | None
    note: str


def methods(book: Book, history: Returns, *, level: float, days: int) -> list[Method]:
    """Over `days` sessions. Daily returns are stretched by the root of the days; time passes."""
    stretch, years = math.sqrt(days), days / _SESSIONS
    moves = np.maximum(history.moves * stretch, -0.9999)
    happened = book.profit(moves, years=years)
    of = moments(happened)
    covariance = np.cov(history.moves, ddof=1).reshape(len(book.symbols), -1) * days
    deviation = math.sqrt(max(float(book.delta_dollars @ covariance @ book.delta_dollars), 0.0))
    simulated = book.profit(_simulated(covariance), years=years)
    found = [
        Method(
            "historical",
            historical(happened, level=level),
            f"the last {moves.shape[1]} daily moves, all valued anew",
        ),
        Method(
            "Monte Carlo",
            historical(simulated, level=level),
            f"{SCENARIOS:,} joint moves, Student-t with {FREEDOM:g} degrees of freedom and the "
            "history's covariance, all valued anew",
        ),
        Method(
            "parametric",
            normal(0.0, deviation, level=level),
            "normal moves at today's delta; blind to gamma and to time",
        ),
    ]
    if cornish_fisher_valid(of.skewness, of.kurtosis):
        note = "the normal quantile bent by the skewness and kurtosis of the historical profits"
        found.append(Method("Cornish-Fisher", cornish_fisher(of, level=level), note))
    else:
        note = (
            f"a skewness of {of.skewness:.1f} with an excess kurtosis of {of.kurtosis:.1f} lies "
            "outside its domain"
        )
        found.append(Method("Cornish-Fisher", None, note))
    return found


def _simulated(covariance: Floats) -> Floats:
    """(symbols, scenarios) of simple returns; the same for the same covariance."""
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    random = np.random.default_rng(_SEED)
    half = random.standard_normal((covariance.shape[0], SCENARIOS // 2))
    shocks = np.concatenate((half, -half), axis=1)
    mixing = random.chisquare(FREEDOM, SCENARIOS // 2)
    scale = np.sqrt((FREEDOM - 2.0) / np.concatenate((mixing, mixing)))
    return np.asarray(np.maximum(root @ shocks * scale, -0.9999))
