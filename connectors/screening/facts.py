"""What is known of a company beside its options: volatility's rank, trend, range, next report.

A fact that its source does not have is None and does not vote; a source that failed is named.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from core_numba.arrays import Floats
from core_numba.surfaces.ranks import iv_percentile, iv_rank
from mfa.kernel.market import Earnings, MarketSource
from mfa.kernel.outcome import Absent, Failed, Found, Provenance

WINDOW: Final = 252
_YEAR: Final = timedelta(days=380)
_LEAST: Final = 21
LEAST_IMPLIED: Final = 60
"""Days of implied volatility under which a rank among them says nothing."""
_FAST: Final = 50
_SLOW: Final = 200
_TREND_WORDS: Final = {
    (True, True): "above its 50- and 200-day averages",
    (False, True): "above its 200-day average only",
    (True, False): "above its 50-day average only",
    (False, False): "below its 50- and 200-day averages",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`rank` and `percentile` of today's 30-day volatility in the last 252 sessions, 0 to 100;
    `low` and `high` of the closes of that time, `realised` their volatility a year; `trend` 0
    (below both averages) to 1 (above)."""

    symbol: str
    rank: float | None = None
    percentile: float | None = None
    trend: float | None = None
    trend_words: str = "unknown"
    low: float | None = None
    high: float | None = None
    realised: float | None = None
    report: Earnings | None = None
    report_known: bool = False
    warnings: tuple[str, ...] = ()
    inputs: tuple[Provenance, ...] = ()


def facts(market: MarketSource, symbol: str, spot: float, today: date) -> Facts:
    """Three questions to the market; each may go without an answer."""
    return _Asking(market, symbol, today).facts(spot)


def prefetch(market: MarketSource, symbol: str, today: date) -> None:
    """Ask now what `facts` will ask, of a market that keeps its answers for a while."""
    market.daily_closes(symbol, today - _YEAR, today)
    market.next_earnings(symbol)


class _Asking:
    """The questions about one company, and what went wrong with them."""

    def __init__(self, market: MarketSource, symbol: str, today: date) -> None:
        self._market, self._symbol, self._today = market, symbol, today
        self._warnings: list[str] = []
        self._inputs: list[Provenance] = []

    def facts(self, spot: float) -> Facts:
        rank, percentile = self._rank()
        closes = self._closes()
        trend, words = _trend(closes, spot)
        coming = self._market.next_earnings(self._symbol)
        if isinstance(coming, Found):
            self._inputs.append(coming.provenance)
        elif isinstance(coming, Failed):
            self._warnings.append(f"{self._symbol}: {coming.message}")
        return Facts(
            symbol=self._symbol,
            rank=rank,
            percentile=percentile,
            trend=trend,
            trend_words=words,
            low=float(closes.min()) if closes.size else None,
            high=float(closes.max()) if closes.size else None,
            realised=_realised(closes),
            report=coming.value if isinstance(coming, Found) else None,
            report_known=isinstance(coming, Found),
            warnings=tuple(self._warnings),
            inputs=tuple(self._inputs),
        )

    def _rank(self) -> tuple[float | None, float | None]:
        outcome = self._market.implied_volatilities(self._symbol, self._today - _YEAR, self._today)
        if not isinstance(outcome, Found):
            said = outcome.reason if isinstance(outcome, Absent) else outcome.message
            self._warnings.append(f"{self._symbol}: {said}")
            return None, None
        if (days := len(outcome.value)) < LEAST_IMPLIED:
            self._warnings.append(
                f"{self._symbol}: {days} of {LEAST_IMPLIED} days of implied volatility recorded "
                "so far, too few for its rank."
            )
            return None, None
        self._inputs.append(outcome.provenance)
        history = np.array([each.volatility for each in outcome.value])[-WINDOW:]
        rank = 100.0 * float(iv_rank(history, window=WINDOW))
        percentile = 100.0 * float(iv_percentile(history, window=WINDOW))
        return (rank if math.isfinite(rank) else None), percentile

    def _closes(self) -> Floats:
        """Of the last 252 sessions; none where they could not be had."""
        outcome = self._market.daily_closes(self._symbol, self._today - _YEAR, self._today)
        if not isinstance(outcome, Found):
            said = outcome.reason if isinstance(outcome, Absent) else outcome.message
            self._warnings.append(f"{self._symbol}: {said}")
            return np.empty(0)
        self._inputs.append(outcome.provenance)
        return np.array([float(each.close) for each in outcome.value])[-WINDOW:]


def _trend(closes: Floats, spot: float) -> tuple[float | None, str]:
    if not closes.size:
        return None, "unknown"
    if closes.size < _SLOW:
        return None, f"fewer than {_SLOW} closes"
    fast = bool(spot > closes[-_FAST:].mean())
    slow = bool(spot > closes[-_SLOW:].mean())
    return 0.4 * fast + 0.6 * slow, _TREND_WORDS[fast, slow]


def _realised(closes: Floats) -> float | None:
    """Standard deviation of the daily log returns, times the root of 252; None under 21 closes."""
    if closes.size < _LEAST:
        return None
    return float(np.diff(np.log(closes)).std(ddof=1) * np.sqrt(WINDOW))
