"""What a walk remembers of each path while it goes: no step is kept unless paths are asked for.

Paths go side by side, `LANES` at once, so that a block's numbers stay in the nearest cache and
every loop is a whole number of vectors: a path's result depends on its own number alone.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from core_numba.compiled.simulation.extremes import larger, smaller
from core_numba.jit.declare import inlined
from core_numba.vmath.functions import exp_bounded
from core_numba.vmath.instructions import fma

LANES: Final = 128
MIRRORS: Final = 2
"""A path and its antithetic twin."""

X, LOW, HIGH, FALL, MEAN, RUN, LONGEST = range(7)
"""Rows of a track: the log price, its extremes and deepest fall; mean and time under water."""
ROWS: Final = 7
TERMINAL_VARIANCE: Final = 6
"""The column of a report that Heston's variance takes."""


@inlined
def advance(  # noqa: PLR0917 - arrays by position
    track: Any, base: int, drift: float, width: float, shocks: Any, row: int, detail: int
) -> None:
    """One step of the log prices whose track begins at row `base`, by row `row` of `shocks`.

    No views of arrays here: counting references to them would cost more than the arithmetic.
    """
    for i in range(LANES):
        y, least = track[base + X, i], track[base + LOW, i]  # all loads before any store
        peak, deepest = track[base + HIGH, i], track[base + FALL, i]
        y = fma(width, np.float64(shocks[row, i]), y + drift)
        peak = larger(peak, y)
        depth = y - peak
        track[base + X, i] = y
        track[base + LOW, i] = smaller(least, y)
        track[base + HIGH, i] = peak
        track[base + FALL, i] = smaller(deepest, depth)
    if detail != 0:
        remember(track, base)


@inlined
def remember(track: Any, base: int) -> None:
    """The mean price, and how long it has been below its peak."""
    for i in range(LANES):
        track[base + MEAN, i] += exp_bounded(track[base + X, i])
    for i in range(LANES):
        y, peak = track[base + X, i], track[base + HIGH, i]
        steps, most = track[base + RUN, i] + 1.0, track[base + LONGEST, i]
        steps = steps if y < peak else 0.0
        track[base + RUN, i] = steps
        track[base + LONGEST, i] = larger(most, steps)


@inlined
def store(paths: Any, track: Any, base: int, start: int, column: int, assets: int, at: int) -> None:  # noqa: PLR0917 - arrays by position
    """Write the log prices of one asset at step `at`, if there is where."""
    if paths.shape[0] > 0:
        mirrors = paths.shape[1] // assets
        lanes = LANES // mirrors
        for i in range(min(lanes, paths.shape[0] - start)):
            for mirror in range(mirrors):
                value = track[base + X, mirror * lanes + i]
                paths[start + i, mirror * assets + column, at] = value


@inlined
def report(  # noqa: PLR0917 - arrays by position
    out: Any, track: Any, base: int, start: int, column: int, assets: int, steps: int, detail: int
) -> None:
    """Write what the walk of one asset remembered: see `core_numba.simulation.walks.Walks`."""
    mirrors = out.shape[1] // assets
    lanes = LANES // mirrors
    for mirror in range(mirrors):
        for i in range(min(lanes, out.shape[0] - start)):
            at, lane = mirror * assets + column, mirror * lanes + i
            for row in range(MEAN):
                out[start + i, at, row] = track[base + row, lane]
            mean, longest = track[base + MEAN, lane] / steps, track[base + LONGEST, lane]
            out[start + i, at, MEAN] = mean if detail != 0 else np.nan
            out[start + i, at, MEAN + 1] = longest if detail != 0 else np.nan
