"""Implied volatility against 60-digit values, in units of what the price itself determines."""

from __future__ import annotations

import math
import os
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.european import black
from core_numba.implied import Reason, black_implied, normal_implied, spot_implied
from core_numba.jit.kernel import numba_exists
from core_numba.normal import Floats

pytestmark = pytest.mark.skipif(
    os.environ.get("MAGNUS_KERNELS") == "plain" or not numba_exists(),
    reason="what only the compiled kernels claim",
)

EPS = 2.0**-52


def exact_black(f: float, k: float, years: float, vol: float, sign: float) -> Any:
    """Undiscounted Black price to 60 digits, and its vega."""
    with mp.workdps(60):
        s = mp.mpf(vol) * mp.sqrt(mp.mpf(years))
        d1 = mp.log(mp.mpf(f) / k) / s + s / 2
        value = sign * (f * mp.ncdf(sign * d1) - k * mp.ncdf(sign * (d1 - s)))
        return value, f * mp.npdf(d1) * mp.sqrt(mp.mpf(years))


def sample(seed: int, count: int) -> list[tuple[float, ...]]:
    """Moneyness 0.2-5, one hour to ten years, 0.5 % to 500 %, calls and puts, both sides."""
    generator = np.random.default_rng(seed)
    made: list[tuple[float, ...]] = []
    while len(made) < count:
        f = 100.0 * math.exp(generator.uniform(-1, 1) * math.log(5.0) * generator.choice([1, 0.05]))
        years = math.exp(generator.uniform(math.log(1 / 8766), math.log(10.0)))
        vol = math.exp(generator.uniform(math.log(0.005), math.log(5.0)))
        made.append((f, 100.0, years, vol, float(generator.choice([-1.0, 1.0]))))
    return made


def price_ulps(found: Floats, cases: list[tuple[float, ...]], prices: Floats) -> Floats:
    """The error of each volatility, in spacings of the price plus 4 of the volatility."""
    errors = []
    for vol, case, price in zip(found, cases, prices, strict=True):
        exact, vega = exact_black(*case)
        allowed = np.spacing(price) / vega + 4 * np.spacing(case[3])
        # the price itself was rounded by up to half a spacing, which is not the solver's error
        rounding = abs(mp.mpf(price) - exact) / vega
        errors.append(float(max(abs(mp.mpf(vol) - case[3]) - rounding, 0) / allowed))
    return np.array(errors)


def test_the_error_is_a_few_ulps_of_the_price_wherever_there_is_a_volatility() -> None:
    cases = sample(5, 3000)
    prices = np.array([float(exact_black(*case)[0]) for case in cases])
    f, k, years, _, sign = (np.array(column) for column in zip(*cases, strict=True))
    found = black_implied(prices, f, k, years, sign)
    known = found.reason == Reason.FOUND
    assert known.mean() > 0.5
    assert np.isfinite(found.volatility[known]).all()
    assert np.isnan(found.volatility[~known]).all()
    chosen = [case for case, use in zip(cases, known, strict=True) if use]
    errors = price_ulps(found.volatility[known], chosen, prices[known])
    assert errors.max() < 8.0


def test_the_vector_pass_gives_what_the_careful_one_gives_discounted_or_not() -> None:
    """Close to the money and to expiry a rounding of forward or strike would show first."""
    generator = np.random.default_rng(17)
    count = 200_000
    near = generator.choice([0.0, 1e-15, 1e-12, -1e-10, 1e-9, -1e-7, 1e-4, 1e-2, 0.3], count)
    deviation = 10.0 ** generator.uniform(-4.5, 1.0, count)
    strike = np.exp(generator.normal(4.0, 1.0, count))
    forward = strike * np.exp(near * generator.uniform(-2.0, 2.0, count))
    sign = np.where(generator.random(count) < 0.5, 1.0, -1.0)
    years = generator.uniform(0.01, 3.0, count)
    discount = np.exp(-0.1 * years)
    price = discount * np.asarray(black(forward, strike, deviation, sign).value)
    found = black_implied(price, forward, strike, years, sign, discount=discount)
    careful, reasons = _careful(price / discount, forward, strike, sign)
    assert (found.reason == reasons).all()
    known = found.reason == Reason.FOUND
    assert known.mean() > 0.6
    wanted = careful[known] / np.sqrt(years[known])
    assert np.abs(found.volatility[known] / wanted - 1.0).max() < 1e-14


def _careful(value: Floats, forward: Floats, strike: Floats, sign: Floats) -> tuple[Floats, Any]:
    """Deviations by the bracketed search alone."""
    from numba import njit

    from core_numba.compiled.implied import forward_careful

    @njit
    def solve(value: Floats, forward: Floats, strike: Floats, sign: Floats) -> Any:
        found, why = np.empty(value.size), np.empty(value.size, np.int8)
        for i in range(value.size):
            found[i], why[i] = forward_careful(value[i], forward[i], strike[i], sign[i])
        return found, why

    deviations: tuple[Floats, Any] = solve(value, forward, strike, sign)
    return deviations


def test_only_prices_without_time_value_or_room_are_refused() -> None:
    cases = sample(6, 2000)
    prices = np.array([float(exact_black(*case)[0]) for case in cases])
    f, k, years, _, sign = (np.array(column) for column in zip(*cases, strict=True))
    found = black_implied(prices, f, k, years, sign)
    worth, bound = np.maximum(sign * (f - k), 0.0), np.where(sign > 0, f, k)
    flat = (prices - worth <= 2.0**-47 * prices) & (worth > 0) | (prices == 0.0)
    full = bound - prices <= 2.0**-47 * bound
    refused = found.reason != Reason.FOUND
    assert (flat | full)[refused].all()
    assert set(found.reason[refused]) <= {
        Reason.NO_TIME_VALUE,
        Reason.ABOVE_BOUND,
        Reason.BELOW_INTRINSIC,
    }


def test_spot_prices_near_expiry_and_near_the_money_lose_nothing_to_a_rounded_forward() -> None:
    s, k, years, r, q, vol = 100.0, 100.001, 1 / 8766, 0.043, 0.011, 0.007
    for sign in (1.0, -1.0):
        with mp.workdps(60):
            t = mp.mpf(years)
            f = s * mp.exp((mp.mpf(r) - mp.mpf(q)) * t)
            value, vega = exact_black(f, k, years, vol, sign)
            price = float(value * mp.exp(-mp.mpf(r) * t))
        found = float(spot_implied(price, s, k, years, r, q, sign).volatility)
        assert abs(found - vol) < 8 * np.spacing(price) / float(vega) + 8 * np.spacing(vol)


@pytest.mark.parametrize("k", [1e-3, 0.3, 1.0, 40.0, 1e7])
@pytest.mark.parametrize("deviation", [1e-4, 0.02, 0.4, 3.0, 11.0])
def test_far_outside_the_usual_range_it_is_right_or_says_why(k: float, deviation: float) -> None:
    exact, vega = exact_black(1.0, k, 1.0, deviation, 1.0)
    price = float(exact)
    found = black_implied(price, 1.0, k, 1.0, 1.0)
    if found.reason == Reason.FOUND:
        error = abs(float(found.volatility) - deviation)
        assert error <= 16 * EPS * price / float(vega) + 16 * EPS * deviation
    else:
        worth = max(1 - k, 0)
        assert price < 1e-320 or price - worth < 1e-14 * price or 1 - price < 1e-14


def test_subnormal_prices_are_inverted_as_far_as_their_digits_go() -> None:
    exact, vega = exact_black(100.0, 200.0, 1.0, 0.0182, 1.0)
    price = float(exact)
    assert 0.0 < price < 2.3e-308
    found = float(black_implied(price, 100.0, 200.0, 1.0, 1.0).volatility)
    assert abs(found - 0.0182) < 2 * 5e-324 / float(vega) + 1e-15


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.floats(20.0, 500.0),
    st.floats(1e-4, 10.0),
    st.floats(0.005, 5.0),
    st.sampled_from([1.0, -1.0]),
)
def test_the_price_of_the_volatility_is_the_price(
    forward: float, years: float, vol: float, sign: float
) -> None:
    price = float(exact_black(forward, 100.0, years, vol, sign)[0])
    found = black_implied(price, forward, 100.0, years, sign)
    if found.reason == Reason.FOUND:
        again, vega = exact_black(forward, 100.0, years, float(found.volatility), sign)
        assert abs(float(again - price)) <= 8 * np.spacing(price) + 4 * float(vega) * np.spacing(
            vol
        )


@pytest.mark.parametrize("vol", [0.01, 0.4, 12.0, 900.0])
@pytest.mark.parametrize("strike", [-5.0, 0.0, 99.0, 100.0, 103.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_bacheliers_volatility_survives_the_round_trip(
    vol: float, strike: float, sign: float
) -> None:
    forward, years = 100.0, 0.4
    with mp.workdps(60):
        s = mp.mpf(vol) * mp.sqrt(mp.mpf(years))
        d = sign * (mp.mpf(forward) - strike) / s
        exact = s * (d * mp.ncdf(d) + mp.npdf(d))
        vega = float(mp.sqrt(mp.mpf(years)) * mp.npdf(d))
        price = float(exact)
    found = normal_implied(price, forward, strike, years, sign)
    if found.reason == Reason.FOUND:
        error = abs(float(found.volatility) - vol)
        assert error <= 8 * EPS * price / vega + 8 * EPS * vol
    else:
        assert price - max(sign * (forward - strike), 0.0) <= 1e-14 * price
