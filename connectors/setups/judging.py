"""What speaks for a trade and what against it, each by a rule on a figure, and the verdict.

| for | against |
| --- | --- |
| chance of profit 70 % and more | under 50 % |
| 15 % a year and more if the stock stays | under 5 %, where premium is sold |
| IV rank 50 and more when selling, 25 and less when buying | the other way round |
| the sold strike an expected move away | under half of one |
| spread up to 5 % of the midpoint | over 10 %, or under 100 open contracts |
| no report before expiration, premium sold | a report before expiration |
| profit expected from past moves | a loss expected from them |
| | loss without bound; more than the account's buying power; most to lose over five times |
| | the most to win (defined-risk spreads) |

Verdict: 'good' from a score of 60 on, 'fair' from 45 on, else 'poor'. A loss without bound, too
little buying power, or a loss expected under every measure keeps it from being good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors.screening.facts import Facts
from connectors.setups.measuring import PAST, REALISED, Measured
from connectors.setups.results import Point
from connectors.setups.scoring import Scored, Stance

GOOD: Final = 60.0
FAIR: Final = 45.0
_MANY_TIMES: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    verdict: str
    pros: tuple[Point, ...]
    cons: tuple[Point, ...]


def judged(
    figures: Measured, score: Scored, known: Facts, *, spread: bool, buying_power: float | None
) -> Judged:
    """`spread` for a trade with sold and bought legs; `buying_power` of the account, None where
    it is not known."""
    stance = score.stance
    pros: list[str] = []
    cons: list[str] = []
    chance = 100.0 * figures.expected[0].chance
    (pros if chance >= 70 else cons if chance < 50 else []).append(
        f"{chance:.0f} % chance of a profit at expiration."
    )
    annual = 100.0 * stance.annual
    if annual >= 15:
        pros.append(f"{annual:.1f} % a year on the capital if the stock stays where it is.")
    elif stance.credit and annual < 5:
        cons.append(f"Only {annual:.1f} % a year on the capital if the stock stays.")
    if known.rank is not None:
        rich, cheap = known.rank >= 50, known.rank <= 25
        text = (
            f"IV rank {known.rank:.0f}: options are {'dear' if rich else 'cheap'} for this stock."
        )
        if rich or cheap:
            (pros if rich == stance.credit else cons).append(text)
    if stance.credit and stance.moves >= 1:
        pros.append(f"The sold strike is {stance.moves:.1f} expected moves away.")
    elif stance.credit and stance.moves < 0.5:
        cons.append(
            f"The sold strike is {-stance.moves:.1f} expected moves in the money."
            if stance.moves < 0
            else f"The sold strike is only {stance.moves:.1f} expected moves away."
        )
    if stance.spread <= 0.05:
        pros.append(f"Tight quotes: the spread is {100 * stance.spread:.1f} % of the midpoint.")
    elif stance.spread > 0.10:
        cons.append(f"Wide quotes: the spread is {100 * stance.spread:.0f} % of the midpoint.")
    if stance.open_interest < 100:
        cons.append(f"Only {stance.open_interest} open contracts in its thinnest leg.")
    _reports(pros, cons, stance, known)
    _expectations(pros, cons, figures)
    grave = _grave(figures, stance, spread=spread, buying_power=buying_power)
    cons = [*grave, *cons]
    return Judged(
        verdict=_verdict(figures, score, pros=len(pros), cons=len(cons), grave=bool(grave)),
        pros=tuple(Point(text=text) for text in pros),
        cons=tuple(Point(text=text) for text in cons),
    )


def _reports(pros: list[str], cons: list[str], stance: Stance, known: Facts) -> None:
    if known.report is None or not stance.credit:
        return
    when = f"{known.report.day.day} {known.report.day:%b %Y}"
    if stance.report_inside:
        cons.append(f"The company reports on {when}, before the expiration.")
    else:
        pros.append(f"No report before the expiration (next {when}).")


def _expectations(pros: list[str], cons: list[str], figures: Measured) -> None:
    for each in figures.expected:
        if each.measure in {REALISED, PAST}:
            text = f"if the stock moves {each.measure}."
            if each.profit > 0:
                pros.append(f"${each.profit:,.0f} expected profit {text}")
            else:
                cons.append(f"${-each.profit:,.0f} expected loss {text}")


def _grave(
    figures: Measured, stance: Stance, *, spread: bool, buying_power: float | None
) -> list[str]:
    found = []
    if not figures.bounded:
        found.append("The loss has no bound.")
    if buying_power is not None and figures.capital > buying_power:
        found.append(
            f"It ties up ${figures.capital:,.0f}; the account has ${buying_power:,.0f} of buying"
            " power."
        )
    if spread and figures.bounded and figures.max_profit > 0:
        times = -figures.max_loss / figures.max_profit
        if times > _MANY_TIMES and stance.credit:
            found.append(f"It can lose {times:.1f} times what it can win.")
    return found


def _verdict(figures: Measured, score: Scored, *, pros: int, cons: int, grave: bool) -> str:
    losing = all(each.profit <= 0 for each in figures.expected)
    if score.score >= GOOD and not grave and not losing:
        word = "Good by the desk's rules"
    elif score.score >= FAIR:
        word = "Fair by the desk's rules"
    else:
        word = "Poor by the desk's rules"
    text = f"{word}: score {score.score:.0f} of 100, {_count(pros)} for it and {cons} against."
    return text if not losing else f"{text} Every measure expects a loss."


def _count(number: int) -> str:
    return f"{number} point" if number == 1 else f"{number} points"
