"""What is read off a surface: volatility anywhere, skew, term structure, ranks."""

from __future__ import annotations

import numpy as np
import pytest

from core_numba.jit import threads
from core_numba.normal import norm_cdf
from core_numba.plain.surfaces import surface as plain
from core_numba.surfaces.ranks import iv_percentile, iv_rank
from core_numba.surfaces.skew import skew, strike_for_delta
from core_numba.surfaces.surface import INTERPOLATE, Surface
from core_numba.surfaces.svi import RawSVI, total_variance
from core_numba.surfaces.term import constant_maturities

SMILES = (
    RawSVI(0.005, 0.05, -0.5, 0.02, 0.1),
    RawSVI(0.012, 0.07, -0.45, 0.03, 0.15),
    RawSVI(0.03, 0.1, -0.4, 0.05, 0.3),
)
YEARS = np.array([0.1, 0.25, 1.0])
SURFACE = Surface.of(YEARS, [100.0, 101.0, 104.0], SMILES)


def test_total_variance_is_linear_between_expirations_at_constant_moneyness() -> None:
    k = np.array([-0.2, 0.0, 0.15])
    w = [total_variance(k, smile) for smile in SMILES]
    assert SURFACE.at_moneyness(k, 0.1).total_variance == pytest.approx(w[0], rel=1e-14)
    assert SURFACE.at_moneyness(k, 0.25).total_variance == pytest.approx(w[1], rel=1e-14)
    third = SURFACE.at_moneyness(k, 0.15)
    assert third.total_variance == pytest.approx(w[0] + (w[1] - w[0]) / 3, rel=1e-13)
    assert third.volatility == pytest.approx(np.sqrt(third.total_variance / 0.15))


def test_volatility_is_flat_outside_the_expirations() -> None:
    w = [float(total_variance(-0.1, smile)) for smile in SMILES]
    found = SURFACE.at_moneyness(-0.1, [0.0, 0.01, 5.0])
    assert found.volatility == pytest.approx(np.sqrt([w[0] / 0.1, w[0] / 0.1, w[2]]))
    assert found.total_variance == pytest.approx([0.0, 0.1 * w[0], 5.0 * w[2]])


def test_strikes_are_read_at_their_forward() -> None:
    at = SURFACE.forward(0.175)
    assert float(at) == pytest.approx(np.sqrt(100.0 * 101.0))
    same = SURFACE.at_moneyness(np.log(90.0 / at), 0.175).volatility
    assert SURFACE.volatility(90.0, 0.175) == pytest.approx(same)
    assert np.isnan(SURFACE.volatility([0.0, -1.0, np.nan], 0.2)).all()
    assert np.isnan(SURFACE.volatility(100.0, [-1.0, np.nan])).all()


def test_both_bodies_interpolate_alike_at_any_place_and_number_of_threads() -> None:
    rng = np.random.default_rng(0)
    k, t = rng.normal(0.0, 0.3, 40_000), rng.uniform(0.0, 1.5, 40_000)
    full = SURFACE.at_moneyness(k, t)
    oracle = np.empty((2, k.size))
    plain.interpolate(k, t, YEARS, np.array(SMILES).T, *oracle)
    assert full.total_variance == pytest.approx(oracle[0], rel=1e-13)
    assert full.volatility == pytest.approx(oracle[1], rel=1e-13)
    before = threads.get_threads()
    try:
        for count in (1, 2):
            threads.set_threads(count)
            for shift in range(1, 18):
                part = SURFACE.at_moneyness(k[shift:], t[shift:]).volatility
                assert np.array_equal(part, full.volatility[shift:])
    finally:
        threads.set_threads(before)
    assert INTERPOLATE.ready


def test_the_strike_for_a_delta_has_that_delta_on_the_smile() -> None:
    for sign in (1, -1):
        k = strike_for_delta(SURFACE, YEARS, 0.25, sign=sign)
        v = np.sqrt(SURFACE.at_moneyness(k, YEARS).total_variance)
        assert norm_cdf(sign * (-k / v + v / 2)) == pytest.approx(0.25, abs=1e-12)
    with pytest.raises(ValueError, match="delta"):
        strike_for_delta(SURFACE, 0.1, 1.0, sign=1)


def test_equity_skew_has_its_signs_and_a_flat_smile_has_none() -> None:
    found = skew(SURFACE, YEARS)
    assert (found.risk_reversal < 0.0).all()
    assert (found.butterfly > 0.0).all()
    assert (found.slope > 0.0).all()
    flat = Surface.of([0.5], [100.0], [RawSVI(0.02, 0.0, 0.0, 0.0, 0.1)])
    none = skew(flat, 0.5)
    assert float(none.at_the_money) == pytest.approx(0.2)
    assert [float(x) for x in none[3:]] == pytest.approx([0.0, 0.0, 0.0], abs=1e-15)


def test_constant_maturities_interpolate_total_variance() -> None:
    found = constant_maturities([15 / 365, 45 / 365, 90 / 365], [0.2, 0.3, 0.25], [7, 30, 45, 120])
    assert found.volatility[0] == pytest.approx(0.2)
    assert found.volatility[1] == pytest.approx(np.sqrt((0.04 * 15 + 0.09 * 45) / 2 / 30))
    assert found.volatility[2:] == pytest.approx([0.3, 0.25])
    assert found.contango
    assert not found.backwardation
    assert found.slope == pytest.approx(0.05)
    assert np.isnan(constant_maturities([], []).volatility).all()
    with pytest.raises(ValueError, match="rise"):
        constant_maturities([0.2, 0.1], [0.2, 0.2])


def test_rank_and_percentile_worked_by_hand() -> None:
    history = np.array([0.9, 0.20, 0.30, np.nan, 0.40, 0.25])
    assert float(iv_rank(history, window=5)) == pytest.approx(0.25)
    assert float(iv_percentile(history, window=5)) == pytest.approx(1 / 4)
    assert float(iv_rank(history, 0.5, window=5)) == pytest.approx(1.5)
    assert float(iv_percentile(history, 0.5, window=5)) == 1.0
    assert iv_rank(np.stack([history, history], axis=1)).shape == (2,)
    assert np.isnan(iv_rank([0.2, 0.2]))
    with pytest.raises(ValueError, match="window"):
        iv_rank([], window=0)


def test_surfaces_out_of_order_are_refused_and_missing_smiles_left_out() -> None:
    with pytest.raises(ValueError, match="rise"):
        Surface.of([0.2, 0.1], [100.0, 100.0], SMILES[:2])
    with pytest.raises(ValueError, match="at least one"):
        Surface.of([0.2], [100.0], [[np.nan] * 5])
    with pytest.raises(ValueError, match="five SVI"):
        Surface.of([0.2], [100.0], [1.0])
    kept = Surface.of([0.1, 0.2], [100.0, 100.0], [SMILES[0], [np.nan] * 5])
    assert len(kept.years) == 1
    assert kept.forward([0.3]) == pytest.approx([100.0])
