"""Geometric Brownian motion: one word a step."""

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.compiled.simulation.observe import LANES, ROWS, advance, report, store
from core_numba.compiled.simulation.single import normals
from core_numba.compiled.simulation.words import BATCH, fill
from core_numba.jit.declare import compiled


@compiled("void(i8[::1], u8[:,::1], i8, i8, f8[:,::1], f8[:,:,::1], f8[:,:,::1])")
def gbm(
    index: Any, keys: Any, steps: int, detail: int, coefficients: Any, out: Any, paths: Any
) -> None:
    drift, width = coefficients[0, 0], coefficients[0, 1]
    mirrors = out.shape[1]
    lanes = LANES // mirrors
    turns = lanes // BATCH
    words = np.empty(LANES, np.uint32)
    shocks = np.empty((1, LANES), np.float32)
    track = np.empty((ROWS, LANES))
    for start in range(0, index.size, lanes):
        group = np.uint64(index[start]) // np.uint64(4)
        track[:] = 0.0
        store(paths, track, 0, start, 0, 1, 0)
        for step in range(steps):
            fill(words, keys, group, np.uint64(step), turns)
            normals(words, lanes, shocks, 0)
            if mirrors > 1:
                for i in range(lanes):
                    shocks[0, lanes + i] = -shocks[0, i]
            advance(track, 0, drift, width, shocks, 0, detail)
            store(paths, track, 0, start, 0, 1, step + 1)
        report(out, track, 0, start, 0, 1, steps, detail)
