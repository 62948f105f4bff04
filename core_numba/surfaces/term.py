"""Term structure: volatilities at constant maturities, and which way they slope."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats

DAYS: Final = (7.0, 30.0, 60.0, 90.0)
_YEAR: Final = 365.0


class TermStructure(NamedTuple):
    """`volatility` at each of `days`; `slope` last less first; above zero is contango."""

    days: Floats
    volatility: Floats
    slope: float
    contango: bool
    backwardation: bool


def constant_maturities(
    years: npt.ArrayLike, volatility: npt.ArrayLike, days: npt.ArrayLike = DAYS
) -> TermStructure:
    """From at-the-money volatilities at rising times `years`, total variance linear in between.

    Flat volatility before the first and after the last; expirations with NaN are left out, and all
    is NaN (neither contango nor backwardation) when none remains. `ValueError` for times out of
    order.
    """
    t, v = (np.asarray(x, dtype=np.float64) for x in (years, volatility))
    at = np.atleast_1d(np.asarray(days, dtype=np.float64))
    kept = np.isfinite(t) & np.isfinite(v) & (t > 0.0) & (v >= 0.0)
    t, v = t[kept], v[kept]
    if (np.diff(t) <= 0.0).any():
        raise ValueError("Times must rise.")
    if not t.size:
        return TermStructure(at, np.full(at.shape, np.nan), np.nan, False, False)
    target = at / _YEAR
    inside = np.sqrt(np.interp(target, t, v * v * t) / np.where(target > 0.0, target, np.nan))
    flat = np.where(target <= t[0], v[0], v[-1])
    found = np.where((target > t[0]) & (target < t[-1]), inside, flat)
    found = np.where(np.isnan(target) | (target < 0.0), np.nan, found)
    slope = float(found[-1] - found[0])
    return TermStructure(at, found, slope, slope > 0.0, slope < 0.0)
