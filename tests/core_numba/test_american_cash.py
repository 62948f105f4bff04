"""American options with cash dividends: exact integrals, an independent lattice, properties."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from core_numba import american
from core_numba.american import cash as public
from core_numba.normal import norm_cdf
from core_numba.plain.american import cash as plain
from tests.core_numba.american_reference import tree


def _call(spot: np.ndarray, strike: float, years: float, rate: float, v: float) -> np.ndarray:
    s = np.maximum(spot, 1e-300)
    d1 = (np.log(s / strike) + (rate + 0.5 * v * v) * years) / (v * math.sqrt(years))
    d2 = d1 - v * math.sqrt(years)
    return np.asarray(s * norm_cdf(d1) - strike * math.exp(-rate * years) * norm_cdf(d2))


def _one_dividend_call(strike: float, dividend: float, when: float, *, early: bool) -> float:
    """Spot 100, rate 5 %, volatility 25 %, one year: an integral over the spot on the eve."""
    z = np.linspace(-9.0, 9.0, 20_001)
    spot = 100.0 * np.exp((0.05 - 0.03125) * when + 0.25 * math.sqrt(when) * z)
    kept = _call(np.maximum(spot - dividend, 0.0), strike, 1.0 - when, 0.05, 0.25)
    worth = np.maximum(kept, spot - strike) if early else kept
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return float(math.exp(-0.05 * when) * np.sum(density * worth) * (z[1] - z[0]))


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("strike", [80.0, 100.0, 120.0])
def test_calls_over_one_dividend_are_the_exact_integral(strike: float, early: bool) -> None:
    found = american.with_dividends(
        100, strike, 1, 0.05, 0, 0.25, 1, times=0.6, amounts=4.0, early=early, greeks=False
    )
    exact = _one_dividend_call(strike, 4.0, 0.6, early=early)
    assert found.price == pytest.approx(exact, abs=1e-3)


def test_finer_grids_converge_to_the_integral() -> None:
    exact = _one_dividend_call(100.0, 4.0, 0.6, early=True)
    errors = [
        abs(
            american.with_dividends(
                100, 100, 1, 0.05, 0, 0.25, 1, times=0.6, amounts=4.0, points=points, greeks=False
            ).price.item()
            - exact
        )
        for points in (100, 800)
    ]
    assert errors[1] < 1e-4
    assert errors[1] < errors[0]


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("strike", [85.0, 100.0, 115.0])
def test_an_independent_lattice_agrees(strike: float, side: float) -> None:
    times, amounts = [0.25, 0.5, 0.75], [2.0, 1.0, 3.0]
    found = american.with_dividends(
        100, strike, 1, 0.05, 0, 0.3, side, times=times, amounts=amounts, greeks=False
    )
    steps = 3000
    paid = {int(t * steps): a for t, a in zip(times, amounts, strict=True)}
    lattice = tree(100, strike, 1, 0.05, 0.3, side, steps, paid)
    assert found.price == pytest.approx(lattice, abs=4e-3)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_without_dividends_it_is_the_spectral_engine(side: float) -> None:
    options = (100.0, np.array([80.0, 100.0, 120.0]), 0.75, 0.04, 0.06, 0.35, side)
    found = american.with_dividends(*options, times=[], amounts=[])
    sure = american.greeks(*options, accuracy="precise")
    np.testing.assert_allclose(found.price, sure.price, atol=2e-4)
    np.testing.assert_allclose(found.delta, sure.delta, atol=2e-4)
    np.testing.assert_allclose(found.gamma, sure.gamma, atol=2e-5)
    np.testing.assert_allclose(found.theta, sure.theta, atol=5e-3)
    np.testing.assert_allclose(found.vega, sure.vega, atol=5e-3)
    np.testing.assert_allclose(found.rho, sure.rho, atol=2e-2)


def test_dividends_outside_the_life_do_not_count() -> None:
    option = (100.0, 100.0, 1.0, 0.05, 0.0, 0.3, -1.0)
    none = american.with_dividends(*option, times=[], amounts=[], greeks=False)
    other = american.with_dividends(
        *option, times=[-0.1, 0.0, 1.5], amounts=[3.0, 3.0, 3.0], greeks=False
    )
    assert none.price == other.price
    assert np.isnan(other.critical).all()


def test_a_larger_dividend_favours_puts_and_hurts_calls() -> None:
    values = [
        american.with_dividends(
            100, 100, 1, 0.03, 0, 0.2, [-1, 1], times=0.5, amounts=d, points=200, greeks=False
        ).price
        for d in (0.0, 1.0, 5.0, 20.0, 150.0)
    ]
    assert (np.diff([v[0] for v in values]) > 0).all()
    assert (np.diff([v[1] for v in values]) < 1e-9).all()
    # More than the spot: liquidation. The put is then the strike for sure on that day.
    assert values[-1][0] == pytest.approx(100 * math.exp(-0.03 * 0.5), abs=0.05)


def test_a_call_is_exercised_on_the_eve_of_a_large_dividend() -> None:
    found = american.best_dividend_exercise(
        100, [60.0, 80.0, 100.0, 140.0], 1, 0.05, 0, 0.2, times=[0.2, 0.5, 0.9], amounts=[1, 2, 3]
    )
    assert found.first.tolist() == [1, 1, -1, -1]
    assert found.critical[0, 0] == np.inf  # a dividend below the interest on the strike
    # At the critical spot keeping and exercising are worth the same.
    spot = found.critical[2, 2]
    kept = _call(np.array([spot - 3.0]), 100.0, 0.1, 0.05, 0.2)
    assert kept[0] == pytest.approx(spot - 100.0, abs=5e-3)
    np.testing.assert_allclose(found.expected[0, :2], [100 * math.exp(0.01), 101.516399], rtol=1e-6)


def test_compiled_and_plain_agree() -> None:
    columns = [
        np.array(a)
        for a in ([100.0, 100.0], [95.0, 110.0], [1.0, 0.7], [0.05, 0.02], [0.0, 0.03],
                  [0.3, 0.2], [1.0, -1.0], [0.3, 0.2])
    ]  # fmt: skip
    times, amounts = np.array([0.3, 0.8]), np.array([2.0, 3.0])
    made = []
    bodies: tuple[Any, ...] = (public._CASH, plain.cash)
    for body in bodies:
        out = [np.empty(2) for _ in range(3)] + [np.empty((2, 2))]
        body(*columns, times, amounts, 60, 30, True, *out)
        made.append(out)
    for one, other in zip(*made, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, equal_nan=True)


def test_bad_schedules_are_refused_and_bad_options_are_nan() -> None:
    option = (100.0, 100.0, 1.0, 0.05, 0.0, 0.3, 1.0)
    for times, amounts in (([0.5, 0.2], [1, 1]), ([0.5], [-1.0]), ([np.nan], [1.0])):
        with pytest.raises(ValueError, match=r"ascend|finite"):
            american.with_dividends(*option, times=times, amounts=amounts)
    with pytest.raises(ValueError, match="points"):
        american.with_dividends(*option, times=[], amounts=[], points=10)
    hostile = np.array([np.nan, np.inf, -1.0, 0.0])
    found = american.with_dividends(hostile, 100, 1, 0.05, 0, 0.3, 1, times=0.5, amounts=1)
    assert np.isnan(found.price).all()
    doubled = american.with_dividends(100, 100, 1, -0.02, -0.03, 0.3, -1, times=0.5, amounts=1)
    assert np.isfinite(doubled.price) or np.isnan(doubled.price)
    assert np.isnan(
        american.with_dividends(100, 100, 1, -0.02, -0.05, 0.3, -1, times=[], amounts=[]).price
    )
