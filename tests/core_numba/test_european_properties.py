"""What must hold of every European option: parity, bounds, shape, symmetry, derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.european import all_greeks, price

CALL, PUT = 1.0, -1.0
market = st.tuples(
    st.floats(1.0, 1000.0),
    st.floats(-3.5, 3.5),
    st.floats(0.001, 5.0),
    st.floats(-0.03, 0.15),
    st.floats(0.0, 0.1),
    st.floats(0.02, 2.0),
)


def options(drawn: tuple[float, ...]) -> tuple[float, ...]:
    """Spot, strike (given as deviations from the forward), years, rate, yield, volatility."""
    spot, d, t, r, q, v = drawn
    return spot, float(spot * np.exp((r - q) * t + d * v * np.sqrt(t))), t, r, q, v


def check(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return settings(deadline=None, derandomize=True, max_examples=examples)


@check(200)
@given(market)
def test_call_less_put_is_the_discounted_forward(drawn: tuple[float, ...]) -> None:
    s, k, t, r, q, v = options(drawn)
    call, put = price(s, k, t, r, q, v, [CALL, PUT])
    carried, owed = s * np.exp(-q * t), k * np.exp(-r * t)
    assert call - put == pytest.approx(carried - owed, abs=4e-15 * (carried + owed))


@check(200)
@given(market)
def test_prices_lie_between_intrinsic_value_and_the_bound(drawn: tuple[float, ...]) -> None:
    s, k, t, r, q, v = options(drawn)
    call, put = price(s, k, t, r, q, v, [CALL, PUT])
    carried, owed = s * np.exp(-q * t), k * np.exp(-r * t)
    slack = 4e-15 * (carried + owed)
    assert max(carried - owed, 0.0) - slack <= call <= carried + slack
    assert max(owed - carried, 0.0) - slack <= put <= owed + slack
    assert min(call, put) >= 0.0


@check(100)
@given(market)
def test_prices_rise_with_volatility_and_calls_fall_convexly_with_strike(
    drawn: tuple[float, ...],
) -> None:
    s, k, t, r, q, v = options(drawn)
    louder = price(s, k, t, r, q, v * np.linspace(1.0, 2.0, 21), CALL)
    assert (np.diff(louder) >= -4e-15 * (s + k)).all()
    strikes = k * np.linspace(0.8, 1.2, 41)
    calls = price(s, strikes, t, r, q, v, CALL)
    assert (np.diff(calls) <= 4e-15 * (s + k)).all()
    assert (np.diff(calls, 2) >= -2e-14 * (s + k)).all()


@check(200)
@given(market)
def test_a_call_is_a_put_with_spot_and_strike_rate_and_yield_exchanged(
    drawn: tuple[float, ...],
) -> None:
    s, k, t, r, q, v = options(drawn)
    assert float(price(s, k, t, r, q, v, CALL)) == pytest.approx(
        float(price(k, s, t, q, r, v, PUT)), rel=1e-12, abs=4e-15 * (s + k)
    )


@check(200)
@given(market, st.integers(-60, 60))
def test_price_scales_with_spot_and_strike(drawn: tuple[float, ...], power: int) -> None:
    s, k, t, r, q, v = options(drawn)
    scale = 2.0**power
    assert price(s * scale, k * scale, t, r, q, v, PUT) == scale * price(s, k, t, r, q, v, PUT)


def _price(  # noqa: PLR0917 - the formula's own seven arguments
    s: Any, k: Any, t: Any, r: Any, q: Any, v: Any, sign: float
) -> Any:
    w = v * mp.sqrt(t)
    d = mp.log(s / k) / w + (r - q) * t / w
    return sign * (
        s * mp.exp(-q * t) * mp.ncdf(sign * (d + w / 2))
        - k * mp.exp(-r * t) * mp.ncdf(sign * (d - w / 2))
    )


ORDERS = {
    "delta": {0: 1},
    "gamma": {0: 2},
    "theta": {2: 1},
    "vega": {5: 1},
    "rho": {3: 1},
    "phi": {4: 1},
    "vanna": {0: 1, 5: 1},
    "charm": {0: 1, 2: 1},
    "vomma": {5: 2},
    "veta": {2: 1, 5: 1},
    "speed": {0: 3},
    "zomma": {0: 2, 5: 1},
    "color": {0: 2, 2: 1},
}
"""Which input is differentiated how often; time Greeks are by calendar time, hence negated."""


def derivative(places: list[int], inputs: list[Any], sign: float) -> Any:
    """By each place in turn, from central differences at 60 digits: good to twenty."""
    if not places:
        return _price(*(*inputs, sign))
    step = inputs[places[0]] * 0 + mp.mpf(10) ** -12
    sides = []
    for move in (step, -step):
        moved = list(inputs)
        moved[places[0]] += move
        sides.append(derivative(places[1:], moved, sign))
    return (sides[0] - sides[1]) / (2 * step)


@check(12)
@given(market, st.sampled_from([CALL, PUT]))
def test_greeks_are_the_derivatives_of_the_price(drawn: tuple[float, ...], sign: float) -> None:
    inputs = options(drawn)
    found = all_greeks(*(*inputs, sign))
    with mp.workdps(60):
        exact = [mp.mpf(x) for x in inputs]
        for name, orders in ORDERS.items():
            places = [place for place, count in orders.items() for _ in range(count)]
            wanted = float(derivative(places, exact, sign) * (-1 if 2 in orders else 1))
            size = 1.0 + float(found.price)
            for place in places:
                size /= max(abs(inputs[place]), 0.01)
            assert float(getattr(found, name)) == pytest.approx(wanted, rel=1e-9, abs=1e-12 * size)
