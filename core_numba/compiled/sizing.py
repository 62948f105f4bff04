"""Risk parity by cyclical coordinate descent, compiled."""

# ruff: noqa: C901, PLR0912, PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.jit.declare import compiled


@compiled("void(f8[:, :, ::1], f8[:, ::1], f8, i8, f8[:, ::1], i8[::1])")
def risk_parity(
    covariance: Any, budget: Any, tolerance: float, most: int, weights: Any, rounds: Any,
) -> None:  # fmt: skip
    """Rows of `weights` from covariances (m, n, n) and budgets (m, n); `rounds` -1: not reached."""
    size = covariance.shape[1]
    x = np.empty(size)
    for row in range(covariance.shape[0]):
        rounds[row] = -1
        for i in range(size):
            x[i] = 1.0 / np.sqrt(covariance[row, i, i])
        variance = 0.0
        for i in range(size):
            for j in range(size):
                variance += x[i] * covariance[row, i, j] * x[j]
        for i in range(size):
            x[i] /= np.sqrt(variance)
        for number in range(most):
            for i in range(size):
                own = covariance[row, i, i]
                others = -own * x[i]
                for j in range(size):
                    others += covariance[row, i, j] * x[j]
                wanted = budget[row, i]
                root = np.sqrt(others * others + 4.0 * own * wanted)
                x[i] = (
                    2.0 * wanted / (others + root)
                    if others > 0.0
                    else (root - others) / (2.0 * own)
                )
            worst = 0.0
            for i in range(size):
                share = 0.0
                for j in range(size):
                    share += covariance[row, i, j] * x[j]
                worst = max(worst, abs(share * x[i] - budget[row, i]))
            if worst <= tolerance:
                rounds[row] = number + 1
                break
        total = 0.0
        for i in range(size):
            total += x[i]
        for i in range(size):
            weights[row, i] = x[i] / total
