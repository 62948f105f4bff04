"""Skew of a surface at one tenor: risk reversal, butterfly, slope in moneyness.

Deltas are forward deltas, N(d1) for a call and N(d1) - 1 for a put, d1 = -k / v + v / 2 with v the
smile's own deviation at k; no discounting enters.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.normal import norm_cdf
from core_numba.surfaces.surface import Surface

_HALVINGS: Final = 70


class Skew(NamedTuple):
    """Volatilities and their differences, per tenor.

    `risk_reversal` is call minus put volatility at the delta; `butterfly` their mean minus the
    at-the-money-forward volatility; `slope` the volatility at 90 % of the forward less that at
    110 %. Equity skew: negative risk reversal, positive slope.
    """

    at_the_money: Floats
    call: Floats
    put: Floats
    risk_reversal: Floats
    butterfly: Floats
    slope: Floats


def strike_for_delta(surface: Surface, years: npt.ArrayLike, delta: float, *, sign: int) -> Floats:
    """k = ln(strike / forward) at which a call (`sign` 1) or put (-1) has this absolute delta.

    By halving between nine deviations either way; NaN for years that are not positive.
    `ValueError` unless 0 < `delta` < 1.
    """
    if not 0.0 < delta < 1.0 or sign not in {1, -1}:
        raise ValueError("The absolute delta must lie between 0 and 1, the sign be 1 or -1.")
    t = np.asarray(years, dtype=np.float64)
    t = np.where(t > 0.0, t, np.nan)
    reach = 9.0 * np.sqrt(surface.at_moneyness(0.0, t).total_variance) + 1.0
    low, high = -reach, reach
    for _ in range(_HALVINGS):
        k = 0.5 * (low + high)
        v = np.sqrt(surface.at_moneyness(k, t).total_variance)
        reached = norm_cdf(sign * (-k / v + 0.5 * v))
        above = (reached > delta) if sign > 0 else (reached < delta)
        low, high = np.where(above, k, low), np.where(above, high, k)
    return np.asarray(0.5 * (low + high) * np.where(np.isnan(t), np.nan, 1.0))


def skew(surface: Surface, years: npt.ArrayLike, *, delta: float = 0.25) -> Skew:
    """At tenors `years`."""
    t = np.asarray(years, dtype=np.float64)
    atm = surface.at_moneyness(0.0, t).volatility
    call, put = (
        surface.at_moneyness(strike_for_delta(surface, t, delta, sign=sign), t).volatility
        for sign in (1, -1)
    )
    low, high = (surface.at_moneyness(np.log(share), t).volatility for share in (0.9, 1.1))
    return Skew(atm, call, put, call - put, 0.5 * (call + put) - atm, low - high)
