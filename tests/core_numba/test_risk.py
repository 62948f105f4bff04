"""Risk measures give values worked out by hand, and portfolios are valued in full."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from core_numba.jit import threads
from core_numba.plain.risk import revaluation as plain
from core_numba.risk import allocation, backtests, measures, revaluation
from core_numba.risk.revaluation import Legs
from core_numba.simulation import walks

LEGS = Legs(
    sign=[1, -1, 0, 1, -1],
    quantity=[-100, 200, 50, 10, 5],
    strike=[100, 95, 1, 110, 100],
    years=[0.5, 0.02, 0, 1, 0.25],
    volatility=[0.2, 0.3, 0, 0.0, 5.0],
    rate=0.03,
    dividend=[0.01, 0, 0, 0.02, 0.08],
)


def test_historical_value_at_risk_is_an_observed_loss() -> None:
    """Losses 1 to 10: nine of ten do not exceed 9; the worst tenth is the 10 alone."""
    assert measures.historical(np.arange(-10, 0), level=0.9) == (9.0, 10.0)
    # At 85 % the tail of 1.5 observations is the 10 and half of the 9.
    var, cvar = measures.historical(np.arange(-10, 0), level=0.85)
    assert var == 9.0
    assert cvar == pytest.approx((10 + 0.5 * 9) / 1.5, rel=1e-15)
    assert measures.historical([1.0], level=0.99) == (-1.0, -1.0)


def test_historical_weights_count_as_repetition() -> None:
    profits, weights = [-4.0, -1.0, 2.0, -3.0], [1, 4, 10, 2]
    repeated = np.repeat(profits, weights)
    for level in (0.5, 0.8, 0.9, 0.95):
        one = measures.historical(profits, level=level, weights=weights)
        assert one == pytest.approx(measures.historical(repeated, level=level), rel=1e-12)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=60),
    st.floats(0.01, 0.999),
)
def test_shortfall_is_never_less_than_value_at_risk(profits: list[float], level: float) -> None:
    var, cvar = measures.historical(profits, level=level)
    assert cvar >= var - 1e-9 * max(1.0, abs(var))
    assert var in [-p for p in profits]


def test_nothing_known_is_no_number() -> None:
    assert all(math.isnan(x) for x in measures.historical([1.0, math.nan]))
    with pytest.raises(ValueError, match="no profits"):
        measures.historical([])
    with pytest.raises(ValueError, match="between 0 and 1"):
        measures.historical([1.0], level=1.0)


@pytest.mark.parametrize("level", [0.9, 0.99, 0.999])
def test_parametric_measures_are_integrals_of_their_tails(level: float) -> None:
    laws = {
        "normal": (measures.normal(0.1, 2.0, level=level), stats.norm(0.1, 2.0)),
        "student": (
            measures.student(0.1, 2.0, 4.5, level=level),
            stats.t(4.5, 0.1, 2.0 * math.sqrt(2.5 / 4.5)),
        ),
    }
    for (var, cvar), law in laws.values():
        q = law.ppf(1 - level)
        assert var == pytest.approx(-q, rel=1e-9)
        tail = integrate.quad(lambda x, law=law: x * law.pdf(x), -np.inf, q)[0] / (1 - level)
        assert cvar == pytest.approx(-tail, rel=1e-6)


def test_cornish_fisher_is_normal_without_higher_moments_and_an_integral_with_them() -> None:
    plain_law = measures.cornish_fisher(measures.Moments(0.1, 2.0, 0.0, 0.0), level=0.99)
    assert plain_law == pytest.approx(measures.normal(0.1, 2.0, level=0.99), rel=1e-12)
    of = measures.Moments(0.0, 1.0, -0.3, 1.0)
    var, cvar = measures.cornish_fisher(of, level=0.95)

    def quantile(p: float) -> float:
        z = stats.norm.ppf(p)
        w = z + (z * z - 1) * -0.05 + (z**3 - 3 * z) / 24 - (2 * z**3 - 5 * z) * 0.09 / 36
        return float(w)

    assert var == pytest.approx(-quantile(0.05), rel=1e-12)
    assert cvar == pytest.approx(-integrate.quad(quantile, 0, 0.05)[0] / 0.05, rel=1e-7)


def test_cornish_fisher_is_refused_where_its_quantiles_fall() -> None:
    z = np.linspace(-12, 12, 20001)
    for skewness in np.linspace(-2.5, 2.5, 11):
        for kurtosis in np.linspace(-1, 12, 14):
            s, k = skewness, kurtosis
            w = z + (z**2 - 1) * s / 6 + (z**3 - 3 * z) * k / 24 - (2 * z**3 - 5 * z) * s**2 / 36
            rises = bool((np.diff(w) > 0).all())
            valid = measures.cornish_fisher_valid(s, k)
            assert rises or not valid
            if rises and not valid:  # it falls beyond the grid
                assert k / 8 - s * s / 6 <= 1e-3
    with pytest.raises(ValueError, match="outside the domain"):
        measures.cornish_fisher(measures.Moments(0.0, 1.0, -2.0, 1.0))


def test_kupiec_and_christoffersen_by_hand() -> None:
    """15 breaches in 1000 days at 99 %: 2 (15 ln 1.5 + 985 ln(0.985 / 0.99)) = 2.189."""
    ratio = backtests.kupiec(15, 1000, level=0.99)
    by_hand = 2 * (15 * math.log(1.5) + 985 * math.log(0.985 / 0.99))
    assert ratio.statistic == pytest.approx(by_hand, rel=1e-12)
    assert ratio.p_value == pytest.approx(stats.chi2.sf(by_hand, 1), rel=1e-12)
    assert backtests.kupiec(0, 100, level=0.99).statistic == pytest.approx(-200 * math.log(0.99))
    # Three in a row and one more: 9 transitions, after a breach 2 of 3, after none 2 of 6.
    series = [0, 1, 1, 1, 0, 0, 0, 0, 1, 0][:10]
    before, after = np.array(series[:-1]), np.array(series[1:])
    expected = 0.0
    for state in (0, 1):
        x = after[before == state]
        for value in (0, 1):
            n = (x == value).sum()
            if n:
                expected += 2 * n * math.log((n / x.size) / (after == value).mean())
    assert backtests.christoffersen(series).statistic == pytest.approx(expected, rel=1e-12)
    whole = backtests.coverage(-np.array(series, float), np.full(10, 0.5), level=0.9)
    assert (whole.breaches, whole.days) == (4, 10)
    assert whole.conditional.statistic == pytest.approx(
        whole.unconditional.statistic + whole.independence.statistic
    )
    assert whole.conditional.p_value == pytest.approx(
        stats.chi2.sf(whole.conditional.statistic, 2), rel=1e-12
    )


def test_components_add_up_to_the_whole() -> None:
    """Two positions of 1 and 2, deviations 10 % and 20 %, correlation one half: 0.4583 in all."""
    covariance = [[0.01, 0.01], [0.01, 0.04]]
    total, marginal, component = allocation.normal_var([1.0, 2.0], covariance, level=0.95)
    z = stats.norm.ppf(0.95)
    assert total == pytest.approx(z * math.sqrt(0.21), rel=1e-12)
    assert component.sum() == pytest.approx(total, rel=1e-12)
    assert component == pytest.approx(z * np.array([0.03, 0.18]) / math.sqrt(0.21), rel=1e-12)
    assert marginal == pytest.approx(component / [1.0, 2.0], rel=1e-12)
    parts = np.random.default_rng(1).standard_t(4, (3, 501))
    shares = allocation.shortfall(parts, level=0.97)
    cvar = measures.historical(parts.sum(axis=0), level=0.97).cvar
    assert shares.sum() == pytest.approx(cvar, rel=1e-12)


def test_revaluation_is_the_plain_formula_in_every_scenario_and_position() -> None:
    rng = np.random.default_rng(0)
    size = 20_011
    spot = 100 * np.exp(rng.normal(0, 0.3, size))
    shift, gone = rng.normal(0, 0.1, size), rng.uniform(0, 0.6, size)
    table, _ = LEGS.table()
    expected = np.zeros(size)
    plain.revalue(spot, shift, gone, table, expected)
    before = threads.get_threads()
    try:
        threads.set_threads(1)
        one = revaluation.value(LEGS, spot, volatility_shift=shift, elapsed=gone)
        threads.set_threads(2)
        two = revaluation.value(LEGS, spot, volatility_shift=shift, elapsed=gone)
    finally:
        threads.set_threads(before)
    assert np.abs(one - expected).max() < 1e-9  # of values of thousands
    assert (one == two).all()
    for start in range(1, 18):
        part = slice(start, start + 100)
        again = revaluation.value(
            LEGS, spot[part], volatility_shift=shift[part], elapsed=gone[part]
        )
        assert (again == one[part]).all()


def test_an_expired_option_is_worth_its_intrinsic_value_and_ruin_is_survived() -> None:
    call = Legs(sign=1, quantity=1, strike=100, years=0.1, volatility=0.3, rate=0.05)
    spots = np.array([0.0, 50.0, 99.0, 101.0, 150.0])
    value = revaluation.value(call, spots, elapsed=0.2)
    assert np.allclose(value, [0, 0, 0, 1, 50], atol=1e-8)
    put = Legs(sign=-1, quantity=-2, strike=100, years=1.0, volatility=0.3, rate=0.05)
    ruined = revaluation.value(put, np.array([0.0, math.nan]))
    assert ruined[0] == pytest.approx(-200 * math.exp(-0.05), rel=1e-14)
    assert math.isnan(ruined[1])


def test_a_stress_grid_has_the_worth_of_each_corner() -> None:
    grid = revaluation.stress_grid(
        LEGS, 100.0, spot_moves=[-0.1, 0.0, 0.1], volatility_moves=[0.0, 0.05], days=[0, 30, 365]
    )
    assert grid.shape == (3, 2, 3)
    assert grid[1, 0, 0] == 0.0
    now = revaluation.value(LEGS, 100.0)[0]
    there = revaluation.value(LEGS, 110.0, volatility_shift=0.05, elapsed=30 / 365)[0]
    assert grid[2, 1, 1] == pytest.approx(there - now, rel=1e-12)
    stock = Legs(sign=0, quantity=[10, -5], asset=[0, 1])
    moved = revaluation.stress_grid(stock, [100.0, 40.0], spot_moves=[-0.5, 0.2])
    assert moved[:, 0, 0].tolist() == pytest.approx([-400.0, 160.0])


def test_monte_carlo_of_stock_alone_is_the_lognormal_quantile() -> None:
    end = walks.gbm(100.0, 0.0, 0.3, 10 / 252, steps=1, paths=400_000, seed=3).terminal
    stock = Legs(sign=0, quantity=1)
    var, cvar = revaluation.monte_carlo(stock, 100.0, end, horizon=10 / 252, level=0.99)
    deviation = 0.3 * math.sqrt(10 / 252)
    z = stats.norm.ppf(0.01)
    exact = 100 * -math.expm1(z * deviation - deviation**2 / 2)
    tail = 100 * (1 - stats.norm.cdf(z - deviation) / 0.01)
    assert var == pytest.approx(exact, rel=5e-3)
    assert cvar == pytest.approx(tail, rel=5e-3)


def test_drawdowns_are_summed_up() -> None:
    said = measures.drawdowns(np.arange(1, 101) / 100, level=0.95)
    assert said.mean == pytest.approx(0.505)
    assert (said.median, said.quantile) == (0.5, 0.95)
    assert said.conditional == pytest.approx(0.98)


def test_impossible_legs_are_refused() -> None:
    for legs, words in (
        (Legs(sign=2, quantity=1), "sign"),
        (Legs(sign=1, quantity=1, strike=0.0), "strikes are positive"),
        (Legs(sign=1, quantity=1, strike=1.0, volatility=-0.1), "not negative"),
        (Legs(sign=0, quantity=1, asset=3), "no spot"),
    ):
        with pytest.raises(ValueError, match=words):
            revaluation.value(legs, [[100.0]])


def test_one_spot_and_one_scenario_use_the_kernel_as_it_was_compiled() -> None:
    """A read-only array is another type to the compiler, which would start anew."""
    kernel = revaluation._REVALUE
    kernel.prepare()
    body = kernel.body()
    before = len(getattr(body, "signatures", ()))
    legs = revaluation.Legs(sign=1.0, quantity=100.0, strike=50.0, years=0.1, volatility=0.2)
    revaluation.profit(legs, 50.0, np.array([[45.0, 55.0]]))
    revaluation.profit(legs, np.array([50.0]), np.array([[45.0]]), elapsed=0.02)
    assert len(getattr(body, "signatures", ())) == before
