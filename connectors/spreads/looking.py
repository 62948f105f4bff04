"""Looking for calendar spreads over a universe: what is asked, what passes, how it is ranked."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from connectors.base import Sources
from connectors.screening.gathering import Companies, Gathered, companies, gather, merged
from connectors.screening.params import ScanParams
from connectors.screening.ranking import best
from connectors.spreads.pairs import Pairs, calendars, spreads_of
from connectors.spreads.params import SpreadScanParams
from connectors.spreads.pricing import Outlook, Spreads, forward_volatility, outlook
from connectors.spreads.results import SpreadRow, SpreadScan
from connectors.spreads.score import Parts, chance_part, reward_part, term_part
from connectors.spreads.terms import term_structure
from connectors.spreads.words import finite, money, percent, spread_name
from core_numba.arrays import Floats
from mfa.kernel.money import CONTRACT_SIZE, cents
from mfa.kernel.outcome import Absent, Found, Outcome, derived
from mfa.kernel.symbols import OptionType


def look(sources: Sources, user: str, wanted: SpreadScanParams) -> Outcome[SpreadScan]:
    """The best calendar spreads within `wanted`; absent when none fits, saying why."""
    gathered = gather(sources, user, _scan(wanted), covered=False)
    if not isinstance(gathered, Found):
        return gathered
    found = gathered.value.found
    pairs = calendars(
        found, wanted.kinds, today=gathered.value.today.toordinal(), front=wanted.dte,
        apart=wanted.apart, reach=wanted.reach_pct / 100.0,
    )  # fmt: skip
    looked_at = len(pairs)
    spreads = spreads_of(found, pairs)
    interest = np.minimum(found.open_interest[pairs.near], found.open_interest[pairs.far])
    fits = (spreads.cost > 0.0) & (interest >= wanted.min_open_interest)
    if wanted.max_capital is not None:
        fits &= CONTRACT_SIZE * spreads.cost <= wanted.max_capital
    if wanted.min_price is not None:
        fits &= spreads.spot >= wanted.min_price
    if wanted.max_price is not None:
        fits &= spreads.spot <= wanted.max_price
    pairs = pairs.chosen(fits)
    known = companies(sources, gathered.value, pairs.far)
    pairs = pairs.chosen(_allowed(known, wanted, gathered.value, pairs))
    chosen = _Chosen(gathered.value, known, pairs)
    score = chosen.parts.score
    if wanted.min_score is not None:
        score = np.where(score >= wanted.min_score, score, np.nan)
    passed = int(np.count_nonzero(~np.isnan(score)))
    if not passed:
        return Absent(_nothing(looked_at, wanted))
    shown = best(score, found.table[pairs.near], per_company=wanted.per_symbol, limit=wanted.limit)
    value = SpreadScan(
        looked_at=looked_at,
        passed=passed,
        companies=len(found.tables),
        rows=tuple(chosen.row(n, float(score[n])) for n in shown),
        warnings=merged(gathered.value.warnings, known.warnings),
    )
    inputs = (*gathered.value.inputs, *known.inputs)
    return Found(value, derived("calendar_spreads.scan", *inputs))


def _scan(wanted: SpreadScanParams) -> ScanParams:
    """The universe, and all expirations that either leg may have."""
    return ScanParams(
        symbols=wanted.symbols, watchlist=wanted.watchlist, sector=wanted.sector,
        dte=(wanted.dte[0], wanted.dte[1] + wanted.apart[1]),
    )  # fmt: skip


def _allowed(known: Companies, wanted: SpreadScanParams, gathered: Gathered, pairs: Pairs) -> Any:
    """Flags of the pairs that pass the filters on a company's facts; the unknown does not pass."""
    table, last = gathered.found.table[pairs.far], gathered.found.day[pairs.far]
    passing = np.ones(len(pairs), dtype=np.bool_)
    if wanted.min_iv_rank is not None:
        passing &= known.rank[table] >= wanted.min_iv_rank
    if wanted.no_earnings_days is not None:
        until = gathered.today.toordinal() + wanted.no_earnings_days
        passing &= (
            last < known.reacts[table]
            if wanted.no_earnings_days < 0
            else known.report[table] > until
        )
    return passing


class _Chosen:
    """The pairs within all limits, priced."""

    def __init__(self, gathered: Gathered, known: Companies, pairs: Pairs) -> None:
        self._gathered, self._known, self._pairs = gathered, known, pairs
        self._spreads: Spreads = spreads_of(gathered.found, pairs)
        self._outlook: Outlook = outlook(self._spreads)
        self._skews: dict[int, dict[int, float]] = {}
        self.parts = self._parts()

    def _parts(self) -> Parts:
        found, pairs, spreads = self._gathered.found, self._pairs, self._spreads
        liquidity = found.found.liquidity
        return Parts(
            term=term_part(spreads.near_volatility / spreads.far_volatility),
            reward=reward_part(self._outlook.max_profit / spreads.cost),
            chance=chance_part(self._outlook.chance),
            liquidity=np.minimum(liquidity[pairs.near], liquidity[pairs.far]),
            earnings=self._earnings(),
        )

    def _earnings(self) -> Floats:
        """1 without a report before the back expiration, 1/2 with one after the front, else 0."""
        found, table = self._gathered.found, self._gathered.found.table[self._pairs.near]
        quiet = self._known.quiet(table, found.day[self._pairs.far])
        safe = self._known.quiet(table, found.day[self._pairs.near])
        return np.asarray(0.5 * (quiet + safe))

    def row(self, n: int, score: float) -> SpreadRow:
        found, spreads, ahead = self._gathered.found, self._spreads, self._outlook
        near, far = int(self._pairs.near[n]), int(self._pairs.far[n])
        scan, cost = found.found, float(spreads.cost[n])
        front, back, today = found.expiration(near), found.expiration(far), self._gathered.today
        table = int(found.table[near])
        fact, earnings = self._known.facts[table], float(self.parts.earnings[n])
        mid = 0.5 * (found.bid[far] + found.ask[far] - found.bid[near] - found.ask[near])
        ratio = float(spreads.near_volatility[n] / spreads.far_volatility[n])
        between = forward_volatility(
            spreads.near_years[n], spreads.near_volatility[n],
            spreads.far_years[n], spreads.far_volatility[n],
        )  # fmt: skip
        skew = self._skew(table, front)
        return SpreadRow(
            symbol=found.symbol(near),
            spread=spread_name(found.option(near), found.option(far)),
            option_type=OptionType.CALL if spreads.sign[n] > 0 else OptionType.PUT,
            strike=cents(float(found.strike[near])),
            front=front,
            back=back,
            front_days=(front - today).days,
            back_days=(back - today).days,
            price=cents(float(spreads.spot[n])),
            debit=cents(CONTRACT_SIZE * cost),
            mid_debit=cents(CONTRACT_SIZE * float(mid)),
            max_profit=money(CONTRACT_SIZE * ahead.max_profit[n]),
            reward_pct=percent(ahead.max_profit[n] / cost),
            lower=money(ahead.lower[n]),
            upper=money(ahead.upper[n]),
            chance_pct=percent(ahead.chance[n]),
            front_iv_pct=100.0 * float(spreads.near_volatility[n]),
            back_iv_pct=100.0 * float(spreads.far_volatility[n]),
            iv_ratio=ratio,
            forward_iv_pct=percent(between),
            skew_points=None if skew is None else 100.0 * skew,
            theta=CONTRACT_SIZE * float(scan.theta[far] - scan.theta[near]) / 365.0,
            vega=CONTRACT_SIZE * float(scan.vega[far] - scan.vega[near]) / 100.0,
            open_interest=int(min(found.open_interest[near], found.open_interest[far])),
            earnings=fact.report.day if fact.report is not None else None,
            between=None if np.isnan(earnings) else earnings == 0.5,
            score=score,
            **self.parts.points(n),
        )

    def _skew(self, table: int, front: date) -> float | None:
        if table not in self._skews:
            terms = term_structure(self._gathered.found, table)
            self._skews[table] = {term.day: term.skew for term in terms}
        return finite(self._skews[table].get(front.toordinal(), np.nan))


def _nothing(count: int, wanted: SpreadScanParams) -> str:
    return (
        f"None of {count:,} pairs fits: front expiration in {wanted.dte[0]} to {wanted.dte[1]} "
        f"days, back one {wanted.apart[0]} to {wanted.apart[1]} days later, strikes within "
        f"{wanted.reach_pct:g} % of the price, and your other limits. Widen one of them."
    )
