"""Lognormal probabilities: see `core_numba/probability.py`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core_numba.jit.declare import compiled, inlined
from core_numba.vmath.functions import (
    ROOT_HALF,
    erfcx,
    exp,
    exp_square,
    log,
    normal_cdf,
    normal_quantile,
)
from core_numba.vmath.instructions import align_stack, at_most, select


@inlined
def _quotient(x: float, deviation: float) -> float:
    limit = select(x == 0.0, 0.0, math.copysign(np.inf, x))
    return select(deviation > 0.0, x / deviation, limit)


@inlined
def _usable(spot: float, level: float, years: float, drift: float, volatility: float) -> bool:
    return (
        (spot > 0.0)
        & (spot < np.inf)
        & (level >= 0.0)
        & (level < np.inf)
        & (years >= 0.0)
        & (years < np.inf)
        & (volatility >= 0.0)
        & (volatility < np.inf)
        & (abs(drift) < np.inf)
    )


@compiled(f"void({', '.join(['f8[::1]'] * 7)})")
def below(  # noqa: PLR0917 - a kernel's arrays
    spot: Any, level: Any, years: Any, drift: Any, volatility: Any, side: Any, out: Any
) -> None:
    align_stack()
    for i in range(out.shape[0]):
        deviation = volatility[i] * math.sqrt(years[i])
        x = log(level[i] / spot[i]) - drift[i] * years[i]
        z = _quotient(x, deviation) + 0.5 * deviation
        ok = _usable(spot[i], level[i], years[i], drift[i], volatility[i])
        ok &= abs(side[i]) == 1.0
        out[i] = select(ok, normal_cdf(side[i] * z), np.nan)


@inlined
def _tail(z: float) -> float:
    """exp(z^2 / 2) P(Z > z) for z >= 0."""
    return 0.5 * erfcx(z * ROOT_HALF)


@compiled(f"void({', '.join(['f8[::1]'] * 6)})")
def touch(  # noqa: PLR0917 - a kernel's arrays
    spot: Any, barrier: Any, years: Any, drift: Any, volatility: Any, out: Any
) -> None:
    align_stack()
    for i in range(out.shape[0]):
        x, deviation = log(barrier[i] / spot[i]), volatility[i] * math.sqrt(years[i])
        distance = abs(x)
        carry = (drift[i] - 0.5 * volatility[i] * volatility[i]) * years[i]
        toward = select(x < 0.0, -carry, carry)
        z1 = _quotient(distance - toward, deviation)
        z2 = _quotient(distance + toward, deviation)
        # exp(2 toward distance / s^2) N(-z2) overflows; with z2 >= 0 it is this instead:
        reflected = exp_square(z1) * _tail(abs(z2))
        against = exp(2.0 * (toward / deviation) * (distance / deviation)) * normal_cdf(-z2)
        found = normal_cdf(-z1) + select(z2 >= 0.0, reflected, against)
        found = select(deviation > 0.0, found, select(toward >= distance, 1.0, 0.0))
        found = select(distance == 0.0, 1.0, at_most(found, 1.0))
        ok = _usable(spot[i], barrier[i], years[i], drift[i], volatility[i])
        out[i] = select(ok & (barrier[i] > 0.0), found, np.nan)


@compiled(f"void({', '.join(['f8[::1]'] * 6)})")
def strike_for_delta(  # noqa: PLR0917 - a kernel's arrays
    delta: Any, forward: Any, deviation: Any, fade: Any, sign: Any, out: Any
) -> None:
    align_stack()
    for i in range(out.shape[0]):
        share = sign[i] * delta[i] / fade[i]
        s = deviation[i]
        strike = forward[i] * exp(s * (0.5 * s - sign[i] * normal_quantile(share)))
        ok = (share > 0.0) & (share < 1.0) & (forward[i] > 0.0) & (forward[i] < np.inf)
        ok &= (s >= 0.0) & (s < np.inf) & (abs(sign[i]) == 1.0)
        out[i] = select(ok, strike, np.nan)
