"""Rounding to a grid, compiled: one pass, and exactly what the plain one gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.jit.exact import compiled_exactly
from core_numba.plain.rounding import EXACT, SLACK, ULPS


@compiled_exactly("void(f8[::1], f8[::1], f8[::1], f8[::1], f8[::1])")
def round_to(value: Any, numerator: Any, denominator: Any, direction: Any, out: Any) -> None:
    """`out` = the multiple of numerator / denominator below (-1), above (+1) or nearest (0)."""
    for i in range(value.shape[0]):
        steps = value[i] * denominator[i] / numerator[i]
        near = np.rint(steps)
        beside = np.floor(steps) if direction[i] < 0.0 else np.ceil(steps)
        half = np.floor(abs(steps) + (0.5 + SLACK))
        beside = np.copysign(half, steps) if direction[i] == 0.0 else beside
        count = near if abs(steps - near) <= SLACK + ULPS * abs(steps) else beside
        found = count * numerator[i] / denominator[i]
        out[i] = (found if abs(steps) * numerator[i] < EXACT else value[i]) + 0.0
