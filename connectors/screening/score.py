"""The score of a contract to sell: 0 to 100, from eight parts that are each shown.

| part | weight | full marks | nothing |
| --- | --- | --- | --- |
| return on capital | 25 | approached as the annual return grows; half at 15 % | none or a loss |
| probability of profit | 20 | 95 % and more | 50 % and less |
| distance | 10 | 1.5 expected moves out of the money | at the money |
| IV rank | 10 | 100 | 0 |
| liquidity | 15 | tight spread, much open interest | wide or untraded |
| trend | 10 | price above its 50- and 200-day averages | below both |
| earnings | 5 | no report before expiration | a report before it |
| assignment | 5 | break-even at the low of the year (a call: strike not below cost) | at the high |

A part that is not known does not vote: the score is the sum of the known parts over the sum of
their weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats

WEIGHTS: Final = {
    "return_part": 25.0,
    "chance_part": 20.0,
    "distance_part": 10.0,
    "rank_part": 10.0,
    "liquidity_part": 15.0,
    "trend_part": 10.0,
    "earnings_part": 5.0,
    "assignment_part": 5.0,
}
_HALF_RETURN: Final = 0.15
_LEAST_CHANCE: Final = 0.50
_FULL_CHANCE: Final = 0.95
_FULL_MOVES: Final = 1.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """Columns of one length, each value between 0 and 1, NaN where it is not known."""

    return_part: Floats
    chance_part: Floats
    distance_part: Floats
    rank_part: Floats
    liquidity_part: Floats
    trend_part: Floats
    earnings_part: Floats
    assignment_part: Floats

    @property
    def score(self) -> Floats:
        """0 to 100; NaN where nothing is known."""
        points, weights = np.zeros(len(self.return_part)), np.zeros(len(self.return_part))
        for name, weight in WEIGHTS.items():
            value = getattr(self, name)
            known = np.isfinite(value)
            points += np.where(known, weight * value, 0.0)
            weights += np.where(known, weight, 0.0)
        with np.errstate(invalid="ignore"):
            return np.asarray(100.0 * points / np.where(weights > 0.0, weights, np.nan))

    def points(self, place: int) -> dict[str, float | None]:
        """Each part of one contract in points out of its weight; None where it is not known."""
        found = {name: float(getattr(self, name)[place]) for name in WEIGHTS}
        return {
            name: WEIGHTS[name] * value if math.isfinite(value) else None
            for name, value in found.items()
        }


def return_part(annual: npt.ArrayLike) -> Floats:
    """`annual` is a share, 0.15 is 15 % a year."""
    gain = np.maximum(np.asarray(annual, dtype=np.float64), 0.0)
    with np.errstate(invalid="ignore"):
        return np.where(np.isposinf(gain), 1.0, gain / (gain + _HALF_RETURN))


def chance_part(probability: npt.ArrayLike) -> Floats:
    share = np.asarray(probability, dtype=np.float64)
    return _between((share - _LEAST_CHANCE) / (_FULL_CHANCE - _LEAST_CHANCE))


def distance_part(otm: npt.ArrayLike, expected_move: npt.ArrayLike) -> Floats:
    """Both as shares of the price; the move is one standard deviation until expiration."""
    move = np.asarray(expected_move, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        return _between(np.asarray(otm) / np.where(move > 0.0, move, np.nan) / _FULL_MOVES)


def range_part(break_even: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike) -> Floats:
    """Where the break-even lies in the year's range, the low being best."""
    bottom, top = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        width = np.where(top > bottom, top - bottom, np.nan)
        return 1.0 - _between((np.asarray(break_even) - bottom) / width)


def _between(value: npt.ArrayLike) -> Floats:
    """NaN stays NaN."""
    return np.asarray(np.clip(value, 0.0, 1.0), dtype=np.float64)
