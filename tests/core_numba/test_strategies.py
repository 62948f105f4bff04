"""Strategies worked by hand: what they pay, where they break even, what they are worth on the way.

One contract is 100 shares; money is per contract.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from core_numba.european import black
from core_numba.strategies.expectation import expectation
from core_numba.strategies.grid import payoff, pnl_grid
from core_numba.strategies.horizon import at_horizon
from core_numba.strategies.legs import Leg, Legs, call, put, stock
from core_numba.strategies.measures import Lognormal
from core_numba.strategies.profile import at_expiration

INF = math.inf
HAND: dict[str, tuple[list[Leg], float, float, list[float]]] = {
    "long call": ([call(1, 100, 5)], INF, -500, [105]),
    "long put": ([put(1, 100, 5)], 9500, -500, [95]),
    "short call": ([call(-1, 100, 5)], 500, -INF, [105]),
    "long stock": ([stock(100, 50)], INF, -5000, [50]),
    "short stock": ([stock(-100, 50)], 5000, -INF, [50]),
    "covered call": ([stock(100, 100), call(-1, 110, 2)], 1200, -9800, [98]),
    "cash-secured put": ([put(-1, 90, 2)], 200, -8800, [88]),
    "bull call spread": ([call(1, 100, 3), call(-1, 105, 1)], 300, -200, [102]),
    "bull put spread": ([put(-1, 95, 2), put(1, 90, 1)], 100, -400, [94]),
    "iron condor": (
        [put(1, 80, 0.5), put(-1, 90, 1.5), call(-1, 110, 1.5), call(1, 120, 0.5)],
        200, -800, [88, 112],
    ),
    "butterfly": ([call(1, 90, 12), call(-2, 100, 5), call(1, 110, 2)], 600, -400, [94, 106]),
    "straddle": ([call(1, 100, 4), put(1, 100, 4)], INF, -800, [92, 108]),
    "ratio spread": ([call(1, 100, 5), call(-2, 110, 2)], 900, -INF, [101, 119]),
    "collar": ([stock(100, 100), put(1, 95, 2), call(-1, 105, 2)], 500, -500, [100]),
    "jade lizard": ([put(-1, 90, 3), call(-1, 110, 3), call(1, 115, 0.5)], 550, -8450, [84.5]),
    "jade lizard at its width": (
        [put(-1, 90, 3), call(-1, 110, 2.5), call(1, 115, 0.5)], 500, -8500, [85, 115],
    ),
    "conversion": ([stock(100, 100), put(1, 100, 4), call(-1, 100, 5)], 100, 100, []),
}  # fmt: skip


@pytest.mark.parametrize("name", HAND)
def test_profit_loss_and_break_evens_worked_by_hand(name: str) -> None:
    legs, profit, loss, breakevens = HAND[name]
    found = at_expiration(Legs.of([legs]))
    assert found.max_profit[0] == profit
    assert found.max_loss[0] == loss
    assert found.profit_unbounded[0] == (profit == INF)
    assert found.loss_unbounded[0] == (loss == -INF)
    assert found.breakevens_of(0) == pytest.approx(breakevens, abs=1e-12)


def test_many_strategies_at_once_are_each_what_they_are_alone() -> None:
    found = at_expiration(Legs.of([each[0] for each in HAND.values()]))
    for i, (_, profit, loss, breakevens) in enumerate(HAND.values()):
        assert (found.max_profit[i], found.max_loss[i]) == (profit, loss)
        assert found.breakevens_of(i) == pytest.approx(breakevens, abs=1e-12)


@pytest.mark.parametrize("name", [name for name in HAND if name != "conversion"])
def test_the_horizon_at_expiration_is_the_expiration(name: str) -> None:
    legs, profit, loss, breakevens = HAND[name]
    found = at_horizon(Legs.of([legs]), 0.0, 100.0)
    assert found.max_profit[0] == pytest.approx(profit, rel=1e-12)
    assert found.max_loss[0] == pytest.approx(loss, rel=1e-12)
    assert found.breakevens_of(0) == pytest.approx(breakevens, rel=1e-10)


CALENDAR = [call(-1, 100, 3, 0.1, 0.3), call(1, 100, 5, 0.3, 0.3)]
DIAGONAL = [call(-1, 105, 2, 0.1, 0.3), call(1, 95, 8, 0.3, 0.3)]


def test_a_calendar_is_best_at_its_strike_and_loses_its_debit_far_away() -> None:
    found = at_horizon(Legs.of([CALENDAR]), 0.1, 100.0)
    left = float(black(100.0, 100.0, 0.3 * math.sqrt(0.2), 1.0).value)
    assert found.max_profit[0] == pytest.approx(100.0 * (left - 2.0), rel=1e-12)
    assert found.max_loss[0] == pytest.approx(-200.0)
    assert not found.profit_unbounded[0]
    assert found.breakevens[0] == 2
    for spot in found.breakevens_of(0):
        living = float(black(spot, 100.0, 0.3 * math.sqrt(0.2), 1.0).value)
        assert living - max(spot - 100.0, 0.0) == pytest.approx(2.0, abs=1e-10)


def test_a_diagonal_keeps_its_width_less_its_debit_far_up() -> None:
    found = at_horizon(Legs.of([DIAGONAL]), 0.1, 100.0)
    top = float(black(105.0, 95.0, 0.3 * math.sqrt(0.2), 1.0).value)
    assert found.max_profit[0] == pytest.approx(100.0 * (top - 6.0), rel=1e-12)
    assert found.max_loss[0] == pytest.approx(-600.0)
    assert found.breakevens[0] == 1
    assert payoff(Legs.of([DIAGONAL]), 1e6)[0, 0] == pytest.approx(400.0)


def test_a_calendar_with_a_yield_loses_without_bound() -> None:
    found = at_horizon(Legs.of([CALENDAR]), 0.1, 100.0, dividend=0.02)
    assert found.loss_unbounded[0]


def test_a_double_calendar_has_its_dip_found() -> None:
    legs = [put(-1, 90, 1, 0.1, 0.3), put(1, 90, 2.6, 0.3, 0.3),
            call(-1, 110, 1, 0.1, 0.3), call(1, 110, 2.6, 0.3, 0.3)]  # fmt: skip
    found = at_horizon(Legs.of([legs, CALENDAR]), 0.1, 100.0)
    fine = pnl_grid(Legs.of([legs]), np.linspace(50, 160, 200_001), 0.1)[0, 0]
    crossings = np.flatnonzero(np.diff(np.sign(fine)))
    assert found.breakevens[0] == len(crossings)
    assert fine.max() <= found.max_profit[0] < fine.max() + 0.01
    assert found.breakevens[1] == 2


def test_a_strategy_of_two_expirations_has_no_single_expiration() -> None:
    with pytest.raises(ValueError, match="at_horizon"):
        at_expiration(Legs.of([CALENDAR]))


def test_value_before_expiration_is_black_scholes_of_each_leg() -> None:
    legs = Legs.of([[stock(100, 98), call(-2, 105, 2, 0.5, 0.25), put(3, 90, 1, 0.2, 0.35, 10)]])
    spots, years, r, q = np.array([80.0, 100.0, 120.0]), np.array([0.0, 0.3, 0.5]), 0.04, 0.01
    found = pnl_grid(legs, spots, years, rate=r, dividend=q)
    for j, t in enumerate(years):
        for s, spot in enumerate(spots):
            total = 100 * (spot - 98)
            for size, k, e, expiry, v, sign in (
                (-200, 105, 2, 0.5, 0.25, 1.0), (30, 90, 1, 0.2, 0.35, -1.0),
            ):  # fmt: skip
                left = max(expiry - t, 0.0)
                ahead = spot * math.exp((r - q) * left)
                price = black(ahead, k, v * math.sqrt(left), sign).value * math.exp(-r * left)
                total += size * (float(price) - e)
            assert found[0, j, s] == pytest.approx(total, rel=1e-12)


def test_nan_and_nonsense_reach_only_their_own_strategy() -> None:
    legs = Legs.of([[call(1, 100, 5)], [call(math.nan, 100, 5)], [put(1, 100, math.nan)], []])
    found = at_expiration(legs)
    assert np.isnan(found.max_profit[1:3]).all()
    assert found.breakevens.tolist() == [1, 0, 0, 0]
    assert (found.max_profit[3], found.max_loss[3]) == (0.0, 0.0)
    told = expectation(found, Lognormal(100.0, 0.25, 0.3))
    assert np.isnan(told.expected[1:3]).all()
    assert told.probability_of_profit[3] == 0.0
    alive = Legs.of([[call(1, 100, 5, 0.5)], [call(1, 100, 5, 0.5, 0.2)]])
    assert np.isnan(pnl_grid(alive, 100.0, 0.0)[0]).all()
    assert np.isnan(pnl_grid(alive, [-1.0, math.nan], 0.0)).all()
    assert np.isnan(at_horizon(alive, 0.1, 100.0).max_profit[0])
    assert pnl_grid(alive, 0.0, 0.1)[1, 0, 0] == -500.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": [2.0, 1.0]}, "kind"),
        ({"strike": [0.0, 100.0]}, "strike"),
        ({"multiplier": 0.0}, "multiplier"),
        ({"offsets": [0, 1]}, "number of legs"),
        ({"offsets": [0, 2, 1, 2]}, "must not fall"),
    ],
)
def test_legs_that_are_no_legs_are_refused(change: dict[str, object], words: str) -> None:
    fields: dict[str, object] = {
        "kind": [1.0, 1.0], "quantity": 1.0, "entry": 1.0, "strike": [100.0, 100.0],
        "offsets": [0, 2],
    }  # fmt: skip
    with pytest.raises(ValueError, match=words):
        Legs.from_arrays(**(fields | change))  # type: ignore[arg-type]


def test_grids_refuse_rows_that_fit_no_strategy() -> None:
    with pytest.raises(ValueError, match="row"):
        pnl_grid(Legs.of([CALENDAR]), np.ones((2, 3)), 0.0)
    with pytest.raises(ValueError, match="101"):
        at_horizon(Legs.of([CALENDAR]), 0.1, 100.0, points=5)
