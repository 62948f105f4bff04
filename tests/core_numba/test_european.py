"""Black-Scholes-Merton and Black-76 against printed values.

Sources: E. G. Haug, The Complete Guide to Option Pricing Formulas (1998, 2007), as quoted in
QuantLib's tests; J. C. Hull, Options, Futures and Other Derivatives, 7th and 8th editions.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from core_numba.european import black, black_scholes, expected_move
from core_numba.normal import norm_cdf

CALL, PUT = 1.0, -1.0


@pytest.mark.parametrize(
    ("sign", "inputs", "value"),
    [
        (CALL, (65.0, 60.0, 0.0, 0.08, 0.25, 0.30), 2.1334),
        (PUT, (95.0, 100.0, 0.05, 0.10, 0.5, 0.20), 2.4648),
        (PUT, (19.0, 19.0, 0.10, 0.10, 0.75, 0.28), 1.7011),
        (CALL, (1.6, 1.56, 0.08, 0.06, 0.5, 0.12), 0.0291),
        (PUT, (70.0, 75.0, 0.05, 0.10, 0.5, 0.35), 4.0870),
        (CALL, (100.0, 90.0, 0.10, 0.10, 0.1, 0.15), 0.0205),
        (CALL, (100.0, 110.0, 0.10, 0.10, 0.1, 0.15), 9.9413),
    ],
)
def test_prices_equal_haugs(sign: float, inputs: tuple[float, ...], value: float) -> None:
    strike, spot, q, r, t, vol = inputs
    assert black_scholes(spot, strike, t, r, q, vol, sign).price == pytest.approx(value, abs=1e-4)


def test_black_76_equals_hulls_example_16_7() -> None:
    value = black(620.0, 600.0, 0.2 * math.sqrt(0.5), CALL).value
    assert value * math.exp(-0.05 * 0.5) == pytest.approx(44.1868533121, abs=1e-9)


@pytest.mark.parametrize(
    ("greek", "sign", "inputs", "value"),
    [
        ("delta", CALL, (100.0, 105.0, 0.10, 0.10, 0.5, 0.36), 0.5946),
        ("delta", PUT, (100.0, 105.0, 0.10, 0.10, 0.5, 0.36), -0.3566),
        ("gamma", CALL, (60.0, 55.0, 0.0, 0.10, 0.75, 0.30), 0.0278),
        ("vega", PUT, (60.0, 55.0, 0.0, 0.10, 0.75, 0.30), 18.9358),
        ("theta", PUT, (405.0, 430.0, 0.05, 0.07, 1 / 12, 0.20), -31.1924),
        ("rho", CALL, (75.0, 72.0, 0.0, 0.09, 1.0, 0.19), 38.7325),
    ],
)
def test_greeks_equal_haugs(
    greek: str, sign: float, inputs: tuple[float, ...], value: float
) -> None:
    strike, spot, q, r, t, vol = inputs
    found = getattr(black_scholes(spot, strike, t, r, q, vol, sign), greek)
    assert found == pytest.approx(value, abs=6e-5)


def test_theta_equals_hulls_example_17_2() -> None:
    call = black_scholes(49.0, 50.0, 0.3846, 0.05, 0.0, 0.2, CALL)
    assert call.theta == pytest.approx(-4.30538996455, abs=1e-9)


def test_put_and_call_obey_parity_far_from_the_money() -> None:
    strikes = np.array([1.0, 20.0, 100.0, 500.0, 5000.0])
    call = black(100.0, strikes, 0.4, CALL).value
    put = black(100.0, strikes, 0.4, PUT).value
    assert call - put == pytest.approx(100.0 - strikes, abs=1e-12)


def test_at_expiry_only_the_payoff_and_its_slope_are_left() -> None:
    dead = black_scholes(np.array([90.0, 110.0]), 100.0, 0.0, 0.05, 0.0, 0.3, CALL)
    assert dead.price.tolist() == [0.0, 10.0]
    assert dead.delta.tolist() == [0.0, 1.0]
    assert [*dead.gamma, *dead.theta, *dead.vega] == [0.0] * 6


def test_nonsense_is_nan_not_a_number_to_trade_on() -> None:
    assert np.isnan(
        black(np.array([-1.0, 100.0, np.nan]), [100.0, 0.0, 1.0], 0.2, CALL).value
    ).all()


def test_the_far_tail_keeps_its_relative_accuracy() -> None:
    # N(-10) = 7.61985302416052606597e-24 (Abramowitz and Stegun, table 26.2, extended)
    assert float(norm_cdf(-10.0)) == pytest.approx(7.61985302416052606597e-24, rel=1e-14)


def test_expected_move_is_one_standard_deviation_in_dollars() -> None:
    assert float(expected_move(100.0, 0.32, 0.25)) == pytest.approx(16.0)
