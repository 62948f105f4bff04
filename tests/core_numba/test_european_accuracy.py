"""Prices and Greeks against 60-digit values; plain against compiled; place and threads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core_numba.european import AllGreeks, Greeks, all_greeks, greeks, price
from core_numba.jit import threads
from core_numba.normal import Floats
from core_numba.plain import european as plain

TABLE = Path(__file__).parent / "reference" / "european_mpmath.csv"
COLUMNS = np.ascontiguousarray(np.loadtxt(TABLE, delimiter=",", skiprows=2).T)
INPUTS, EXACT = list(COLUMNS[:7]), AllGreeks(*COLUMNS[7:])


def scales() -> dict[str, Floats]:
    """The size of the terms of which a Greek is the sum, where they can cancel."""
    s, k, t, r, q, v, _ = INPUTS
    w = v * np.sqrt(t)
    d1 = (np.log(s / k) + (r - q) * t) / w + 0.5 * w
    d2, b = np.abs(d1 - w), np.abs(r - q) / w
    d1 = np.abs(d1)
    both, density = 1.0 + d1 * d2, EXACT.gamma * s * w
    decay = q + b * (1.0 + d1) + 0.5 * both / t
    return {
        "theta": EXACT.vega * v / (2 * t) + np.abs(q * s * EXACT.delta) + np.abs(r * EXACT.rho / t),
        "vanna": density / v * (1.0 + d2),
        "charm": np.abs(q * EXACT.delta) + density * (b + 0.5 * (1.0 + d2) / t),
        "vomma": EXACT.vega * both / v,
        "veta": EXACT.vega * decay,
        "speed": EXACT.gamma / s * ((1.0 + d1) / w + 1.0),
        "zomma": EXACT.gamma * both / v,
        "color": EXACT.gamma * decay,
    }


def worst(found: Floats, name: str) -> float:
    exact = getattr(EXACT, name)
    return float(np.max(np.abs(found - exact) / np.maximum(np.abs(exact), scales().get(name, 0.0))))


@pytest.mark.parametrize("name", AllGreeks._fields)
def test_price_and_every_greek_agree_with_60_digits(name: str) -> None:
    assert worst(getattr(all_greeks(*INPUTS), name), name) < 1e-12


@pytest.mark.parametrize("name", Greeks._fields)
def test_the_short_kernel_agrees_with_60_digits(name: str) -> None:
    assert worst(getattr(greeks(*INPUTS), name), name) < 1e-12


def test_the_price_kernel_agrees_with_60_digits() -> None:
    assert worst(price(*INPUTS), "price") < 1e-12


def test_the_table_holds_both_what_the_fast_pass_answers_and_what_it_hands_on() -> None:
    s, k, t, r, q, v, _ = INPUTS
    w = v * np.sqrt(t)
    d1 = np.abs((np.log(s / k) + (r - q) * t) / w + 0.5 * w)
    fast = (d1 < 30.0) & (d1 <= 500.0 * w - 1.0)
    assert 100 < int(fast.sum()) < fast.size - 30
    assert EXACT.price.min() < 1e-150


def test_the_short_and_the_long_kernel_give_the_same_bits() -> None:
    long, short = all_greeks(*INPUTS), greeks(*INPUTS)
    for name in Greeks._fields:
        assert getattr(short, name).tolist() == getattr(long, name).tolist()


def market(count: int) -> list[Floats]:
    """A mixed market with short-dated, far and impossible options in it."""
    dice = np.random.default_rng(11)
    spot = dice.uniform(5.0, 500.0, count)
    inputs = [
        spot,
        spot * np.exp(dice.normal(0.0, 0.3, count)),
        dice.exponential(0.4, count),
        dice.uniform(-0.01, 0.08, count),
        dice.uniform(0.0, 0.06, count),
        dice.uniform(0.03, 1.5, count),
        np.where(dice.random(count) < 0.5, 1.0, -1.0),
    ]
    inputs[0][::97], inputs[5][::61], inputs[2][::53] = -1.0, 0.0, 0.0
    return inputs


def test_plain_and_compiled_agree() -> None:
    inputs = market(4000)
    expected = [np.empty(4000) for _ in AllGreeks._fields]
    plain.all_greeks(*inputs, *expected)
    for name, one, other in zip(AllGreeks._fields, all_greeks(*inputs), expected, strict=True):
        # The plain price is a difference; what it misses far from the money is below 1e-12 dollars.
        far = inputs[0] * 1e-13 if name == "price" else 0.0
        lasting = np.isfinite(other) if name != "leverage" else expected[0] > 1e-3
        assert np.array_equal(np.isnan(one[lasting]), np.isnan(other[lasting]))
        gap = np.abs(one - other) - far
        size = 1e-10 * np.abs(other) + 1e-10 * np.nanquantile(np.abs(other), 0.5)
        assert np.all(gap[lasting] <= size[lasting]), name
    assert np.array_equal(np.isnan(expected[0]), np.isnan(all_greeks(*inputs).price))


def test_a_result_does_not_depend_on_its_place_in_the_array() -> None:
    inputs = market(3000)
    whole = all_greeks(*inputs)
    for shift in range(1, 18):
        part = all_greeks(*(array[shift:].copy() for array in inputs))
        for one, other in zip(whole, part, strict=True):
            assert one[shift:].tobytes() == other.tobytes()
    prices = price(*inputs)
    alone = [price(*(array[i] for array in inputs)).tobytes() for i in range(300)]
    assert alone == [each.tobytes() for each in prices[:300]]


def test_a_result_does_not_depend_on_the_number_of_threads() -> None:
    inputs = market(4 * threads.LEAST + 5)
    before = threads.get_threads()
    try:
        found = []
        for count in (1, 2, 3):
            threads.set_threads(count)
            found.append([each.tobytes() for each in all_greeks(*inputs)])
    finally:
        threads.set_threads(before)
    assert found[0] == found[1] == found[2]


def test_inputs_broadcast_and_keep_their_shape() -> None:
    found = price(100.0, np.array([[90.0], [110.0]]), 0.5, 0.02, 0.0, 0.3, np.array([1.0, -1.0]))
    assert found.shape == (2, 2)
    assert found[1, 0] == price(100.0, 110.0, 0.5, 0.02, 0.0, 0.3, 1.0)
    assert price([], 100.0, 1.0, 0.0, 0.0, 0.2, 1.0).shape == (0,)
