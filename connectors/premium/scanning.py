"""The premium scan: builds trades of each strategy over all contracts, filters, scores, ranks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from connectors.base import Sources
from connectors.premium.building import legs_of, quoted
from connectors.premium.params import PremiumParams, Sort
from connectors.premium.pricing import Trades, priced
from connectors.premium.results import PremiumRow, Premiums
from connectors.premium.strategies import CALL, PUT, Strategy, meant
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
from core_numba.strategies import legs as kinds
from core_numba.strategies.expectation import expectation
from core_numba.strategies.legs import Legs
from core_numba.strategies.measures import Lognormal
from core_numba.strategies.profile import at_expiration
from mfa.kernel.money import CONTRACT_SIZE, cents
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
        rows=ranking.rows(shown, score),
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

    def rows(self, places: list[int], score: Floats) -> tuple[PremiumRow, ...]:
        ends = np.cumsum([0, *(len(each) for each in self.trades)])
        chosen = []
        for place in places:
            of = int(np.searchsorted(ends, place, "right")) - 1
            chosen.append((self.trades[of], place - int(ends[of]), float(score[place])))
        expected = _expected(self.gathered.found, self.known, chosen)
        return tuple(self._row(*each, worth) for each, worth in zip(chosen, expected, strict=True))

    def _row(self, trades: Trades, n: int, score: float, expected: float) -> PremiumRow:
        found, legs, strategy = self.gathered.found, trades.legs[n].tolist(), trades.strategy
        first, scan = legs[0], found.found
        fact = self.known.facts[int(found.table[first])]
        expiration = found.expiration(first)
        return PremiumRow(
            symbol=found.symbol(first),
            strategy=strategy.label,
            trade=_words(found, strategy, legs),
            label=f"{found.symbol(first)} {'/'.join(f'{found.strike[i]:g}' for i in legs)}"
            f" {expiration.day} {expiration:%b}",
            expiration=expiration,
            days=(expiration - self.gathered.today).days,
            price=cents(float(found.spot[first])),
            premium=_dollars(trades.net[n]),
            capital=_dollars(trades.capital[n]),
            max_loss=_dollars(-trades.max_loss[n]) if strategy.bounded else None,
            risk="bounded" if strategy.bounded else "UNDEFINED: no bound on the loss",
            annual_pct=100.0 * float(trades.annual[n]),
            return_pct=100.0 * float(trades.stays[n] / trades.capital[n]),
            chance_pct=100.0 * float(trades.chance[n]),
            break_evens=_profit(float(trades.low[n]), float(trades.high[n])),
            expected=cents(expected) if math.isfinite(expected) else None,
            delta=float(scan.delta[first]),
            iv_pct=100.0 * float(np.mean(scan.implied[legs])),
            iv_rank=fact.rank,
            open_interest=int(np.min(found.open_interest[legs])),
            earnings=fact.report.day if fact.report is not None else None,
            score=score,
        )


def _expected(
    found: Contracts, known: Companies, chosen: list[tuple[Trades, int, float]]
) -> list[float]:
    """Of the rows that are shown alone; NaN where last year's volatility is not known."""
    made, spots, years, volatilities = [], [], [], []
    for trades, n, _ in chosen:
        legs = trades.legs[n].tolist()
        spot = float(found.spot[legs[0]])
        far = [found.ask[i] if s > 0 else found.bid[i] for i, s in _sided(trades, legs)]
        made.append(
            [
                (kinds.call if found.sign[i] == CALL else kinds.put)(
                    s, float(found.strike[i]), float(price)
                )
                for (i, s), price in zip(_sided(trades, legs), far, strict=True)
            ]
            + ([kinds.stock(CONTRACT_SIZE, spot)] if trades.strategy.stock else [])
        )
        spots.append(spot)
        years.append(float(found.years[legs[0]]))
        volatilities.append(known.facts[int(found.table[legs[0]])].realised)
    at = np.array([math.nan if each is None else each for each in volatilities])
    measure = Lognormal(np.array(spots), np.array(years), np.nan_to_num(at, nan=0.2))
    worth = expectation(at_expiration(Legs.of(made)), measure).expected
    return [float(each) for each in np.where(np.isnan(at), np.nan, worth)]


def _sided(trades: Trades, legs: list[int]) -> list[tuple[int, int]]:
    return list(zip(legs, trades.strategy.sides, strict=True))


def _words(found: Contracts, strategy: Strategy, legs: list[int]) -> str:
    day = found.expiration(legs[0])
    parts = [
        f"{'buy' if side > 0 else 'sell'} {found.strike[i]:g}"
        f" {'put' if found.sign[i] == PUT else 'call'}"
        for i, side in zip(legs, strategy.sides, strict=True)
    ]
    stock = ["buy 100 shares"] if strategy.stock else []
    return f"{found.symbol(legs[0])} {_day(day)}: {', '.join([*stock, *parts])}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _profit(low: float, high: float) -> str:
    if low <= 0:
        return f"below {high:,.2f}"
    return f"above {low:,.2f}" if math.isinf(high) else f"{low:,.2f} to {high:,.2f}"


def _dollars(per_share: float) -> Decimal:
    return cents(CONTRACT_SIZE * float(per_share))


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
