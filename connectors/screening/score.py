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
from dataclasses import dataclass, fields
from typing import Final

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Each between 0 and 1, None where it is not known."""

    return_part: float | None
    chance_part: float | None
    distance_part: float | None
    rank_part: float | None
    liquidity_part: float | None
    trend_part: float | None
    earnings_part: float | None
    assignment_part: float | None

    @property
    def score(self) -> float:
        """0 to 100; NaN when nothing is known."""
        known = {f.name: getattr(self, f.name) for f in fields(self)}
        known = {name: value for name, value in known.items() if value is not None}
        total = sum(WEIGHTS[name] for name in known)
        if total == 0.0:
            return math.nan
        return float(100.0 * sum(WEIGHTS[name] * value for name, value in known.items()) / total)

    def points(self) -> dict[str, float | None]:
        """Each part in points out of its weight."""
        return {
            name: None if (value := getattr(self, name)) is None else WEIGHTS[name] * value
            for name in WEIGHTS
        }


def return_part(annual: float) -> float | None:
    """`annual` is a share, 0.15 is 15 % a year."""
    if not math.isfinite(annual):
        return None
    return annual / (annual + _HALF_RETURN) if annual > 0.0 else 0.0


def chance_part(probability: float) -> float | None:
    if not math.isfinite(probability):
        return None
    return _between((probability - _LEAST_CHANCE) / (_FULL_CHANCE - _LEAST_CHANCE))


def distance_part(otm: float, expected_move: float) -> float | None:
    """Both as shares of the price; the move is one standard deviation until expiration."""
    if not (math.isfinite(otm) and math.isfinite(expected_move)) or expected_move <= 0.0:
        return None
    return _between(otm / expected_move / _FULL_MOVES)


def range_part(break_even: float, low: float | None, high: float | None) -> float | None:
    """Where the break-even lies in the year's range, the low being best."""
    if low is None or high is None or not high > low or not math.isfinite(break_even):
        return None
    return 1.0 - _between((break_even - low) / (high - low))


def _between(value: float) -> float:
    return min(max(value, 0.0), 1.0)
