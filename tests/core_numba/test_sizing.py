"""Sizes: by hand, by their formulas, and by the optimum that they claim to be."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy import optimize

from core_numba.plain import sizing as plain
from core_numba.sizing import (
    fixed_fraction,
    growth_rate,
    kelly,
    kelly_bet,
    kelly_portfolio,
    risk_parity,
    volatility_target,
)


def covariances(count: int, size: int, seed: int = 1) -> npt.NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(count, size, size + 2))
    return np.asarray(np.einsum("mik,mjk->mij", factors, factors) / size * 0.04)


def test_the_stop_costs_the_stated_fraction() -> None:
    # 1 % of 50,000 is 500; a stop 2.50 away: 200 shares; as options of 100: 2 contracts.
    assert fixed_fraction(50_000, fraction=0.01, entry=40, stop=37.5) == 200.0
    assert fixed_fraction(50_000, fraction=0.01, entry=40, stop=42.5) == 200.0
    assert fixed_fraction(50_000, fraction=0.01, entry=4, stop=1.6, multiplier=100) == 2.0
    assert fixed_fraction(50_000, fraction=0.01, entry=40, stop=39.9, most_weight=1.0) == 1250.0
    assert fixed_fraction(
        1000, fraction=0.01, entry=3.3, stop=3.0, lot=None,
    ) == pytest.approx(100 / 3)  # fmt: skip
    assert np.isnan(fixed_fraction(1000, fraction=0.01, entry=10, stop=10))
    assert fixed_fraction(-5, fraction=0.01, entry=10, stop=9) == 0.0


def test_a_volatile_asset_gets_less() -> None:
    assert volatility_target(10_000, price=50, volatility=[0.4, 0.2, 0.05], target=0.1,
                             most_leverage=1.5).tolist() == [50.0, 100.0, 300.0]  # fmt: skip
    assert np.isnan(volatility_target(10_000, price=50, volatility=0.0, target=0.1))
    assert np.isnan(volatility_target(10_000, price=0, volatility=0.2, target=0.1))


def test_kelly_of_a_bet_is_the_fraction_of_fastest_growth() -> None:
    assert kelly_bet(0.6, 1.0) == pytest.approx(0.2, rel=1e-14)
    assert kelly_bet(0.6, 1.0, fraction=0.5) == pytest.approx(0.1, rel=1e-14)
    assert kelly_bet([0.5, 0.3, 1.0], [1.0, 2.0, 1.0]).tolist() == [0.0, 0.0, 1.0]
    assert np.isnan(kelly_bet([1.1, -0.1, 0.5], [1.0, 1.0, 0.0])).all()
    for p, b in ((0.55, 1.2), (0.2, 9.0), (0.9, 0.5)):

        def loss(f: float, p: float = p, b: float = b) -> float:
            return -(p * math.log1p(b * f) + (1 - p) * math.log1p(-f))

        best = optimize.minimize_scalar(loss, bounds=(0, 0.999), options={"xatol": 1e-10})
        assert kelly_bet(p, b) == pytest.approx(best.x, abs=1e-6)


def test_kelly_of_assets_is_where_growth_has_no_slope() -> None:
    assert kelly(0.08, 0.2, rate=0.02) == pytest.approx(1.5, rel=1e-14)
    assert kelly(0.01, 0.2, rate=0.02, fraction=0.5) == pytest.approx(-0.125, rel=1e-13)
    assert np.isnan(kelly(0.1, 0.0))
    matrix = covariances(1, 4)[0]
    drift = np.array([0.05, 0.1, 0.02, 0.07])
    best = kelly_portfolio(drift, matrix, rate=0.01)
    np.testing.assert_allclose(matrix @ best, drift - 0.01, rtol=1e-10)
    top = growth_rate(best, drift, matrix, rate=0.01)
    rng = np.random.default_rng(2)
    others = best + rng.normal(0, 0.1, (50, 4))
    assert np.all(growth_rate(others, drift, matrix, rate=0.01) < top)
    # Half the bet keeps three quarters of the growth above the rate.
    half = kelly_portfolio(drift, matrix, rate=0.01, fraction=0.5)
    gained = growth_rate(half, drift, matrix, rate=0.01) - 0.01
    assert gained == pytest.approx(0.75 * (top - 0.01), rel=1e-10)
    single = kelly_portfolio([0.08], [[0.04]], rate=0.02)
    assert single[0] == pytest.approx(float(kelly(0.08, 0.2, rate=0.02)), rel=1e-12)
    many = kelly_portfolio(drift, covariances(3, 4))
    assert many.shape == (3, 4)


def test_two_assets_share_risk_by_their_volatilities() -> None:
    # Whatever the correlation, equal risk means weights in inverse proportion to volatility.
    for correlation in (-0.9, 0.0, 0.5, 0.99):
        cov = np.array([[0.04, correlation * 0.06], [correlation * 0.06, 0.09]])
        found = risk_parity(cov)
        np.testing.assert_allclose(found.weights, [0.6, 0.4], rtol=1e-10)


@pytest.mark.parametrize("size", [1, 2, 5, 30, 120])
def test_contributions_are_the_budgets(size: int) -> None:
    matrices = covariances(3, size)
    found = risk_parity(matrices)
    assert np.all(found.rounds > 0)
    np.testing.assert_allclose(found.contributions, 1.0 / size, rtol=0, atol=1e-11)
    np.testing.assert_allclose(found.weights.sum(axis=-1), 1.0, rtol=1e-14)
    assert np.all(found.weights > 0.0)
    budget = np.arange(1.0, size + 1)
    uneven = risk_parity(matrices, budget=budget)
    expected = np.broadcast_to(budget / budget.sum(), uneven.contributions.shape)
    np.testing.assert_allclose(uneven.contributions, expected, atol=1e-11)
    # Doubling all variances, or naming the assets in another order, changes no weight.
    np.testing.assert_allclose(risk_parity(2.0 * matrices).weights, found.weights, rtol=1e-9)
    turned = risk_parity(matrices[:, ::-1, ::-1]).weights[:, ::-1]
    np.testing.assert_allclose(turned, found.weights, rtol=1e-9)


def test_compiled_and_plain_agree() -> None:
    matrices = covariances(4, 12, seed=5)
    budget = np.full((4, 12), 1 / 12)
    weights, rounds = np.empty((4, 12)), np.empty(4, np.int64)
    plain.risk_parity(matrices, budget, 1e-13, 10_000, weights, rounds)
    np.testing.assert_allclose(risk_parity(matrices).weights, weights, rtol=1e-10)


def test_what_does_not_converge_or_is_no_covariance_says_so() -> None:
    short = risk_parity(covariances(1, 8), most_rounds=1)
    assert short.rounds.tolist() == [-1]
    assert np.isnan(short.weights).all()
    for wrong, words in (
        ([[1.0, 0.5], [0.2, 1.0]], "symmetric"),
        ([[0.0, 0.0], [0.0, 1.0]], "positive variance"),
        ([[1.0, np.nan], [np.nan, 1.0]], "finite square"),
        ([1.0, 2.0], "finite square"),
    ):
        with pytest.raises(ValueError, match=words):
            risk_parity(wrong)
    with pytest.raises(ValueError, match="Budgets"):
        risk_parity(np.eye(2), budget=[1.0, 0.0])
    with pytest.raises(ValueError, match="positive definite"):
        kelly_portfolio([0.1, 0.1], [[1.0, 1.0], [1.0, 1.0]])
