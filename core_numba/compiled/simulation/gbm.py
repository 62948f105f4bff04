"""Geometric Brownian motion: one word a step.

Two steps go in one pass over the lanes unless more is to be remembered: the same operations in the
same order as one by one, with half the loads and stores.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.compiled.simulation.extremes import larger, smaller
from core_numba.compiled.simulation.observe import (
    FALL,
    HIGH,
    LANES,
    LOW,
    ROWS,
    X,
    advance,
    report,
    store,
)
from core_numba.compiled.simulation.single import normals
from core_numba.compiled.simulation.words import BATCH, fill
from core_numba.jit.declare import compiled, inlined
from core_numba.vmath.instructions import align_stack, fma


@compiled("void(i8[::1], u8[:,::1], i8, i8, f8[:,::1], f8[:,:,::1], f8[:,:,::1])")
def gbm(  # noqa: PLR0917 - arrays by position
    index: Any, keys: Any, steps: int, detail: int, coefficients: Any, out: Any, paths: Any
) -> None:
    align_stack()
    drift, width = coefficients[0, 0], coefficients[0, 1]
    mirrors = out.shape[1]
    lanes = LANES // mirrors
    words = np.empty(LANES, np.uint32)
    first, second = np.empty((1, LANES), np.float32), np.empty((1, LANES), np.float32)
    x, low, high, fall = np.empty(LANES), np.empty(LANES), np.empty(LANES), np.empty(LANES)
    track = np.empty((ROWS, LANES))
    pairs = steps // 2 if detail == 0 and paths.shape[0] == 0 else 0
    for start in range(0, index.size, lanes):
        group = np.uint64(index[start]) // np.uint64(4)
        track[:] = 0.0
        store(paths, track, 0, start, 0, 1, 0)
        x[:], low[:], high[:], fall[:] = 0.0, 0.0, 0.0, 0.0
        for pair in range(pairs):
            _draw(words, keys, group, 2 * pair, lanes, first)
            _draw(words, keys, group, 2 * pair + 1, lanes, second)
            for i in range(LANES):
                one = fma(width, np.float64(first[0, i]), x[i] + drift)
                two = fma(width, np.float64(second[0, i]), one + drift)
                before = larger(high[i], one)
                peak = larger(before, two)
                fall[i] = smaller(smaller(fall[i], one - before), two - peak)
                low[i] = smaller(smaller(low[i], one), two)
                high[i] = peak
                x[i] = two
        if pairs > 0:
            track[X], track[LOW], track[HIGH], track[FALL] = x, low, high, fall
        for step in range(2 * pairs, steps):
            _draw(words, keys, group, step, lanes, first)
            advance(track, 0, drift, width, first, 0, detail)
            store(paths, track, 0, start, 0, 1, step + 1)
        report(out, track, 0, start, 0, 1, steps, detail)


@inlined
def _draw(words: Any, keys: Any, group: Any, step: int, lanes: int, shocks: Any) -> None:  # noqa: PLR0917 - arrays by position
    fill(words, keys, group, np.uint64(step), lanes // BATCH)
    normals(words, lanes, shocks, 0)
    if lanes < LANES:
        for i in range(lanes):
            shocks[0, lanes + i] = -shocks[0, i]
