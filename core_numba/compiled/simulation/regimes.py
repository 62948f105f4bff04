"""Several assets under a Markov chain of regimes, with Student-t or normal shocks and jumps.

Each step of each path has `1 + 4 assets` words, read or not: one for the regime, and for each asset
radius and angle of a Student-t shock (a normal one reads the first alone), the size of its jumps
and their number. A word's place says what it is for, whatever else is switched on.

Shocks of several assets are multivariate Student-t, one after the other: given those before it,
the next is Student-t of n + k degrees of freedom times sqrt((n + sum of k squares) / (n + k)).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.compiled.simulation.observe import LANES, ROWS, advance, report, store
from core_numba.compiled.simulation.single import circle, fma, normals, root, student_radius, whole
from core_numba.compiled.simulation.words import BATCH, fill
from core_numba.jit.declare import compiled, inlined
from core_numba.vmath.instructions import align_stack

_HALF, _UNIT, _ZERO = np.float32(0.5), np.float32(1.0), np.float32(0.0)
_ONE, _NONE = np.int32(1), np.int32(0)


@compiled(
    "void(i8[::1], u8[:,::1], i8, i8, f8, i4[:,::1], i4[:,::1], f8[:,::1], f4[:,::1],"
    " i4[:,::1], f4[:,::1], f8[:,:,::1], f8[:,:,::1], i1[:,::1])"
)
def regimes(  # noqa: PLR0917 - arrays by position
    index: Any,
    keys: Any,
    steps: int,
    detail: int,
    dof: float,
    begin: Any,
    switch: Any,
    drifts: Any,
    loadings: Any,
    arrivals: Any,
    sizes: Any,
    out: Any,
    paths: Any,
    visited: Any,
) -> None:
    align_stack()
    kinds, assets = drifts.shape
    mirrors = out.shape[1] // assets
    lanes = LANES // mirrors
    turns = lanes // BATCH
    slots = np.uint64(1 + 4 * assets)
    words, angle = np.empty(LANES, np.uint32), np.empty(LANES, np.uint32)
    state, after = np.empty(LANES, np.int32), np.empty(LANES, np.int32)
    bound = np.empty(LANES, np.int32)
    shocks, squares = np.empty((assets, LANES), np.float32), np.empty(LANES, np.float32)
    size, pick, move = shocks[:1].copy(), squares.copy(), shocks[:1].copy()
    track = np.empty((assets * ROWS, LANES))
    differences = np.empty((kinds, assets), np.float32)
    _beyond_first(drifts, differences)
    for start in range(0, index.size, lanes):
        group = np.uint64(index[start]) // np.uint64(4)
        track[:] = 0.0
        state[:] = 0
        for asset in range(assets):
            store(paths, track, asset * ROWS, start, asset, assets, 0)
        for step in range(steps):
            draw = np.uint64(step) * slots
            if kinds > 1:
                fill(words, keys, group, draw, turns)
                _next(words, lanes, state, begin if step == 0 else switch, bound, after)
            _visit(visited, state, start, lanes, step)
            for asset in range(assets):
                draw = np.uint64(step) * slots + np.uint64(1 + 4 * asset)
                fill(words, keys, group, draw, turns)
                if dof > 0.0:
                    fill(angle, keys, group, draw + np.uint64(1), turns)
                    _student(words, angle, lanes, dof, asset, shocks, squares)
                else:
                    normals(words, lanes, shocks, asset)
                _mirror(shocks, asset, lanes)
            for asset in range(assets):
                _load(state, asset, differences, loadings, shocks, pick, move)
                if arrivals.shape[1] > 0:
                    draw = np.uint64(step) * slots + np.uint64(3 + 4 * asset)
                    fill(words, keys, group, draw, turns)
                    normals(words, lanes, size, 0)
                    _mirror(size, 0, lanes)
                    fill(words, keys, group, draw + np.uint64(1), turns)
                    _jump(words, lanes, arrivals, sizes, asset, size, pick, move)
                base = asset * ROWS
                advance(track, base, drifts[0, asset], 1.0, move, 0, detail)
                store(paths, track, base, start, asset, assets, step + 1)
        for asset in range(assets):
            report(out, track, asset * ROWS, start, asset, assets, steps, detail)


@inlined
def _beyond_first(drifts: Any, out: Any) -> None:
    """Drifts less those of the first regime, which are added in double precision."""
    for kind in range(drifts.shape[0]):
        for asset in range(drifts.shape[1]):
            out[kind, asset] = drifts[kind, asset] - drifts[0, asset]


@inlined
def _visit(visited: Any, state: Any, start: int, lanes: int, step: int) -> None:
    """Write the regimes of a step, if there is where."""
    if visited.shape[0] > 0:
        for i in range(min(lanes, visited.shape[0] - start)):
            visited[start + i, step] = np.int8(state[i])


@inlined
def _mirror(values: Any, row: int, lanes: int) -> None:
    """The antithetic half."""
    if lanes < LANES:
        for i in range(lanes):
            values[row, lanes + i] = -values[row, i]


@inlined
def _twin(words: Any, lanes: int) -> None:
    """The antithetic half where it is to be like the other."""
    if lanes < LANES:
        for i in range(lanes):
            words[lanes + i] = words[i]


@inlined
def _next(words: Any, lanes: int, state: Any, thresholds: Any, bound: Any, after: Any) -> None:  # noqa: PLR0917 - arrays by position
    """The regimes to which the words lead: one further for each threshold that is exceeded.

    Row r of `thresholds` is for those who are in regime r.
    """
    _twin(words, lanes)
    for i in range(LANES):
        after[i] = _NONE
    for to in range(thresholds.shape[1]):
        _choose(state, thresholds, to, bound)
        for i in range(LANES):
            after[i] += _ONE if whole(words[i]) > bound[i] else _NONE
    for i in range(LANES):
        state[i] = after[i]


@inlined
def _choose(state: Any, table: Any, column: int, out: Any) -> None:
    """The entry of a column for each lane's regime: comparisons in place of gathering."""
    last = table.shape[0] - 1
    a, b = table[0, column], table[min(1, last), column]
    c, d = table[min(2, last), column], table[min(3, last), column]
    for i in range(LANES):
        where = state[i]
        value = b if where == 1 else a
        other = d if where == 3 else c
        out[i] = other if where > 1 else value
    for kind in range(4, table.shape[0]):
        a = table[kind, column]
        for i in range(LANES):
            value = out[i]
            out[i] = a if state[i] == kind else value


@inlined
def _student(  # noqa: PLR0917 - arrays by position
    words: Any, angle: Any, lanes: int, dof: float, asset: int, shocks: Any, squares: Any
) -> None:
    """The variates of `asset`, given those of the assets before it."""
    exponent = np.float32(2.0 / (dof + asset))
    if asset == 0:
        weight = np.float32(0.5 * dof)
        for i in range(lanes):
            across, _ = circle(angle[i])
            shocks[asset, i] = student_radius(words[i], exponent, weight) * across
    else:
        if asset == 1:
            for i in range(lanes):
                squares[i] = np.float32(dof)
        for i in range(lanes):
            squares[i] = fma(shocks[asset - 1, i], shocks[asset - 1, i], squares[i])
        for i in range(lanes):
            across, _ = circle(angle[i])
            shocks[asset, i] = student_radius(words[i], exponent, _HALF * squares[i]) * across


@inlined
def _load(  # noqa: PLR0917 - arrays by position
    state: Any, asset: int, differences: Any, loadings: Any, shocks: Any, pick: Any, move: Any
) -> None:
    """The step of `asset`: its regime's drift beyond that of the first, and loadings on shocks."""
    assets = differences.shape[1]
    _choose(state, differences, asset, pick)
    for i in range(LANES):
        move[0, i] = pick[i]
    for other in range(asset + 1):
        _choose(state, loadings, asset * assets + other, pick)
        for i in range(LANES):
            move[0, i] = fma(pick[i], shocks[other, i], move[0, i])


@inlined
def _jump(  # noqa: PLR0917 - arrays by position
    words: Any, lanes: int, arrivals: Any, sizes: Any, asset: int, size: Any, pick: Any, move: Any
) -> None:
    """Add the jumps: their number by its distribution function, their sum normal given that.

    `arrivals` are a multiple of four thresholds; those not needed are never exceeded.
    """
    _twin(words, lanes)
    for i in range(LANES):
        pick[i] = _ZERO
    for level in range(0, arrivals.shape[1], 4):
        a, b = arrivals[asset, level], arrivals[asset, level + 1]
        c, d = arrivals[asset, level + 2], arrivals[asset, level + 3]
        for i in range(LANES):
            place = whole(words[i])
            low = (_UNIT if place > a else _ZERO) + (_UNIT if place > b else _ZERO)
            high = (_UNIT if place > c else _ZERO) + (_UNIT if place > d else _ZERO)
            pick[i] += low + high
    mean, deviation = sizes[asset, 0], sizes[asset, 1]
    for i in range(LANES):
        count = pick[i]
        move[0, i] += fma(root(count) * deviation, size[0, i], count * mean)
