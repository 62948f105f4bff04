"""Violations worked by hand, no false alarm on fair chains, plain against compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.arbitrage import calendar, parity, strikes
from core_numba.european import black
from core_numba.plain import arbitrage as plain

CALL, PUT = 1.0, -1.0


def test_parity_violations_are_worth_what_is_left_after_all_three_trades() -> None:
    # Fair: C - P = 0.98 * (101 - 100) = 0.98. Calls bid 5.50 against puts asked 4.00 pay 1.50.
    found = parity(
        [5.50, 4.9], [5.60, 5.0], [3.90, 4.5], [4.00, 4.6],
        strike=100.0, forward_bid=101.0, forward_ask=101.0, discount=0.98,
    )  # fmt: skip
    assert found.conversion == pytest.approx([0.52, 0.0])
    assert found.reversal == pytest.approx([0.0, 0.98 - 0.5])


def test_a_missing_side_makes_that_trade_unknown() -> None:
    found = parity(
        np.nan, 5.0, 4.0, 4.1, strike=100.0, forward_bid=100.0, forward_ask=100.0, discount=1.0
    )
    assert np.isnan(found.conversion)
    assert found.reversal == 0.0


def test_a_call_dearer_than_one_of_lower_strike_is_sold_against_it() -> None:
    found = strikes(
        [0, 3], [90.0, 100.0, 110.0], [12.0, 6.0, 6.9], [12.2, 6.2, 7.1], sign=CALL, discount=1.0
    )
    assert found.vertical == pytest.approx([0.0, 0.0, 0.7])
    assert found.vertical_partner.tolist() == [-1, -1, 1]


def test_a_vertical_sold_for_more_than_it_can_owe_pays_the_rest() -> None:
    # Sell the 90 call at 17.5, buy the 100 call at 6.2: 11.3 for at most 10 * 0.9.
    found = strikes([0, 2], [90.0, 100.0], [17.5, 6.0], [17.7, 6.2], sign=CALL, discount=0.9)
    assert found.vertical == pytest.approx([2.3, 0.0])
    puts = strikes([0, 2], [90.0, 100.0], [6.0, 17.5], [6.2, 17.7], sign=PUT, discount=0.9)
    assert puts.vertical == pytest.approx([0.0, 2.3])
    assert puts.vertical_partner.tolist() == [-1, 0]


def test_a_butterfly_with_uneven_wings_is_weighted() -> None:
    # Between 100 (asked 6) and 130 (asked 0.3), 110 may cost (2 * 6 + 0.3) / 3 = 4.1.
    found = strikes(
        [0, 3], [100.0, 110.0, 130.0], [5.8, 4.5, 0.2], [6.0, 4.7, 0.3], sign=CALL, discount=1.0
    )
    assert found.butterfly == pytest.approx([0.0, 0.4, 0.0])
    assert (found.lower_wing[1], found.upper_wing[1]) == (0, 2)


def test_groups_do_not_trade_with_each_other() -> None:
    found = strikes([0, 1, 2], [100.0, 90.0], [9.0, 1.0], [9.1, 1.1], sign=CALL, discount=1.0)
    assert found.vertical.tolist() == [0.0, 0.0]


def test_total_variance_that_falls_is_paid_in_dollars() -> None:
    value = float(black(100.0, 105.0, 0.3, CALL).value)
    later = float(black(100.0, 105.0, 0.2, CALL).value)
    found = calendar(
        [0, 1, 3], [105.0, 105.0, 120.0], [value, 1.0, 1.0], [0.09, 0.01, 0.01],
        [0.091, 0.04, 0.05], 100.0, discount=[0.99, 0.98, 0.98], sign=CALL,
    )  # fmt: skip
    assert found.gain == pytest.approx([value - 0.99 * later, 0.0, 0.0])
    assert found.variance == pytest.approx([0.05, 0.0, 0.0])
    assert (found.lower[0], found.upper[0]) == (1, 1)


def test_between_strikes_the_variance_is_interpolated_and_beyond_them_nothing_is_claimed() -> None:
    found = calendar(
        [0, 2, 4], [np.exp(0.05), 2.0, 1.0, np.exp(0.1)], [0.5, 0.9, 0.1, 0.1],
        [0.09, 0.09, 0.01, 0.01], [0.1, 0.1, 0.04, 0.06], 1.0, discount=1.0, sign=CALL,
    )  # fmt: skip
    assert found.variance == pytest.approx([0.04, 0.0, 0.0, 0.0])
    assert (found.lower[0], found.upper[0]) == (2, 3)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.floats(0.05, 2.0), st.floats(0.0, 0.2), st.sampled_from([CALL, PUT]))
def test_a_fair_chain_has_no_violation(deviation: float, half: float, sign: float) -> None:
    k = np.array([60.0, 70.0, 75.0, 90.0, 100.0, 101.0, 120.0, 160.0])
    value = 0.95 * black(100.0, k, deviation, sign).value
    found = strikes([0, 8], k, value - half, value + half + 1e-9, sign=sign, discount=0.95)
    assert found.vertical.tolist() == found.butterfly.tolist() == [0.0] * 8


def test_strikes_must_rise_and_groups_must_cover() -> None:
    with pytest.raises(ValueError, match="sort"):
        strikes([0, 2], [100.0, 90.0], 1.0, 1.1, sign=CALL, discount=1.0)
    with pytest.raises(ValueError, match="rise from 0 to 2"):
        strikes([0, 1], [90.0, 100.0], 1.0, 1.1, sign=CALL, discount=1.0)


def noisy(seed: int) -> tuple[np.ndarray, ...]:
    generator = np.random.default_rng(seed)
    start = np.array([0, 9, 9, 20, 21, 40])
    strike = np.concatenate(
        [
            np.sort(generator.choice(np.arange(60.0, 150.0), size, replace=False))
            for size in np.diff(start)
        ]
    )
    mid = black(100.0, strike, 0.2, CALL).value + generator.normal(0.0, 0.6, 40)
    bid, ask = mid - generator.uniform(0, 0.5, 40), mid + generator.uniform(0, 0.5, 40)
    bid[generator.integers(0, 40, 4)] = np.nan
    ask[generator.integers(0, 40, 4)] = np.nan
    return start, strike, bid, ask, np.full(40, 0.97)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("sign", [CALL, PUT])
def test_plain_and_compiled_find_the_same(seed: int, sign: float) -> None:
    start, strike, bid, ask, discount = noisy(seed)
    signs = np.full(40, sign)
    found = strikes(start, strike, bid, ask, sign=signs, discount=discount)
    made: list[Any] = [np.empty(40), np.empty(40, np.int64), np.empty(40)]
    made += [np.empty(40, np.int64), np.empty(40, np.int64)]
    plain.strikes(start, strike, bid, ask, signs, discount, *made)
    assert found.vertical == pytest.approx(made[0], abs=1e-12)
    assert found.butterfly == pytest.approx(made[2], abs=1e-12)
    assert (found.vertical_partner == made[1]).all()
    assert (found.lower_wing == made[3]).all()
    assert (found.upper_wing == made[4]).all()
    assert (found.vertical > 0).any() or (found.butterfly > 0).any()


@pytest.mark.parametrize("seed", range(6))
def test_plain_and_compiled_calendars_agree(seed: int) -> None:
    start, strike, bid, _, discount = noisy(seed)
    generator = np.random.default_rng(seed)
    low, signs = generator.uniform(0.0, 0.1, 40), np.ones(40)
    high, forward = low + 0.01, np.full(40, 100.0)
    high[5] = low[12] = np.nan
    found = calendar(start, strike, bid, low, high, forward, discount=discount, sign=signs)
    made: list[Any] = [np.empty(40), np.empty(40), np.empty(40, np.int64), np.empty(40, np.int64)]
    plain.calendar(start, strike, bid, low, high, forward, discount, signs, *made)
    assert found.gain == pytest.approx(made[0], abs=1e-12)
    assert found.variance == pytest.approx(made[1], abs=1e-12)
    assert (found.lower == made[2]).all()
    assert (found.upper == made[3]).all()
