"""The premium scan: builds trades of each strategy over all contracts, filters, scores, ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connectors.base import Sources
from connectors.premium.building import legs_of, quoted
from connectors.premium.params import PremiumParams, Sort
from connectors.premium.pricing import Trades, priced
from connectors.premium.results import Premiums
from connectors.premium.showing import Chosen, rows
from connectors.premium.strategies import meant
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
from connectors.screening.ranking import best
from connectors.screening.score import (
    Parts,
    chance_part,
    distance_part,
    range_part,
    return_part,
)
from core_numba.arrays import Floats
from mfa.kernel.money import CONTRACT_SIZE
from mfa.kernel.outcome import Absent, Found, Outcome, derived

_RANKED_BY = {
    Sort.SCORE: "score", Sort.ANNUAL: "annual return if the stock stays",
    Sort.RETURN: "return if the stock stays", Sort.PREMIUM: "premium in dollars",
    Sort.PREMIUM_PCT: "premium as a share of the stock's price",
    Sort.CHANCE: "chance of profit", Sort.IV_RANK: "IV rank",
}  # fmt: skip


def scan_premium(
    sources: Sources, user: str, wanted: PremiumParams, *, source: str
) -> Outcome[Premiums]:
    gathered = gather(sources, user, wanted, covered=False)
    if not isinstance(gathered, Found):
        return gathered
    found = gathered.value.found
    usable = quoted(found, wanted)
    built = [
        priced(each, found, legs_of(each, found, usable, wanted)) for each in meant(wanted.strategy)
    ]
    fitting = [_kept(each, _within(found, each, wanted)) for each in built]
    first = np.concatenate([each.first for each in fitting])
    known = companies(sources, gathered.value, first, wanted)
    good = [_kept(each, allowed(known, wanted, gathered.value, each.first)) for each in fitting]
    ranking = _Ranking(gathered.value, known, good, wanted)
    score, key = ranking.keys()
    passed = int(np.count_nonzero(~np.isnan(key)))
    if not passed:
        return Absent(_nothing(int(np.count_nonzero(usable.both)), wanted))
    shown = best(key, ranking.company, per_company=wanted.per_symbol, limit=wanted.limit)
    value = Premiums(
        ranked_by=_RANKED_BY[wanted.sort],
        looked_at=int(np.count_nonzero(usable.both)),
        built=sum(len(each) for each in built),
        passed=passed,
        companies=len(found.tables),
        rows=rows(gathered.value, known, ranking.chosen(shown, score)),
        warnings=merged(gathered.value.warnings, known.warnings, _naked(good)),
    )
    return Found(value, derived(source, *gathered.value.inputs, *known.inputs))


def _within(found: Contracts, trades: Trades, wanted: PremiumParams) -> Flags:
    passing = np.ones(len(trades), dtype=np.bool_)
    if wanted.max_capital is not None:
        passing &= trades.capital * CONTRACT_SIZE <= wanted.max_capital
    if wanted.min_premium is not None:
        passing &= trades.net * CONTRACT_SIZE >= wanted.min_premium
    if wanted.min_premium_pct is not None:
        passing &= 100.0 * trades.net / found.strike[trades.first] >= wanted.min_premium_pct
    if wanted.min_annual_pct is not None:
        passing &= 100.0 * trades.annual >= wanted.min_annual_pct
    if wanted.min_chance_pct is not None:
        passing &= 100.0 * trades.chance >= wanted.min_chance_pct
    return passing


def _kept(trades: Trades, keep: Flags) -> Trades:
    return Trades(
        strategy=trades.strategy, legs=trades.legs[keep], net=trades.net[keep],
        capital=trades.capital[keep], max_loss=trades.max_loss[keep], low=trades.low[keep],
        high=trades.high[keep], stays=trades.stays[keep], chance=trades.chance[keep],
        annual=trades.annual[keep],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ranking:
    """Trades of several strategies one after another; a place counts through all of them."""

    gathered: Gathered
    known: Companies
    trades: list[Trades]
    wanted: PremiumParams

    @property
    def company(self) -> Integers:
        return np.concatenate([self.gathered.found.table[each.first] for each in self.trades])

    def keys(self) -> tuple[Floats, Floats]:
        """Score, and what is ranked by; NaN in the latter for what does not reach `min_score`."""
        score = np.concatenate([self._parts(each).score for each in self.trades])
        key = np.concatenate([self._key(each) for each in self.trades])
        if self.wanted.sort is Sort.SCORE:
            key = score
        if self.wanted.min_score is not None:
            key = np.where(score >= self.wanted.min_score, key, np.nan)
        return score, key

    def _key(self, trades: Trades) -> Floats:
        found = self.gathered.found
        match self.wanted.sort:
            case Sort.ANNUAL:
                return trades.annual
            case Sort.RETURN:
                return trades.stays / trades.capital
            case Sort.PREMIUM:
                return trades.net
            case Sort.PREMIUM_PCT:
                return trades.net / found.spot[trades.first]
            case Sort.IV_RANK:
                return self.known.rank[found.table[trades.first]]
            case _:
                return trades.chance

    def _parts(self, trades: Trades) -> Parts:
        found, known, strategy = self.gathered.found, self.known, trades.strategy
        table, day = found.table[trades.first], found.day[trades.first]
        credit, unknown = strategy.credit, np.full(len(trades), np.nan)
        near = distance_part(*self._distance(trades))
        rank, trend = known.rank[table] / 100.0, known.trend[table]
        if strategy.bullish is None:
            trend = unknown
        return Parts(
            return_part=return_part(trades.annual),
            chance_part=chance_part(trades.chance),
            distance_part=near if credit else 1.0 - near,
            rank_part=np.clip(rank if credit else 1.0 - rank, 0.0, 1.0),
            liquidity_part=found.found.liquidity[trades.legs].min(axis=1),
            trend_part=trend if strategy.bullish else 1.0 - trend,
            earnings_part=known.quiet(table, day) if credit else unknown,
            assignment_part=(
                range_part(trades.low, known.low[table], known.high[table])
                if strategy.owned and not strategy.stock
                else unknown
            ),
        )

    def _distance(self, trades: Trades) -> tuple[Floats, Floats]:
        """To the nearest sold strike (a bought option: its break-even), and the move expected."""
        found, strategy = self.gathered.found, trades.strategy
        spot, years = found.spot[trades.first], found.years[trades.first]
        sold = [i for i, side in enumerate(strategy.sides) if side < 0]
        if sold:
            away = found.otm_at(trades.legs[:, sold]).min(axis=1)
        else:
            even = trades.low if strategy.bullish else trades.high
            away = np.abs(even - spot) / spot
        implied = found.found.implied[trades.legs].mean(axis=1)
        return away, implied * np.sqrt(years)

    def chosen(self, places: list[int], score: Floats) -> list[Chosen]:
        ends = np.cumsum([0, *(len(each) for each in self.trades)])
        found = []
        for place in places:
            of = int(np.searchsorted(ends, place, "right")) - 1
            found.append(Chosen(self.trades[of], place - int(ends[of]), float(score[place])))
        return found


def _naked(trades: list[Trades]) -> list[str]:
    return [
        f"A {each.strategy.label} has UNDEFINED risk: its loss has no bound. Capital is the buying"
        " power that Regulation T takes at first; it grows when the trade goes wrong."
        for each in trades
        if len(each) and not each.strategy.bounded
    ]


def _nothing(count: int, wanted: PremiumParams) -> str:
    return (
        f"No trade of {count:,} quoted contracts fits: {wanted.dte[0]} to {wanted.dte[1]} days,"
        f" delta {wanted.delta[0]:g} to {wanted.delta[1]:g}, and your other limits. Widen one of"
        " them."
    )
