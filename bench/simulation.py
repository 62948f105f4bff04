"""Monte Carlo, 10,000 paths of 5,040 steps, against NumPy with its own generator.

Both sides walk every step and give the same statistics: terminal price and deepest drawdown. NumPy
goes over all paths step by step in log prices, with preallocated arrays: on every machine tried so
far faster than whole paths by `cumsum` and `exp`, and in memory that does not grow with the steps.
"""

from __future__ import annotations

import math
import statistics
import threading
import time
import tracemalloc
from collections.abc import Callable
from typing import Final

import numpy as np

from bench.measure import Measurement, Ratio
from core_numba.arrays import Floats
from core_numba.jit import threads
from core_numba.simulation.models import Jumps, Regimes
from core_numba.simulation.walks import Walks, gbm, regimes

PATHS: Final = 10_000
STEPS: Final = 5_040
YEARS: Final = 20.0
DRIFT: Final = 0.05
VOLATILITY: Final = 0.2
DOF: Final = 5.0
JUMPS: Final = Jumps(5.0, -0.02, 0.03)
MODEL: Final = Regimes([[0.08], [-0.1]], [[0.12], [0.3]], [[0.99, 0.01], [0.05, 0.95]])
REPEAT: Final = 3

Sample = tuple[Floats, Floats]


def measure() -> list[Measurement | Ratio]:
    before = threads.get_threads()
    try:
        threads.set_threads(1)
        rows: list[Measurement | Ratio] = [
            _ratio("GBM: terminal and drawdown", _gbm, _numpy_gbm, 14.0, _gbm_law()),
            _ratio("regimes + Student-t + jumps + drawdown", _full, _numpy_full, 15.0, _full_law()),
            *_memory(),
        ]
        rows += _threads()
    finally:
        threads.set_threads(before)
    return rows


def _gbm(seed: int, steps: int = STEPS, paths: int = PATHS) -> Walks:
    return gbm(1.0, DRIFT, VOLATILITY, YEARS, steps=steps, paths=paths, seed=seed)


def _full(seed: int) -> Walks:
    return regimes([1.0], MODEL, YEARS, steps=STEPS, paths=PATHS, seed=seed, dof=DOF, jumps=JUMPS)


def _numpy_gbm(seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    dt = YEARS / STEPS
    drift, width = (DRIFT - 0.5 * VOLATILITY**2) * dt, VOLATILITY * math.sqrt(dt)
    x, peak, fall, z = np.zeros((4, PATHS))
    for _ in range(STEPS):
        rng.standard_normal(out=z)
        z *= width
        z += drift
        x += z
        np.maximum(peak, x, out=peak)
        np.subtract(x, peak, out=z)
        np.minimum(fall, z, out=fall)
    return np.exp(x), -np.expm1(fall)


def _numpy_full(seed: int) -> Sample:
    rng = np.random.default_rng(seed)
    dt = YEARS / STEPS
    leave = np.array([0.01, 0.05])
    drifts = np.asarray(MODEL.drift)[:, 0] * dt
    widths = np.asarray(MODEL.volatility)[:, 0] * math.sqrt(dt * (DOF - 2.0) / DOF)
    state = (rng.random(PATHS) < np.asarray(MODEL.start)[1]).astype(np.int8)
    x, peak, fall = np.zeros((3, PATHS))
    for step in range(STEPS):
        if step:
            state ^= rng.random(PATHS) < leave[state]
        move = rng.standard_t(DOF, PATHS)
        move *= widths[state]
        move += drifts[state]
        count = rng.poisson(5.0 * dt, PATHS)
        jumped = np.flatnonzero(count)
        n = count[jumped]
        move[jumped] += -0.02 * n + 0.03 * np.sqrt(n) * rng.standard_normal(n.size)
        x += move
        np.maximum(peak, x, out=peak)
        np.minimum(fall, x - peak, out=fall)
    return np.exp(x), -np.expm1(fall)


def _gbm_law() -> tuple[float, float]:
    """Mean and deviation of the log of the terminal price."""
    return (DRIFT - 0.5 * VOLATILITY**2) * YEARS, VOLATILITY * math.sqrt(YEARS)


def _full_law() -> tuple[float, float]:
    """The same with regimes: the mean exactly; NaN for the deviation, which has no short form."""
    drifts = np.asarray(MODEL.start) @ np.asarray(MODEL.drift)[:, 0]
    return (float(drifts) + 5.0 * -0.02) * YEARS, math.nan


def _ratio(
    name: str,
    ours: Callable[[int], Walks],
    peer: Callable[[int], Sample],
    least: float,
    law: tuple[float, float],
) -> Ratio:
    def mine(seed: int) -> Sample:
        walks = ours(seed)
        return np.ravel(walks.terminal), np.ravel(walks.drawdown)

    mine(0)
    fast, sample = _timed(mine)
    slow, reference = _timed(peer)
    work = PATHS * STEPS / 1e6
    return Ratio(
        name=f"{name}, one thread",
        ours=work / fast,
        peer=work / slow,
        peer_name="numpy",
        least=least,
        error=f"ours {_judged(sample, law)}; numpy {_judged(reference, law)}",
    )


def _timed(run: Callable[[int], Sample]) -> tuple[float, Sample]:
    """Median CPU seconds of this thread, and the last sample."""
    seconds = []
    sample: Sample = (np.empty(0), np.empty(0))
    for seed in range(1, REPEAT + 1):
        began = time.thread_time()
        sample = run(seed)
        seconds.append(time.thread_time() - began)
    return statistics.median(seconds), sample


def _judged(sample: Sample, law: tuple[float, float]) -> str:
    """How far the sample's moments are from theory, in standard errors; its mean drawdown."""
    logs = np.log(sample[0])
    error = logs.std(ddof=1) / math.sqrt(PATHS)
    said = f"mean {(logs.mean() - law[0]) / error:+.1f} s.e."
    if not math.isnan(law[1]):
        spread = (logs.var(ddof=1) / law[1] ** 2 - 1.0) / math.sqrt(2.0 / PATHS)
        said += f", variance {spread:+.1f} s.e."
    return f"{said}, mean drawdown {sample[1].mean():.4f}"


def _memory() -> list[Measurement]:
    rows = []
    for steps in (252, STEPS):
        tracemalloc.start()
        _gbm(1, steps)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        rows.append(
            Measurement(
                name=f"memory of 10,000 paths of {steps:,} steps", value=peak, unit="MB", limit=3.0
            )
        )
    return rows


def _threads() -> list[Ratio]:
    """Wall time of 40,000 paths with two threads against one."""

    def rate(count: int) -> float:
        threads.set_threads(count)
        paths = 4 * PATHS
        _gbm(0, 100, paths)
        seconds = []
        for seed in range(2 * REPEAT):
            began = time.perf_counter()
            _gbm(seed, STEPS, paths)
            seconds.append(time.perf_counter() - began)
        return paths * STEPS / min(seconds) / 1e6

    one, two = rate(1), rate(2)
    return [
        Ratio(
            name="GBM: two threads",
            ours=two,
            peer=one,
            peer_name="one thread",
            least=1.8,
            error=f"{threading.active_count()} threads alive; needs a quiet machine",
        )
    ]
