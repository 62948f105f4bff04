"""Looking for contracts to sell: who is asked about, what passes, how it is ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from connectors.base import Sources
from connectors.screening.contracts import Contracts, contracts
from connectors.screening.facts import Facts, facts
from connectors.screening.params import ScanParams
from connectors.screening.results import Candidate, Candidates
from connectors.screening.score import (
    Parts,
    chance_part,
    distance_part,
    range_part,
    return_part,
)
from connectors.screening.universe import universe
from connectors.volatility.event_move import covers
from mfa.kernel.money import CONTRACT_SIZE, cents
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, Provenance, derived

Flags = npt.NDArray[np.bool_]


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
    asked = universe(sources, user, wanted, covered=strategy.sign > 0)
    if not isinstance(asked, Found):
        return asked
    today = sources.clock.today()
    first, last = (today + timedelta(days=each) for each in wanted.dte)
    tables: list[OptionTable] = []
    inputs: list[Provenance] = [asked.provenance]
    warnings: list[str] = []
    for symbol in asked.value.symbols:
        outcome = sources.market.option_table(symbol, first=first, last=last)
        if isinstance(outcome, Found):
            tables.append(outcome.value)
            inputs.append(outcome.provenance)
        elif isinstance(outcome, Failed) or symbol in wanted.symbols:
            said = outcome.reason if isinstance(outcome, Absent) else outcome.message
            warnings.append(f"{symbol}: {said}")
    if not tables:
        return Absent(" ".join(warnings) or "None of these companies has options that expire then.")
    found = contracts(tables)
    chosen = np.flatnonzero(_passing(found, wanted, strategy))
    used = [found.tables[place] for place in np.unique(found.table[chosen])]
    known = {table.symbol: facts(sources, table.symbol, table.spot) for table in used}
    for each in known.values():
        warnings += each.warnings
        inputs += each.inputs
    looking = _Looking(
        found=found, known=known, wanted=wanted, strategy=strategy, basis=asked.value.basis,
        today=today,
    )  # fmt: skip
    rows = looking.ranked(chosen.tolist())
    passed = [row for row in rows if wanted.min_score is None or row.score >= wanted.min_score]
    if not passed:
        return Absent(_nothing(found, strategy, wanted))
    value = Candidates(
        strategy=strategy.name,
        looked_at=int(np.count_nonzero((found.sign == strategy.sign) & (found.bid > 0))),
        passed=len(passed),
        companies=len(tables),
        rows=_limited(passed, wanted),
        warnings=tuple(dict.fromkeys(warnings)),
    )
    return Found(value, derived(source, *inputs))


def _passing(found: Contracts, wanted: ScanParams, strategy: Strategy) -> Flags:
    delta = np.abs(found.found.delta)
    capital = CONTRACT_SIZE * found.break_even
    with np.errstate(invalid="ignore"):
        passing = (
            (found.sign == strategy.sign)
            & (found.bid > 0)
            & (found.ask >= found.bid)
            & np.isfinite(found.found.implied)
            & (delta >= wanted.delta[0])
            & (delta <= wanted.delta[1])
            & (found.open_interest >= wanted.min_open_interest)
            & (found.break_even > 0)
        )
        if wanted.max_capital is not None:
            passing &= capital <= wanted.max_capital
        if wanted.min_premium_pct is not None:
            passing &= 100.0 * found.bid / found.strike >= wanted.min_premium_pct
        if wanted.min_price is not None:
            passing &= found.spot >= wanted.min_price
        if wanted.max_price is not None:
            passing &= found.spot <= wanted.max_price
    return np.asarray(passing)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looking:
    """One scan under way."""

    found: Contracts
    known: Mapping[str, Facts]
    wanted: ScanParams
    strategy: Strategy
    basis: Mapping[str, float]
    today: date

    def ranked(self, places: Sequence[int]) -> list[Candidate]:
        """The contracts whose companies are allowed, the best first."""
        chance, otm, even = (
            self.found.profit_chance, self.found.otm, self.found.break_even,
        )  # fmt: skip
        rows = [
            self._row(i, chance=float(chance[i]), otm=float(otm[i]), even=float(even[i]))
            for i in places
            if _allowed(self._fact(i), self.wanted, self._expiration(i), self.today)
        ]
        return sorted(rows, key=lambda each: (-each.score, each.contract))

    def _table(self, i: int) -> OptionTable:
        return self.found.tables[int(self.found.table[i])]

    def _fact(self, i: int) -> Facts:
        return self.known[self._table(i).symbol]

    def _expiration(self, i: int) -> date:
        table = self._table(i)
        return table.expirations[int(table.expiration[int(self.found.row[i])])]

    def _row(self, i: int, *, chance: float, otm: float, even: float) -> Candidate:
        found, table, fact = self.found, self._table(i), self._fact(i)
        scan, expiration = found.found, self._expiration(i)
        move = float(scan.implied[i] * np.sqrt(found.years[i]))
        parts = Parts(
            return_part=return_part(float(scan.annualised[i])),
            chance_part=chance_part(chance),
            distance_part=distance_part(otm, move),
            rank_part=None if fact.rank is None else fact.rank / 100.0,
            liquidity_part=float(scan.liquidity[i]),
            trend_part=fact.trend,
            earnings_part=_quiet(fact, expiration),
            assignment_part=self._assignment(i, even),
        )
        points = {f"{name.removesuffix('_part')}_points": v for name, v in parts.points().items()}
        return Candidate(
            symbol=table.symbol,
            contract=str(table.option(int(found.row[i]))),
            expiration=expiration,
            days=(expiration - self.today).days,
            strike=cents(float(found.strike[i])),
            price=cents(float(found.spot[i])),
            bid=cents(float(found.bid[i])),
            ask=cents(float(found.ask[i])),
            premium=cents(CONTRACT_SIZE * float(found.bid[i])),
            capital=cents(CONTRACT_SIZE * even),
            return_pct=100.0 * float(scan.static[i]),
            annual_pct=100.0 * float(scan.annualised[i]),
            chance_pct=100.0 * chance,
            delta=float(scan.delta[i]),
            distance_pct=100.0 * otm,
            break_even=cents(even),
            iv_pct=100.0 * float(scan.implied[i]),
            iv_rank=fact.rank,
            open_interest=int(found.open_interest[i]),
            trend=fact.trend_words,
            earnings=fact.report.day if fact.report is not None else None,
            score=parts.score,
            **points,
        )

    def _assignment(self, i: int, even: float) -> float | None:
        """A put: how low in the year's range one would own it. A call: no loss on the shares."""
        table, fact = self._table(i), self._fact(i)
        if self.strategy.sign < 0:
            return range_part(even, fact.low, fact.high)
        cost = self.basis.get(table.symbol)
        return None if cost is None else float(float(self.found.strike[i]) >= cost)


def _allowed(fact: Facts, wanted: ScanParams, expiration: date, today: date) -> bool:
    """The filters that need a company's facts. What is not known does not pass a filter on it."""
    if wanted.min_iv_rank is not None and (fact.rank is None or fact.rank < wanted.min_iv_rank):
        return False
    if wanted.no_earnings_days is None:
        return True
    if not fact.report_known or fact.report is None:
        return False
    if wanted.no_earnings_days < 0:
        return not covers(expiration, fact.report)
    return fact.report.day > today + timedelta(days=wanted.no_earnings_days)


def _quiet(fact: Facts, expiration: date) -> float | None:
    if fact.report is None:
        return None
    return 0.0 if covers(expiration, fact.report) else 1.0


def _limited(rows: Sequence[Candidate], wanted: ScanParams) -> tuple[Candidate, ...]:
    taken: dict[str, int] = {}
    kept = []
    for row in rows:
        if taken.get(row.symbol, 0) < wanted.per_symbol:
            taken[row.symbol] = taken.get(row.symbol, 0) + 1
            kept.append(row)
    return tuple(kept[: wanted.limit])


def _nothing(found: Contracts, strategy: Strategy, wanted: ScanParams) -> str:
    count = int(np.count_nonzero((found.sign == strategy.sign) & (found.bid > 0)))
    return (
        f"None of {count:,} contracts fits: {wanted.dte[0]} to {wanted.dte[1]} days, delta "
        f"{wanted.delta[0]:g} to {wanted.delta[1]:g}, and your other limits. Widen one of them."
    )
