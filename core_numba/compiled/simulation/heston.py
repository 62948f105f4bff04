"""Heston by Andersen's quadratic-exponential scheme with martingale correction.

Andersen: Simple and Efficient Simulation of the Heston Stochastic Volatility Model (Journal of
Computational Finance 11, 2008), sections 3.2 and 4.3. Each step of each path has three words:
the normals of variance and price, and the uniform of the exponential case.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from core_numba.compiled.simulation.observe import (
    LANES,
    ROWS,
    TERMINAL_VARIANCE,
    advance,
    report,
    store,
)
from core_numba.compiled.simulation.single import normals, whole
from core_numba.compiled.simulation.words import BATCH, fill
from core_numba.jit.declare import compiled, inlined
from core_numba.vmath.functions import log_normal
from core_numba.vmath.instructions import align_stack, at_least, at_most

SWITCH: Final = 1.5
"""Andersen's critical psi: any value between 1 and 2 is exact in the first two moments."""
_TINY: Final = 1e-300
_TWO_M31: Final = 2.0**-31
_TWO_M32: Final = 2.0**-32


@compiled("void(i8[::1], u8[:,::1], i8, i8, f8[:,::1], f8[:,:,::1], f8[:,:,::1])")
def heston(  # noqa: PLR0917 - arrays by position
    index: Any, keys: Any, steps: int, detail: int, coefficients: Any, out: Any, paths: Any
) -> None:
    align_stack()
    drift = coefficients[0, 0]
    mirrors = out.shape[1]
    lanes = LANES // mirrors
    turns = lanes // BATCH
    words = np.empty(LANES, np.uint32)
    shocks = np.empty((2, LANES), np.float32)
    chance, variance = np.empty(LANES), np.empty(LANES)
    moves = np.empty((1, LANES))
    track = np.empty((ROWS, LANES))
    for start in range(0, index.size, lanes):
        group = np.uint64(index[start]) // np.uint64(4)
        track[:] = 0.0
        variance[:] = coefficients[0, 1]
        store(paths, track, 0, start, 0, 1, 0)
        for step in range(steps):
            draw = np.uint64(3) * np.uint64(step)
            fill(words, keys, group, draw, turns)
            normals(words, lanes, shocks, 0)
            fill(words, keys, group, draw + np.uint64(1), turns)
            normals(words, lanes, shocks, 1)
            fill(words, keys, group, draw + np.uint64(2), turns)
            for i in range(lanes):
                chance[i] = np.float64(whole(words[i])) * _TWO_M31 + _TWO_M32
            if mirrors > 1:
                for i in range(lanes):
                    shocks[0, lanes + i], shocks[1, lanes + i] = -shocks[0, i], -shocks[1, i]
                    chance[lanes + i] = 1.0 - chance[i]
            _move(coefficients, variance, shocks, chance, moves)
            advance(track, 0, drift, 1.0, moves, 0, detail)
            store(paths, track, 0, start, 0, 1, step + 1)
        report(out, track, 0, start, 0, 1, steps, detail)
        for mirror in range(mirrors):
            for i in range(min(lanes, out.shape[0] - start)):
                out[start + i, mirror, TERMINAL_VARIANCE] = variance[mirror * lanes + i]


@inlined
def _move(coefficients: Any, variance: Any, shocks: Any, chance: Any, moves: Any) -> None:
    """The next variance and the move of the log price beyond its drift."""
    theta, decay = coefficients[0, 2], coefficients[0, 3]
    by_variance, by_theta = coefficients[0, 4], coefficients[0, 5]
    k0, k1, k2, k3 = (
        coefficients[0, 6],
        coefficients[0, 7],
        coefficients[0, 8],
        coefficients[0, 9],
    )
    a2 = k2 + 0.5 * k3
    for i in range(LANES):
        v, z = variance[i], np.float64(shocks[0, i])
        m = theta + (v - theta) * decay
        psi = (v * by_variance + by_theta) / (m * m)
        # The quadratic case.
        inverse = 2.0 / at_most(psi, SWITCH)
        b2 = inverse - 1.0 + math.sqrt(inverse) * math.sqrt(inverse - 1.0)
        a = m / (1.0 + b2)
        root = math.sqrt(b2) + z
        quadratic = a * root * root
        # The exponential case: zero with probability p, else exponential of rate beta.
        more = at_least(psi, 1.0)
        p = (more - 1.0) / (more + 1.0)
        beta = (1.0 - p) / m
        rest = (1.0 - p) / (1.0 - chance[i])
        exponential = log_normal(at_least(rest, 1.0)) / beta
        smooth = psi <= SWITCH
        after = quadratic if smooth else exponential
        # The correction that makes the price a martingale, where its expectation exists.
        left = 1.0 - 2.0 * a2 * a
        inner = beta - a2
        exists = left > _TINY if smooth else inner > _TINY
        left = left if left > _TINY else 1.0
        inner = inner if inner > _TINY else 1.0
        mean = p + beta * (1.0 - p) / inner
        by_square = -a2 * b2 * a / left + 0.5 * log_normal(left)
        corrected = by_square if smooth else -log_normal(mean if mean > _TINY else 1.0)
        corrected -= (k1 + 0.5 * k3) * v
        k = corrected if exists else k0
        spread = math.sqrt(k3 * (v + after))
        moves[0, i] = k + k1 * v + k2 * after + spread * np.float64(shocks[1, i])
        variance[i] = after
