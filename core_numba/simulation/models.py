"""Parameters of the simulated processes, checked when they are made.

A correlation matrix that is none is refused, never bent in silence: `nearest_correlation` repairs
one and says by how much.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats

_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class Jumps:
    """Compound Poisson jumps of the log price: `rate` a year, sizes normal in the log.

    Numbers, or one per asset (jumps of different assets are independent).
    """

    rate: npt.ArrayLike
    mean: npt.ArrayLike
    deviation: npt.ArrayLike

    def of(self, assets: int) -> Floats:
        """Rate, mean and deviation of each asset, in three rows. ValueError if impossible."""
        try:
            rows = np.array(
                [np.broadcast_to(row, assets) for row in (self.rate, self.mean, self.deviation)],
                dtype=np.float64,
            )
        except ValueError:
            raise ValueError(f"Give one jump law, or one for each of {assets} assets.") from None
        if not (np.isfinite(rows).all() and (rows[0] >= 0).all() and (rows[2] >= 0).all()):
            raise ValueError("Jump rates and deviations are finite and not negative.")
        return rows


@dataclass(frozen=True, slots=True)
class Heston:
    """dv = kappa (theta - v) dt + xi sqrt(v) dW, correlation `rho` with the price; v(0) = `v0`.

    The Feller condition is not asked for: the scheme lets the variance touch zero.
    """

    v0: float
    kappa: float
    theta: float
    xi: float
    rho: float

    def __post_init__(self) -> None:
        if not (self.v0 >= 0 and self.kappa > 0 and self.theta > 0 and self.xi > 0):
            raise ValueError("Heston needs v0 >= 0 and kappa, theta, xi > 0.")
        if not -1.0 < self.rho < 1.0:
            raise ValueError("Heston's rho lies strictly between -1 and 1.")


@dataclass(frozen=True, slots=True)
class Regimes:
    """A Markov chain of K regimes of A assets.

    `drift` (K, A): mean of the log return, a year; `volatility` (K, A), annual; `correlation`
    (K, A, A) or one (A, A) for all; `switch` (K, K): chances of going from row to column in one
    step; `start` (K,): chances of the first step's regime, by default the stationary ones.
    """

    drift: npt.ArrayLike
    volatility: npt.ArrayLike
    switch: npt.ArrayLike
    correlation: npt.ArrayLike | None = None
    start: npt.ArrayLike | None = None
    factors: Floats = field(init=False)
    """(K, A, A): lower triangles L with L L' the correlation."""

    def __post_init__(self) -> None:
        def put(name: str, value: Floats) -> None:
            object.__setattr__(self, name, value)

        switch = chances(self.switch, "switch")
        kinds = switch.shape[0]
        if switch.shape != (kinds, kinds) or kinds > 64:
            raise ValueError("`switch` is a square matrix of at most 64 regimes.")
        drift = np.asarray(self.drift, np.float64).reshape(kinds, -1)
        volatility = np.asarray(self.volatility, np.float64).reshape(kinds, -1)
        if volatility.shape != drift.shape:
            raise ValueError("`drift` and `volatility` have a row per regime, a column per asset.")
        if not (np.isfinite(drift).all() and np.isfinite(volatility).all()):
            raise ValueError("Drifts and volatilities are finite numbers.")
        if (volatility < 0).any():
            raise ValueError("A volatility is not negative.")
        assets = drift.shape[1]
        given = np.eye(assets) if self.correlation is None else self.correlation
        correlation = np.array(np.broadcast_to(given, (kinds, assets, assets)), np.float64)
        start = stationary(switch) if self.start is None else chances(self.start, "start")
        if start.shape != (kinds,):
            raise ValueError("`start` has one chance per regime.")
        put("switch", switch)
        put("drift", drift)
        put("volatility", volatility)
        put("correlation", correlation)
        put("start", start)
        put("factors", np.stack([factor(each) for each in correlation]))


def chances(values: npt.ArrayLike, name: str) -> Floats:
    """An array whose last axis holds probabilities; ValueError if it does not."""
    array = np.asarray(values, np.float64)
    if not (array >= 0).all() or not np.allclose(array.sum(axis=-1), 1.0, atol=1e-9, rtol=0):
        raise ValueError(f"The chances in `{name}` are not negative and add up to one.")
    return array


def stationary(switch: npt.ArrayLike) -> Floats:
    """The distribution that a Markov chain keeps. ValueError if it keeps more than one."""
    matrix = chances(switch, "switch")
    kinds = matrix.shape[0]
    equations = np.vstack([matrix.T - np.eye(kinds), np.ones(kinds)])
    solution, _, rank, _ = np.linalg.lstsq(equations, np.eye(kinds + 1)[-1], rcond=1e-12)
    if rank < kinds:
        raise ValueError("This chain has several stationary distributions: give `start`.")
    held = np.clip(solution, 0.0, None)
    kept: Floats = held / held.sum()
    return kept


def factor(correlation: npt.ArrayLike) -> Floats:
    """A lower triangle L with L L' the correlation; perfectly correlated assets are allowed.

    ValueError when the matrix is no correlation matrix, naming its smallest eigenvalue.
    """
    matrix = np.asarray(correlation, np.float64)
    if not np.isfinite(matrix).all() or not np.allclose(matrix, matrix.T, atol=_TOLERANCE):
        raise ValueError("A correlation matrix is finite and symmetric.")
    if not np.allclose(np.diag(matrix), 1.0, atol=_TOLERANCE):
        raise ValueError("A correlation matrix has ones on its diagonal.")
    values, vectors = np.linalg.eigh(matrix)
    if values[0] < -_TOLERANCE:
        raise ValueError(
            f"No assets can be correlated like this (smallest eigenvalue {values[0]:.3g}); "
            "`nearest_correlation` gives the nearest matrix that is possible."
        )
    root = vectors * np.sqrt(np.clip(values, 0.0, None))
    upper: Floats = np.linalg.qr(root.T)[1]
    lower = upper.T
    signed: Floats = lower * np.where(np.diag(lower) < 0, -1.0, 1.0)
    return signed


class Repaired(NamedTuple):
    """A correlation matrix, and the largest change of an entry that made it one."""

    correlation: Floats
    change: float


def nearest_correlation(matrix: npt.ArrayLike, *, rounds: int = 500) -> Repaired:
    """The nearest correlation matrix, entries' squares added.

    Higham: Computing the nearest correlation matrix (IMA Journal of Numerical Analysis 22, 2002).
    """
    given = np.asarray(matrix, np.float64)
    y = given = 0.5 * (given + given.T)
    correction = np.zeros_like(y)
    for _ in range(rounds):
        r = y - correction
        values, vectors = np.linalg.eigh(r)
        x = (vectors * np.clip(values, 0.0, None)) @ vectors.T
        correction = x - r
        before, y = y, x.copy()
        np.fill_diagonal(y, 1.0)
        if np.abs(y - before).max() < 1e-14:
            break
    values, vectors = np.linalg.eigh(y)  # the last rounding: exactly possible
    y = (vectors * np.clip(values, 0.0, None)) @ vectors.T
    scale = np.sqrt(np.diag(y))
    y = y / np.outer(scale, scale)
    np.fill_diagonal(y, 1.0)
    return Repaired(y, float(np.abs(y - given).max()))
