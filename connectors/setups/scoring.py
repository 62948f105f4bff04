"""The eight parts of the score (`screening.score`) for any trade, each with its reason in words.

Sellers and buyers want the opposite of volatility's rank, bulls and bears of the trend; where a
part has no side to a trade it does not vote.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from connectors.screening.contracts import Contracts
from connectors.screening.facts import Facts
from connectors.screening.score import (
    WEIGHTS,
    Parts,
    chance_part,
    distance_part,
    range_part,
    return_part,
)
from connectors.setups.choosing import Leg
from connectors.setups.measuring import Measured
from connectors.setups.results import PartRow
from connectors.volatility.event_move import covers
from mfa.kernel.money import CONTRACT_SIZE

LEANING: Final = 0.20
"""Net delta as a share of its legs' deltas together, from which a trade leans one way."""
_NOT_HELD: Final = "not held for the shares, does not vote"
_NAMES: Final = {
    "return_part": "return", "chance_part": "chance of profit", "distance_part": "distance",
    "rank_part": "IV rank", "liquidity_part": "liquidity", "trend_part": "trend",
    "earnings_part": "earnings", "assignment_part": "assignment",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """`moves` is how far the nearest loss (of a debit: the profit) is, in expected moves; `spread`
    and `open_interest` are the worst leg's; `bullish` None has no direction."""

    credit: bool
    annual: float
    moves: float
    bullish: bool | None
    report_inside: bool | None
    spread: float
    open_interest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    score: float
    rows: tuple[PartRow, ...]
    stance: Stance


def scored(
    found: Contracts,
    legs: Sequence[Leg],
    figures: Measured,
    known: Facts,
    *,
    quantity: int,
    covered: bool,
    basis: float | None,
) -> Scored:
    rows = [leg.row for leg in legs]
    years = float(found.years[rows[0]])
    move = float(np.mean(found.found.implied[rows])) * math.sqrt(years)
    otm = _distance(found, legs, figures, credit=covered or figures.net > 0)
    moves = otm / move if move > 0 else math.nan
    stance = _stance(found, legs, figures, known, quantity=quantity, covered=covered, moves=moves)
    credit, bullish, inside = stance.credit, stance.bullish, stance.report_inside
    chance = figures.expected[0].chance
    rank = math.nan if known.rank is None else known.rank / 100.0
    trend = math.nan if known.trend is None or bullish is None else known.trend
    near = distance_part(otm, move)
    parts = Parts(
        return_part=_column(return_part(stance.annual)),
        chance_part=_column(chance_part(chance)),
        distance_part=_column(near if credit else 1.0 - near),
        rank_part=_column(np.clip(rank if credit else 1.0 - rank, 0.0, 1.0)),
        liquidity_part=_column(np.min(found.found.liquidity[rows])),
        trend_part=_column(trend if bullish else 1.0 - trend),
        earnings_part=_column(math.nan if inside is None or not credit else float(not inside)),
        assignment_part=_column(_assignment(legs, figures, known, covered=covered, basis=basis)),
    )
    points = parts.points(0)
    reasons = _reasons(stance, known, chance, points, covered=covered)
    return Scored(
        score=float(parts.score[0]),
        stance=stance,
        rows=tuple(
            PartRow(part=_NAMES[name], points=points[name], of=weight, reason=reasons[name])
            for name, weight in WEIGHTS.items()
        ),
    )


def _stance(
    found: Contracts,
    legs: Sequence[Leg],
    figures: Measured,
    known: Facts,
    *,
    quantity: int,
    covered: bool,
    moves: float,
) -> Stance:
    rows = [leg.row for leg in legs]
    held = sum(abs(leg.quantity * float(found.found.delta[leg.row])) for leg in legs)
    held += sum(abs(leg.quantity) for leg in legs) if covered else 0.0
    share = figures.delta / quantity / CONTRACT_SIZE / held
    return Stance(
        credit=covered or figures.net > 0,
        annual=(
            figures.stays / figures.capital / float(found.years[rows[0]])
            if figures.capital > 0
            else math.nan
        ),
        moves=moves,
        bullish=None if abs(share) < LEANING else share > 0,
        report_inside=(
            None if known.report is None else covers(legs[0].option.expiration, known.report)
        ),
        spread=float(np.max(found.found.spread[rows])),
        open_interest=int(np.min(found.open_interest[rows])),
    )


def _column(value: object) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(value, dtype=np.float64).reshape(1)


def _distance(found: Contracts, legs: Sequence[Leg], figures: Measured, *, credit: bool) -> float:
    """As a share of the price. A credit: to the nearest sold strike; a debit: how far the price
    must go to the nearest break-even (nothing when it makes money where it is)."""
    if credit:
        sold = [leg.row for leg in legs if leg.quantity < 0]
        return float(np.min(found.otm_at(np.array(sold)))) if sold else math.nan
    if figures.stays > 0:
        return 0.0
    spot = float(found.spot[0])
    ways = [abs(each - spot) / spot for each in figures.break_evens]
    return min(ways) if ways else math.nan


def _assignment(
    legs: Sequence[Leg], figures: Measured, known: Facts, *, covered: bool, basis: float | None
) -> float:
    """Of a lone sold put, and of a covered call; other trades are not held for the shares."""
    if len(legs) != 1 or legs[0].quantity > 0:
        return math.nan
    option = legs[0].option
    if option.option_type == "put" and figures.break_evens:
        low = math.nan if known.low is None else known.low
        high = math.nan if known.high is None else known.high
        return float(range_part(figures.break_evens[0], low, high))
    if covered and basis is not None:
        return float(float(option.strike) >= basis)
    return math.nan


def _reasons(
    stance: Stance,
    known: Facts,
    chance: float,
    points: Mapping[str, float | None],
    *,
    covered: bool,
) -> dict[str, str]:
    unknown = "not known, does not vote"
    side = "sold" if stance.credit else "bought"
    return {
        "return_part": f"{100 * stance.annual:.1f} % a year on the capital if the stock stays"
        if math.isfinite(stance.annual)
        else unknown,
        "chance_part": f"{100 * chance:.0f} % by the volatility that its options imply",
        "distance_part": f"the sold strike is {abs(stance.moves):.2f} expected moves "
        + ("in the money" if stance.moves < 0 else "away")
        if stance.credit
        else f"the price must move {stance.moves:.2f} expected moves to break even",
        "rank_part": unknown
        if known.rank is None
        else f"{known.rank:.0f} of 100: volatility is {side}",
        "liquidity_part": f"spread {100 * stance.spread:.0f} % of the midpoint, open interest"
        f" {stance.open_interest:,}, the worst leg",
        "trend_part": "the trade has no direction"
        if stance.bullish is None
        else f"the price is {known.trend_words}, the trade is"
        f" {'bullish' if stance.bullish else 'bearish'}",
        "earnings_part": _earnings(stance, known),
        "assignment_part": _NOT_HELD
        if points["assignment_part"] is None
        else "whether the strike is above what was paid"
        if covered
        else "where one would own the shares, in the year's range",
    }


def _earnings(stance: Stance, known: Facts) -> str:
    if known.report is None:
        return "no report is announced, does not vote"
    when = f"{known.report.day.day} {known.report.day:%b %Y}"
    if not stance.credit:
        return f"reports {when}; for a buyer that cuts both ways"
    return f"reports {when}, {'before' if stance.report_inside else 'after'} the expiration"
