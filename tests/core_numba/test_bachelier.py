"""Bachelier's formula against 50 digits, its limits, and its plain form."""

from __future__ import annotations

import math
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.bachelier import bachelier
from core_numba.jit import threads
from core_numba.plain import bachelier as plain
from core_numba.plain.european import Greeks

CALL, PUT = 1.0, -1.0
market = st.tuples(
    st.floats(-50.0, 50.0),
    st.floats(-12.0, 12.0),
    st.floats(0.001, 5.0),
    st.floats(-0.05, 0.15),
    st.floats(0.01, 40.0),
    st.sampled_from([CALL, PUT]),
)


def exact(  # noqa: PLR0917 - the formula's own six arguments
    f: Any, k: Any, t: Any, r: Any, v: Any, sign: float
) -> list[Any]:
    f, k, t, r, v = (mp.mpf(x) for x in (f, k, t, r, v))
    s = v * mp.sqrt(t)
    d, df = (f - k) / s, mp.exp(-r * t)
    n, phi = mp.erfc(-sign * d / mp.sqrt(2)) / 2, mp.npdf(d)
    value = df * (sign * (f - k) * n + s * phi)
    theta = r * value - df * v * phi / (2 * mp.sqrt(t))
    return [value, sign * df * n, df * phi / s, theta, df * mp.sqrt(t) * phi, -t * value]


@settings(deadline=None, derandomize=True, max_examples=150)
@given(market)
def test_price_and_greeks_agree_with_50_digits(drawn: tuple[float, ...]) -> None:
    f, d, t, r, v, sign = drawn
    k = f + d * v * math.sqrt(t)
    found = bachelier(f, k, t, r, v, sign)
    with mp.workdps(50):
        wanted = [float(x) for x in exact(f, k, t, r, v, sign)]
    decay = abs(r * wanted[0]) + wanted[4] * v / (2 * t)
    for name, value in zip(Greeks._fields, wanted, strict=True):
        scale = 1e-12 * decay if name == "theta" else 0.0
        assert float(getattr(found, name)) == pytest.approx(value, rel=1e-12, abs=scale)


def test_at_the_forward_the_value_is_volatility_over_root_two_pi() -> None:
    found = bachelier(0.0, 0.0, 4.0, 0.0, 3.0, [CALL, PUT])
    assert found.price == pytest.approx([6.0 / math.sqrt(2 * math.pi)] * 2, rel=1e-15)
    assert found.delta.tolist() == [0.5, -0.5]


def test_without_time_or_volatility_the_payoff_is_left() -> None:
    for t, v in ((0.0, 2.0), (1.0, 0.0)):
        found = bachelier([3.0, -3.0, 0.0], 0.0, t, 0.0, v, CALL)
        assert found.price.tolist() == [3.0, 0.0, 0.0]
        assert found.delta.tolist() == [1.0, 0.0, 0.5]
        assert not found.gamma.any()
        assert not found.vega.any()
        assert not found.theta.any()


def test_nonsense_is_nan_everywhere() -> None:
    for place in range(6):
        for bad in (math.nan, math.inf, -math.inf):
            inputs = [10.0, 9.0, 0.5, 0.03, 3.0, CALL]
            inputs[place] = bad
            assert all(math.isnan(each) for each in bachelier(*inputs))
    assert math.isnan(bachelier(10.0, 9.0, -0.5, 0.03, 3.0, CALL).price)
    assert math.isnan(bachelier(10.0, 9.0, 0.5, 0.03, -3.0, CALL).price)
    assert math.isnan(bachelier(10.0, 9.0, 0.5, 0.03, 3.0, 0.0).price)


def test_plain_agrees_and_neither_place_nor_threads_change_a_bit() -> None:
    dice = np.random.default_rng(5)
    n = 2 * threads.LEAST + 7
    inputs = [
        dice.normal(0.0, 20.0, n),
        dice.normal(0.0, 20.0, n),
        dice.exponential(0.5, n),
        dice.uniform(-0.02, 0.1, n),
        dice.uniform(0.5, 30.0, n),
        np.where(dice.random(n) < 0.5, CALL, PUT),
    ]
    inputs[2][::29], inputs[4][::31] = 0.0, -1.0
    expected = [np.empty(n) for _ in Greeks._fields]
    plain.bachelier(*inputs, *expected)
    whole = bachelier(*inputs)
    for one, other in zip(whole, expected, strict=True):
        assert one == pytest.approx(other, rel=1e-9, abs=1e-12, nan_ok=True)
    for shift in range(1, 18):
        part = bachelier(*(array[shift : shift + 90].copy() for array in inputs))
        for one, other in zip(whole, part, strict=True):
            assert one[shift : shift + 90].tobytes() == other.tobytes()
    before = threads.get_threads()
    try:
        threads.set_threads(3 - min(before, 2))
        again = bachelier(*inputs)
    finally:
        threads.set_threads(before)
    assert [each.tobytes() for each in again] == [each.tobytes() for each in whole]
