"""Rounding to a grid, in NumPy."""

from __future__ import annotations

from typing import Final

import numpy as np

from core_numba.arrays import Floats

SLACK: Final = 1e-9
"""Steps; a value this near to the grid is on it."""
ULPS: Final = 8 * 2.220446049250313e-16
EXACT: Final = 9007199254740992.0
"""2^53: beyond it not every whole number is a double."""


def round_to(
    value: Floats, numerator: Floats, denominator: Floats, direction: Floats, out: Floats,
) -> None:  # fmt: skip
    """`out` = the multiple of numerator / denominator below (-1), above (+1) or nearest (0)."""
    with np.errstate(invalid="ignore", over="ignore"):
        steps = value * denominator / numerator
        near = np.rint(steps)
        on_grid = np.abs(steps - near) <= SLACK + ULPS * np.abs(steps)
        beside = np.where(direction < 0.0, np.floor(steps), np.ceil(steps))
        # Halves go away from zero, as money is rounded; a half that rounding hid is one too.
        half = np.floor(np.abs(steps) + (0.5 + SLACK))
        beside = np.where(direction == 0.0, np.copysign(half, steps), beside)
        count = np.where(on_grid, near, beside)
        found = count * numerator / denominator
    whole = np.abs(steps) * numerator < EXACT
    out[:] = np.where(whole, found, value) + 0.0
