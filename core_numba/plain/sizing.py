"""Risk parity by cyclical coordinate descent, as its authors write it."""

# ruff: noqa: PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core_numba.arrays import Floats


def risk_parity(
    covariance: Floats, budget: Floats, tolerance: float, most: int, weights: Floats, rounds: Any,
) -> None:  # fmt: skip
    """Rows of `weights` from covariances (m, n, n) and budgets (m, n); `rounds` -1: not reached."""
    for row in range(covariance.shape[0]):
        matrix, wanted = covariance[row], budget[row]
        size = matrix.shape[0]
        rounds[row] = -1
        scale = np.sqrt(np.diag(matrix))
        x = 1.0 / scale
        x = x / math.sqrt(float(x @ matrix @ x))
        for number in range(most):
            for i in range(size):
                others = float(matrix[i] @ x) - matrix[i, i] * x[i]
                root = math.sqrt(others * others + 4.0 * matrix[i, i] * wanted[i])
                # The stable root of a x^2 + others x - budget = 0.
                x[i] = (
                    2.0 * wanted[i] / (others + root)
                    if others > 0.0
                    else (root - others) / (2.0 * matrix[i, i])
                )
            if np.max(np.abs(x * (matrix @ x) - wanted)) <= tolerance:
                rounds[row] = number + 1
                break
        weights[row] = x / x.sum()
