"""The practice volatility surface: realised volatility, a premium over it, skew and earnings.

At-the-money total variance runs from the recent realised variance to the long-run one (mean
reverting), times a variance premium, plus a jump for each earnings report before the expiration.
It never falls with tenor, and skew and wings are SSVI's, so there is no static arbitrage.
Only what was known before the session opened goes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from connectors.practice.listings import Company
from core_numba.normal import Floats
from core_numba.ssvi import total_variance

SECONDS_PER_YEAR: Final = 365.0 * 86400.0
REVERSION: Final = 5.0
"""Per year: half of a deviation from the long-run variance is gone in 50 days."""
PREMIUM: Final = 1.06
"""Implied over realised volatility."""
EXTRA: Final = 0.01
"""And this much volatility on top."""
_REPORTS_A_YEAR: Final = 4
_LEAST_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Surface:
    """One company's surface during one session. Moments are epoch seconds."""

    short: float
    long: float
    jump: float
    """Variance of one earnings report."""
    reports: Floats
    """When the price can react to coming reports, ascending."""
    rho: float
    eta: float

    def theta(self, now: float, moments: npt.ArrayLike) -> Floats:
        """At-the-money total variance from `now` to each of `moments`; zero at `now`."""
        until = np.asarray(moments, dtype=np.float64)
        years = np.maximum(until - now, 0.0) / SECONDS_PER_YEAR
        faded = -np.expm1(-REVERSION * years) / REVERSION
        diffusion = self.long * years + (self.short - self.long) * faded
        ahead = self.reports[self.reports > now]
        jumps = np.searchsorted(ahead, until, side="left")
        return np.asarray(diffusion + self.jump * jumps)

    def variance(self, log_moneyness: npt.ArrayLike, theta: npt.ArrayLike) -> Floats:
        """Total variance at k = ln(strike / forward)."""
        return total_variance(log_moneyness, theta, rho=self.rho, eta=self.eta)


def build_surface(company: Company, short: float, long: float, reports: Floats) -> Surface:
    """The surface from annual realised variances; what earnings explain is not counted twice."""
    return Surface(
        short=float(implied_variance(short, company)),
        long=float(implied_variance(long, company)),
        jump=company.earnings_move**2,
        reports=reports,
        rho=company.rho,
        eta=company.eta,
    )


def implied_variance(realised: npt.ArrayLike, company: Company) -> Floats:
    """What options imply on quiet days where `realised` variance was measured, reports in it."""
    measured = np.asarray(realised, dtype=np.float64)
    reports = _REPORTS_A_YEAR * company.earnings_move**2
    quiet = np.maximum(measured - reports, _LEAST_SHARE * measured)
    return np.asarray((PREMIUM * quiet**0.5 + EXTRA) ** 2)
