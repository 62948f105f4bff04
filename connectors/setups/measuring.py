"""The figures of a trade: what it costs, what it can win and lose, how likely, what it ties up.

At expiration, without interest and fees. Stock that covers a sold call enters at the price now:
what was paid for it earlier is another trade's profit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from connectors.screening.contracts import Contracts
from connectors.setups.choosing import Leg
from core_numba.arrays import Floats
from core_numba.margin import regulation_t
from core_numba.strategies import legs as kinds
from core_numba.strategies.expectation import expectation
from core_numba.strategies.grid import payoff
from core_numba.strategies.legs import Legs
from core_numba.strategies.measures import Empirical, Lognormal, Measure
from core_numba.strategies.profile import at_expiration
from mfa.kernel.money import CONTRACT_SIZE

DAYS_A_YEAR: Final = 365.0
SESSIONS_A_YEAR: Final = 252
IMPLIED: Final = "as its options imply"
REALISED: Final = "as in the last year, no trend"
PAST: Final = "as in past spans of this length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """`volatility` is a share a year; None for a measure that has none."""

    measure: str
    volatility: float | None
    chance: float
    profit: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measured:
    """Dollars of the whole trade; `max_profit` and `max_loss` are infinite without a bound.

    `net` is what is received for the options (paid if negative); `stays` the profit when the price
    does not move; `capital` what one can lose at most, or the buying power where that is unbounded.
    """

    entries: tuple[float, ...]
    net: float
    max_profit: float
    max_loss: float
    best_at: str
    worst_at: str
    break_evens: tuple[float, ...]
    stays: float
    capital: float
    margin: float
    buying_power: float
    delta: float
    gamma: float
    theta: float
    vega: float
    expected: tuple[Expected, ...]

    @property
    def bounded(self) -> bool:
        return bool(np.isfinite(self.max_loss))


def measured(
    found: Contracts,
    legs: Sequence[Leg],
    *,
    quantity: int,
    covered: bool,
    price: float | None,
    closes: Floats,
) -> Measured:
    """`closes` are daily, the last one latest; empty where there are none."""
    rows = [leg.row for leg in legs]
    spot, years = float(found.spot[0]), float(found.years[rows[0]])
    entries = _entries(found, legs, price)
    contracts = [quantity * leg.quantity for leg in legs]
    made = [
        (kinds.call if found.sign[row] > 0 else kinds.put)(
            count, float(found.strike[row]), entry, years, float(found.found.implied[row])
        )
        for row, count, entry in zip(rows, contracts, entries, strict=True)
    ]
    shares = -CONTRACT_SIZE * sum(
        n for n, row in zip(contracts, rows, strict=True) if found.sign[row] > 0
    )
    if covered:
        made.append(kinds.stock(shares, spot))
    book = Legs.of([made])
    profile = at_expiration(book)
    best, worst = float(profile.max_profit[0]), float(profile.max_loss[0])
    size = slice(int(profile.start[0]), int(profile.start[0] + profile.segments[0]))
    margin = regulation_t(book, spot)
    taken = float(margin.buying_power[0])
    net = -CONTRACT_SIZE * sum(n * e for n, e in zip(contracts, entries, strict=True))
    shown = np.array(contracts, dtype=np.float64) * CONTRACT_SIZE
    scan = found.found
    return Measured(
        entries=tuple(entries),
        net=net,
        max_profit=best,
        max_loss=worst,
        best_at=_where(profile.x[size], profile.pnl[size], best, highest=True),
        worst_at=_where(profile.x[size], profile.pnl[size], worst, highest=False),
        break_evens=tuple(float(x) for x in profile.breakevens_of(0)),
        stays=float(payoff(book, [spot])[0, 0]),
        capital=-worst if np.isfinite(worst) else max(taken, 0.0),
        margin=float(margin.requirement[0]),
        buying_power=taken,
        delta=float(shown @ scan.delta[rows]) + (shares if covered else 0),
        gamma=float(shown @ scan.gamma[rows]),
        theta=float(shown @ scan.theta[rows]) / DAYS_A_YEAR,
        vega=float(shown @ scan.vega[rows]) / 100.0,
        expected=tuple(
            Expected(
                measure=name, volatility=volatility,
                chance=float(value.probability_of_profit[0]), profit=float(value.expected[0]),
            )
            for name, volatility, measure in _measures(found, rows, spot, years, closes)
            for value in [expectation(profile, measure)]
        ),
    )  # fmt: skip


def _entries(found: Contracts, legs: Sequence[Leg], price: float | None) -> list[float]:
    """Per share: the far side of each quote; with a price, midpoints moved to meet it together."""
    bid, ask = found.bid, found.ask
    far = [float(ask[leg.row] if leg.quantity > 0 else bid[leg.row]) for leg in legs]
    if price is None:
        return far
    if len(legs) == 1:
        return [price]
    natural = sum(leg.quantity * each for leg, each in zip(legs, far, strict=True))
    entries = [float(bid[leg.row] + ask[leg.row]) / 2.0 for leg in legs]
    wanted = price if natural > 0 else -price
    short = wanted - sum(leg.quantity * each for leg, each in zip(legs, entries, strict=True))
    entries[0] += short / legs[0].quantity
    return entries


def _measures(
    found: Contracts, rows: Sequence[int], spot: float, years: float, closes: Floats
) -> list[tuple[str, float | None, Measure]]:
    implied = float(np.mean(found.found.implied[rows]))
    forward = float(found.forward[rows[0]])
    measures: list[tuple[str, float | None, Measure]] = [
        (IMPLIED, implied, Lognormal(forward, years, implied))
    ]
    if closes.size > SESSIONS_A_YEAR:
        logs = np.diff(np.log(closes[-SESSIONS_A_YEAR - 1 :]))
        realised = float(logs.std(ddof=1)) * SESSIONS_A_YEAR**0.5
        measures.append((REALISED, realised, Lognormal(spot, years, realised)))
    span = max(round(years * SESSIONS_A_YEAR), 1)
    if closes.size >= span + SESSIONS_A_YEAR:
        measures.append((PAST, None, Empirical(spot, closes[span:] / closes[:-span] - 1.0)))
    return measures


def _where(x: Floats, pnl: Floats, extreme: float, *, highest: bool) -> str:
    """At which prices the most is won (or lost); segments begin at `x`, the last has no end."""
    if not np.isfinite(extreme):
        return "without bound, the higher the stock"
    same = np.flatnonzero(np.abs(pnl - extreme) <= 1e-9 * max(abs(extreme), 1.0))
    if not same.size:
        return f"at ${float(x[int(np.argmax(pnl) if highest else np.argmin(pnl))]):,.2f}"
    low, high = float(x[same[0]]), float(x[same[-1]])
    if same[-1] == x.size - 1:
        return f"at ${low:,.2f} and above"
    if low == 0.0:
        return f"at ${high:,.2f} and below" if high > 0.0 else "if the stock falls to nothing"
    return f"at ${low:,.2f}" if low == high else f"between ${low:,.2f} and ${high:,.2f}"
