"""Bachelier's formula: see `core_numba/bachelier.py`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core_numba.compiled.lognormal import mills_slope
from core_numba.jit.declare import compiled
from core_numba.vmath.functions import INV_ROOT_2PI, exp, exp_square, normal_cdf
from core_numba.vmath.instructions import align_stack, at_least, at_most, select


@compiled(f"void({', '.join(['f8[::1]'] * 12)})")
def bachelier(  # noqa: PLR0917 - a kernel's arrays
    f: Any,
    k: Any,
    t: Any,
    r: Any,
    v: Any,
    sign: Any,
    price: Any,
    delta: Any,
    gamma: Any,
    theta: Any,
    vega: Any,
    rho: Any,
) -> None:
    align_stack()
    for i in range(f.shape[0]):
        root = math.sqrt(t[i])
        deviation, gap, df = v[i] * root, f[i] - k[i], exp(-r[i] * t[i])
        limit = select(gap == 0.0, 0.0, math.copysign(np.inf, gap))
        d = select(deviation > 0.0, gap / deviation, limit)
        shape = select(deviation > 0.0, INV_ROOT_2PI * exp_square(d), 0.0)
        alive = shape > 0.0
        # s phi(d) - |gap| N(-|d|) = s phi(d) (1 - |d| M(|d|)), M Mills' ratio
        outside = deviation * shape * mills_slope(at_most(abs(d), 50.0))
        value = df * (outside + at_least(sign[i] * gap, 0.0))
        ok = (t[i] >= 0.0) & (t[i] < np.inf) & (v[i] >= 0.0) & (v[i] < np.inf)
        ok &= (abs(f[i]) < np.inf) & (abs(k[i]) < np.inf) & (abs(r[i]) < np.inf)
        ok &= abs(sign[i]) == 1.0
        nothing = select(ok, 0.0, np.nan)
        price[i] = value + nothing
        delta[i] = sign[i] * df * normal_cdf(sign[i] * d) + nothing
        gamma[i] = df * shape / select(alive, deviation, 1.0) + nothing
        carry = select(t[i] > 0.0, r[i] * value, 0.0)
        theta[i] = carry - 0.5 * df * v[i] * shape / select(alive, root, 1.0) + nothing
        vega[i] = df * shape * root + nothing
        rho[i] = -t[i] * value + nothing
