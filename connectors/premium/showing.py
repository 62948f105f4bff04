"""The rows that a premium scan shows: what is made of the best trades, and of no others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from connectors.premium.pricing import Trades
from connectors.premium.results import PremiumRow
from connectors.premium.strategies import CALL, PUT, Strategy
from connectors.screening.contracts import Contracts
from connectors.screening.gathering import Companies, Gathered
from core_numba.strategies import legs as kinds
from core_numba.strategies.expectation import expectation
from core_numba.strategies.legs import Legs
from core_numba.strategies.measures import Lognormal
from core_numba.strategies.profile import at_expiration
from mfa.kernel.money import CONTRACT_SIZE, cents


@dataclass(frozen=True, slots=True)
class Chosen:
    """One trade: its place among those of its strategy, and its score."""

    trades: Trades
    place: int
    score: float


def rows(gathered: Gathered, known: Companies, chosen: Sequence[Chosen]) -> tuple[PremiumRow, ...]:
    expected = _expected(gathered.found, known, chosen)
    return tuple(
        _row(gathered, known, each, worth) for each, worth in zip(chosen, expected, strict=True)
    )


def _row(gathered: Gathered, known: Companies, chosen: Chosen, expected: float) -> PremiumRow:
    trades, n, score = chosen.trades, chosen.place, chosen.score
    found, legs, strategy = gathered.found, trades.legs[n].tolist(), trades.strategy
    first, scan = legs[0], found.found
    fact = known.facts[int(found.table[first])]
    expiration = found.expiration(first)
    return PremiumRow(
        symbol=found.symbol(first),
        strategy=strategy.label,
        trade=_words(found, strategy, legs),
        label=f"{found.symbol(first)} {'/'.join(f'{found.strike[i]:g}' for i in legs)}"
        f" {expiration.day} {expiration:%b}",
        expiration=expiration,
        days=(expiration - gathered.today).days,
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


def _expected(found: Contracts, known: Companies, chosen: Sequence[Chosen]) -> list[float]:
    """Of the rows that are shown alone; NaN where last year's volatility is not known."""
    made, spots, years, volatilities = [], [], [], []
    for each in chosen:
        trades = each.trades
        legs = trades.legs[each.place].tolist()
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
    at = np.array([math.nan if value is None else value for value in volatilities])
    measure = Lognormal(np.array(spots), np.array(years), np.nan_to_num(at, nan=0.2))
    worth = expectation(at_expiration(Legs.of(made)), measure).expected
    return [float(value) for value in np.where(np.isnan(at), np.nan, worth)]


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
