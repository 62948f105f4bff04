"""The walks step by step over all paths at once, in double precision, from the same words.

Shocks are those of the compiled bodies before rounding to single precision, so the two agree to
about 1e-7 of a step's shock. What a word is for: see the compiled modules.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.arrays import Floats
from core_numba.plain.simulation.words import Keys, Words, words

_SWITCH = 1.5


class Read:
    """The words of `count` paths from path number `first` on, draw by draw."""

    def __init__(self, keys: Keys, index: Any, mirrors: int) -> None:
        self.keys, self.first, self.mirrors = keys, int(index[0]), mirrors
        self.count = index.size
        self._buffer: Words = np.empty(self.count + -self.count % 64, np.uint32)

    def raw(self, draw: int) -> Words:
        words(self.keys, self.first, draw, self._buffer)
        return self._buffer

    def twin(self, values: Any) -> Any:
        """The values again for the antithetic paths."""
        return np.tile(values, self.mirrors)

    def mirror(self, values: Any) -> Any:
        """The values, then their negatives for the antithetic paths."""
        return np.concatenate([values, -values]) if self.mirrors > 1 else values

    def whole(self, draw: int) -> Any:
        """Upper 31 bits."""
        return (self.raw(draw) >> np.uint32(1)).astype(np.int64)[: self.count]

    def normals(self, draw: int) -> Floats:
        rows = self.raw(draw).reshape(-1, 2, 32)
        r = np.sqrt(minus_log(rows[:, 0]))
        across, up = circle(rows[:, 1])
        pairs: Floats = np.stack([r * across, r * up], axis=1).reshape(-1)[: self.count]
        return pairs


def minus_log(raw: Words) -> Floats:
    value: Floats = -np.log((raw >> np.uint32(1)) * 2.0**-31 + 2.0**-32)
    return np.maximum(value, 0.0)


def circle(raw: Words) -> tuple[Floats, Floats]:
    angle = (raw << np.uint32(2)).view(np.int32) * (np.pi / 4 * 2.0**-31)
    across = np.where(raw >> np.uint32(31), -1.0, 1.0)
    up = np.where(raw >> np.uint32(30) & np.uint32(1), -1.0, 1.0)
    return across * (np.cos(angle) - np.sin(angle)), up * (np.cos(angle) + np.sin(angle))


class Track:
    """One asset's log prices and what is remembered of them."""

    def __init__(self, count: int) -> None:
        self.x, self.low, self.high, self.fall, self.mean, self.run, self.longest = np.zeros(
            (7, count)
        )

    def advance(self, move: Any) -> None:
        self.x = self.x + move
        self.low = np.minimum(self.low, self.x)
        self.high = np.maximum(self.high, self.x)
        self.fall = np.minimum(self.fall, self.x - self.high)
        self.mean = self.mean + np.exp(self.x)
        self.run = np.where(self.x < self.high, self.run + 1.0, 0.0)
        self.longest = np.maximum(self.longest, self.run)

    def store(self, paths: Floats, asset: int, assets: int, at: int) -> None:
        if paths.shape[0]:
            paths[:, asset::assets, at] = self.x.reshape(-1, paths.shape[0]).T

    def report(self, out: Floats, asset: int, assets: int, steps: int, detail: int) -> None:
        nothing = np.full(self.x.size, np.nan)
        columns = [self.x, self.low, self.high, self.fall]
        columns += [self.mean / steps, self.longest] if detail else [nothing, nothing]
        for k, column in enumerate(columns):
            out[:, asset::assets, k] = column.reshape(-1, out.shape[0]).T


def gbm(  # noqa: PLR0917 - arrays by position
    index: Any,
    keys: Keys,
    steps: int,
    detail: int,
    coefficients: Floats,
    out: Floats,
    paths: Floats,
) -> None:
    drift, width = coefficients[0]
    read = Read(keys, index, out.shape[1])
    track = Track(read.count * read.mirrors)
    track.store(paths, 0, 1, 0)
    for step in range(steps):
        track.advance(drift + width * read.mirror(read.normals(step)))
        track.store(paths, 0, 1, step + 1)
    track.report(out, 0, 1, steps, detail)


def regimes(  # noqa: PLR0917 - arrays by position
    index: Any,
    keys: Keys,
    steps: int,
    detail: int,
    dof: float,
    begin: Any,
    switch: Any,
    drifts: Floats,
    loadings: Any,
    arrivals: Any,
    sizes: Any,
    out: Floats,
    paths: Floats,
    visited: Any,
) -> None:
    kinds, assets = drifts.shape
    read = Read(keys, index, out.shape[1] // assets)
    tracks = [Track(read.count * read.mirrors) for _ in range(assets)]
    state = np.zeros(read.count * read.mirrors, np.int64)
    for asset, track in enumerate(tracks):
        track.store(paths, asset, assets, 0)
    for step in range(steps):
        draw = step * (1 + 4 * assets)
        if kinds > 1:
            thresholds = (switch if step else begin)[state]
            state = (read.twin(read.whole(draw))[:, None] > thresholds).sum(axis=1)
        if visited.shape[0]:
            visited[:, step] = state[: read.count]
        shocks = _shocks(read, draw, assets, dof)
        for asset, track in enumerate(tracks):
            move = drifts[state, asset]
            for other in range(asset + 1):
                move = move + loadings[state, asset * assets + other] * shocks[other]
            if arrivals.shape[1]:
                at = draw + 3 + 4 * asset
                count = (read.whole(at + 1)[:, None] > arrivals[asset]).sum(axis=1)
                size = read.mirror(read.normals(at))
                count = read.twin(count)
                move = move + sizes[asset, 0] * count + sizes[asset, 1] * np.sqrt(count) * size
            track.advance(move)
            track.store(paths, asset, assets, step + 1)
    for asset, track in enumerate(tracks):
        track.report(out, asset, assets, steps, detail)


def _shocks(read: Read, draw: int, assets: int, dof: float) -> list[Floats]:
    """Normal or multivariate Student-t variates of a step, asset by asset."""
    shocks: list[Floats] = []
    squares = np.full(read.count, dof)
    for asset in range(assets):
        at = draw + 1 + 4 * asset
        if dof > 0.0:
            exponential = minus_log(read.raw(at))[: read.count]
            across = circle(read.raw(at + 1))[0][: read.count]
            radius = np.sqrt(0.5 * squares * np.expm1(2.0 / (dof + asset) * exponential))
            shock = radius * across
            squares = squares + shock * shock
        else:
            shock = read.normals(at)
        shocks.append(read.mirror(shock))
    return shocks


def heston(  # noqa: PLR0917 - arrays by position
    index: Any,
    keys: Keys,
    steps: int,
    detail: int,
    coefficients: Floats,
    out: Floats,
    paths: Floats,
) -> None:
    drift, v0, theta, decay, by_variance, by_theta, k0, k1, k2, k3 = coefficients[0]
    read = Read(keys, index, out.shape[1])
    track = Track(read.count * read.mirrors)
    v = np.full(read.count * read.mirrors, v0)
    a2 = k2 + 0.5 * k3
    track.store(paths, 0, 1, 0)
    for step in range(steps):
        z, w = (read.mirror(read.normals(3 * step + k)) for k in range(2))
        u = read.whole(3 * step + 2) * 2.0**-31 + 2.0**-32
        u = np.concatenate([u, 1.0 - u]) if read.mirrors > 1 else u
        m = theta + (v - theta) * decay
        psi = (v * by_variance + by_theta) / (m * m)
        smooth = psi <= _SWITCH
        inverse = 2.0 / np.minimum(psi, _SWITCH)
        b2 = inverse - 1.0 + np.sqrt(inverse) * np.sqrt(inverse - 1.0)
        a = m / (1.0 + b2)
        p = (np.maximum(psi, 1.0) - 1.0) / (np.maximum(psi, 1.0) + 1.0)
        beta = (1.0 - p) / m
        later = np.log(np.maximum((1.0 - p) / (1.0 - u), 1.0)) / beta
        after = np.where(smooth, a * (np.sqrt(b2) + z) ** 2, later)
        left, inner = 1.0 - 2.0 * a2 * a, beta - a2
        exists = np.where(smooth, left, inner) > 0.0
        left, inner = np.where(left > 0.0, left, 1.0), np.where(inner > 0.0, inner, 1.0)
        by_square = -a2 * b2 * a / left + 0.5 * np.log(left)
        mean = p + beta * (1.0 - p) / inner
        log_mean = np.log(np.where(mean > 0.0, mean, 1.0))
        corrected = np.where(smooth, by_square, -log_mean) - (k1 + 0.5 * k3) * v
        start = np.where(exists, corrected, k0)
        track.advance(drift + start + k1 * v + k2 * after + np.sqrt(k3 * (v + after)) * w)
        v = after
        track.store(paths, 0, 1, step + 1)
    track.report(out, 0, 1, steps, detail)
    out[:, :, 6] = v.reshape(read.mirrors, -1).T


def bootstrap(  # noqa: PLR0917 - arrays by position
    index: Any,
    keys: Keys,
    steps: int,
    detail: int,
    block: int,
    threshold: int,
    history: Floats,
    out: Floats,
    paths: Floats,
) -> None:
    assets, days = history.shape
    read = Read(keys, index, 1)
    tracks = [Track(read.count) for _ in range(assets)]
    day = np.zeros(read.count, np.int64)
    for asset, track in enumerate(tracks):
        track.store(paths, asset, assets, 0)
    for step in range(steps):
        again = read.whole(2 * step) <= threshold
        again |= step == 0 or (block > 0 and step % block == 0)
        where = read.raw(2 * step + 1)[: read.count].astype(np.uint64)
        fresh = (where * np.uint64(days) >> np.uint64(32)).astype(np.int64)
        day = np.where(again, fresh, (day + 1) % days)
        for asset, track in enumerate(tracks):
            track.advance(history[asset, day])
            track.store(paths, asset, assets, step + 1)
    for asset, track in enumerate(tracks):
        track.report(out, asset, assets, steps, detail)
