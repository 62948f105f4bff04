"""Full revaluation: scenarios side by side in the vector lanes, legs one after the other."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from core_numba.jit.declare import compiled
from core_numba.plain.risk.revaluation import LEAST_DEVIATION
from core_numba.vmath.functions import exp, log, normal_cdf
from core_numba.vmath.instructions import align_stack, at_least, fma

_BLOCK: Final = 512
"""Scenarios whose logarithms and totals stay in the nearest cache while the legs go by."""


@compiled("void(f8[::1], f8[::1], f8[::1], f8[:,::1], f8[::1])")
def revalue(spot: Any, shift: Any, elapsed: Any, legs: Any, out: Any) -> None:
    align_stack()
    log_spot, roots = np.empty(_BLOCK), np.empty(_BLOCK)
    for start in range(0, spot.size, _BLOCK):
        count = min(_BLOCK, spot.size - start)
        s, dv, gone = (
            spot[start : start + count],
            shift[start : start + count],
            elapsed[start : start + count],
        )
        total = out[start : start + count]
        for i in range(count):
            log_spot[i] = log(s[i])
        for leg in range(legs.shape[1]):
            sign, strike, years, volatility = legs[0, leg], legs[1, leg], legs[2, leg], legs[3, leg]
            rate, dividend, quantity = legs[4, leg], legs[5, leg], legs[6, leg]
            if sign == 0.0:
                for i in range(count):
                    total[i] = fma(quantity, s[i], total[i])
                continue
            log_strike, carry = math.log(strike), rate - dividend
            for i in range(count):
                roots[i] = at_least(years - gone[i], 0.0)
            for i in range(count):
                left, sigma = roots[i], volatility + dv[i]
                deviation = at_least(sigma, 0.0) * math.sqrt(left)
                deviation = at_least(deviation, LEAST_DEVIATION)
                d1 = fma(carry, left, log_spot[i] - log_strike) / deviation + 0.5 * deviation
                paid = s[i] * exp(-dividend * left) * normal_cdf(sign * d1)
                owed = strike * exp(-rate * left)
                value = fma(-owed, normal_cdf(sign * (d1 - deviation)), paid)
                total[i] = fma(quantity * sign, value, total[i])
