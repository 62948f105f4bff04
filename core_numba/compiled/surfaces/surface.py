"""Compiled interpolation of total variance between smiles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core_numba.jit.declare import compiled, inlined


@inlined
def _smile(smiles: Any, i: int, k: float) -> float:
    x = k - smiles[3, i]
    root = math.sqrt(x * x + smiles[4, i] * smiles[4, i])
    return float(smiles[0, i] + smiles[1, i] * (smiles[2, i] * x + root))


@compiled("void(f8[::1], f8[::1], f8[::1], f8[:,::1], f8[::1], f8[::1])")
def interpolate(  # noqa: PLR0917 - arrays by position
    k: Any, years: Any, times: Any, smiles: Any, variance: Any, volatility: Any
) -> None:
    last = times.shape[0] - 1
    for i in range(k.shape[0]):
        t = years[i]
        late = 0
        while late < last and times[late] < t:
            late += 1
        w1 = _smile(smiles, late, k[i])
        if not t >= 0.0:
            variance[i] = volatility[i] = np.nan
        elif late == 0 or t > times[last]:
            variance[i] = w1 * (t / times[late])
            volatility[i] = math.sqrt(w1 / times[late])
        else:
            w0 = _smile(smiles, late - 1, k[i])
            share = (t - times[late - 1]) / (times[late] - times[late - 1])
            variance[i] = w0 + (w1 - w0) * share
            volatility[i] = math.sqrt(variance[i] / t)
