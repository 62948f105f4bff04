"""The score of a calendar spread: 0 to 100, from five parts that are each shown.

| part | weight | full marks | nothing |
| --- | --- | --- | --- |
| term structure | 30 | front volatility 15 % above the back's | 5 % below it, and less |
| reward | 20 | approached as profit grows; half at as much as the debit | none or a loss |
| probability of profit | 20 | 60 % and more | 20 % and less |
| liquidity | 20 | both legs tight and open | one leg wide or untraded |
| earnings | 10 | no report before the back expiration | a report before the front one |

A report between the expirations makes half of its part: the option bought is dear and stays so
until the front one ends. A part that is not known does not vote: the score is the sum of the known
parts over the sum of their weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats

WEIGHTS: Final = {
    "term": 30.0,
    "reward": 20.0,
    "chance": 20.0,
    "liquidity": 20.0,
    "earnings": 10.0,
}
_LEAST_RATIO: Final = 0.95
_FULL_RATIO: Final = 1.15
_LEAST_CHANCE: Final = 0.20
_FULL_CHANCE: Final = 0.60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parts:
    """Columns of one length, each value between 0 and 1, NaN where it is not known."""

    term: Floats
    reward: Floats
    chance: Floats
    liquidity: Floats
    earnings: Floats

    @property
    def score(self) -> Floats:
        """0 to 100; NaN where nothing is known."""
        points, weights = np.zeros(len(self.term)), np.zeros(len(self.term))
        for name, weight in WEIGHTS.items():
            value = getattr(self, name)
            known = np.isfinite(value)
            points += np.where(known, weight * value, 0.0)
            weights += np.where(known, weight, 0.0)
        return np.asarray(100.0 * points / np.where(weights > 0.0, weights, np.nan))

    def points(self, place: int) -> dict[str, float | None]:
        """Each part of one spread in points out of its weight, by the name of its field."""
        found = {name: float(getattr(self, name)[place]) for name in WEIGHTS}
        return {
            f"{name}_points": WEIGHTS[name] * value if math.isfinite(value) else None
            for name, value in found.items()
        }


def term_part(ratio: npt.ArrayLike) -> Floats:
    """`ratio` is the front volatility over the back one."""
    return _between((np.asarray(ratio) - _LEAST_RATIO) / (_FULL_RATIO - _LEAST_RATIO))


def reward_part(reward: npt.ArrayLike) -> Floats:
    """`reward` is the greatest profit over the debit."""
    gain = np.maximum(np.asarray(reward, dtype=np.float64), 0.0)
    return np.asarray(gain / (gain + 1.0))


def chance_part(probability: npt.ArrayLike) -> Floats:
    return _between((np.asarray(probability) - _LEAST_CHANCE) / (_FULL_CHANCE - _LEAST_CHANCE))


def _between(value: npt.ArrayLike) -> Floats:
    """NaN stays NaN."""
    return np.asarray(np.clip(value, 0.0, 1.0), dtype=np.float64)
