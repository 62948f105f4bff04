"""Expected profit and probability of profit under each measure."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from core_numba.european import black
from core_numba.plain.strategies import lognormal as plain
from core_numba.strategies.expectation import expectation
from core_numba.strategies.horizon import at_horizon
from core_numba.strategies.legs import Legs, call, put, stock
from core_numba.strategies.measures import LOGNORMAL, Empirical, Lognormal, StudentT
from core_numba.strategies.profile import at_expiration

CONDOR = [put(1, 80, 0.5), put(-1, 90, 1.5), call(-1, 110, 1.5), call(1, 120, 0.5)]
BOOK = Legs.of([[call(1, 100, 5)], CONDOR, [stock(100, 100)], [put(-1, 90, 2)]])


def test_a_calls_expected_profit_is_its_undiscounted_value_less_its_price() -> None:
    found = expectation(at_expiration(BOOK), Lognormal(100.0, 0.25, 0.3, 0.05, 0.02))
    ahead = 100.0 * math.exp(0.03 * 0.25)
    value = float(black(ahead, 100.0, 0.15, 1.0).value)
    assert found.expected[0] == pytest.approx(100.0 * (value - 5.0), rel=1e-11)
    assert found.expected[2] == pytest.approx(100.0 * (ahead - 100.0), rel=1e-11)
    beyond = stats.norm.cdf((math.log(ahead / 105.0) - 0.15**2 / 2) / 0.15)
    assert found.probability_of_profit[0] == pytest.approx(beyond, rel=1e-12)


def test_a_condors_expectation_is_the_sum_of_its_legs() -> None:
    found = expectation(at_expiration(BOOK), Lognormal(100.0, 0.25, 0.3))
    value = sum(
        leg.quantity * (float(black(100.0, leg.strike, 0.15, leg.kind).value) - leg.entry)
        for leg in CONDOR
    )
    assert found.expected[1] == pytest.approx(100.0 * value, rel=1e-11)
    low, high = ((math.log(x / 100.0) + 0.15**2 / 2) / 0.15 for x in (88.0, 112.0))
    inside = stats.norm.cdf(high) - stats.norm.cdf(low)
    assert found.probability_of_profit[1] == pytest.approx(inside, rel=1e-12)


def test_a_measure_of_each_strategys_own_is_used() -> None:
    spots, vols = np.array([90.0, 100.0, 110.0, 95.0]), np.array([0.2, 0.3, 0.4, 0.5])
    profile = at_expiration(BOOK)
    together = expectation(profile, Lognormal(spots, 0.25, vols))
    for i in range(4):
        alone = expectation(profile, Lognormal(spots[i], 0.25, vols[i]))
        assert together.expected[i] == alone.expected[i]
        assert together.probability_of_profit[i] == alone.probability_of_profit[i]


def test_without_volatility_the_forward_is_certain() -> None:
    for measure in (Lognormal(105.0, 1.0, 0.0), StudentT(105.0, 1.0, 0.0)):
        found = expectation(at_expiration(BOOK), measure)
        assert found.expected == pytest.approx([0.0, 200.0, 500.0, 200.0], abs=1e-9)
        assert found.probability_of_profit.tolist() == [0.0, 1.0, 1.0, 1.0]


@pytest.mark.parametrize("freedom", [2.5, 4.0, 30.0])
def test_students_expectation_equals_adaptive_quadrature(freedom: float) -> None:
    vol, years, tail = 0.4, 0.25, 1e-4
    scale = vol * math.sqrt(years * (freedom - 2) / freedom)
    cut = -stats.t.ppf(tail, freedom)

    def mean_of(function: object) -> float:
        assert callable(function)
        return math.fsum(
            integrate.quad(
                lambda t: function(t) * stats.t.pdf(t, freedom) / (1 - 2 * tail), a, b,
                epsabs=1e-13, epsrel=1e-12, limit=200,
            )[0]
            for a, b in ((-cut, -3.0), (-3.0, 0.0), (0.0, 3.0), (3.0, cut))
        )  # fmt: skip

    middle = 100.0 / mean_of(lambda t: math.exp(scale * t))
    strike = (math.log(100.0 / middle)) / scale
    value = integrate.quad(
        lambda t: (middle * math.exp(scale * t) - 100.0)
        * stats.t.pdf(t, freedom) / (1 - 2 * tail),
        strike, cut, epsabs=1e-12, limit=400,
    )[0]  # fmt: skip
    measure = StudentT(100.0, years, vol, freedom, tail=tail)
    found = expectation(at_expiration(BOOK), measure)
    assert found.expected[0] == pytest.approx(100.0 * (value - 5.0), rel=1e-8)
    assert found.expected[2] == pytest.approx(0.0, abs=1e-9)
    at = math.log(105.0 / middle) / scale
    chance = (stats.t.sf(at, freedom) - tail) / (1 - 2 * tail)
    assert found.probability_of_profit[0] == pytest.approx(chance, rel=1e-10)


def test_student_with_many_degrees_of_freedom_is_lognormal() -> None:
    profile = at_expiration(BOOK)
    normal = expectation(profile, Lognormal(100.0, 0.25, 0.3, 0.05))
    student = expectation(profile, StudentT(100.0, 0.25, 0.3, 1e7, 0.05, tail=1e-12))
    assert student.expected == pytest.approx(normal.expected, abs=1e-3)
    assert student.probability_of_profit == pytest.approx(normal.probability_of_profit, abs=1e-6)


def test_the_empirical_measure_counts_and_a_break_even_is_no_profit() -> None:
    returns = np.array([-0.3, -0.12, 0.0, 0.05, 0.12, 0.2])  # 70, 88, 100, 105, 112, 120
    found = expectation(at_expiration(BOOK), Empirical(100.0, returns))
    assert found.probability_of_profit == pytest.approx([2 / 6, 2 / 6, 3 / 6, 4 / 6])
    assert found.expected[0] == pytest.approx(100 * ((5 + 12 + 20) / 6 - 5))
    assert found.expected[1] == pytest.approx((-800 + 0 + 200 + 200 + 0 - 800) / 6)
    ruin = expectation(at_expiration(BOOK), Empirical(100.0, [-1.0]))
    assert ruin.expected == pytest.approx([-500.0, -800.0, -10_000.0, -8_800.0])
    won = expectation(at_expiration(Legs.of([[put(1, 100, 5)]])), Empirical(100.0, [-1.0]))
    assert won.probability_of_profit[0] == 1.0


def test_a_calendars_expectation_agrees_with_quadrature() -> None:
    legs = Legs.of([[call(-1, 100, 3, 0.1, 0.3), call(1, 100, 5, 0.3, 0.3)]])
    found = expectation(at_horizon(legs, 0.1, 100.0), Lognormal(100.0, 0.1, 0.3))
    both = [float(black(100.0, 100.0, 0.3 * math.sqrt(t), 1.0).value) for t in (0.3, 0.1)]
    assert found.expected[0] == pytest.approx(100.0 * (both[0] - both[1] - 2.0), abs=0.02)
    assert 0.6 < found.probability_of_profit[0] < 0.7


def test_a_level_anywhere_in_an_array_has_the_same_probability() -> None:
    rng = np.random.default_rng(4)
    x = np.abs(rng.normal(100.0, 40.0, 5000))
    x[:4] = [0.0, np.inf, np.nan, 5e-324]
    rest = [np.full_like(x, v) for v in (4.6, 0.3, 100.0)]
    full, oracle = np.empty((2, 5000)), np.empty((2, 5000))
    LOGNORMAL(x, *rest, *full)
    plain.lognormal_below(x, *rest, *oracle)
    assert full == pytest.approx(oracle, rel=1e-12, nan_ok=True)
    assert full[:, 0].tolist() == [0.0, 0.0]
    assert full[:, 1].tolist() == [1.0, 100.0]
    for shift in range(1, 18):
        part = np.empty((2, 5000 - shift))
        LOGNORMAL(np.ascontiguousarray(x[shift:]), *(r[shift:] for r in rest), *part)
        assert np.array_equal(part, full[:, shift:], equal_nan=True)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: StudentT(100.0, 1.0, 0.2, 2.0), "degrees"),
        (lambda: StudentT(100.0, 1.0, 0.2, tail=0.5), "cut off"),
        (lambda: Empirical(100.0, []), "Returns"),
        (lambda: Empirical(100.0, [-1.5]), "Returns"),
    ],
)
def test_measures_that_are_none_are_refused(build: object, words: str) -> None:
    assert callable(build)
    with pytest.raises(ValueError, match=words):
        build()
    told = expectation(at_expiration(BOOK), Lognormal(np.nan, 1.0, 0.2))
    assert np.isnan(told.expected).all()
    assert np.isnan(told.probability_of_profit).all()
