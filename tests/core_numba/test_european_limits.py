"""What the formulas give at their edges: no time, no volatility, no spot, and no market at all."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core_numba.european import all_greeks, black_76, escrowed_spot, forward, greeks, price, quoted

TINY = 5e-324
CALL, PUT = 1.0, -1.0


@pytest.mark.parametrize("name", range(7))
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_nan_and_infinity_give_nan_everywhere(name: int, bad: float) -> None:
    inputs = [100.0, 90.0, 0.5, 0.03, 0.01, 0.3, CALL]
    inputs[name] = bad
    for found in (all_greeks(*inputs), greeks(*inputs)):
        assert all(math.isnan(each) for each in found)
    assert math.isnan(price(*inputs))


@pytest.mark.parametrize("name", [0, 1, 2, 5])
def test_a_negative_spot_strike_time_or_volatility_gives_nan(name: int) -> None:
    inputs = [100.0, 90.0, 0.5, 0.03, 0.01, 0.3, PUT]
    for size in (-1e-300, -0.1, -100.0, -1e300):
        inputs[name] = size
        assert all(math.isnan(each) for each in all_greeks(*inputs))


def test_both_spot_and_strike_negative_is_no_market_either() -> None:
    assert math.isnan(price(-100.0, -90.0, 0.5, 0.03, 0.01, 0.3, CALL))
    assert math.isnan(price(0.0, 0.0, 0.5, 0.03, 0.01, 0.3, CALL))


@pytest.mark.parametrize("sign", [0.0, -0.0, 0.5, 2.0, -3.0])
def test_a_sign_is_one_or_minus_one(sign: float) -> None:
    assert math.isnan(price(100.0, 90.0, 0.5, 0.03, 0.01, 0.3, sign))


def test_no_time_leaves_intrinsic_value_and_slope() -> None:
    dead = all_greeks([90.0, 110.0, 100.0], 100.0, 0.0, 0.05, 0.02, 0.3, CALL)
    assert dead.price.tolist() == [0.0, 10.0, 0.0]
    assert dead.delta.tolist() == [0.0, 1.0, 0.5]
    for name in ("gamma", "theta", "vega", "rho", "phi", "vanna", "charm", "vomma", "veta"):
        assert not getattr(dead, name).any(), name
    for name in ("speed", "zomma", "color"):
        assert not getattr(dead, name).any(), name
    assert dead.leverage[1] == 11.0
    assert np.isnan(dead.leverage[[0, 2]]).all()


def test_no_volatility_leaves_the_discounted_forward() -> None:
    still = all_greeks(100.0, [90.0, 120.0], 2.0, 0.05, 0.02, 0.0, CALL)
    inside = 100.0 * math.exp(-0.04) - 90.0 * math.exp(-0.1)
    assert still.price == pytest.approx([inside, 0.0], rel=1e-15)
    assert still.delta == pytest.approx([math.exp(-0.04), 0.0], rel=1e-15)
    carry = 0.02 * 100.0 * math.exp(-0.04) - 0.05 * 90.0 * math.exp(-0.1)
    assert still.theta == pytest.approx([carry, 0.0], rel=1e-14)
    assert not still.vega.any()
    assert not still.gamma.any()


def test_no_spot_is_a_dead_call_and_a_sure_put() -> None:
    assert price(0.0, 90.0, 0.5, 0.03, 0.01, 0.3, [CALL, PUT]) == pytest.approx(
        [0.0, 90.0 * math.exp(-0.015)], rel=1e-15
    )
    assert all_greeks(0.0, 90.0, 0.5, 0.03, 0.01, 0.3, PUT).delta == pytest.approx(
        -math.exp(-0.005), rel=1e-15
    )


def test_no_strike_is_the_stock_and_a_dead_put() -> None:
    assert price(100.0, 0.0, 0.5, 0.03, 0.01, 0.3, [CALL, PUT]) == pytest.approx(
        [100.0 * math.exp(-0.005), 0.0], rel=1e-15
    )


def test_subnormal_inputs_count_as_the_numbers_they_are() -> None:
    assert price(100.0, TINY, 0.5, 0.0, 0.0, 0.3, CALL) == 100.0
    assert price(TINY, 100.0, 0.5, 0.0, 0.0, 0.3, [CALL, PUT]).tolist() == [0.0, 100.0]
    assert price(110.0, 100.0, TINY, 0.05, 0.0, 0.3, CALL) == 10.0
    assert price(110.0, 100.0, 0.5, 0.0, 0.0, TINY, CALL) == 10.0


def test_an_absurd_volatility_is_worth_the_bound() -> None:
    for volatility in (50.0, 1e3, 1e150, 1e300):
        assert price(100.0, 90.0, 1e4, 0.0, 0.0, volatility, [CALL, PUT]).tolist() == [100.0, 90.0]


def test_the_far_tail_vanishes_without_ever_being_negative() -> None:
    strikes = 100.0 * np.exp(np.linspace(0.0, 12.0, 4001))
    found = price(100.0, strikes, 0.25, 0.0, 0.0, 0.4, CALL)
    assert (found >= 0.0).all()
    assert (np.diff(found) <= 0.0).all()
    assert found[-1] == 0.0


def test_the_short_dated_straddle_has_all_its_digits() -> None:
    # At the forward the value is S (2 N(s / 2) - 1) = S s / sqrt(2 pi) (1 - s^2 / 24 + ...).
    s = 1e-6
    exact = 100.0 * s / math.sqrt(2.0 * math.pi) * (1.0 - s * s / 24.0)
    assert float(price(100.0, 100.0, 1.0, 0.0, 0.0, s, CALL)) == pytest.approx(exact, rel=1e-15)


def test_dividends_before_expiration_leave_the_spot() -> None:
    left = escrowed_spot(100.0, [0.2, 0.5, 1.0], 0.04, [0.25, 0.5, 0.75, -0.1], [1.0, 2.0, 3.0, 9])
    first, second = math.exp(-0.01), 2.0 * math.exp(-0.02)
    third = 3.0 * math.exp(-0.03)
    assert left == pytest.approx([100.0, 100.0 - first, 100.0 - first - second - third], rel=1e-15)


def test_hulls_dividend_example_comes_out() -> None:
    # Hull, Options, Futures and Other Derivatives, 8th edition, example 14.10: 3.67
    spot = escrowed_spot(40.0, 0.5, 0.09, [2 / 12, 5 / 12], [0.5, 0.5])
    assert float(price(spot, 40.0, 0.5, 0.09, 0.0, 0.3, CALL)) == pytest.approx(3.67, abs=5e-3)


def test_each_dividend_needs_a_time_and_an_amount() -> None:
    with pytest.raises(ValueError, match="2 dividend times but 1 amounts"):
        escrowed_spot(100.0, 1.0, 0.04, [0.1, 0.2], [1.0])


def test_black_76_holds_the_forward_still() -> None:
    up, down = (black_76(50.0, 52.0, 0.7, rate, 0.4, PUT) for rate in (0.031, 0.029))
    found = black_76(50.0, 52.0, 0.7, 0.03, 0.4, PUT)
    assert float(found.rho) == pytest.approx(float(up.price - down.price) / 0.002, rel=1e-6)
    assert float(forward(50.0, 0.7, 0.03, 0.03)) == 50.0


def test_quoted_units_are_the_desks() -> None:
    found = all_greeks(100.0, 105.0, 0.5, 0.03, 0.01, 0.3, CALL)
    desk = quoted(found)
    assert desk.theta == found.theta / 365.0
    assert desk.vega == found.vega * 0.01
    assert float(desk.vomma) == pytest.approx(float(found.vomma) * 1e-4, rel=1e-15)
    assert float(quoted(found, days=252.0).veta) == pytest.approx(
        float(found.veta) / 25200.0, rel=1e-15
    )
    assert desk.delta == found.delta
    with pytest.raises(ValueError, match="positive number of days"):
        quoted(found, days=0.0)
