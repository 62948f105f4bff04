"""How a measured value becomes points: straight lines between stated knots, and the words for it.

The rating is a sum of parts. A part that is not known takes no part: the total is the points of the
known parts over the sum of their weights, so that a gap neither lowers nor raises it. Below
`LEAST_KNOWN` points of known weight there is no rating at all.

| rating | verdict | outlook |
| --- | --- | --- |
| 80 and more | strong buy | bullish |
| 60 and more | buy | bullish |
| 40 and more | hold | neutral |
| 20 and more | sell | bearish |
| below 20 | strong sell | bearish |
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Outlook = Literal["bullish", "neutral", "bearish"]
Knots = tuple[tuple[float, float], ...]

LEAST_KNOWN: Final = 35.0
"""Points of weight that must be known, of 100: half of what prices alone can give."""
_VERDICTS: Final = ((80.0, "strong buy"), (60.0, "buy"), (40.0, "hold"), (20.0, "sell"))
_BULLISH: Final = 60.0
_BEARISH: Final = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`knots` are (value, share of the weight) in ascending order; outside of them it is level."""

    name: str
    group: str
    weight: float
    text: str
    knots: Knots = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One rule applied. `value` and `points` are None where it is not known, `reason` then says
    why; else `reason` says what was measured."""

    rule: Rule
    value: float | None
    points: float | None
    reason: str


def judged(rule: Rule, value: float, reason: str) -> Part:
    """The points that `rule` gives for a value; a value that is no number is not known."""
    if not math.isfinite(value):
        return unknown(rule, "It has no value in these figures.")
    return Part(rule=rule, value=value, points=rule.weight * on(rule.knots, value), reason=reason)


def unknown(rule: Rule, reason: str) -> Part:
    return Part(rule=rule, value=None, points=None, reason=reason)


def on(knots: Knots, value: float) -> float:
    """The height at `value` of the line through `knots`, 0 to 1."""
    before = knots[0]
    if value <= before[0]:
        return before[1]
    for knot in knots[1:]:
        if value <= knot[0]:
            share = (value - before[0]) / (knot[0] - before[0])
            return before[1] + share * (knot[1] - before[1])
        before = knot
    return before[1]


def known_weight(parts: Sequence[Part]) -> float:
    return sum(part.rule.weight for part in parts if part.points is not None)


def total(parts: Sequence[Part]) -> float | None:
    """0 to 100 of the known parts; None when none is known."""
    weight = known_weight(parts)
    if weight == 0.0:
        return None
    return 100.0 * sum(part.points for part in parts if part.points is not None) / weight


def verdict(rating: float) -> str:
    return next((word for least, word in _VERDICTS if rating >= least), "strong sell")


def bounds(outlook: Outlook) -> tuple[float, float]:
    """Ratings from the first to below the second have this outlook."""
    return {
        "bullish": (_BULLISH, math.inf),
        "neutral": (_BEARISH, _BULLISH),
        "bearish": (-math.inf, _BEARISH),
    }[outlook]


def outlook(rating: float) -> Outlook:
    if rating >= _BULLISH:
        return "bullish"
    return "neutral" if rating >= _BEARISH else "bearish"
