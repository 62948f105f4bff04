"""The positions that can be priced, as legs to value anew, and the history of their underlyings.

Options are valued as European at the volatility of their own quote, without interest: both now and
in a scenario, so that what is left out cancels but for its change. What cannot be priced is named
and left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from connectors.portfolio.valuation import Priced, Valuation
from core_numba.arrays import Floats
from core_numba.risk.revaluation import Legs, profit
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.market import MarketSource, OptionQuote
from mfa.kernel.outcome import Absent, Found, Provenance
from mfa.kernel.symbols import OptionType

METHOD: Final = "each position valued anew (European, at its quote's volatility, without interest)"
_YEAR_SECONDS: Final = 365.0 * 86400.0
_LEAST_VOLATILITY: Final = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Book:
    """`legs` refer to `symbols` by place; `spots` and `delta_dollars` are one per symbol."""

    symbols: tuple[str, ...]
    spots: Floats
    legs: Legs
    delta_dollars: Floats
    priced: tuple[Priced, ...]

    def profit(self, moves: Floats, *, volatility_shift: float = 0.0, years: float = 0.0) -> Floats:
        """Dollars won or lost in each scenario: `moves` is (symbols, scenarios), relative."""
        return profit(
            self.legs,
            self.spots,
            self.spots[:, None] * (1.0 + moves),
            volatility_shift=volatility_shift,
            elapsed=years,
        )

    def only(self, place: int) -> Book:
        """The book of one symbol alone."""
        chosen = np.asarray(self.legs.asset) == place
        symbol = self.symbols[place]
        legs = Legs(
            sign=np.asarray(self.legs.sign)[chosen],
            quantity=np.asarray(self.legs.quantity)[chosen],
            strike=np.asarray(self.legs.strike)[chosen],
            years=np.asarray(self.legs.years)[chosen],
            volatility=np.asarray(self.legs.volatility)[chosen],
        )
        return Book(
            symbols=(symbol,),
            spots=self.spots[place : place + 1],
            legs=legs,
            delta_dollars=self.delta_dollars[place : place + 1],
            priced=tuple(each for each in self.priced if each.position.symbol == symbol),
        )


def book(valuation: Valuation, now: datetime) -> Book | None:
    """None when nothing can be priced."""
    priced = valuation.priced
    if not priced:
        return None
    symbols = tuple(sorted({each.position.symbol for each in priced}))
    place = {symbol: i for i, symbol in enumerate(symbols)}
    spots, deltas = np.zeros(len(symbols)), np.zeros(len(symbols))
    for each in priced:
        spots[place[each.position.symbol]] = float(each.underlying)
        deltas[place[each.position.symbol]] += each.delta_dollars
    rows = [_leg(each, now) for each in priced]
    sign, strike, years, volatility, quantity = (np.array(c) for c in zip(*rows, strict=True))
    legs = Legs(
        sign=sign,
        quantity=quantity,
        strike=strike,
        years=years,
        volatility=volatility,
        asset=np.array([place[each.position.symbol] for each in priced]),
    )
    return Book(symbols=symbols, spots=spots, legs=legs, delta_dollars=deltas, priced=priced)


def years_until(expiration: date, now: datetime) -> float:
    """To the last closing bell by the expiration, ACT/365; zero once it has rung."""
    calendar = exchange_calendar()
    bell = calendar.open_close(calendar.last_session_on_or_before(expiration))[1]
    return max((bell - now).total_seconds(), 0.0) / _YEAR_SECONDS


def _leg(each: Priced, now: datetime) -> tuple[float, float, float, float, float]:
    """Sign, strike, years, volatility, shares."""
    option, quote = each.position.option, each.quote
    size = float(each.position.quantity * each.position.multiplier)
    if option is None or not isinstance(quote, OptionQuote):
        return 0.0, 1.0, 0.0, 0.0, size
    years = years_until(option.expiration, now)
    sign = 1.0 if option.option_type is OptionType.CALL else -1.0
    volatility = max(quote.implied_volatility, _LEAST_VOLATILITY)
    return sign, float(option.strike), years, volatility, size


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Returns:
    """Simple daily returns of the same days, (symbols, days); the benchmark's beside them."""

    days: tuple[date, ...]
    moves: Floats
    benchmark: Floats | None
    provenances: tuple[Provenance, ...]
    missing: tuple[str, ...]
    """Sentences about histories that could not be had."""


def returns(
    market: MarketSource, symbols: tuple[str, ...], *, benchmark: str, today: date, sessions: int
) -> Returns:
    """The last `sessions` returns that all have; no days at all when one has no history."""
    start = today - timedelta(days=round(sessions * 365.25 / 252.0) + 14)
    closes: dict[str, dict[date, float]] = {}
    provenances: list[Provenance] = []
    missing: list[str] = []
    for symbol in (*symbols, benchmark):
        outcome = market.daily_closes(symbol, start, today)
        if isinstance(outcome, Found):
            closes[symbol] = {each.day: float(each.close) for each in outcome.value}
            provenances.append(outcome.provenance)
        else:
            said = outcome.reason if isinstance(outcome, Absent) else outcome.message
            missing.append(f"{symbol}: {said}")
    if any(symbol not in closes for symbol in symbols):
        return Returns(
            days=(), moves=np.zeros((len(symbols), 0)), benchmark=None,
            provenances=tuple(provenances), missing=tuple(missing),
        )  # fmt: skip
    shared = sorted(set.intersection(*(set(each) for each in closes.values())))[-sessions - 1 :]
    table = {name: np.array([each[day] for day in shared]) for name, each in closes.items()}
    moves = {name: column[1:] / column[:-1] - 1.0 for name, column in table.items()}
    return Returns(
        days=tuple(shared[1:]),
        moves=np.array([moves[symbol] for symbol in symbols]),
        benchmark=moves.get(benchmark),
        provenances=tuple(provenances),
        missing=tuple(missing),
    )


def betas(history: Returns) -> Floats | None:
    """Of each symbol against the benchmark; None without one."""
    market = history.benchmark
    if market is None or market.size < 2 or float(market.var()) == 0.0:
        return None
    centred = market - market.mean()
    return np.asarray(
        (history.moves - history.moves.mean(axis=1, keepdims=True)) @ centred
    ) / float(centred @ centred)
