"""What the solver does with nonsense, with position, threads, and beside its plain version."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba import implied
from core_numba.european import black
from core_numba.implied import (
    Reason,
    black_implied,
    normal_implied,
    quote_implied,
    spot_implied,
)
from core_numba.jit import threads
from core_numba.jit.kernel import numba_exists
from core_numba.plain import implied as plain

pytestmark = pytest.mark.skipif(
    os.environ.get("MAGNUS_KERNELS") == "plain" or not numba_exists(),
    reason="what only the compiled kernels claim",
)

ANY = st.one_of(
    st.floats(width=64),
    st.sampled_from([0.0, -0.0, 5e-324, 1e-308, 1e308, math.inf, -math.inf, math.nan, 1.0, 100.0]),
)


@pytest.mark.parametrize(
    ("price", "forward", "strike", "years", "sign", "reason"),
    [
        (math.nan, 100.0, 100.0, 1.0, 1.0, Reason.BAD_INPUT),
        (math.inf, 100.0, 100.0, 1.0, 1.0, Reason.BAD_INPUT),
        (5.0, -100.0, 100.0, 1.0, 1.0, Reason.BAD_INPUT),
        (5.0, 100.0, 0.0, 1.0, 1.0, Reason.BAD_INPUT),
        (5.0, 100.0, 100.0, 0.0, 1.0, Reason.BAD_INPUT),
        (5.0, 100.0, 100.0, -1.0, 1.0, Reason.BAD_INPUT),
        (5.0, 100.0, 100.0, 1.0, 0.0, Reason.BAD_INPUT),
        (5.0, 100.0, 100.0, 1.0, 2.0, Reason.BAD_INPUT),
        (-1.0, 100.0, 120.0, 1.0, 1.0, Reason.BELOW_INTRINSIC),
        (19.0, 120.0, 100.0, 1.0, 1.0, Reason.BELOW_INTRINSIC),
        (19.0, 100.0, 120.0, 1.0, -1.0, Reason.BELOW_INTRINSIC),
        (0.0, 120.0, 100.0, 1.0, 1.0, Reason.BELOW_INTRINSIC),
        (0.0, 100.0, 120.0, 1.0, 1.0, Reason.NO_TIME_VALUE),
        (-0.0, 100.0, 120.0, 1.0, 1.0, Reason.NO_TIME_VALUE),
        (20.0, 120.0, 100.0, 1.0, 1.0, Reason.NO_TIME_VALUE),
        (20.0 * (1 - 2**-50), 120.0, 100.0, 1.0, 1.0, Reason.NO_TIME_VALUE),
        (100.0, 100.0, 120.0, 1.0, 1.0, Reason.ABOVE_BOUND),
        (120.0, 100.0, 120.0, 1.0, -1.0, Reason.ABOVE_BOUND),
        (100.0 * (1 - 2**-50), 100.0, 120.0, 1.0, 1.0, Reason.ABOVE_BOUND),
        (500.0, 100.0, 120.0, 1.0, -1.0, Reason.ABOVE_BOUND),
    ],
)
def test_each_refusal_has_its_reason(  # noqa: PLR0917 - parameters
    price: float, forward: float, strike: float, years: float, sign: float, reason: Reason
) -> None:
    found = black_implied(price, forward, strike, years, sign)
    assert (math.isnan(found.volatility), Reason(int(found.reason))) == (True, reason)
    on_spot = spot_implied(price, forward, strike, years, 0.0, 0.0, sign)
    assert (math.isnan(on_spot.volatility), Reason(int(on_spot.reason))) == (True, reason)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(ANY, ANY, ANY, ANY, ANY, ANY, st.sampled_from([1.0, -1.0, 0.0, math.nan]))
def test_anything_at_all_gives_a_number_or_a_reason(  # noqa: PLR0917 - parameters
    price: float, spot: float, strike: float, years: float, rate: float, q: float, sign: float
) -> None:
    for found in (
        spot_implied(price, spot, strike, years, rate, q, sign),
        black_implied(price, spot, strike, years, sign, discount=rate),
        normal_implied(price, spot, strike, years, sign, discount=rate),
    ):
        assert (found.reason == Reason.FOUND) == bool(np.isfinite(found.volatility))
        assert not found.volatility < 0.0


def mixed(count: int) -> tuple[np.ndarray, ...]:
    generator = np.random.default_rng(4)
    forward = 100.0 * np.exp(generator.uniform(-1.6, 1.6, count))
    years = np.exp(generator.uniform(-9.0, 2.3, count))
    volatility = np.exp(generator.uniform(-5.3, 1.6, count))
    sign = generator.choice([-1.0, 1.0], count)
    price = black(forward, 100.0, volatility * np.sqrt(years), sign).value
    price[::17] = np.nan
    price[::29] *= 1e-290
    return price, forward, np.full(count, 100.0), years, sign


@pytest.mark.parametrize("shift", range(1, 18))
def test_the_result_does_not_depend_on_the_place_in_the_array(shift: int) -> None:
    whole = mixed(301)
    at_zero = black_implied(*whole)
    moved = black_implied(*(np.ascontiguousarray(a[shift:]) for a in whole))
    assert moved.volatility.tobytes() == at_zero.volatility[shift:].tobytes()
    assert moved.reason.tobytes() == at_zero.reason[shift:].tobytes()
    price, forward, strike, years, sign = whole
    spot = spot_implied(price, forward, strike, years, 0.03, 0.01, sign)
    price, forward, strike, years, sign = (a[shift:] for a in whole)
    later = spot_implied(price, forward, strike, years, 0.03, 0.01, sign)
    assert later.volatility.tobytes() == spot.volatility[shift:].tobytes()


def test_the_result_does_not_depend_on_the_number_of_threads() -> None:
    whole = mixed(40_001)
    before = threads.get_threads()
    try:
        threads.set_threads(1)
        one = black_implied(*whole)
        threads.set_threads(2)
        two = black_implied(*whole)
    finally:
        threads.set_threads(before)
    assert one.volatility.tobytes() == two.volatility.tobytes()
    assert one.reason.tobytes() == two.reason.tobytes()


def test_plain_and_compiled_agree_as_far_as_the_plain_one_goes() -> None:
    price, forward, strike, years, sign = mixed(4000)
    compiled = black_implied(price, forward, strike, years, sign)
    volatility, reason = np.empty(4000), np.empty(4000, np.int8)
    plain.forward_volatilities(
        price, forward, strike, years, np.ones(4000), sign, volatility, reason
    )
    outside = (sign > 0) == (forward <= strike)
    near = outside & (np.minimum(forward, strike) - price > 1e-3) & (price > 1e-250)
    assert near.sum() > 1000
    assert (compiled.reason[near] == reason[near]).all()
    assert volatility[near] == pytest.approx(compiled.volatility[near], rel=1e-9, nan_ok=True)
    # Where both refuse they may only differ in how little time value they still accept.
    assert (reason[compiled.reason != Reason.FOUND] != Reason.FOUND).all()


def test_plain_and_compiled_bachelier_agree() -> None:
    generator = np.random.default_rng(8)
    strike, sign = generator.uniform(50, 150, 500), generator.choice([-1.0, 1.0], 500)
    price = np.maximum(sign * (100.0 - strike), 0.0) + generator.uniform(0.01, 9.0, 500)
    ones = np.ones(500)
    volatility, reason = np.empty(500), np.empty(500, np.int8)
    plain.normal_volatilities(
        price, 100 * ones, strike, 0.5 * ones, 0.9 * ones, sign, volatility, reason
    )
    compiled = normal_implied(price, 100.0, strike, 0.5, sign, discount=0.9)
    assert (compiled.reason == reason).all()
    assert compiled.volatility == pytest.approx(volatility, rel=1e-11, nan_ok=True)


def test_a_quote_gives_three_volatilities_in_order() -> None:
    quote = quote_implied([2.0, 0.0, np.nan, 3.0], [2.4, 0.1, 1.0, 2.0], 100.0, 110.0, 0.5, 1.0)
    assert quote.bid.volatility[0] < quote.mid.volatility[0] < quote.ask.volatility[0]
    assert quote.bid.reason.tolist() == [0, Reason.NO_TIME_VALUE, Reason.BAD_INPUT, 0]
    assert quote.mid.reason.tolist() == [0, 0, Reason.BAD_INPUT, Reason.BAD_INPUT]
    assert float(quote.mid.volatility[0]) == pytest.approx(
        float(black_implied(2.2, 100.0, 110.0, 0.5, 1.0).volatility), rel=1e-15
    )


def test_shapes_broadcast_and_an_empty_array_stays_empty() -> None:
    grid = black_implied(np.full((3, 1), 4.0), 100.0, np.linspace(95.0, 110.0, 4), 1.0, 1.0)
    assert grid.volatility.shape == grid.reason.shape == (3, 4)
    assert implied.implied_deviation(np.empty(0), 100.0, 100.0, 1.0).shape == (0,)
