"""Compiled probability and mean of a lognormal below a level: no branches, vector code."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.jit.declare import compiled
from core_numba.vmath.functions import log, normal_cdf
from core_numba.vmath.instructions import align_stack


@compiled("void(f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1])")
def lognormal_below(  # noqa: PLR0917 - arrays by position
    level: Any, centre: Any, deviation: Any, mean: Any, below: Any, partial: Any
) -> None:
    align_stack()
    for i in range(level.shape[0]):
        certain = np.inf if level[i] >= mean[i] else -np.inf
        d = (log(level[i]) - centre[i]) / deviation[i]
        d = d if deviation[i] > 0.0 else certain
        missing = level[i] + centre[i] + deviation[i] + mean[i]
        d = d if missing == missing else missing  # noqa: PLR0124 - the test for NaN
        below[i] = normal_cdf(d)
        partial[i] = mean[i] * normal_cdf(d - deviation[i])
