"""SSVI excludes static arbitrage where its condition holds; realised variance looks only back."""

from __future__ import annotations

import numpy as np
import pytest

from core_numba.european import black
from core_numba.realised import ewma_variance
from core_numba.ssvi import arbitrage_free, total_variance

K = np.linspace(-2.5, 2.5, 1001)


@pytest.mark.parametrize(("rho", "eta"), [(-0.4, 0.9), (-0.9, 1.05), (0.0, 2.0), (0.3, 1.5)])
@pytest.mark.parametrize("theta", [1e-4, 0.01, 0.09, 0.8])
def test_calls_fall_and_are_convex_in_the_strike(rho: float, eta: float, theta: float) -> None:
    strikes = np.exp(K)
    deviation = np.sqrt(total_variance(K, theta, rho=rho, eta=eta))
    slope = np.diff(black(1.0, strikes, deviation, 1.0).value) / np.diff(strikes)
    assert (slope <= 1e-12).all()
    assert (slope >= -1.0 - 1e-12).all()
    assert (np.diff(slope) >= -1e-9).all()


def test_total_variance_grows_with_tenor_at_every_moneyness() -> None:
    thetas = np.array([0.001, 0.01, 0.05, 0.2, 1.0])[:, None]
    assert (np.diff(total_variance(K, thetas, rho=-0.4, eta=0.9), axis=0) > 0).all()


def test_at_the_money_total_variance_is_theta() -> None:
    assert float(total_variance(0.0, 0.04, rho=-0.4, eta=0.9)) == pytest.approx(0.04)


def test_parameters_that_could_admit_arbitrage_are_refused() -> None:
    assert not arbitrage_free(-0.5, 1.4)
    with pytest.raises(ValueError, match="arbitrage"):
        total_variance(0.0, 0.04, rho=-0.5, eta=1.4)


def test_a_steady_one_percent_a_day_is_a_variance_of_0_0252() -> None:
    returns = np.full((100, 1), 0.01)
    assert ewma_variance(returns, half_life=11.0) == pytest.approx(np.full((100, 1), 0.0252))


def test_half_of_a_shock_is_forgotten_after_the_half_life() -> None:
    returns = np.zeros((200, 1))
    returns[100] = 0.05
    variance = ewma_variance(returns, half_life=10.0)[:, 0]
    assert variance[110] == pytest.approx(variance[100] / 2)
    assert variance[99] == 0.0
