"""The 30-day volatility at the money that an option table implies: what Magnus records each day.

Vendors sell no history of implied volatility, so it has to be kept by whoever sees the tables. The
definition is the practice market's, read off quotes: at-the-money-forward volatility by expiration,
total variance linear in time between, at 30 days. The forward comes from put-call parity at the
strike nearest to the price; the volatility there is interpolated between strikes, call and put
averaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from core_numba.surfaces.term import constant_maturities
from mfa.kernel.clock import exchange_date
from mfa.kernel.option_table import Floats, Integers, OptionTable

DAYS: Final = 30.0
FURTHEST: Final = 15.0
"""Days from 30 of the nearest expiration, where none lie on both sides: beyond, it says nothing."""
_LEAST, _MOST = 0.01, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpliedDay:
    """`volatility` annual; `away` is the days to the nearest expiration where the 30 are not
    between two of them, 0 where they are."""

    symbol: str
    day: date
    volatility: float
    away: float


def implied_day(table: OptionTable) -> ImpliedDay | None:
    """What the table implies on its day; None when its expirations or quotes do not say it."""
    years, found = [], []
    for index in range(len(table.expirations)):
        rows = np.flatnonzero(table.expiration == index)
        if rows.size and table.years[rows[0]] > 0:
            volatility = _at_the_money(table, rows)
            if np.isfinite(volatility):
                years.append(float(table.years[rows[0]]))
                found.append(volatility)
    if not years:
        return None
    days = np.array(years) * 365.0
    between = bool(days.min() <= DAYS <= days.max())
    away = 0.0 if between else float(np.abs(days - DAYS).min())
    if away > FURTHEST:
        return None
    volatility = float(constant_maturities(years, found, [DAYS]).volatility[0])
    return ImpliedDay(
        symbol=table.symbol, day=exchange_date(table.as_of), volatility=volatility, away=away
    )


def _at_the_money(table: OptionTable, rows: Integers) -> float:
    """Volatility at the forward of one expiration; NaN without strikes around it."""
    strikes, place = np.unique(table.strike[rows], return_inverse=True)
    side = (table.sign[rows] < 0).astype(np.int64)
    mids, volatilities = (np.full((2, strikes.size), np.nan) for _ in range(2))
    mids[side, place] = (table.bid[rows] + table.ask[rows]) / 2.0
    given = table.implied_volatility[rows]
    volatilities[side, place] = np.where((given > _LEAST) & (given < _MOST), given, np.nan)
    forward = _forward(strikes, mids[0] - mids[1], table.spot)
    told = np.isfinite(volatilities)
    volatility = np.where(told, volatilities, 0.0).sum(axis=0) / np.maximum(told.sum(axis=0), 1)
    known = told.any(axis=0)
    if not known.any() or not strikes[known].min() <= forward <= strikes[known].max():
        return float("nan")
    return float(np.interp(forward, strikes[known], volatility[known]))


def _forward(strikes: Floats, difference: Floats, spot: float) -> float:
    """By parity at the strike nearest to the price; the price itself without a pair there."""
    paired = np.flatnonzero(np.isfinite(difference))
    if not paired.size:
        return spot
    near = paired[np.argmin(np.abs(strikes[paired] - spot))]
    return float(strikes[near] + difference[near])
