"""Looking for contracts to sell: what passes, how it is scored, which are shown.

All of it over columns; objects are made of the contracts that are shown and of no others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connectors.base import Sources
from connectors.screening.contracts import Contracts, Integers
from connectors.screening.gathering import (
    Companies,
    Flags,
    Gathered,
    allowed,
    companies,
    gather,
    merged,
)
from connectors.screening.params import ScanParams
from connectors.screening.ranking import best
from connectors.screening.results import Candidate, Candidates
from connectors.screening.score import (
    Parts,
    chance_part,
    distance_part,
    range_part,
    return_part,
)
from core_numba.arrays import Floats
from mfa.kernel.money import CONTRACT_SIZE, cents
from mfa.kernel.outcome import Absent, Found, Outcome, derived


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """`sign` is -1 for puts and +1 for calls; `name` as a person says it."""

    name: str
    sign: float


CASH_SECURED_PUT = Strategy(name="cash-secured puts", sign=-1.0)
COVERED_CALL = Strategy(name="covered calls", sign=1.0)


def look(
    sources: Sources, user: str, wanted: ScanParams, strategy: Strategy, *, source: str
) -> Outcome[Candidates]:
    """The best contracts of `strategy` within `wanted`; absent when none fits, saying why."""
    gathered = gather(sources, user, wanted, covered=strategy.sign > 0)
    if not isinstance(gathered, Found):
        return gathered
    found = gathered.value.found
    quoted = (found.sign == strategy.sign) & (found.bid > 0)
    even = found.break_even
    fitting = _passing(found, even, quoted, wanted)
    known = companies(sources, gathered.value, fitting, wanted)
    places = fitting[allowed(known, wanted, gathered.value, fitting)]
    chosen = _Chosen(gathered.value, known, places, even[places], strategy)
    parts = chosen.parts()
    score = parts.score
    if wanted.min_score is not None:
        score = np.where(score >= wanted.min_score, score, np.nan)
    passed = int(np.count_nonzero(~np.isnan(score)))
    looked_at = int(np.count_nonzero(quoted))
    if not passed:
        return Absent(_nothing(looked_at, wanted))
    shown = best(score, found.table[places], per_company=wanted.per_symbol, limit=wanted.limit)
    value = Candidates(
        strategy=strategy.name,
        looked_at=looked_at,
        passed=passed,
        companies=len(found.tables),
        rows=tuple(chosen.row(n, parts, float(score[n])) for n in shown),
        warnings=merged(gathered.value.warnings, known.warnings),
    )
    return Found(value, derived(source, *gathered.value.inputs, *known.inputs))


def _passing(found: Contracts, even: Floats, quoted: Flags, wanted: ScanParams) -> Integers:
    delta = np.abs(found.found.delta)
    with np.errstate(invalid="ignore"):
        passing = (
            quoted
            & (found.ask >= found.bid)
            & np.isfinite(found.found.implied)
            & (delta >= wanted.delta[0])
            & (delta <= wanted.delta[1])
            & (found.open_interest >= wanted.min_open_interest)
            & (even > 0)
        )
        if wanted.max_capital is not None:
            passing &= CONTRACT_SIZE * even <= wanted.max_capital
        if wanted.min_premium_pct is not None:
            passing &= 100.0 * found.bid / found.strike >= wanted.min_premium_pct
        if wanted.min_price is not None:
            passing &= found.spot >= wanted.min_price
        if wanted.max_price is not None:
            passing &= found.spot <= wanted.max_price
    return np.flatnonzero(passing)


class _Chosen:
    """The contracts within all limits: `places` in what was gathered."""

    def __init__(
        self,
        gathered: Gathered,
        known: Companies,
        places: Integers,
        even: Floats,
        strategy: Strategy,
    ) -> None:
        self._gathered, self._known, self._strategy = gathered, known, strategy
        self._places, self._even = places, even
        self._chance = gathered.found.ends_above(even, places)

    def parts(self) -> Parts:
        found, known, places = self._gathered.found, self._known, self._places
        scan, table = found.found, found.table[places]
        strike = found.strike[places]
        return Parts(
            return_part=return_part(scan.annualised[places]),
            chance_part=chance_part(self._chance),
            distance_part=distance_part(
                found.otm_at(places),
                scan.implied[places] * np.sqrt(found.years[places]),
            ),
            rank_part=known.rank[table] / 100.0,
            liquidity_part=scan.liquidity[places],
            trend_part=known.trend[table],
            earnings_part=known.quiet(table, found.day[places]),
            assignment_part=self._assignment(table, strike),
        )

    def _assignment(self, table: Integers, strike: Floats) -> Floats:
        """A put: how low in the year's range one would own it. A call: no loss on the shares."""
        known = self._known
        if self._strategy.sign < 0:
            return range_part(self._even, known.low[table], known.high[table])
        cost = known.basis[table]
        return np.where(np.isnan(cost), np.nan, (strike >= cost).astype(np.float64))

    def row(self, n: int, parts: Parts, score: float) -> Candidate:
        found, i = self._gathered.found, int(self._places[n])
        scan, fact = found.found, self._known.facts[int(found.table[i])]
        expiration, even = found.expiration(i), float(self._even[n])
        points = {f"{name.removesuffix('_part')}_points": v for name, v in parts.points(n).items()}
        return Candidate(
            symbol=found.symbol(i),
            contract=str(found.option(i)),
            expiration=expiration,
            days=(expiration - self._gathered.today).days,
            strike=cents(float(found.strike[i])),
            price=cents(float(found.spot[i])),
            bid=cents(float(found.bid[i])),
            ask=cents(float(found.ask[i])),
            premium=cents(CONTRACT_SIZE * float(found.bid[i])),
            capital=cents(CONTRACT_SIZE * even),
            return_pct=100.0 * float(scan.static[i]),
            annual_pct=100.0 * float(scan.annualised[i]),
            chance_pct=100.0 * float(self._chance[n]),
            delta=float(scan.delta[i]),
            distance_pct=100.0 * float(found.otm_at(self._places[n : n + 1])[0]),
            break_even=cents(even),
            iv_pct=100.0 * float(scan.implied[i]),
            iv_rank=fact.rank,
            rating=_known(self._known.rating[int(found.table[i])]),
            open_interest=int(found.open_interest[i]),
            trend=fact.trend_words,
            earnings=fact.report.day if fact.report is not None else None,
            score=score,
            **points,
        )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _nothing(count: int, wanted: ScanParams) -> str:
    return (
        f"None of {count:,} contracts fits: {wanted.dte[0]} to {wanted.dte[1]} days, delta "
        f"{wanted.delta[0]:g} to {wanted.delta[1]:g}, and your other limits. Widen one of them."
    )
