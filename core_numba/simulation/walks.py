"""Simulated paths: what became of each, observed while walking; whole paths only when asked for.

Memory grows with the number of paths, not of steps. Barriers and extremes are watched at the steps,
not between them, the start included. Shocks have single precision (7 digits of one step's shock,
no normal beyond 6.66), log prices double. Results depend on seed, stream and a path's own number:
not on threads, not on how many other paths there are, not on whether paths are kept.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain.simulation import walks as plain
from core_numba.plain.simulation.words import round_keys
from core_numba.simulation.models import Heston, Jumps, Regimes
from core_numba.simulation.streams import Stream, poisson_distribution

_GBM = Kernel("simulation.gbm", plain.gbm)
_REGIMES = Kernel("simulation.regimes", plain.regimes)
_HESTON = Kernel("simulation.heston", plain.heston)
_BOOTSTRAP = Kernel("simulation.bootstrap", plain.bootstrap)

_COLUMNS = 7
_LEAST = 512
"""Paths that make another thread worth while: each is hundreds of steps."""
_NEVER = (1 << 31) - 1


class Walks(NamedTuple):
    """What became of each path; arrays (paths,), or (assets, paths) of several assets.

    With antithetic paths the twin of path i is path i + paths / 2. Prices include the start,
    `mean` does not. `mean` and `under_water` are NaN unless `detail` was asked for.
    """

    terminal: Floats
    lowest: Floats
    highest: Floats
    drawdown: Floats
    """The deepest fall from a peak, a share of the peak: 0 to 1."""
    mean: Floats
    """The average price at the steps (arithmetic)."""
    under_water: Floats
    """The longest time below a former peak, in steps."""
    paths: Floats | None = None
    """(paths, steps + 1) or (assets, paths, steps + 1), if kept."""
    variance: Floats | None = None
    """Heston's variance at the end."""
    regimes: npt.NDArray[np.int8] | None = None
    """(paths, steps): the regime of each step, if paths are kept (twins share it)."""


class _Plan:
    """Arrays for a walk of `paths` paths and `assets` assets."""

    def __init__(
        self,
        spot: npt.ArrayLike,
        steps: int,
        paths: int,
        seed: int | Stream,
        *,
        antithetic: bool,
        keep: bool,
        assets: int | None = None,
    ) -> None:
        if steps < 1 or paths < 1:
            raise ValueError("A simulation needs at least one step and one path.")
        if antithetic and paths % 2:
            raise ValueError("Antithetic paths come in twos: ask for an even number.")
        self.single = assets is None
        self.assets = 1 if assets is None else assets
        try:
            self.spot = np.array(np.broadcast_to(spot, self.assets), np.float64)
        except ValueError:
            raise ValueError(f"Give one spot, or one for each of {self.assets} assets.") from None
        if not (np.isfinite(self.spot).all() and (self.spot > 0).all()):
            raise ValueError("A spot is a positive number.")
        stream = seed if isinstance(seed, Stream) else Stream(seed)
        self.keys = round_keys(stream.seed, stream.number)
        self.steps, self.mirrors = steps, 2 if antithetic else 1
        count = paths // self.mirrors
        self.index = np.arange(count, dtype=np.int64)
        self.out = np.zeros((count, self.mirrors * self.assets, _COLUMNS))
        shape = (count, self.mirrors * self.assets, steps + 1)
        self.paths = np.empty(shape if keep else (0, 0, 0))
        self.visited = np.zeros((count, steps) if keep else (0, 0), np.int8)

    def column(self, values: Floats) -> Floats:
        """(paths, mirrors * assets, ...) as (assets, paths, ...)."""
        split = values.reshape(values.shape[0], self.mirrors, self.assets, *values.shape[2:])
        moved = np.moveaxis(split, (2, 1, 0), (0, 1, 2))
        return moved.reshape(self.assets, -1, *values.shape[2:])

    def walks(self, *, variance: bool = False, regimes: bool = False) -> Walks:
        def shaped(values: Floats) -> Floats:
            return values[0] if self.single else values

        terminal, low, high, fall, mean, under, last = (
            self.column(self.out[:, :, k]) for k in range(_COLUMNS)
        )
        spot = self.spot[:, None]
        paths = None
        if self.paths.size:
            paths = self.column(self.paths)
            np.exp(paths, out=paths)
            paths *= spot[:, :, None]
            paths = shaped(paths)
        return Walks(
            shaped(spot * np.exp(terminal)),
            shaped(spot * np.exp(low)),
            shaped(spot * np.exp(high)),
            shaped(-np.expm1(fall)),
            shaped(spot * mean),
            shaped(under),
            paths,
            shaped(last) if variance else None,
            self.visited if regimes and self.paths.size else None,
        )


def _years(years: float, steps: int) -> float:
    if not (math.isfinite(years) and years > 0.0):
        raise ValueError("The time to simulate is a positive number of years.")
    if steps < 1:
        raise ValueError("A simulation needs at least one step.")
    return years / steps


def gbm(
    spot: float,
    drift: float,
    volatility: float,
    years: float,
    *,
    steps: int,
    paths: int,
    seed: int | Stream,
    antithetic: bool = False,
    detail: bool = False,
    keep: bool = False,
) -> Walks:
    """Geometric Brownian motion, exact at each step: E S(T) = spot * exp(drift * years)."""
    step = _years(years, steps)
    if not (math.isfinite(drift) and math.isfinite(volatility) and volatility >= 0.0):
        raise ValueError("Drift and volatility are finite, volatility not negative.")
    plan = _Plan(spot, steps, paths, seed, antithetic=antithetic, keep=keep)
    move = (drift - 0.5 * volatility**2) * step
    coefficients = np.array([[move, volatility * math.sqrt(step)]])
    arguments = (plan.index, plan.keys, steps, int(detail), coefficients, plan.out, plan.paths)
    _GBM.split(plan.index.size, *arguments, least=_LEAST)
    return plan.walks()


def regimes(
    spot: npt.ArrayLike,
    model: Regimes,
    years: float,
    *,
    steps: int,
    paths: int,
    seed: int | Stream,
    dof: float = math.inf,
    jumps: Jumps | None = None,
    antithetic: bool = False,
    detail: bool = False,
    keep: bool = False,
) -> Walks:
    """Assets under switching regimes, with Student-t shocks of `dof` > 2 and jumps.

    The regime holds for a whole step. Shocks are scaled to the regime's volatility whatever the
    degrees of freedom; those of several assets are multivariate Student-t. Drifts are means of log
    returns before jumps: with Student-t shocks the price itself has no mean to prescribe.
    """
    step = _years(years, steps)
    if not dof > 2.0:
        raise ValueError("Degrees of freedom must exceed 2: a variance is asked for.")
    drift, volatility = np.asarray(model.drift), np.asarray(model.volatility)
    kinds, assets = drift.shape
    if assets > _LEAST:
        raise ValueError(f"At most {_LEAST} assets can be simulated together.")
    plan = _Plan(spot, steps, paths, seed, antithetic=antithetic, keep=keep, assets=assets)
    scale = math.sqrt(step * (1.0 if math.isinf(dof) else (dof - 2.0) / dof))
    loadings = (scale * volatility[:, :, None] * model.factors).reshape(kinds, -1)
    arrivals, sizes = _jumps(jumps, assets, step)
    _REGIMES.split(
        plan.index.size,
        plan.index,
        plan.keys,
        steps,
        int(detail),
        0.0 if math.isinf(dof) else float(dof),
        np.repeat(_thresholds(np.asarray(model.start))[None], kinds, axis=0),
        _thresholds(np.asarray(model.switch)),
        drift * step,
        loadings.astype(np.float32),
        arrivals,
        sizes,
        plan.out,
        plan.paths,
        plan.visited,
        least=_LEAST,
    )
    return plan.walks(regimes=True)


def student(
    spot: float,
    drift: float,
    volatility: float,
    dof: float,
    years: float,
    *,
    steps: int,
    paths: int,
    seed: int | Stream,
    antithetic: bool = False,
    detail: bool = False,
    keep: bool = False,
) -> Walks:
    """Log returns of each step Student-t with mean `drift` and `volatility` a year; `dof` > 2."""
    model = Regimes([[drift]], [[volatility]], [[1.0]])
    walks = regimes(
        spot,
        model,
        years,
        steps=steps,
        paths=paths,
        seed=seed,
        dof=dof,
        antithetic=antithetic,
        detail=detail,
        keep=keep,
    )
    return _first(walks)


def merton(
    spot: float,
    drift: float,
    volatility: float,
    jumps: Jumps,
    years: float,
    *,
    steps: int,
    paths: int,
    seed: int | Stream,
    antithetic: bool = False,
    detail: bool = False,
    keep: bool = False,
) -> Walks:
    """Merton's jump diffusion, exact at each step: E S(T) = spot * exp(drift * years)."""
    rate, mean, deviation = jumps.of(1)[:, 0]
    compensation = rate * math.expm1(mean + 0.5 * deviation**2)
    model = Regimes([[drift - 0.5 * volatility**2 - compensation]], [[volatility]], [[1.0]])
    walks = regimes(
        spot,
        model,
        years,
        steps=steps,
        paths=paths,
        seed=seed,
        jumps=jumps,
        antithetic=antithetic,
        detail=detail,
        keep=keep,
    )
    return _first(walks)


def heston(
    spot: float,
    drift: float,
    model: Heston,
    years: float,
    *,
    steps: int,
    paths: int,
    seed: int | Stream,
    antithetic: bool = False,
    detail: bool = False,
    keep: bool = False,
) -> Walks:
    """Heston by Andersen's QE-M scheme: E S(T) = spot * exp(drift * years) at any step length."""
    dt = _years(years, steps)
    plan = _Plan(spot, steps, paths, seed, antithetic=antithetic, keep=keep)
    kappa, theta, xi, rho = model.kappa, model.theta, model.xi, model.rho
    decay, gone = math.exp(-kappa * dt), -math.expm1(-kappa * dt)
    common = 0.5 * dt * (kappa * rho / xi - 0.5)
    coefficients = np.array(
        [
            [
                drift * dt,
                model.v0,
                theta,
                decay,
                xi * xi * decay * gone / kappa,
                0.5 * theta * xi * xi * gone * gone / kappa,
                -rho * kappa * theta * dt / xi,
                common - rho / xi,
                common + rho / xi,
                0.5 * dt * (1.0 - rho * rho),
            ]
        ]
    )
    arguments = (plan.index, plan.keys, steps, int(detail), coefficients, plan.out, plan.paths)
    _HESTON.split(plan.index.size, *arguments, least=_LEAST)
    return plan.walks(variance=True)


def bootstrap(
    spot: npt.ArrayLike,
    log_returns: npt.ArrayLike,
    *,
    steps: int,
    paths: int,
    seed: int | Stream,
    block: int | None = None,
    mean_block: float | None = None,
    detail: bool = False,
    keep: bool = False,
) -> Walks:
    """Paths of returns that happened: `log_returns` (days,) or (assets, days), days kept together.

    One by one by default; in blocks of `block` days (circular); or stationary, in blocks of
    geometric length with mean `mean_block` >= 1 (Politis and Romano).
    """
    history = np.array(log_returns, np.float64, order="C", ndmin=2)
    if history.ndim != 2 or history.shape[1] < 1 or not np.isfinite(history).all():
        raise ValueError("`log_returns` are finite numbers, a row per asset.")
    if block is not None and mean_block is not None:
        raise ValueError("Blocks have a fixed length or a random one, not both.")
    if (block is not None and block < 1) or (mean_block is not None and not mean_block >= 1.0):
        raise ValueError("A block has at least one day.")
    single = np.ndim(log_returns) == 1
    assets = None if single else history.shape[0]
    plan = _Plan(spot, steps, paths, seed, antithetic=False, keep=keep, assets=assets)
    every = 0 if mean_block is not None else (block or 1)
    threshold = -1 if mean_block is None else round(2.0**31 / mean_block) - 1
    _BOOTSTRAP.split(
        plan.index.size,
        plan.index,
        plan.keys,
        steps,
        int(detail),
        every,
        threshold,
        history,
        plan.out,
        plan.paths,
        least=max(_LEAST, history.shape[0] + 1),
    )
    return plan.walks()


def _first(walks: Walks) -> Walks:
    """The only asset's walks without the axis of assets."""
    return Walks(
        walks.terminal[0],
        walks.lowest[0],
        walks.highest[0],
        walks.drawdown[0],
        walks.mean[0],
        walks.under_water[0],
        None if walks.paths is None else walks.paths[0],
    )


def _thresholds(probabilities: Floats) -> npt.NDArray[np.int32]:
    """Cumulated probabilities, all but the last, as what the upper 31 bits of a word exceed."""
    cumulated = np.cumsum(probabilities, axis=-1)[..., :-1]
    return np.clip(np.rint(cumulated * 2.0**31) - 1.0, -1, _NEVER).astype(np.int32)


def _jumps(
    jumps: Jumps | None, assets: int, step: float
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Thresholds of the numbers of jumps (a multiple of four), and mean and deviation of one."""
    if jumps is None:
        return np.empty((assets, 0), np.int32), np.zeros((assets, 2), np.float32)
    laws = jumps.of(assets)
    rows = [poisson_distribution(rate * step) for rate in laws[0]]
    width = max(row.size for row in rows)
    arrivals = np.full((assets, width + -width % 4), _NEVER, np.int32)
    for to, row in zip(arrivals, rows, strict=True):
        to[: row.size] = np.clip(np.rint(row * 2.0**31) - 1.0, -1, _NEVER)
    return arrivals, np.ascontiguousarray(laws[1:].T, dtype=np.float32)
