"""Compiled P&L of strategies over dates and spots: per leg and date one vector loop over spots."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core_numba.jit.declare import compiled
from core_numba.vmath.functions import log, normal_cdf
from core_numba.vmath.instructions import align_stack


@compiled("void(f8[:,::1], i8[::1], i8[::1], f8[::1], f8[::1], f8[:,::1], f8[:,::1], f8[:,:,::1])")
def pnl_grid(  # noqa: C901, PLR0912, PLR0917 - arrays by position
    legs: Any,
    begin: Any,
    end: Any,
    rate: Any,
    dividend: Any,
    spots: Any,
    years: Any,
    out: Any,
) -> None:
    align_stack()
    count = spots.shape[1]
    spot = np.empty(count)
    logs = np.empty(count)
    for i in range(begin.shape[0]):
        for s in range(count):
            spot[s] = spots[i, s] if spots[i, s] >= 0.0 else np.nan
            logs[s] = log(spot[s])
        for j in range(years.shape[1]):
            total = out[i, j]
            for s in range(count):
                total[s] = 0.0
            for k in range(begin[i], end[i]):
                kind, strike, entry = legs[0, k], legs[3, k], legs[2, k]
                size = legs[1, k] * legs[6, k]
                left = legs[4, k] - years[i, j]
                deviation = legs[5, k] * math.sqrt(left) if left > 0.0 else 0.0
                grown = math.exp(-dividend[i] * left) if left > 0.0 else 1.0
                bond = strike * (math.exp(-rate[i] * left) if left > 0.0 else 1.0)
                if kind == 0.0:
                    for s in range(count):
                        total[s] += size * (spot[s] - entry)
                elif left <= 0.0 or deviation == 0.0:
                    for s in range(count):
                        worth = max(kind * (spot[s] * grown - bond), 0.0)
                        worth = worth if spot[s] >= 0.0 else np.nan
                        total[s] += size * (worth - entry)
                elif not deviation > 0.0:
                    for s in range(count):
                        total[s] = np.nan
                else:
                    centre = math.log(strike) - (rate[i] - dividend[i]) * left
                    inverse = 1.0 / deviation
                    for s in range(count):
                        d1 = (logs[s] - centre) * inverse + 0.5 * deviation
                        near = normal_cdf(kind * d1)
                        far = normal_cdf(kind * (d1 - deviation))
                        price = kind * (spot[s] * grown * near - bond * far)
                        total[s] += size * (price - entry)
