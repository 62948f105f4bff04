"""What the market knows of a company before a session opens, and prices options with all day.

Surface, interest rate, and the dividends to come. Nothing of the session itself or later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

import numpy as np

from connectors.practice.american import ExerciseDates
from connectors.practice.dividends import expected_dividends
from connectors.practice.earnings import earnings_between, reaction
from connectors.practice.grid import expirations
from connectors.practice.listings import Company
from connectors.practice.rates import interest_rate
from connectors.practice.surface import SECONDS_PER_YEAR, Surface, build_surface
from connectors.practice.tape import Tape
from core_numba.normal import Floats
from mfa.kernel.calendar import exchange_calendar

FURTHEST: Final = timedelta(days=735)
"""Beyond the last expiration that is ever listed."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Moments are epoch seconds, ascending; amounts are USD per share."""

    surface: Surface
    rate: float
    candidates: Floats
    """When exercise is considered: at expirations, and before and after each dividend."""
    ex_moments: Floats
    ex_amounts: Floats

    def exercise_dates(self, now: datetime, expiration: date) -> ExerciseDates:
        """Now, the candidates between, and the expiration. All options share the candidates."""
        start, end = now.timestamp(), closing_bell(expiration)
        between = self.candidates[(self.candidates > start) & (self.candidates < end)]
        last = [end] if end > start else []
        moments = np.concatenate(([start], between, last))
        waits = np.maximum(self.ex_moments - start, 0.0) / SECONDS_PER_YEAR
        present = np.where(
            self.ex_moments > start, self.ex_amounts * np.exp(-self.rate * waits), 0.0
        )
        total = np.concatenate(([0.0], np.cumsum(present)))
        return ExerciseDates(
            years=(moments - start) / SECONDS_PER_YEAR,
            theta=self.surface.theta(start, moments),
            paid=total[np.searchsorted(self.ex_moments, moments, side="right")],
        )


def outlook(tape: Tape, company: Company, index: int) -> Outlook:
    """The outlook on `company` before session `index` opens."""
    day, calendar = tape.days[index], exchange_calendar()
    reports = earnings_between(company, calendar.previous_session(day), day + FURTHEST)
    reactions = np.array([reaction(report).timestamp() for report in reports])
    short, long = tape.variances(company.symbol, index)
    expected = expected_dividends(company.symbol, day, day + FURTHEST)
    bells = {closing_bell(e) for e in expirations(day)}
    for dividend in expected:
        bells.add(closing_bell(calendar.previous_session(dividend.ex_date)))
        bells.add(closing_bell(dividend.ex_date))
    moments = [calendar.open_close(d.ex_date)[0].timestamp() for d in expected]
    return Outlook(
        surface=build_surface(company, short, long, reactions),
        rate=interest_rate(day),
        candidates=np.array(sorted(bells)),
        ex_moments=np.array(moments, dtype=np.float64),
        ex_amounts=np.array([float(d.amount) for d in expected], dtype=np.float64),
    )


@lru_cache(maxsize=4096)
def closing_bell(day: date) -> float:
    """The closing bell of a session, in epoch seconds."""
    return exchange_calendar().open_close(day)[1].timestamp()
