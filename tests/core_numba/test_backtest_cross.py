"""Crossing averages: by hand, against a plain loop, and without a look ahead."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.backtest import cross as subject
from core_numba.jit import threads
from core_numba.plain.backtest import cross as plain

Floats = npt.NDArray[np.float64]


def walk(bars: int, seed: int = 3, cents: bool = True) -> tuple[Floats, Floats]:
    """Closes and opens; on a grid of cents averages tie."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.004, bars)))
    opens = close * np.exp(rng.normal(0, 0.001, bars))
    return (np.round(close, 2), np.round(opens, 2)) if cents else (close, opens)


def by_plain(
    close: Floats, price: Floats, lag: int, fast: int, slow: int, **costs: float
) -> tuple[list[npt.NDArray[Any]], Floats]:
    room = close.size
    columns: list[npt.NDArray[Any]] = [np.empty(room, np.int64) for _ in range(2)]
    columns += [np.empty(room) for _ in range(5)]
    equity = np.empty(room)
    count = plain.cross(
        close, price, lag, fast, slow, costs.get("cash", 10_000.0), costs.get("fee", 0.0),
        costs.get("slippage", 0.0), costs.get("lot", 0.0), equity, *columns,
    )  # fmt: skip
    return [column[:count] for column in columns], equity


def test_a_crossing_worked_out_by_hand() -> None:
    # Averages of 1 and 2 bars: above when the close rose, below when it fell, equal when it stayed.
    close = [10.0, 9.0, 9.0, 11.0, 12.0, 12.0, 10.0, 11.0]
    opens = [10.0, 9.5, 9.0, 10.0, 12.5, 12.0, 11.0, 8.0]
    at_close = subject.sma_cross(close, fast=1, slow=2, fill="close", cash=110.0)
    assert at_close.trades.entry_bar.tolist() == [3, 7]
    assert at_close.trades.exit_bar.tolist() == [6, -1]
    assert at_close.trades.quantity.tolist() == [10.0, 100.0 / 11.0]
    assert at_close.trades.pnl[0] == -10.0
    assert np.isnan(at_close.trades.pnl[1])
    assert at_close.equity.tolist() == [110.0, 110.0, 110.0, 110.0, 120.0, 120.0, 100.0, 100.0]
    next_open = subject.sma_cross(close, fast=1, slow=2, opens=opens, cash=125.0)
    assert next_open.trades.entry_bar.tolist() == [4]
    assert next_open.trades.entry_price.tolist() == [12.5]
    assert next_open.trades.exit_price.tolist() == [8.0]
    assert next_open.trades.pnl.tolist() == [-45.0]
    assert next_open.equity.tolist() == [125.0, 125.0, 125.0, 125.0, 120.0, 120.0, 100.0, 80.0]


def test_fees_and_slippage_come_off_both_sides() -> None:
    found = subject.sma_cross(
        [10.0, 9.0, 10.0, 9.0], fast=1, slow=2, fill="close", cash=1000.0, fee_rate=0.01,
        slippage=0.1, lot=1.0,
    )  # fmt: skip
    assert found.trades.entry_price.tolist() == pytest.approx([11.0], rel=1e-15)
    assert found.trades.exit_price.tolist() == pytest.approx([8.1], rel=1e-15)
    assert found.trades.quantity.tolist() == [90.0]  # 1000 / 11.11 = 90.009
    assert found.trades.fees[0] == pytest.approx(9.9 + 7.29, rel=1e-14)
    assert found.trades.pnl[0] == pytest.approx(90 * (8.1 - 11.0) - 17.19, rel=1e-14)


@pytest.mark.parametrize(("fast", "slow"), [(1, 2), (3, 10), (10, 50), (7, 1500), (2, 9000)])
@pytest.mark.parametrize("cents", [True, False])
def test_the_compiled_blocks_agree_with_a_plain_loop_to_the_last_bit(
    fast: int, slow: int, cents: bool
) -> None:
    close, opens = walk(10_000, cents=cents)
    for fill, price, lag in (("close", close, 0), ("next_open", opens, 1)):
        ours = subject.sma_cross(
            close, fast=fast, slow=slow, opens=opens, fee_rate=0.001, slippage=0.0005, lot=0.5,
            fill=fill,  # type: ignore[arg-type]
        )  # fmt: skip
        columns, equity = by_plain(
            close, price, lag, fast, slow, fee=0.001, slippage=0.0005, lot=0.5
        )
        for mine, theirs in zip(ours.trades, columns, strict=True):
            np.testing.assert_array_equal(mine, theirs)
        np.testing.assert_array_equal(ours.equity, equity)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.integers(1, 12), min_size=2, max_size=60), st.integers(1, 4), st.integers(1, 6))
def test_small_whole_prices_with_many_ties_agree_too(
    prices: list[int], fast: int, more: int
) -> None:
    close = np.array(prices, dtype=np.float64)
    ours = subject.sma_cross(close, fast=fast, slow=fast + more, fill="close", fee_rate=0.01)
    columns, equity = by_plain(close, close, 0, fast, fast + more, fee=0.01)
    for mine, theirs in zip(ours.trades, columns, strict=True):
        np.testing.assert_array_equal(mine, theirs)
    np.testing.assert_array_equal(ours.equity, equity)


def test_the_future_changes_nothing_before_it() -> None:
    close, opens = walk(9000)
    whole = subject.sma_cross(close, fast=5, slow=30, opens=opens, fee_rate=0.001)
    for cut in (31, 500, 4095, 4096, 4097, 8191, 8500):
        other_close, other_opens = close.copy(), opens.copy()
        other_close[cut:] *= np.linspace(1.5, 3.0, close.size - cut)
        other_opens[cut:] *= 0.5
        other = subject.sma_cross(other_close, fast=5, slow=30, opens=other_opens, fee_rate=0.001)
        np.testing.assert_array_equal(whole.equity[:cut], other.equity[:cut])
        before = whole.trades.entry_bar < cut
        count = int(before.sum())
        np.testing.assert_array_equal(
            whole.trades.entry_bar[:count], other.trades.entry_bar[:count],
        )  # fmt: skip
        np.testing.assert_array_equal(
            whole.trades.quantity[:count], other.trades.quantity[:count],
        )  # fmt: skip


def test_without_fees_the_equity_is_the_product_of_the_trades() -> None:
    close, opens = walk(5000)
    found = subject.sma_cross(close, fast=5, slow=30, opens=opens, cash=1.0)
    closed = found.trades.exit_bar >= 0
    growth = np.prod((found.trades.exit_price / found.trades.entry_price)[closed])
    flat = int(found.trades.exit_bar[closed][-1])
    assert found.equity[flat] == pytest.approx(growth, rel=1e-12)


def test_a_sweep_gives_the_metrics_of_each_pair_whole_curve() -> None:
    close, opens = walk(6000)
    fast = np.array([1, 2, 5, 10, 20, 50, 5])
    slow = np.array([2, 30, 20, 50, 200, 4000, 5999])
    for price, lag, fill in ((opens, 1, "next_open"), (close, 0, "close")):
        ours = subject.sma_cross_sweep(
            close, fast=fast, slow=slow, opens=opens, fee_rate=0.001, slippage=0.0002,
            fill=fill,  # type: ignore[arg-type]
        )  # fmt: skip
        table = np.empty((fast.size, 7))
        failed = np.zeros(1, np.int8)
        plain.sweep(fast, slow, table, table, close, price, lag, 0, 0.001, 0.0002, 252.0, failed)
        np.testing.assert_allclose(np.array(ours).T, table, rtol=1e-10, atol=1e-13)


def test_a_sweep_does_not_depend_on_the_number_of_threads() -> None:
    close, opens = walk(9000)
    fast, slow = np.meshgrid(np.arange(2, 12), np.arange(20, 60, 3))
    before = threads.get_threads()
    try:
        results = []
        for count in (1, 2, 3):
            threads.set_threads(count)
            results.append(subject.sma_cross_sweep(close, fast=fast, slow=slow, opens=opens))
    finally:
        threads.set_threads(before)
    for other in results[1:]:
        np.testing.assert_array_equal(np.array(results[0]), np.array(other))


def test_what_makes_no_sense_is_refused_with_a_sentence() -> None:
    close, opens = walk(50)
    with pytest.raises(ValueError, match="fast < slow"):
        subject.sma_cross(close, fast=5, slow=5, opens=opens)
    with pytest.raises(ValueError, match="next open need"):
        subject.sma_cross(close, fast=5, slow=9)
    with pytest.raises(ValueError, match="as many bars"):
        subject.sma_cross(close, fast=5, slow=9, opens=opens[1:])
    with pytest.raises(ValueError, match="parts of the price"):
        subject.sma_cross(close, fast=5, slow=9, opens=opens, fee_rate=-0.1)
    with pytest.raises(ValueError, match="shorter"):
        subject.sma_cross_sweep(close, fast=[5, 9], slow=[9, 9], opens=opens)
    gap = close.copy()
    gap[20] = np.nan
    for bad in (gap, np.where(np.isnan(gap), np.inf, gap)):
        with pytest.raises(ValueError, match="fill the gaps"):
            subject.sma_cross(bad, fast=5, slow=9, opens=opens)
        with pytest.raises(ValueError, match="fill the gaps"):
            subject.sma_cross_sweep(bad, fast=[5], slow=[9], opens=opens)


def test_a_series_shorter_than_the_slow_average_trades_nothing() -> None:
    close, opens = walk(20)
    found = subject.sma_cross(close, fast=2, slow=50, opens=opens)
    assert found.trades.entry_bar.size == 0
    assert set(found.equity.tolist()) == {10_000.0}
    assert subject.sma_cross(close, fast=2, slow=5, opens=opens, curve=False).equity.size == 0
