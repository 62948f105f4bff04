"""Compiled moments of moving windows: each window is summed anew, so that nothing drifts."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from core_numba.jit.declare import compiled

_BLOCK: Final = 128


@compiled("void(f8[:,::1], i8, f8[:,::1], f8[:,::1])")
def window_moments(values: Any, window: int, mean: Any, variance: Any) -> None:  # noqa: C901 - one pass
    sums, squares = np.empty(_BLOCK), np.empty(_BLOCK)
    days = values.shape[1]
    for row in range(values.shape[0]):
        x, m, v = values[row], mean[row], variance[row]
        for i in range(min(window - 1, days)):
            m[i] = v[i] = np.nan
        # The window is the outer loop: the inner one runs over independent days, as vectors.
        for start in range(window - 1, days, _BLOCK):
            count = min(_BLOCK, days - start)
            for i in range(count):
                sums[i] = squares[i] = 0.0
            for back in range(start - window + 1, start + 1):
                for i in range(count):
                    sums[i] += x[back + i]
            for i in range(count):
                sums[i] /= window
            for back in range(start - window + 1, start + 1):
                for i in range(count):
                    away = x[back + i] - sums[i]
                    squares[i] += away * away
            for i in range(count):
                m[start + i] = sums[i]
                v[start + i] = squares[i] / (window - 1) if window > 1 else np.nan
