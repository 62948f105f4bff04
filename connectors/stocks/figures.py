"""The figures of one company, taken from whoever has them; what nobody has is named, never zero.

| figure | of |
| --- | --- |
| price, change, volume | the quote |
| averages of 50 and 200 days, RSI(14), the year's high and low | daily closes |
| IV rank, 30-day volatility | the history of implied volatility, 252 sessions |
| dividends of the last year over the price | ex-dates of the last 365 days |
| market cap, price to earnings | research; missing where no source has it |
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Final, TypeVar

import numpy as np

from connectors.base import Sources
from core_numba.indicators.averages import sma
from core_numba.indicators.momentum import rsi
from core_numba.surfaces.ranks import iv_rank
from mfa.kernel.outcome import Absent, Failed, Found, Outcome
from mfa.kernel.stocks import Figures

T = TypeVar("T")
YEAR: Final = timedelta(days=365)
_LOOK_BACK: Final = timedelta(days=380)
_SESSIONS: Final = 252
_RSI: Final = 14
_QUOTED: Final = ("price", "change_pct", "volume")
_OF_CLOSES: Final = ("sma50", "sma200", "rsi", "high", "low")
_OF_VOLATILITY: Final = ("iv_rank", "iv_pct")
_RESEARCHED: Final = ("market_cap", "pe")


def take(sources: Sources, symbol: str, today: date) -> Figures | None:
    """Figures of one company now; None when it has no price, so that nothing was taken."""
    return _Taking(sources, symbol, today).figures()


class _Taking:
    """The questions about one company, what they gave and what they did not."""

    def __init__(self, sources: Sources, symbol: str, today: date) -> None:
        self._sources, self._symbol, self._today = sources, symbol, today
        self._found: dict[str, float] = {}
        self._missing: dict[str, str] = {}

    def figures(self) -> Figures | None:
        quote = self._sources.market.quote(self._symbol)
        if not isinstance(quote, Found):
            return None
        price = float(quote.value.last)
        self._keep("price", price)
        before = float(quote.value.previous_close)
        self._keep("change_pct", 100.0 * (price / before - 1.0) if before > 0 else math.nan)
        self._keep("volume", float(quote.value.volume))
        self._of_closes(price)
        self._of_volatility()
        self._of_dividends(price)
        self._of_research()
        return Figures(
            symbol=self._symbol, figures=self._found, missing=self._missing, as_of=quote.as_of
        )

    def _of_closes(self, price: float) -> None:
        """Averages and the year's range are of closes; RSI has the price now as its last, as the
        rating has it."""
        market, today = self._sources.market, self._today
        outcome = market.daily_closes(self._symbol, today - _LOOK_BACK, today)
        rows = self._asked(outcome, _OF_CLOSES)
        if rows is None:
            return
        closes = np.array([float(each.close) for each in rows])[-_SESSIONS:]
        for name, period in (("sma50", 50), ("sma200", 200)):
            enough = closes.size >= period
            self._keep(name, float(sma(closes, period)[-1]) if enough else math.nan, "too few days")
        now = closes if rows[-1].day >= today else np.append(closes, price)
        recent = float(rsi(now, _RSI)[-1]) if now.size > _RSI else math.nan
        self._keep("rsi", recent, "too few days")
        self._keep("high", float(closes.max()))
        self._keep("low", float(closes.min()))

    def _of_volatility(self) -> None:
        market, today = self._sources.market, self._today
        outcome = market.implied_volatilities(self._symbol, today - _LOOK_BACK, today)
        rows = self._asked(outcome, _OF_VOLATILITY)
        if rows is None:
            return
        history = np.array([each.volatility for each in rows])[-_SESSIONS:]
        self._keep("iv_rank", 100.0 * float(iv_rank(history)), "too short a history")
        self._keep("iv_pct", 100.0 * float(history[-1]))

    def _of_dividends(self, price: float) -> None:
        market, today = self._sources.market, self._today
        outcome = market.dividends(self._symbol, today - YEAR, today)
        if isinstance(outcome, Absent):
            self._keep("yield_pct", 0.0)  # asked, and there is none
            return
        rows = self._asked(outcome, ("yield_pct",))
        if rows is not None and price > 0:
            self._keep("yield_pct", 100.0 * sum(float(each.amount) for each in rows) / price)

    def _of_research(self) -> None:
        outcome = self._sources.research.fundamentals(self._symbol)
        known = self._asked(outcome, _RESEARCHED)
        if known is not None:
            for name, value in (("market_cap", known.market_cap), ("pe", known.trailing_pe)):
                self._keep(name, math.nan if value is None else value, "the source does not tell")

    def _asked(self, outcome: Outcome[T], names: tuple[str, ...]) -> T | None:
        """The value; without one the figures that would come of it are missing, saying why."""
        if isinstance(outcome, Found):
            return outcome.value
        said = outcome.message if isinstance(outcome, Failed) else outcome.reason
        self._missing.update(dict.fromkeys(names, said))
        return None

    def _keep(self, name: str, value: float, why: str = "no such figure") -> None:
        if math.isfinite(value):
            self._found[name] = value
        else:
            self._missing[name] = why
