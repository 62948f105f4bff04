"""Strategies, margin and surfaces: compiled against the same thing in NumPy and SciPy."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from bench.measure import Measurement, Ratio
from core_numba import realised
from core_numba.jit.kernel import Kernel
from core_numba.margin import REGULATION_T, portfolio, regulation_t
from core_numba.strategies.expectation import INTEGRATE, expectation
from core_numba.strategies.grid import GRID, pnl_grid
from core_numba.strategies.legs import Legs, call
from core_numba.strategies.measures import LOGNORMAL, Lognormal
from core_numba.strategies.profile import PROFILE, at_expiration
from core_numba.surfaces.calibration import FIT, fit
from core_numba.surfaces.surface import INTERPOLATE, Surface
from core_numba.surfaces.svi import RawSVI, total_variance

SMILES = (
    RawSVI(0.005, 0.05, -0.5, 0.02, 0.1),
    RawSVI(0.012, 0.07, -0.45, 0.03, 0.15),
    RawSVI(0.03, 0.1, -0.4, 0.05, 0.3),
)
_KERNELS = (
    PROFILE, INTEGRATE, LOGNORMAL, GRID, REGULATION_T, FIT, INTERPOLATE, realised.MOMENTS,
)  # fmt: skip


def _seconds(work: Callable[[], object], repeat: int = 5) -> float:
    work()
    taken = []
    for _ in range(repeat):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _spreads(n: int) -> Legs:
    strike = np.round(np.random.default_rng(1).uniform(60.0, 140.0, n))
    return Legs.from_arrays(
        kind=1.0, quantity=np.tile([1.0, -1.0], n), entry=np.tile([3.0, 1.0], n),
        strike=np.stack([strike, strike + 5.0], axis=1).reshape(-1), expiry=0.25, volatility=0.3,
        offsets=np.arange(0, 2 * n + 1, 2),
    )  # fmt: skip


def _numpy_grid(spots: npt.NDArray[np.float64], years: npt.NDArray[np.float64]) -> object:
    """A calendar's P&L as one writes it with SciPy: all dates and spots at once."""
    from scipy.special import ndtr  # noqa: PLC0415

    total = np.zeros((len(years), len(spots)))
    for size, entry, expiry in ((-100.0, 3.0, 0.1), (100.0, 5.0, 0.3)):
        deviation = 0.3 * np.sqrt(expiry - years)[:, None]
        d1 = np.log(spots / 100.0) / deviation + 0.5 * deviation
        total += size * (spots * ndtr(d1) - 100.0 * ndtr(d1 - deviation) - entry)
    return total


def measure() -> list[Measurement | Ratio]:
    for kernel in _KERNELS:
        assert isinstance(kernel, Kernel)
        kernel.prepare()
    n = 10_000
    legs = _spreads(n)
    market = Lognormal(100.0, 0.25, 0.3)
    scan = _seconds(lambda: expectation(at_expiration(legs), market))
    margin = _seconds(lambda: regulation_t(legs, 100.0))
    scenarios = _seconds(lambda: portfolio(legs, 100.0))
    calendar = Legs.of([[call(-1, 100, 3, 0.1, 0.3), call(1, 100, 5, 0.3, 0.3)]])
    spots, years = np.linspace(50.0, 150.0, 1000), np.linspace(0.0, 0.0999, 200)
    ours = _seconds(lambda: pnl_grid(calendar, spots, years))
    theirs = _seconds(lambda: _numpy_grid(spots, years))
    error = np.abs(pnl_grid(calendar, spots, years)[0] - _numpy_grid(spots, years)).max()
    k = np.linspace(-0.4, 0.3, 40)
    quotes = [total_variance(k, smile) for smile in SMILES]
    calibration = _seconds(lambda: fit([k] * 3, quotes))
    surface = Surface.of([0.1, 0.25, 1.0], [100.0] * 3, SMILES)
    rng = np.random.default_rng(0)
    at, when = rng.normal(0.0, 0.3, 1_000_000), rng.uniform(0.0, 1.5, 1_000_000)
    lookup = _seconds(lambda: surface.at_moneyness(at, when))
    close = np.exp(np.cumsum(rng.normal(0.0, 0.01, 1_000_000)))
    moving = _seconds(lambda: realised.close_to_close(close))
    return [
        Measurement(
            name="10,000 spreads: profile, EV, POP", value=scan * 1e3, unit="ms", limit=50.0
        ),
        Measurement(name="10,000 spreads: Regulation T", value=margin * 1e3, unit="ms"),
        Measurement(name="10,000 spreads: 33 scenarios", value=scenarios * 1e3, unit="ms"),
        Ratio(
            name="P&L grid, 200 dates x 1,000 spots, 2 legs",
            ours=0.4 / ours,
            peer=0.4 / theirs,
            peer_name="numpy+scipy",
            error=f"largest difference {error:.1e} of 50,000",
        ),
        Measurement(name="SVI, 3 expirations of 40 quotes", value=calibration * 1e3, unit="ms"),
        Measurement(name="1e6 volatilities off a surface", value=lookup * 1e3, unit="ms"),
        Measurement(name="close-to-close, 1e6 days by 20", value=moving * 1e3, unit="ms"),
    ]
