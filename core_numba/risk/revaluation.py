"""Profit and loss of a portfolio in scenarios, each leg valued anew: no Greeks, no expansion.

European options by Black-Scholes-Merton with each leg's own volatility, rate and yield; stock. An
option whose time is up in a scenario counts with its intrinsic value at that scenario's spot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain.risk import revaluation as plain
from core_numba.risk.measures import TailRisk, historical

_REVALUE = Kernel("risk.revaluation", plain.revalue)
DAYS_PER_YEAR = 365.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """Legs as arrays that broadcast: `sign` +1 call, -1 put, 0 stock (its other terms ignored).

    `quantity` counts shares (contracts times multiplier), negative when sold; `asset` says which of
    the spots a leg is on.
    """

    sign: npt.ArrayLike
    quantity: npt.ArrayLike
    strike: npt.ArrayLike = 1.0
    years: npt.ArrayLike = 0.0
    volatility: npt.ArrayLike = 0.0
    rate: npt.ArrayLike = 0.0
    dividend: npt.ArrayLike = 0.0
    asset: npt.ArrayLike = 0

    def table(self) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Seven rows (sign to quantity) by leg, and each leg's asset. ValueError if impossible."""
        terms = (self.sign, self.strike, self.years, self.volatility, self.rate, self.dividend)
        rows = np.broadcast_arrays(*(np.atleast_1d(t) for t in (*terms, self.quantity, self.asset)))
        table = np.array(rows[:7], np.float64)
        options = table[:, table[0] != 0.0]
        if not np.isin(table[0], (-1.0, 0.0, 1.0)).all():
            raise ValueError("A leg's sign is +1 (call), -1 (put) or 0 (stock).")
        if not np.isfinite(table).all() or not (options[1] > 0).all():
            raise ValueError("Legs are finite numbers, and strikes are positive.")
        if (options[2:4] < 0).any():
            raise ValueError("An option's time and volatility are not negative.")
        return table, np.asarray(rows[7]).astype(np.int64)


def value(
    legs: Legs,
    spot: npt.ArrayLike,
    *,
    volatility_shift: npt.ArrayLike = 0.0,
    elapsed: npt.ArrayLike = 0.0,
) -> Floats:
    """The portfolio's value in each scenario.

    `spot` has the assets on its first axis, scenarios on the rest ((scenarios,) for one asset);
    `volatility_shift` is added to every volatility (no less than 0 remains) and broadcasts against
    `spot`; `elapsed` years have passed. NaN where a scenario is NaN or a spot negative.
    """
    table, asset = legs.table()
    spots = np.asarray(spot, np.float64)
    if spots.ndim < 2:
        spots = spots.reshape(1, -1) if asset.max(initial=0) == 0 else spots.reshape(-1, 1)
    if asset.size and not 0 <= asset.min() <= asset.max() < spots.shape[0]:
        raise ValueError("A leg names an asset that has no spot.")
    shape = np.broadcast_shapes(spots.shape[1:], np.shape(elapsed))
    shifts = np.broadcast_to(volatility_shift, (spots.shape[0], *shape))
    gone = _columns(np.broadcast_to(elapsed, shape))
    out = np.zeros(gone.size)
    for each in range(spots.shape[0]):
        mine = np.ascontiguousarray(table[:, asset == each])
        prices, shift = _columns(np.broadcast_to(spots[each], shape)), _columns(shifts[each])
        _REVALUE.split(out.size, prices, shift, gone, mine, out)
    return out.reshape(shape)


def _columns(values: npt.NDArray[np.float64]) -> Floats:
    """One axis, writable: for a read-only array (a broadcast one) the kernel would be compiled
    anew at the first call, which takes seconds."""
    return np.require(values, np.float64, ("C", "W")).reshape(-1)


def profit(
    legs: Legs,
    spot_now: npt.ArrayLike,
    spot: npt.ArrayLike,
    *,
    volatility_shift: npt.ArrayLike = 0.0,
    elapsed: npt.ArrayLike = 0.0,
) -> Floats:
    """`value` in the scenarios less value now."""
    now = value(legs, np.reshape(np.asarray(spot_now, np.float64), (-1, 1)))
    later = value(legs, spot, volatility_shift=volatility_shift, elapsed=elapsed)
    gained: Floats = later - now[0]
    return gained


def stress_grid(
    legs: Legs,
    spot: npt.ArrayLike,
    *,
    spot_moves: npt.ArrayLike,
    volatility_moves: npt.ArrayLike = (0.0,),
    days: npt.ArrayLike = (0.0,),
) -> Floats:
    """Profit by relative move of all spots, shift of all volatilities and calendar days gone by.

    Axes: `spot_moves` (-0.2 is a fall by 20 %), `volatility_moves` (0.05 is five points), `days`.
    """
    moves, shifts, times = (
        np.atleast_1d(np.asarray(axis, np.float64)) for axis in (spot_moves, volatility_moves, days)
    )
    now = np.atleast_1d(np.asarray(spot, np.float64))
    shape = (moves.size, shifts.size, times.size)
    spots = np.broadcast_to(
        now[:, None, None, None] * (1.0 + moves[:, None, None]), (now.size, *shape)
    )
    return profit(
        legs,
        now,
        spots,
        volatility_shift=np.broadcast_to(shifts[:, None], shape),
        elapsed=np.broadcast_to(times / DAYS_PER_YEAR, shape),
    )


def monte_carlo(
    legs: Legs,
    spot_now: npt.ArrayLike,
    spot: npt.ArrayLike,
    *,
    horizon: float,
    level: float = 0.99,
    volatility_shift: npt.ArrayLike = 0.0,
) -> TailRisk:
    """Value at risk and expected shortfall over `horizon` years by full revaluation.

    `spot` are simulated prices at the horizon, such as `Walks.terminal`; the quantile is that of
    `measures.historical`.
    """
    gained = profit(
        legs, spot_now, spot, volatility_shift=volatility_shift, elapsed=np.float64(horizon)
    )
    return historical(gained.reshape(-1), level=level)
