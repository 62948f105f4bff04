"""Geometric Brownian motion: two steps a pass over the lanes, one word a step."""

from __future__ import annotations

from typing import Any

import numpy as np

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
from core_numba.vmath.instructions import fma


@compiled("void(i8[::1], u8[:,::1], i8, i8, f8[:,::1], f8[:,:,::1], f8[:,:,::1])")
def gbm(
    index: Any, keys: Any, steps: int, detail: int, coefficients: Any, out: Any, paths: Any
) -> None:
    drift, width = coefficients[0, 0], coefficients[0, 1]
    mirrors = out.shape[1]
    lanes = LANES // mirrors
    turns = lanes // BATCH
    words = np.empty(LANES, np.uint32)
    shocks = np.zeros((2, LANES), np.float32)
    track = np.empty((ROWS, LANES))
    light = detail == 0 and paths.shape[0] == 0
    for start in range(0, index.size, lanes):
        group = np.uint64(index[start]) // np.uint64(4)
        track[:] = 0.0
        store(paths, track, 0, start, 0, 1, 0)
        for step in range(0, steps, 2):
            for each in range(min(2, steps - step)):
                fill(words, keys, group, np.uint64(step + each), turns)
                normals(words, lanes, shocks, each)
                if mirrors > 1:
                    for i in range(lanes):
                        shocks[each, lanes + i] = -shocks[each, i]
            if light and step + 1 < steps:
                _two_steps(track, drift, width, shocks)
            else:
                for each in range(min(2, steps - step)):
                    advance(track, 0, drift, width, shocks, each, detail)
                    store(paths, track, 0, start, 0, 1, step + each + 1)
        report(out, track, 0, start, 0, 1, steps, detail)


@inlined
def _two_steps(track: Any, drift: float, width: float, shocks: Any) -> None:
    """`advance` twice, in one pass over the lanes."""
    for i in range(LANES):
        y, least = track[X, i], track[LOW, i]  # all loads before any store
        peak, deepest = track[HIGH, i], track[FALL, i]
        y = fma(width, np.float64(shocks[0, i]), y + drift)
        least = min(y, least)
        peak = max(y, peak)
        depth = y - peak
        deepest = min(depth, deepest)
        y = fma(width, np.float64(shocks[1, i]), y + drift)
        peak = max(y, peak)
        depth = y - peak
        track[X, i] = y
        track[LOW, i] = min(y, least)
        track[HIGH, i] = peak
        track[FALL, i] = min(depth, deepest)
