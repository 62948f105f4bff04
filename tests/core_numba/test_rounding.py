"""Rounding: against exact decimals, the traps of binary fractions, and the cautious direction."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.jit import threads
from core_numba.plain import rounding as plain
from core_numba.rounding import (
    NICKEL,
    PENNY,
    PENNY_ALWAYS,
    Direction,
    option_tick,
    round_option_price,
    round_order_price,
    round_to_lot,
    round_to_tick,
)


@pytest.mark.parametrize(
    ("price", "tick", "direction", "expected"),
    [
        (0.1 + 0.2, 0.1, Direction.UP, 0.3),
        (0.1 + 0.2, 0.1, Direction.DOWN, 0.3),
        (1.005, 0.01, Direction.NEAREST, 1.01),
        (2.675, 0.01, Direction.NEAREST, 2.68),
        (-1.005, 0.01, Direction.NEAREST, -1.01),
        (1.1 * 3, 0.01, Direction.UP, 3.3),
        (0.29 * 100, 1.0, Direction.DOWN, 29.0),
        (4.35 * 100, 1.0, Direction.DOWN, 435.0),
        (-0.07, 0.05, Direction.DOWN, -0.1),
        (-0.07, 0.05, Direction.UP, -0.05),
        (1.23456, 0.0001, Direction.NEAREST, 1.2346),
        (101.03, 1 / 32, Direction.DOWN, 101.0),
        (101.04, 1 / 32, Direction.DOWN, 101.03125),
        (7.4, 2.5, Direction.DOWN, 5.0),
        (12.0, 5.0, Direction.NEAREST, 10.0),
        (7 / 3, 1 / 3, Direction.DOWN, 7 / 3),
        (123456789.119999, 0.01, Direction.DOWN, 123456789.11),
    ],
)
def test_known_traps(price: float, tick: float, direction: Direction, expected: float) -> None:
    assert float(round_to_tick(price, tick, direction=direction)) == expected


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.integers(-(10**9), 10**9),
    st.sampled_from(["0.01", "0.05", "0.1", "0.25", "0.001", "0.00001", "0.03125", "1", "2.5"]),
    st.sampled_from(list(Direction)),
)
def test_it_is_what_exact_decimals_give(tenths: int, tick: str, direction: Direction) -> None:
    price = Decimal(tenths) / Decimal(10_000)
    rule = {-1: ROUND_FLOOR, 0: ROUND_HALF_UP, 1: ROUND_CEILING}[int(direction)]
    exact = (price / Decimal(tick)).to_integral_value(rounding=rule) * Decimal(tick)
    assert float(round_to_tick(float(price), float(tick), direction=direction)) == float(exact)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.floats(-1e6, 1e6), st.sampled_from([0.01, 0.05, 0.1, 0.25, 1 / 32, 5.0]))
def test_a_price_on_the_grid_stays_and_an_order_never_gets_worse(price: float, tick: float) -> None:
    once = round_to_tick(price, tick)
    assert round_to_tick(once, tick, direction=Direction.UP) == once
    assert round_to_tick(once, tick, direction=Direction.DOWN) == once
    near = 1e-8 * max(1.0, abs(price))
    assert round_order_price(price, tick, side=1) <= price + near
    assert round_order_price(price, tick, side=-1) >= price - near


def test_a_buy_goes_down_and_a_sale_up_by_the_tick_of_the_premium() -> None:
    assert round_order_price([1.234, 1.234], 0.01, side=[1, -1]).tolist() == [1.23, 1.24]
    assert option_tick([2.99, 3.0, -3.2]).tolist() == [0.01, 0.05, 0.05]
    assert round_option_price(
        [2.994, 3.04, 3.04], side=[1, 1, -1], rule=PENNY,
    ).tolist() == [2.99, 3.0, 3.05]  # fmt: skip
    assert round_option_price([2.96, 3.04], side=[-1, -1], rule=NICKEL).tolist() == [3.0, 3.1]
    assert round_option_price(7.123, side=1, rule=PENNY_ALWAYS) == 7.12


def test_lots_go_towards_zero() -> None:
    found = round_to_lot([0.1 + 0.2, -7.9, 99.99999999999, 250.0, -0.5], [0.1, 1, 100, 100, 1])
    assert found.tolist() == [0.3, -7.0, 100.0, 200.0, 0.0]
    assert round_to_lot([3.7, 5.2, -5.2], least=5.0).tolist() == [0.0, 5.0, -5.0]
    assert not np.signbit(round_to_lot(-0.5))


def test_what_is_no_number_stays_so_and_what_is_beyond_the_grid_stays() -> None:
    odd = [math.nan, math.inf, -math.inf, 1e300, -1e300, 5e-324, 0.0, -0.0]
    expected = [math.nan, math.inf, -math.inf, 1e300, -1e300, 0.0, 0.0, 0.0]
    np.testing.assert_array_equal(round_to_tick(odd, 0.01), expected)
    for tick in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="positive and finite"):
            round_to_tick(1.0, tick)
    with pytest.raises(ValueError, match="Direction"):
        round_to_tick(1.0, 0.1, direction=2)
    with pytest.raises(ValueError, match="side"):
        round_order_price(1.0, 0.1, side=0)


def test_compiled_and_plain_give_the_same_bits_anywhere_in_the_array() -> None:
    rng = np.random.default_rng(4)
    size = 20_001
    prices = np.round(rng.normal(0, 50, size), 3)
    ticks = rng.choice([0.01, 0.05, 0.25], size)
    ways = rng.choice([-1.0, 0.0, 1.0], size)
    before = threads.get_threads()
    try:
        threads.set_threads(1)
        whole = round_to_tick(prices, ticks, direction=ways)
        threads.set_threads(2)
        for shift in (0, 1, 3, 7, 17):
            moved = round_to_tick(prices[shift:], ticks[shift:], direction=ways[shift:])
            np.testing.assert_array_equal(whole[shift:], moved)
    finally:
        threads.set_threads(before)
    readable = np.empty(size)
    plain.round_to(prices, np.round(ticks * 100), np.full(size, 100.0), ways, readable)
    np.testing.assert_array_equal(whole, readable)
