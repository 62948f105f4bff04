"""What a company's 30-day options at the money were priced at, session by session: computed."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import numpy as np

from connectors.practice.earnings import earnings_between, reaction
from connectors.practice.listings import Company
from connectors.practice.surface import build_surface
from connectors.practice.tape import Tape
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.market import DailyVolatility

_MATURITY: Final = timedelta(days=30)
_YEARS: Final = 30.0 / 365.0
_REPORTS_AHEAD: Final = timedelta(days=45)


class ImpliedHistory:
    """Of one tape. Thread-safe: what it keeps never changes."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._at_open = lru_cache(maxsize=32768)(self._computed)

    def between(self, company: Company, start: date, end: date) -> tuple[DailyVolatility, ...]:
        """At the opening bell of each session in [start, end] that the tape has."""
        days = self._tape.days
        return tuple(
            DailyVolatility(day=day, volatility=self._at_open(company, index))
            for index, day in enumerate(days)
            if start <= day <= end and index > 0
        )

    def _computed(self, company: Company, index: int) -> float:
        day = self._tape.days[index]
        opens = exchange_calendar().open_close(day)[0]
        reports = earnings_between(company, day - timedelta(days=5), day + _REPORTS_AHEAD)
        short, long = self._tape.variances(company.symbol, index)
        moments = np.array([reaction(report).timestamp() for report in reports])
        surface = build_surface(company, short, long, moments)
        theta = surface.theta(opens.timestamp(), (opens + _MATURITY).timestamp())
        return float(np.sqrt(float(theta) / _YEARS))
