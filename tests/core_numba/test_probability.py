"""Probabilities against closed forms, 40-digit values, simulation of the reflected path, limits."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.european import greeks
from core_numba.jit import threads
from core_numba.normal import Floats
from core_numba.plain import probability as plain
from core_numba.probability import (
    above,
    below,
    between,
    expected_range,
    in_the_money,
    strike_for_delta,
    touch,
)

CALL, PUT = 1.0, -1.0
market = st.tuples(
    st.floats(1.0, 1000.0),
    st.floats(-4.0, 4.0),
    st.floats(0.001, 5.0),
    st.floats(-0.3, 0.3),
    st.floats(0.02, 2.0),
)
check = settings(deadline=None, derandomize=True, max_examples=150)


def level(drawn: tuple[float, ...]) -> tuple[float, ...]:
    spot, d, t, m, v = drawn
    return spot, float(spot * np.exp(m * t + d * v * np.sqrt(t))), t, m, v


def exact_below(s: float, k: float, t: float, m: float, v: float) -> float:
    with mp.workdps(40):
        s, k, t, m, v = (mp.mpf(x) for x in (s, k, t, m, v))
        return float(mp.ncdf((mp.log(k / s) - (m - v * v / 2) * t) / (v * mp.sqrt(t))))


def exact_touch(s: float, b: float, t: float, m: float, v: float) -> float:
    """Shreve (2004), corollary 7.2.2, in 60 digits."""
    with mp.workdps(60):
        s, b, t, m, v = (mp.mpf(x) for x in (s, b, t, m, v))
        side = 1 if b > s else -1
        x, mu, w = abs(mp.log(b / s)), side * (m - v * v / 2), v * mp.sqrt(t)
        first = mp.ncdf((-x + mu * t) / w)
        return float(first + mp.exp(2 * mu * x / v**2) * mp.ncdf((-x - mu * t) / w))


@check
@given(market)
def test_ending_below_and_above_agree_with_40_digits(drawn: tuple[float, ...]) -> None:
    inputs = level(drawn)
    wanted = exact_below(*inputs)
    assert float(below(*inputs)) == pytest.approx(wanted, rel=1e-11)
    assert float(above(*inputs)) == pytest.approx(1.0 - wanted, rel=1e-11, abs=1e-15)


@check
@given(market)
def test_touching_agrees_with_60_digits_on_both_sides(drawn: tuple[float, ...]) -> None:
    inputs = level(drawn)
    assert float(touch(*inputs)) == pytest.approx(exact_touch(*inputs), rel=1e-10)


@check
@given(market)
def test_touching_is_at_least_as_likely_as_ending_beyond(drawn: tuple[float, ...]) -> None:
    s, b, t, m, v = level(drawn)
    beyond = above(s, b, t, m, v) if b > s else below(s, b, t, m, v)
    assert beyond - 1e-14 <= touch(s, b, t, m, v) <= 1.0


def test_without_drift_of_the_logarithm_touching_is_twice_as_likely() -> None:
    v = 0.3
    barriers = np.array([50.0, 90.0, 115.0, 300.0])
    ends = np.where(
        barriers > 100.0,
        above(100.0, barriers, 0.7, v * v / 2, v),
        below(100.0, barriers, 0.7, v * v / 2, v),
    )
    assert touch(100.0, barriers, 0.7, v * v / 2, v) == pytest.approx(2.0 * ends, rel=1e-13)


def test_a_strong_drift_neither_overflows_nor_loses_the_tail() -> None:
    cases = [(100.0, 200.0, 1.0, 5.0, 0.02), (100.0, 50.0, 1.0, 5.0, 0.2), (1.0, 2.0, 1.0, -3, 0.3)]
    for case in cases:
        assert float(touch(*case)) == pytest.approx(exact_touch(*case), rel=1e-10, abs=1e-300)


def test_in_the_money_is_the_cash_delta() -> None:
    strikes = np.array([70.0, 100.0, 140.0])
    found = greeks(100.0, strikes, 0.5, 0.04, 0.01, 0.3, PUT)
    assert in_the_money(100.0, strikes, 0.5, 0.03, 0.3, PUT) == pytest.approx(
        -found.rho / (0.5 * strikes * math.exp(-0.02)), rel=1e-13
    )
    calls = in_the_money(100.0, strikes, 0.5, 0.03, 0.3, CALL)
    assert calls + in_the_money(100.0, strikes, 0.5, 0.03, 0.3, PUT) == pytest.approx(1.0)


def test_between_keeps_a_far_interval_accurate_on_both_sides() -> None:
    low = between(100.0, 20.0, 25.0, 0.25, 0.0, 0.3)
    wanted = exact_below(100.0, 25.0, 0.25, 0.0, 0.3) - exact_below(100.0, 20.0, 0.25, 0.0, 0.3)
    assert float(low) == pytest.approx(wanted, rel=1e-11)
    assert 0.0 < float(between(100.0, 400.0, 500.0, 0.25, 0.0, 0.3)) < 1e-15
    assert np.isnan(between(100.0, 110.0, 90.0, 0.25, 0.0, 0.3))
    whole = between(100.0, 0.0, 1e300, 0.25, 0.0, 0.3)
    assert float(whole) == 1.0


@pytest.mark.parametrize("sign", [CALL, PUT])
@pytest.mark.parametrize("convention", ["spot", "forward"])
def test_the_strike_for_a_delta_has_that_delta(sign: float, convention: str) -> None:
    deltas = sign * np.array([0.001, 0.1, 0.25, 0.5, 0.75, 0.95])
    market = (100.0, 0.7, 0.05, 0.03, 0.35, sign)
    strikes = strike_for_delta(deltas, *market, convention=convention)  # type: ignore[arg-type]
    found = greeks(100.0, strikes, *market[1:]).delta
    fade = 1.0 if convention == "spot" else math.exp(-0.03 * 0.7)
    assert found == pytest.approx(deltas * fade, rel=1e-12)


def test_a_delta_that_no_strike_has_is_nan() -> None:
    found = strike_for_delta([0.99, -0.2, 0.0, 1.0, math.nan], 100.0, 2.0, 0.0, 0.05, 0.3, CALL)
    assert np.isnan(found).all()
    with pytest.raises(ValueError, match="it can be spot or forward"):
        strike_for_delta(0.5, 100.0, 1.0, 0.0, 0.0, 0.2, CALL, convention="cash")  # type: ignore[arg-type]


def test_the_expected_range_holds_its_share_with_equal_tails() -> None:
    low, high = expected_range(100.0, 0.5, 0.04, 0.3, np.array([0.5, 0.6826894921370859, 0.95]))
    assert between(100.0, low, high, 0.5, 0.04, 0.3) == pytest.approx(
        [0.5, 0.6826894921370859, 0.95], rel=1e-12
    )
    assert below(100.0, low, 0.5, 0.04, 0.3) == pytest.approx(
        above(100.0, high, 0.5, 0.04, 0.3), rel=1e-11
    )


def test_limits_are_those_of_a_spot_that_does_not_move() -> None:
    assert below(100.0, [90.0, 100.0, 110.0], 0.0, 0.05, 0.3).tolist() == [0.0, 0.5, 1.0]
    assert below(100.0, 0.0, 0.5, 0.05, 0.3) == 0.0
    assert touch(100.0, [100.0, 101.0], 0.0, 0.05, 0.3).tolist() == [1.0, 0.0]
    assert touch(100.0, [104.0, 106.0, 99.0], 1.0, 0.05, 0.0).tolist() == [1.0, 0.0, 0.0]
    assert touch(100.0, [104.0, 99.0], 1.0, -0.05, 0.0).tolist() == [0.0, 1.0]


def test_nonsense_is_nan() -> None:
    for place in range(5):
        for bad in (math.nan, math.inf, -math.inf):
            inputs = [100.0, 90.0, 0.5, 0.03, 0.3]
            inputs[place] = bad
            assert math.isnan(below(*inputs))
            assert math.isnan(touch(*inputs))
    for place in (0, 2, 4):
        inputs = [100.0, 90.0, 0.5, 0.03, 0.3]
        inputs[place] = -0.1
        assert math.isnan(below(*inputs))
        assert math.isnan(touch(*inputs))
    assert math.isnan(touch(100.0, 0.0, 0.5, 0.03, 0.3))


def many(count: int) -> list[Floats]:
    dice = np.random.default_rng(3)
    spot = dice.uniform(10.0, 300.0, count)
    inputs = [
        spot,
        spot * np.exp(dice.normal(0.0, 0.3, count)),
        dice.exponential(0.5, count),
        dice.uniform(-0.2, 0.2, count),
        dice.uniform(0.02, 1.0, count),
    ]
    inputs[4][::41], inputs[2][::37], inputs[0][::31] = 0.0, 0.0, -1.0
    return inputs


def test_plain_and_compiled_agree() -> None:
    inputs = many(2000)
    expected = np.empty(2000)
    plain.touch(*(*inputs, expected))
    assert touch(*inputs) == pytest.approx(expected, rel=1e-9, abs=1e-14, nan_ok=True)
    plain.below(*(*inputs, np.ones(2000), expected))
    assert below(*inputs) == pytest.approx(expected, rel=1e-9, abs=1e-300, nan_ok=True)
    delta = np.linspace(-0.2, 1.2, 2000)
    arguments = (delta, inputs[1], inputs[4], np.ones(2000), np.ones(2000))
    plain.strike_for_delta(*arguments, expected)
    found = strike_for_delta(delta, inputs[1], 1.0, 0.0, 0.0, inputs[4], 1.0)
    assert found == pytest.approx(expected, rel=1e-11, nan_ok=True)


def test_results_depend_neither_on_place_nor_on_threads() -> None:
    inputs = many(3 * threads.LEAST + 3)
    whole = [f(*inputs) for f in (touch, below, above)]
    for shift in range(1, 18):
        part = [array[shift : shift + 100].copy() for array in inputs]
        for one, function in zip(whole, (touch, below, above), strict=True):
            assert function(*part).tobytes() == one[shift : shift + 100].tobytes()
    before = threads.get_threads()
    try:
        threads.set_threads(3 - min(before, 2))
        assert [f(*inputs).tobytes() for f in (touch, below, above)] == [
            each.tobytes() for each in whole
        ]
    finally:
        threads.set_threads(before)
