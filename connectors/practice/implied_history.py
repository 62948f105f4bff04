"""What a company's 30-day options at the money were priced at, session by session: computed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import numpy as np

from connectors.practice.earnings import earnings_between, reaction
from connectors.practice.listings import Company
from connectors.practice.surface import REVERSION, implied_variance
from connectors.practice.tape import Tape
from core_numba.normal import Floats
from mfa.kernel.market import DailyVolatility

_MATURITY: Final = timedelta(days=30)
_YEARS: Final = 30.0 / 365.0
_REPORTS_AHEAD: Final = timedelta(days=45)


class ImpliedHistory:
    """Of one tape. Thread-safe: what it keeps never changes."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._of = lru_cache(maxsize=64)(self._computed)

    def between(self, company: Company, start: date, end: date) -> tuple[DailyVolatility, ...]:
        """At the opening bell of each session in [start, end] that the tape has."""
        days = self._tape.days
        first, last = max(bisect_left(days, start), 1), bisect_right(days, end)
        found = self._of(company)[first - 1 : last - 1].tolist()
        return tuple(
            DailyVolatility(day=day, volatility=volatility)
            for day, volatility in zip(days[first:last], found, strict=True)
        )

    def _computed(self, company: Company) -> Floats:
        """Of every session but the first, which nothing was known before: all in one pass.

        The surface of each session is `build_surface`'s and its total variance `Surface.theta`'s.
        """
        tape, days = self._tape, self._tape.days
        reports = earnings_between(company, days[0], days[-1] + _REPORTS_AHEAD)
        reactions = np.array([reaction(report).timestamp() for report in reports])
        opens = tape.opening_bells[1:]
        until = opens + _MATURITY.total_seconds()
        short, long = (implied_variance(each, company) for each in tape.variance_history(company))
        faded = -np.expm1(-REVERSION * _YEARS) / REVERSION
        coming = np.searchsorted(reactions, until, "left")
        past = np.searchsorted(reactions, opens, "right")
        jumps = company.earnings_move**2 * (coming - past)
        return np.asarray(np.sqrt((long * _YEARS + (short - long) * faded + jumps) / _YEARS))
