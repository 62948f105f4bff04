"""Fees by hand: tiers, bounds, makers, sales, and nothing for nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core_numba.fees import Schedule, fees


def test_per_contract_with_a_minimum_and_a_bound() -> None:
    schedule = Schedule(per_unit=0.65, least=1.0, most_rate=0.01)
    found = fees([1, 2, 10, 10], [5.0, 5.0, 5.0, 0.1], schedule, multiplier=100)
    np.testing.assert_allclose(found.commission, [1.0, 1.3, 6.5, 1.0], rtol=1e-14)
    assert found.regulatory.tolist() == [0.0] * 4


def test_each_unit_pays_the_rate_of_its_tier() -> None:
    schedule = Schedule(per_unit=((0, 1.0), (100, 0.5), (1000, 0.25)))
    found = fees([50, 50, 100, 2000, -200], 1.0, schedule, traded_before=[0, 80, 950, 0, 5000])
    expected = [50.0, 20 + 15.0, 25 + 12.5, 100 + 450 + 250.0, 50.0]
    np.testing.assert_allclose(found.total, expected, rtol=1e-14)


def test_makers_and_takers_pay_different_rates_and_a_rebate_is_negative() -> None:
    schedule = Schedule(maker_rate=-0.001, taker_rate=0.002, least=-math.inf)
    found = fees(10, 100.0, schedule, maker=[True, False])
    np.testing.assert_allclose(found.total, [-1.0, 2.0], rtol=1e-14)


def test_sales_alone_pay_the_sales_fees_rounded_up_to_the_cent() -> None:
    schedule = Schedule(
        sell_rate=0.001, sell_per_unit=0.01, sell_per_unit_most=3.0, regulatory_per_unit=0.001,
        regulatory_cent=0.01,
    )  # fmt: skip
    found = fees([100, -100, -1000, -1], [10.0, 10.0, 10.0, 1.0], schedule)
    # 0.1; 0.1 + 1 + 1; 1 + 3 + 10; 0.001 + 0.01 + 0.001, up.
    assert found.regulatory.tolist() == [0.1, 2.1, 14.0, 0.02]
    exact = fees(-30, 1.0, Schedule(sell_per_unit=0.1, regulatory_cent=0.01))
    assert exact.regulatory == 3.0  # 30 * 0.1 is 3.0000000000000004 / 1 on no account 3.01


def test_nothing_traded_costs_nothing_and_nan_stays() -> None:
    found = fees([0, math.nan, 1], [1.0, 1.0, math.nan], Schedule(per_order=5.0, taker_rate=0.1))
    assert found.total[0] == 0.0
    assert np.isnan(found.total[1:]).all()


def test_a_schedule_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="begin at 0"):
        fees(1, 1.0, Schedule(per_unit=((5, 1.0),)))
    with pytest.raises(ValueError, match="rise"):
        fees(1, 1.0, Schedule(per_unit=((0, 1.0), (0, 2.0))))
    with pytest.raises(ValueError, match="are numbers"):
        fees(1, 1.0, Schedule(per_order=math.nan))
