"""Estimators of realised volatility: worked by hand, and on simulated days of known volatility."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core_numba import realised
from core_numba.plain import realised as plain

LN2 = math.log(2.0)


def _annual(variance: float) -> float:
    return math.sqrt(252.0 * variance)


def test_a_day_of_each_sort_worked_by_hand() -> None:
    o, h, low, c = (np.full(4, 100.0 * math.exp(x)) for x in (0.0, 0.015, -0.005, 0.01))
    assert realised.parkinson(h, low, window=2)[-1] == pytest.approx(_annual(4e-4 / (4 * LN2)))
    assert realised.garman_klass(o, h, low, c, window=2)[-1] == pytest.approx(
        _annual(2e-4 - (2 * LN2 - 1) * 1e-4)
    )
    assert realised.rogers_satchell(o, h, low, c, window=2)[-1] == pytest.approx(_annual(1.5e-4))


def test_close_to_close_with_and_without_drift() -> None:
    close = np.exp(np.cumsum([0.0, 0.01, 0.03, -0.01]))
    with_drift = realised.close_to_close(close, window=3)
    without = realised.close_to_close(close, window=3, drift=False)
    assert np.isnan(with_drift[:3]).all()
    assert with_drift[3] == pytest.approx(_annual(4e-4))  # mean 0.01: (0 + 4 + 4) e-4 / 2
    assert without[3] == pytest.approx(_annual(11e-4 / 3))


def test_yang_zhang_adds_its_three_parts() -> None:
    gap = np.array([0.0, 0.01, -0.01, 0.03])
    session = np.array([0.0, 0.02, 0.0, -0.02])
    open_ = np.cumsum(gap) + np.concatenate([[0.0], np.cumsum(session)[:-1]])
    close = open_ + session
    o, c = np.exp(open_), np.exp(close)
    h, low = np.maximum(o, c), np.minimum(o, c)  # a straight day: Rogers-Satchell is zero
    k = 0.34 / (1.34 + 4 / 2)
    assert realised.yang_zhang(o, h, low, c, window=3)[-1] == pytest.approx(
        _annual(4e-4 + k * 4e-4)
    )


@pytest.fixture(scope="module")
def bars() -> tuple[np.ndarray, ...]:
    """4000 days of 600 steps at 30 % a year with 25 % drift, the night a quarter of the day."""
    rng = np.random.default_rng(7)
    days, steps, variance, drift = 4000, 600, 0.09 / 252, 0.25 / 252
    night = rng.normal(0.2 * drift, math.sqrt(0.2 * variance), days)
    moves = rng.normal(0.8 * drift / steps, math.sqrt(0.8 * variance / steps), (days, steps))
    paths = np.cumsum(moves, axis=1)
    ends = paths[:, -1]
    start = np.cumsum(night) + np.concatenate([[0.0], np.cumsum(ends)[:-1]])
    high, low = np.maximum(paths.max(axis=1), 0.0), np.minimum(paths.min(axis=1), 0.0)
    return tuple(np.exp(start + x) for x in (np.zeros(days), high, low, ends))


def test_each_estimator_finds_the_volatility_of_what_it_sees(bars: tuple[np.ndarray, ...]) -> None:
    o, h, low, c = bars
    n = len(o) - 1
    whole, session = 0.3, 0.3 * math.sqrt(0.8)
    assert realised.close_to_close(c, window=n)[-1] == pytest.approx(whole, rel=0.03)
    assert realised.yang_zhang(o, h, low, c, window=n)[-1] == pytest.approx(whole, rel=0.03)
    # 600 steps a day miss some of the range: a few per cent too low, never too high.
    for found in (
        realised.parkinson(h, low, window=n)[-1],
        realised.garman_klass(o, h, low, c, window=n)[-1],
        realised.rogers_satchell(o, h, low, c, window=n)[-1],
    ):
        assert 0.94 * session < found < 1.01 * session


def test_windows_are_summed_the_same_by_both_bodies_and_wherever_they_lie() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(0.0, 1.0, (2, 700))
    values[1, 300] = np.nan
    for window in (1, 2, 20, 252, 800):
        mine, oracle = (np.empty((2, 2, 700)) for _ in range(2))
        realised.MOMENTS(values, window, mine[0], mine[1])
        plain.window_moments(values, window, oracle[0], oracle[1])
        assert mine == pytest.approx(oracle, rel=1e-12, abs=1e-14, nan_ok=True)
    for shift in range(1, 18):
        part = realised.close_to_close(np.exp(values[0, shift:]), window=20)
        full = realised.close_to_close(np.exp(values[0]), window=20)
        assert np.array_equal(part[20:], full[shift + 20 :])


def test_bad_bars_are_nan_and_bad_windows_are_refused() -> None:
    close = np.full(30, 100.0)
    close[10] = 0.0
    found = realised.close_to_close(close, window=5)
    assert np.isnan(found[10:16]).all()
    assert found[16:] == pytest.approx(0.0)
    assert realised.close_to_close(np.ones((9, 2)), window=3).shape == (9, 2)
    with pytest.raises(ValueError, match="at least 2"):
        realised.close_to_close(close, window=1)
