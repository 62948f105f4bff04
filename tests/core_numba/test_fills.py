"""Fills against quotes: each rule by hand, the plain matcher as judge, and what always holds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba import fills as subject
from core_numba.fills import (
    Fills,
    InForce,
    LimitOrders,
    Market,
    OrderState,
    Quotes,
    simulate_fills,
    square_root_impact,
)
from core_numba.jit.kernel import Kernel
from core_numba.plain import fills as plain


def quotes(*rows: tuple[float, ...]) -> Quotes:
    """(bid, ask, bid size, ask size[, traded price, traded volume]) at times 0, 1, 2, ..."""
    table = np.array([(*row, math.nan, 0.0)[:6] for row in rows], dtype=np.float64)
    return Quotes(np.arange(len(rows)), *table.T)


def buy(quantity: float, limit: float, **more: Any) -> LimitOrders:
    return LimitOrders(side=1, quantity=quantity, limit=limit, sent=0.0, **more)


def shown(found: Fills) -> list[tuple[float, ...]]:
    """(row, quantity, price) of each fill."""
    return list(zip(found.row.tolist(), found.quantity.tolist(), found.price.tolist(), strict=True))


def test_a_marketable_order_takes_the_displayed_size_and_rests_with_the_remainder() -> None:
    book = quotes((10.0, 10.1, 5, 3), (10.0, 10.1, 5, 3), (10.0, 10.1, 5, 4), (10.0, 10.2, 5, 9))
    found = simulate_fills(book, buy(10, 10.1))
    # Row 1 shows what we took already; row 2 is a new quote and meets our resting order.
    assert shown(found) == [(0, 3.0, 10.1), (2, 4.0, 10.1)]
    assert found.maker.tolist() == [False, True]
    assert (found.state.tolist(), found.left.tolist()) == ([OrderState.OPEN], [3.0])


def test_the_queue_ahead_must_trade_before_us() -> None:
    book = quotes((10, 10.1, 50, 9), (10, 10.1, 20, 9, 10.0, 30), (10, 10.1, 20, 9, 10.0, 25),
                  (10, 10.1, 20, 9, 10.0, 25))  # fmt: skip
    found = simulate_fills(book, buy(12, 10.0))
    # 50 ahead, 30 trade: 20 left. 25 trade: 5 for us. 25 more: the other 7.
    assert shown(found) == [(2, 5.0, 10.0), (3, 7.0, 10.0)]
    assert found.state.tolist() == [OrderState.FILLED]


def test_cancels_before_us_shorten_the_queue() -> None:
    book = quotes((10, 10.1, 50, 9), (10, 10.1, 8, 9), (10, 10.1, 30, 9, 10.0, 10))
    assert shown(simulate_fills(book, buy(5, 10.0))) == [(2, 2.0, 10.0)]


def test_half_the_queue_where_half_is_said() -> None:
    book = quotes((10, 10.1, 50, 9), (10, 10.1, 50, 9, 10.0, 27))
    assert shown(simulate_fills(book, buy(5, 10.0), market=Market(queue_share=0.5))) == [
        (1, 2.0, 10.0)
    ]


def test_an_order_within_the_spread_is_first() -> None:
    book = quotes((10, 10.2, 50, 9), (10.1, 10.2, 4, 9, 10.1, 3), (10.1, 10.2, 4, 9, 10.1, 3))
    assert shown(simulate_fills(book, buy(5, 10.1))) == [(1, 3.0, 10.1), (2, 2.0, 10.1)]


def test_behind_the_best_price_the_place_is_unknown_until_the_quote_comes() -> None:
    book = quotes((10, 10.2, 50, 9), (10, 10.2, 50, 9, 9.9, 99), (9.9, 10.1, 7, 9),
                  (9.9, 10.1, 7, 9, 9.9, 10))  # fmt: skip
    assert shown(simulate_fills(book, buy(5, 9.9))) == [(3, 3.0, 9.9)]


def test_a_trade_through_the_price_fills_at_the_price() -> None:
    book = quotes((10, 10.1, 50, 9), (9.9, 10.1, 50, 9, 9.95, 4))
    assert shown(simulate_fills(book, buy(9, 10.0))) == [(1, 4.0, 10.0)]


def test_sales_are_the_mirror_of_purchases() -> None:
    book = quotes((10.0, 10.1, 5, 30), (10.0, 10.1, 5, 30, 10.1, 33), (10.2, 10.3, 2, 8))
    orders = LimitOrders(side=-1, quantity=9, limit=10.1, sent=0.0)
    assert shown(simulate_fills(book, orders)) == [(1, 3.0, 10.1), (2, 2.0, 10.1)]
    crossing = LimitOrders(side=-1, quantity=9, limit=-math.inf, sent=0.0)
    found = simulate_fills(book, crossing)
    assert shown(found) == [(0, 5.0, 10.0)]
    assert found.state.tolist() == [OrderState.CANCELLED]


@pytest.mark.parametrize(
    ("force", "size", "state", "left"),
    [
        (InForce.IOC, 5, OrderState.CANCELLED, 2.0),
        (InForce.IOC, 3, OrderState.FILLED, 0.0),
        (InForce.FOK, 5, OrderState.KILLED, 5.0),
        (InForce.FOK, 3, OrderState.FILLED, 0.0),
        (InForce.DAY, 5, OrderState.OPEN, 2.0),
    ],
)
def test_time_in_force(force: InForce, size: float, state: OrderState, left: float) -> None:
    found = simulate_fills(quotes((10.0, 10.1, 5, 3)), buy(size, 10.1, in_force=force))
    assert (found.state[0], found.left[0]) == (state, left)


def test_orders_share_what_is_there_in_order_of_arrival() -> None:
    book = quotes((10, 10.1, 50, 9), (10, 10.1, 50, 9), (10, 10.1, 50, 9, 9.9, 10))
    orders = LimitOrders(side=1, quantity=[8, 8], limit=10.0, sent=[0.5, 0.0])
    found = simulate_fills(book, orders)
    assert found.order.tolist() == [1, 0]
    assert found.quantity.tolist() == [8.0, 2.0]
    both = simulate_fills(book, orders._replace(limit=10.1))
    assert both.quantity.tolist() == [8.0, 1.0, 7.0]  # one of nine was left; then a trade through
    assert both.order.tolist() == [1, 0, 0]


def test_latency_delays_orders_and_cancels() -> None:
    book = quotes((10, 10.1, 5, 3), (10, 10.2, 5, 3), (10, 10.2, 5, 3), (10, 10.2, 5, 3, 9.9, 9))
    late = simulate_fills(book, buy(3, 10.2), market=Market(latency=0.5))
    assert shown(late) == [(1, 3.0, 10.2)]
    resting = buy(3, 10.0, cancel=2.8)
    assert simulate_fills(book, resting).state.tolist() == [OrderState.CANCELLED]
    assert simulate_fills(book, resting, market=Market(latency=0.5)).state.tolist() == [
        OrderState.FILLED
    ]
    assert simulate_fills(book, buy(3, 10.0, expire=3.0)).state.tolist() == [OrderState.EXPIRED]
    unsent = LimitOrders(side=1, quantity=1, limit=10, sent=9.0)
    assert simulate_fills(book, unsent).state.tolist() == [OrderState.NOT_SENT]


def test_slippage_and_impact_worsen_the_price_up_to_the_limit() -> None:
    market = Market(slippage=0.01, impact=0.5, volatility=0.02, volume=10_000.0)
    found = simulate_fills(quotes((10, 10.0, 5, 100)), buy(100, math.inf), market=market)
    assert found.price[0] == pytest.approx(10.0 + 0.01 + 10.0 * 0.5 * 0.02 * 0.1, rel=1e-14)
    bounded = simulate_fills(quotes((10, 10.0, 5, 100)), buy(100, 10.005), market=market)
    assert bounded.price[0] == 10.005
    assert square_root_impact(100, volatility=0.02, volume=10_000, coefficient=0.5) == 0.001
    assert np.isnan(square_root_impact(1.0, volatility=0.02, volume=0.0))


def test_makers_and_takers_pay_their_own_fees() -> None:
    market = Market(fee_per_unit=0.01, maker_rate=-0.001, taker_rate=0.002, multiplier=100.0)
    book = quotes((10.0, 10.1, 5, 3), (9.9, 10.0, 5, 3))
    found = simulate_fills(book, buy(5, 10.1), market=market)
    assert found.fee.tolist() == pytest.approx([0.03 + 6.06, 0.02 - 2.02], rel=1e-12)


def test_nonsense_orders_are_rejected_and_nonsense_records_refused() -> None:
    orders = LimitOrders(
        side=[1, 0, 1, 1, 1], quantity=[1, 1, -1, 1, math.nan],
        limit=[math.nan, 10, 10, -math.inf, 10], sent=0.0,
    )  # fmt: skip
    found = simulate_fills(quotes((10, 10.1, 5, 3)), orders)
    assert set(found.state.tolist()) == {OrderState.REJECTED}
    with pytest.raises(ValueError, match="never go back"):
        simulate_fills(Quotes([1.0, 0.0], 1, 1, 1, 1), orders)
    with pytest.raises(ValueError, match="InForce"):
        simulate_fills(quotes((10, 10.1, 5, 3)), buy(1, 1, in_force=7))
    for market in (Market(latency=-1.0), Market(volume=0.0), Market(multiplier=0.0)):
        with pytest.raises(ValueError, match=r"positive|zero or more"):
            simulate_fills(quotes((10, 10.1, 5, 3)), buy(1, 1), market=market)


def test_missing_quotes_and_trades_offer_nothing() -> None:
    nan = math.nan
    book = quotes((nan, nan, nan, nan), (10, 10.1, 5, nan, nan, 50), (10, 10.1, nan, 3, 9.0, nan))
    assert shown(simulate_fills(book, buy(5, 10.1))) == [(2, 3.0, 10.1)]


def case(seed: int, rows: int = 80) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    middle = 100 + np.cumsum(rng.integers(-2, 3, rows))
    bid = middle - rng.integers(1, 3, rows)
    ask = middle + rng.integers(0, 3, rows)
    record = Quotes(
        np.cumsum(rng.integers(0, 3, rows)), bid, ask, rng.integers(0, 30, rows),
        rng.integers(0, 30, rows),
        np.where(rng.random(rows) < 0.2, np.nan, middle + rng.integers(-3, 4, rows)),
        rng.integers(0, 40, rows),
    )  # fmt: skip
    count = int(rng.integers(1, 40))
    orders = LimitOrders(
        rng.choice([-1, 1], count), rng.integers(1, 50, count), 100 + rng.integers(-8, 9, count),
        rng.integers(0, 2 * rows, count), rng.choice([0, 0, 1, 2], count),
        rng.integers(0, 4 * rows, count), rng.integers(rows, 4 * rows, count),
    )  # fmt: skip
    market = Market(
        latency=float(rng.integers(0, 3)), slippage=float(rng.choice([0.0, 0.01])),
        impact=float(rng.choice([0.0, 1.0])), volatility=0.02, volume=1e4,
        queue_share=float(rng.choice([0.5, 1.0])), fee_per_unit=0.01, taker_rate=0.001,
    )  # fmt: skip
    return {"quotes": record, "orders": orders, "market": market}


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.integers(0, 2**32))
def test_the_compiled_matcher_agrees_with_the_plain_one_to_the_last_bit(seed: int) -> None:
    ours = simulate_fills(**case(seed))
    readable = Kernel("fills", plain.fills)
    readable._body = plain.fills
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "_FILLS", readable)
        theirs = simulate_fills(**case(seed))
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine, other)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.integers(0, 2**32))
def test_no_order_pays_beyond_its_limit_or_gets_more_than_it_asked(seed: int) -> None:
    drawn = case(seed)
    found = simulate_fills(**drawn)
    orders: LimitOrders = drawn["orders"]
    side, limit = np.asarray(orders.side)[found.order], np.asarray(orders.limit)[found.order]
    assert np.all(side * found.price <= side * limit)
    got = np.bincount(found.order, found.quantity, minlength=found.left.size)
    np.testing.assert_array_equal(got + found.left, np.asarray(orders.quantity))
    assert np.all((found.left == 0.0) == (found.state == OrderState.FILLED))
    sent = np.asarray(orders.sent)[found.order] + drawn["market"].latency
    assert np.all(found.time >= sent)
    assert np.all(found.time < np.asarray(orders.expire)[found.order])
    whole = np.asarray(orders.in_force)[found.order] == InForce.FOK
    assert np.all(found.quantity[whole] == np.asarray(orders.quantity)[found.order[whole]])


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.integers(0, 2**32), st.integers(1, 79))
def test_the_future_changes_no_fill_before_it(seed: int, cut: int) -> None:
    drawn = case(seed)
    found = simulate_fills(**drawn)
    short = Quotes(*(np.asarray(each)[:cut] for each in drawn["quotes"]))
    earlier = simulate_fills(**{**drawn, "quotes": short})
    count = int(np.sum(found.row < cut))
    assert count == earlier.row.size
    for mine, theirs in zip(found[:7], earlier[:7], strict=True):
        np.testing.assert_array_equal(mine[:count], theirs)
