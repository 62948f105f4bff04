"""Implied volatility of American prices: the way back, and the reasons for none."""

from __future__ import annotations

import numpy as np

from core_numba import american
from core_numba.american import Reason
from tests.core_numba.american_reference import mixed


def test_the_volatility_comes_back() -> None:
    options = mixed(600, seed=21)
    s, k, t, r, q, v, side = options
    price = american.price(*options)
    found = american.implied_volatility(price, s, k, t, r, q, side)
    assert found.reason.dtype == np.int8
    ok = found.reason == Reason.FOUND
    assert ok.mean() > 0.97
    np.testing.assert_allclose(found.volatility[ok], v[ok], rtol=1e-9)
    rest = np.isnan(found.volatility)
    assert (rest == ~ok).all()
    assert set(found.reason[~ok].tolist()) <= {int(Reason.EXERCISED)}


def test_the_volatility_reprices_to_the_last_digits() -> None:
    s, k, t, r, q, v, side = mixed(200, seed=22)
    price = american.price(s, k, t, r, q, v, side, accuracy="fast") + 0.01
    found = american.implied_volatility(price, s, k, t, r, q, side, accuracy="fast")
    again = american.price(s, k, t, r, q, found.volatility, side, accuracy="fast")
    np.testing.assert_allclose(again, price, rtol=1e-10)


def test_each_absence_has_its_reason() -> None:
    given = {
        19.9: Reason.BELOW_EXERCISE,
        20.0: Reason.EXERCISED,
        20.5: Reason.FOUND,
        120.0: Reason.ABOVE_BOUND,
        500.0: Reason.ABOVE_BOUND,
        -1.0: Reason.BELOW_EXERCISE,
        np.nan: Reason.INVALID,
        np.inf: Reason.INVALID,
    }
    found = american.implied_volatility(list(given), 100, 120, 1, 0.05, 0, -1)
    assert found.reason.tolist() == [int(reason) for reason in given.values()]
    finite = np.isfinite(found.volatility)
    assert (finite == (found.reason == Reason.FOUND)).all()
    expired = american.implied_volatility(25.0, 100, 120, 0, 0.05, 0, -1)
    assert expired.reason == Reason.INVALID
    nearly_all = american.implied_volatility(120.0 * (1 - 1e-12), 100, 120, 1, 0.05, 0, -1)
    assert nearly_all.reason == Reason.OUT_OF_RANGE


def test_high_and_low_volatilities() -> None:
    for v in (0.005, 0.02, 1.5, 3.0):
        price = american.price(100, 101, 0.5, 0.03, 0.01, v, [1, -1])
        found = american.implied_volatility(price, 100, 101, 0.5, 0.03, 0.01, [1, -1])
        ok = found.reason == Reason.FOUND
        np.testing.assert_allclose(found.volatility[ok], v, rtol=1e-6)
        assert ok[0] or v < 0.02
