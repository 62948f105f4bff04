"""Paths of returns that happened: days drawn one by one, in blocks, in blocks of random length.

Each step of each path has two words: whether a new block begins, and where. History is a circle
(Politis and Romano: The Stationary Bootstrap, JASA 89, 1994).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.compiled.simulation.observe import LANES, ROWS, advance, report, store
from core_numba.compiled.simulation.single import whole
from core_numba.compiled.simulation.words import BATCH, fill
from core_numba.jit.declare import compiled
from core_numba.vmath.instructions import align_stack


@compiled("void(i8[::1], u8[:,::1], i8, i8, i8, i8, f8[:,::1], f8[:,:,::1], f8[:,:,::1])")
def bootstrap(  # noqa: PLR0917 - arrays by position
    index: Any,
    keys: Any,
    steps: int,
    detail: int,
    block: int,
    threshold: int,
    history: Any,
    out: Any,
    paths: Any,
) -> None:
    align_stack()
    assets, days = history.shape
    again, where = np.empty(LANES, np.uint32), np.empty(LANES, np.uint32)
    day = np.empty(LANES, np.int64)
    move = np.empty((1, LANES))
    track = np.empty((assets * ROWS, LANES))
    for start in range(0, index.size, LANES):
        group = np.uint64(index[start]) // np.uint64(4)
        track[:] = 0.0
        day[:] = 0
        for asset in range(assets):
            store(paths, track, asset * ROWS, start, asset, assets, 0)
        for step in range(steps):
            draw = np.uint64(2) * np.uint64(step)
            fill(again, keys, group, draw, LANES // BATCH)
            fill(where, keys, group, draw + np.uint64(1), LANES // BATCH)
            every = step == 0 or (block > 0 and step % block == 0)
            for i in range(LANES):
                fresh = np.int64((np.uint64(where[i]) * np.uint64(days)) >> np.uint64(32))
                onward = day[i] + 1
                onward = onward if onward < days else 0
                day[i] = fresh if every or whole(again[i]) <= threshold else onward
            for asset in range(assets):
                for i in range(LANES):
                    move[0, i] = history[asset, day[i]]
                advance(track, asset * ROWS, 0.0, 1.0, move, 0, detail)
                store(paths, track, asset * ROWS, start, asset, assets, step + 1)
        for asset in range(assets):
            report(out, track, asset * ROWS, start, asset, assets, steps, detail)
