"""Profit and loss of strategies at dates and spots."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.arrays import Floats


def pnl_grid(  # noqa: PLR0917 - arrays by position
    legs: Floats,
    begin: Any,
    end: Any,
    rate: Floats,
    dividend: Floats,
    spots: Floats,
    years: Floats,
    out: Floats,
) -> None:
    """See `core_numba.strategies.grid.pnl_grid`; `out` is (strategies, dates, spots)."""
    from scipy.special import ndtr  # noqa: PLC0415

    for i in range(begin.shape[0]):
        spot = np.where(spots[i] >= 0.0, spots[i], np.nan)
        with np.errstate(divide="ignore"):
            logs = np.log(spot)
        for j in range(years.shape[1]):
            total = np.zeros_like(spot)
            for kind, quantity, entry, strike, expiry, volatility, multiplier in legs[
                :, begin[i] : end[i]
            ].T:
                size = quantity * multiplier
                if kind == 0.0:
                    total += size * (spot - entry)
                    continue
                left = expiry - years[i, j]
                deviation = volatility * np.sqrt(left) if left > 0.0 else 0.0
                grown = np.exp(-dividend[i] * left) if left > 0.0 else 1.0
                bond = strike * (np.exp(-rate[i] * left) if left > 0.0 else 1.0)
                if left <= 0.0 or deviation == 0.0:
                    price = np.maximum(kind * (spot * grown - bond), 0.0)
                elif not deviation > 0.0:  # NaN: nothing to value the living option with
                    price = np.full_like(spot, np.nan)
                else:
                    centre = np.log(strike) - (rate[i] - dividend[i]) * left
                    d1 = (logs - centre) / deviation + 0.5 * deviation
                    price = kind * (
                        spot * grown * ndtr(kind * d1) - bond * ndtr(kind * (d1 - deviation))
                    )
                total += size * (price - entry)
            out[i, j] = total
