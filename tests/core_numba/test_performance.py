"""Metrics of curves and trades: worked out by hand, by their formulas, and compiled as plain."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.jit import threads
from core_numba.performance import curve_metrics, exposure, trade_statistics
from core_numba.plain import performance as plain

HAND = [100.0, 110.0, 99.0, 121.0, 96.8, 108.9, 121.0, 133.1, 119.79]


def test_a_curve_worked_out_by_hand() -> None:
    found = curve_metrics(HAND, periods_per_year=8.0)
    assert found.total_return == pytest.approx(0.1979, rel=1e-14)
    assert found.annual_return == pytest.approx(0.1979, rel=1e-14)  # eight returns: one year
    assert found.max_drawdown == pytest.approx(0.2, rel=1e-14)
    places = (found.drawdown_start, found.drawdown_trough, found.drawdown_recovery)
    assert [int(each) for each in places] == [3, 4, 6]
    assert int(found.longest_drawdown) == 3  # from the peak at 3 until 6
    assert int(found.drawdowns) == 3
    assert found.average_drawdown == pytest.approx((0.1 + 0.2 + 0.1) / 3, rel=1e-13)
    squares = 0.1**2 + 0.2**2 + 0.1**2 + 0.1**2
    assert found.ulcer_index == pytest.approx(math.sqrt(squares / 9), rel=1e-13)
    assert found.calmar == pytest.approx(0.1979 / 0.2, rel=1e-13)
    assert found.rising == pytest.approx(5 / 8)
    assert found.best == pytest.approx(121 / 99 - 1, rel=1e-13)
    assert found.worst == pytest.approx(-0.2, rel=1e-13)


def test_sharpe_and_sortino_by_their_formulas() -> None:
    # Returns of 2 %, -1 %, 3 %, 0 %: mean 1 %, squared deviations 1 + 4 + 4 + 1 = 10 (1e-4).
    curve = np.cumprod([1.0, 1.02, 0.99, 1.03, 1.0])
    found = curve_metrics(curve, periods_per_year=252.0)
    deviation = math.sqrt(10e-4 / 3)
    assert found.volatility == pytest.approx(deviation * math.sqrt(252), rel=1e-12)
    assert found.sharpe == pytest.approx(0.01 / deviation * math.sqrt(252), rel=1e-12)
    assert found.sortino == pytest.approx(0.01 / math.sqrt(1e-4 / 4) * math.sqrt(252), rel=1e-12)
    other = curve_metrics(curve, periods_per_year=252.0, risk_free=1.26, target=2.52)
    assert other.sharpe == pytest.approx(0.005 / deviation * math.sqrt(252), rel=1e-12)
    short = math.sqrt((4e-4 + 1e-4) / 4)  # -1 % is 2 % below the target, 0 % is 1 %
    assert other.sortino == pytest.approx(0.0, abs=1e-9 / short)


def test_curves_that_have_no_answer_say_so() -> None:
    flat = curve_metrics([5.0, 5.0, 5.0])
    assert [float(each) for each in (flat.total_return, flat.volatility, flat.max_drawdown)] == [
        0.0,
        0.0,
        0.0,
    ]
    assert np.isnan([flat.sharpe, flat.sortino, flat.calmar]).all()
    assert [
        float(each) for each in (flat.drawdown_start, flat.drawdown_recovery, flat.longest_drawdown)
    ] == [-1, -1, 0]
    steady = curve_metrics(1.01 ** np.arange(50.0))
    assert np.isnan(steady.sharpe)
    for bad in ([1.0, np.nan, 2.0], [1.0, np.inf], [0.0, 1.0], [-1.0, 1.0]):
        none = curve_metrics(bad)
        assert np.isnan(none[0])
        assert none.drawdown_trough == -1
    ruined = curve_metrics([10.0, 5.0, -5.0])
    assert [float(each) for each in (ruined.total_return, ruined.max_drawdown)] == [-1.5, 1.5]
    assert np.isnan([ruined.annual_return, ruined.sharpe, ruined.best]).all()
    lost = curve_metrics([10.0, 0.0])
    assert [float(each) for each in (lost.total_return, lost.annual_return, lost.max_drawdown)] == [
        -1.0,
        -1.0,
        1.0,
    ]
    with pytest.raises(ValueError, match="two bars"):
        curve_metrics([1.0])
    with pytest.raises(ValueError, match="Periods"):
        curve_metrics([1.0, 2.0], periods_per_year=0.0)


def test_a_drawdown_that_lasts_has_no_recovery() -> None:
    found = curve_metrics([10.0, 12.0, 9.0, 10.0, 11.0])
    assert [float(each) for each in (int(found.drawdown_start), int(found.drawdown_trough))] == [
        1,
        2,
    ]
    assert int(found.drawdown_recovery) == -1
    assert int(found.longest_drawdown) == 3


def curves(seed: int, rows: int = 12, bars: int = 40) -> npt.NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    steps = rng.choice([-0.02, -0.01, 0.0, 0.01, 0.025], (rows, bars))
    table: npt.NDArray[np.float64] = 100.0 * np.asarray(np.cumprod(1.0 + steps, axis=1))
    table[0, 3] = np.nan
    table[1, 5] = 0.0
    table[2] = 7.0
    return table


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 2**32))
def test_compiled_and_plain_agree(seed: int) -> None:
    table = curves(seed)
    ours = curve_metrics(table, risk_free=0.02, target=0.05)
    real = np.empty((table.shape[0], plain.REALS))
    whole = np.empty((table.shape[0], plain.WHOLES), np.int64)
    plain.curves(table, 252.0, 0.02 / 252, 0.05 / 252, real, whole)
    np.testing.assert_allclose(np.array(ours[: plain.REALS]).T, real, rtol=1e-10, atol=1e-14)
    np.testing.assert_array_equal(np.array(ours[plain.REALS :]).T, whole)


def test_no_curve_depends_on_its_neighbours_or_the_threads() -> None:
    table = curves(5, rows=37, bars=300)
    before = threads.get_threads()
    try:
        threads.set_threads(1)
        alone = curve_metrics(table)
        threads.set_threads(2)
        for shift in range(1, 18):
            moved = curve_metrics(table[shift:])
            for one, other in zip(alone, moved, strict=True):
                np.testing.assert_array_equal(one[shift:], other)
    finally:
        threads.set_threads(before)
    assert curve_metrics(table.reshape(1, 37, 300)).sharpe.shape == (1, 37)
    assert curve_metrics(np.empty((0, 5))).sharpe.shape == (0,)


def test_trades_worked_out_by_hand() -> None:
    found = trade_statistics([30.0, -10.0, -20.0, np.nan, -10.0, 50.0, 0.0, 20.0])
    assert int(found.trades) == 7
    assert found.win_rate == pytest.approx(3 / 7)
    assert found.profit_factor == pytest.approx(100 / 40)
    assert found.expectancy == pytest.approx(60 / 7)
    assert found.average_win == pytest.approx(100 / 3)
    assert found.average_loss == pytest.approx(40 / 3)
    assert found.payoff_ratio == pytest.approx(2.5)
    assert [float(each) for each in (found.largest_win, found.largest_loss)] == [50.0, 20.0]
    assert [
        float(each)
        for each in (int(found.longest_losing_streak), int(found.longest_winning_streak))
    ] == [3, 1]


def test_lists_without_trades_wins_or_losses() -> None:
    found = trade_statistics([[np.nan, np.nan], [1.0, 2.0], [-1.0, -2.0]])
    assert found.trades.tolist() == [0, 2, 2]
    np.testing.assert_array_equal(found.profit_factor, [np.nan, np.inf, 0.0])
    np.testing.assert_array_equal(found.win_rate, [np.nan, 1.0, 0.0])
    assert np.isnan(found.payoff_ratio).all()
    assert found.longest_losing_streak.tolist() == [0, 0, 2]
    assert int(trade_statistics([]).trades) == 0


def test_exposure_is_the_part_of_bars_with_a_position() -> None:
    assert exposure([[0.0, 1.0, -2.0, np.nan], [0.0, 0.0, 0.0, 0.0]]).tolist() == [0.5, 0.0]
