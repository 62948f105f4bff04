"""Implied volatility: the round trip, and the refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core_numba.european import black, black_scholes
from core_numba.implied import implied_deviation, implied_volatility


def test_volatility_survives_the_round_trip() -> None:
    generator = np.random.default_rng(11)
    strikes = 100.0 * np.exp(generator.normal(0.0, 0.3, 4000))
    volatility = generator.uniform(0.05, 3.0, 4000)
    years = generator.uniform(1 / 365, 3.0, 4000)
    sign = np.where(strikes > 100.0, 1.0, -1.0)
    price = black_scholes(100.0, strikes, years, 0.03, 0.01, volatility, sign).price
    usable = price > 1e-200
    found = implied_volatility(price, 100.0, strikes, years, 0.03, 0.01, sign)
    assert usable.mean() > 0.95
    assert found[usable] == pytest.approx(volatility[usable], rel=1e-9)


def test_deep_in_the_money_prices_are_inverted_as_far_as_they_determine_it() -> None:
    value = black(100.0, 60.0, 0.15, 1.0).value
    assert float(implied_deviation(value, 100.0, 60.0, 1.0)) == pytest.approx(0.15, rel=1e-6)


def test_hulls_call_at_1_875_implies_23_5_percent() -> None:
    # Hull 7e section 13.11: S = 21, K = 20, r = 10 %, T = 0.25, call at 1.875 implies 0.235.
    found = implied_volatility(1.875, 21.0, 20.0, 0.25, 0.10, 0.0, 1.0)
    assert float(found) == pytest.approx(0.235, abs=5e-4)


@pytest.mark.parametrize("value", [math.nan, -1.0, 0.0, 9.999, 10.0, 110.0, 200.0, math.inf])
def test_what_has_no_volatility_is_nan(value: float) -> None:
    """A call on a forward of 110 with strike 100 is worth more than 10 and less than 110."""
    assert math.isnan(float(implied_deviation(value, 110.0, 100.0, 1.0)))
