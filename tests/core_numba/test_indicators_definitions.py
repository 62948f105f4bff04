"""What TA-Lib does not have, on values worked out by hand; and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from core_numba import indicators as ind
from core_numba.indicators import streams
from tests.core_numba.indicator_cases import make_bars

NAN = float("nan")
HIGH = [10.0, 12.0, 11.0, 13.0, 15.0, 14.0]
LOW = [8.0, 9.0, 9.0, 10.0, 12.0, 11.0]
CLOSE = [9.0, 11.0, 10.0, 12.0, 14.0, 11.0]


def test_donchian_is_the_range_of_the_last_bars() -> None:
    band = ind.donchian(HIGH, LOW, 3)
    np.testing.assert_array_equal(band.upper, [NAN, NAN, 12.0, 13.0, 15.0, 15.0])
    np.testing.assert_array_equal(band.lower, [NAN, NAN, 8.0, 9.0, 9.0, 10.0])
    np.testing.assert_array_equal(band.middle, [NAN, NAN, 10.0, 11.0, 12.0, 12.5])


def test_ichimoku_lines_are_middles_of_ranges_of_three_lengths() -> None:
    lines = ind.ichimoku(HIGH, LOW, conversion=1, base=2, span_b=4)
    np.testing.assert_array_equal(lines.conversion, [9.0, 10.5, 10.0, 11.5, 13.5, 12.5])
    np.testing.assert_array_equal(lines.base, [NAN, 10.0, 10.5, 11.0, 12.5, 13.0])
    np.testing.assert_array_equal(lines.span_a, [NAN, 10.25, 10.25, 11.25, 13.0, 12.75])
    np.testing.assert_array_equal(lines.span_b, [NAN, NAN, NAN, 10.5, 12.0, 12.0])


def test_keltner_is_an_average_and_average_ranges_about_it() -> None:
    band = ind.keltner(HIGH, LOW, CLOSE, period=2, atr_period=2, times=2.0)
    # EMA: 10, then 2/3 of the way; ranges 3, 2, 3, 3, 3: ATR 2.5, 2.75, ...
    assert band.middle[1] == pytest.approx(10.0)
    assert band.middle[2] == pytest.approx(10.0)
    assert band.middle[3] == pytest.approx(10.0 + 2.0 / 3.0 * 2.0)
    assert band.upper[2] - band.middle[2] == pytest.approx(2.0 * 2.5)
    assert band.middle[3] - band.lower[3] == pytest.approx(2.0 * 2.75)
    assert np.isnan(band.upper[1])


def test_supertrend_turns_when_the_close_passes_the_line() -> None:
    high = [11.0, 11.0, 11.0, 16.0, 17.0, 12.0]
    low = [9.0, 9.0, 9.0, 14.0, 15.0, 4.0]
    close = [10.0, 10.0, 10.0, 16.0, 16.0, 4.0]
    trend = ind.supertrend(high, low, close, period=1, times=1.0)
    # Ranges 2, 2, 6, 2, 12. Bands: 12/8; 12/8; 21/9; 18/14; 20/-4. The close 16 is above 12.
    np.testing.assert_allclose(trend.line, [NAN, 12.0, 12.0, 9.0, 14.0, 18.0])
    np.testing.assert_array_equal(trend.direction, [NAN, -1.0, -1.0, 1.0, 1.0, -1.0])


def test_vwap_begins_anew_with_each_session() -> None:
    price, volume = [10.0, 20.0, 30.0, 40.0, 50.0], [1.0, 3.0, 0.0, 2.0, 2.0]
    line = ind.vwap(price, volume, [1, 1, 2, 2, 2])
    np.testing.assert_array_equal(line, [10.0, 17.5, NAN, 40.0, 45.0])


def test_a_bar_without_a_price_spoils_its_session_only() -> None:
    line = ind.vwap([10.0, NAN, 30.0, 40.0], [1.0, 1.0, 1.0, 1.0], [1, 1, 1, 2])
    np.testing.assert_array_equal(line, [10.0, NAN, NAN, 40.0])


def test_rolling_vwap_is_the_mean_by_volume() -> None:
    line = ind.rolling_vwap([10.0, 20.0, 30.0], [1.0, 3.0, 1.0], 2)
    np.testing.assert_array_equal(line, [NAN, 17.5, 22.5])


def test_pivot_levels_by_hand() -> None:
    classic = ind.pivot_levels(110.0, 100.0, 105.0)
    assert [float(x) for x in classic[:4]] == [105.0, 110.0, 115.0, 120.0]
    assert [float(x) for x in classic[5:8]] == [100.0, 95.0, 90.0]
    fibonacci = ind.pivot_levels(110.0, 100.0, 105.0, method="fibonacci")
    assert [float(x) for x in fibonacci[1:4]] == pytest.approx([108.82, 111.18, 115.0])
    camarilla = ind.pivot_levels(110.0, 100.0, 105.0, method="camarilla")
    assert float(camarilla.r3) == pytest.approx(107.75)
    assert float(camarilla.s4) == pytest.approx(99.5)
    woodie = ind.pivot_levels(110.0, 100.0, 107.0, method="woodie")
    assert [float(x) for x in woodie[:3]] == [106.0, 112.0, 116.0]
    assert np.isnan(woodie.r4)


def test_swings_are_told_when_they_are_certain() -> None:
    high = [1.0, 2.0, 5.0, 5.0, 3.0, 4.0, 1.0]
    low = [1.0, 0.0, 4.0, 3.0, 2.0, 3.0, 0.0]
    found = ind.swings(high, low, left=2, right=2)
    np.testing.assert_array_equal(found.high, [NAN, NAN, NAN, NAN, 5.0, NAN, NAN])
    assert np.isnan(found.low).all()
    np.testing.assert_array_equal(
        ind.swings(high, low, left=1, right=1).low, [NAN, NAN, 0.0, NAN, NAN, 2.0, NAN]
    )


def test_volume_profile_lays_volume_over_the_range_of_its_bar() -> None:
    profile = ind.volume_profile([4.0, 2.0], [0.0, 1.0], [40.0, 30.0], bins=4, value_share=0.6)
    np.testing.assert_allclose(profile.volumes, [10.0, 40.0, 10.0, 10.0])
    assert profile.point_of_control == 1.5
    # 40 of 70 is too little for 60 %: both neighbours hold 10, so the upper one joins.
    assert (profile.value_low, profile.value_high) == (1.0, 3.0)
    stream = streams.VolumeProfile(0.0, 1.0, 4)
    stream.update(4.0, 0.0, 40.0)
    stream.update(2.0, 1.0, 30.0)
    np.testing.assert_array_equal(stream.volumes, profile.volumes)


def test_a_profile_of_nothing_has_no_price() -> None:
    profile = ind.volume_profile([NAN, 1.0], [0.0, 2.0], [5.0, 5.0])
    assert np.isnan(profile.point_of_control)
    assert profile.volumes.sum() == 0.0


def test_a_profile_keeps_all_volume() -> None:
    bars = make_bars(1, 500)
    profile = ind.volume_profile(bars.high, bars.low, bars.volume, bins=37)
    assert profile.volumes.sum() == pytest.approx(bars.volume.sum(), rel=1e-12)
    assert profile.value_low <= profile.point_of_control <= profile.value_high


def test_correlation_matrix_is_numpys_without_the_flat_series() -> None:
    x = np.random.default_rng(3).normal(size=(4, 60))
    x[2] = 7.0
    matrix = ind.correlation_matrix(x + 1e6)
    rest = np.ix_([0, 1, 3], [0, 1, 3])
    np.testing.assert_allclose(matrix[rest], np.corrcoef(x[[0, 1, 3]]), atol=1e-9)
    assert (np.diag(matrix)[[0, 1, 3]] == 1.0).all()
    assert np.isnan(matrix[2]).all()


def test_obv_begins_with_the_first_volume_and_anew_after_a_gap() -> None:
    line = ind.obv([5.0, 6.0, 6.0, 4.0, NAN, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0, 9.0, 5.0, 6.0])
    np.testing.assert_array_equal(line, [1.0, 3.0, 3.0, -1.0, NAN, 5.0, 11.0])


def test_a_series_shorter_than_its_period_has_no_value() -> None:
    for line in (ind.sma([1.0, 2.0], 5), ind.rsi([1.0, 2.0], 5), ind.rolling_std([1.0], 5)):
        assert np.isnan(line).all()
    assert ind.ema(np.empty(0), 3).shape == (0,)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ind.sma([1.0], 0), "period is 0"),
        (lambda: ind.rsi([1.0], 1), "at least 2"),
        (lambda: ind.macd([1.0], fast=9, slow=9), "shorter"),
        (lambda: ind.rolling_quantile([1.0], 3, 1.5), "from 0 to 1"),
        (lambda: ind.supertrend([1.0], [1.0], [1.0], times=-1.0), "positive"),
        (lambda: ind.rolling_shape([1.0], 3), "at least 4"),
        (lambda: ind.volume_profile([1.0], [1.0], [1.0], value_share=0.0), "share"),
        (lambda: ind.correlation_matrix([1.0]), "assets"),
        (lambda: ind.sma(1.0, 2), "array"),
        (lambda: ind.sma([1.0], 2.5), "whole"),  # type: ignore[arg-type]  # what is tested
    ],
)
def test_bad_parameters_are_refused_with_advice(call: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()  # type: ignore[operator]  # a lambda
