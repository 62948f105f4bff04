"""Batch, stream and plain Python give the same bits, gaps and all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.jit.kernel import KERNELS
from tests.core_numba.indicator_cases import CASES, Bars, batched, make_bars, streamed

EACH = pytest.mark.parametrize("name", CASES)
QUICK = settings(deadline=None, derandomize=True, max_examples=25)


@st.composite
def series(draw: st.DrawFn) -> tuple[Bars, int]:
    """Bars with gaps at the start, inside, and prices that stand still; and a period."""
    count = draw(st.integers(1, 90))
    level = draw(st.sampled_from([1e-6, 100.0, 1e9]))
    bars = make_bars(draw(st.integers(0, 10**6)), count, level=level)
    flat = draw(st.integers(0, count))
    for row in (bars.open, bars.high, bars.low, bars.close):
        row[flat : flat + draw(st.sampled_from([0, 0, 40]))] = level
    bars.close[: draw(st.integers(0, 6))] = np.nan
    for _ in range(draw(st.integers(0, 2))):
        field = draw(st.sampled_from(["open", "high", "low", "close", "volume"]))
        value = draw(st.sampled_from([np.nan, np.nan, np.inf]))
        getattr(bars, field)[draw(st.integers(0, count - 1))] = value
    return bars, draw(st.integers(1, 21))


@EACH
@QUICK
@given(series())
def test_a_stream_gives_the_bits_of_the_batch(name: str, made: tuple[Bars, int]) -> None:
    bars, period = made
    case = CASES[name]
    period = max(period, case.least)
    np.testing.assert_array_equal(batched(case, bars, period), streamed(case, bars, period))


@EACH
@QUICK
@given(series(), st.integers(1, 90))
def test_no_value_depends_on_later_bars(name: str, made: tuple[Bars, int], cut: int) -> None:
    bars, period = made
    case = CASES[name]
    period = max(period, case.least)
    whole = batched(case, bars, period)
    np.testing.assert_array_equal(batched(case, bars[:cut], period), whole[:, :cut])


@EACH
def test_long_series_cross_the_chunks_of_the_compiled_form_unseen(name: str) -> None:
    bars = make_bars(3, 1700)
    bars.close[[700, 1024]] = np.nan
    case = CASES[name]
    period = max(14, case.least)
    np.testing.assert_array_equal(batched(case, bars, period), streamed(case, bars, period))


@pytest.fixture
def plain_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAGNUS_KERNELS", "plain")
    for kernel in KERNELS:
        if kernel.module.startswith("indicators"):
            monkeypatch.setattr(kernel, "_body", None)


@EACH
@pytest.mark.usefixtures("plain_kernels")
def test_plain_python_gives_the_bits_of_the_stream(name: str) -> None:
    bars = make_bars(5, 130)
    bars.close[[0, 1, 60]] = np.nan
    bars.high[90:110] = bars.low[90:110] = bars.close[90:110] = 100.0
    case = CASES[name]
    period = max(9, case.least)
    np.testing.assert_array_equal(batched(case, bars, period), streamed(case, bars, period))


@EACH
def test_assets_side_by_side_are_each_as_alone(name: str) -> None:
    one, two = make_bars(7, 80), make_bars(8, 80)
    both = Bars(*(np.stack([getattr(one, f), getattr(two, f)]) for f in Bars.__slots__))
    case = CASES[name]
    period = max(5, case.least)
    together = np.array(case.batch(both, period), dtype=np.float64).reshape(-1, 2, 80)
    np.testing.assert_array_equal(together[:, 0], batched(case, one, period))
    np.testing.assert_array_equal(together[:, 1], batched(case, two, period))
