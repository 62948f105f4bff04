"""The event loop: each rule by hand, the plain loop as judge, cash that is never made or lost."""

# ruff: noqa: PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.backtest import simulate as subject
from core_numba.backtest.simulate import (
    Account,
    Bars,
    FillStatus,
    OrderKind,
    Orders,
    OrderState,
    Result,
    Source,
    TargetKind,
    Terms,
    simulate,
    targets_from_signals,
)
from core_numba.jit.kernel import Kernel
from core_numba.plain.backtest import loop as plain

Floats = npt.NDArray[np.float64]
NAN = np.nan


def flat(*opens: float, high: float = 1.0, low: float = 1.0) -> Bars:
    """Bars that close where they open, with the given parts above and below."""
    o = np.array(opens, dtype=np.float64)
    return Bars(o, o * high, o * low, o)


def one(kind: OrderKind, quantity: float, **more: Any) -> Orders:
    return Orders(bar=0, asset=0, kind=kind, quantity=quantity, **more)


def test_a_target_is_traded_at_the_next_open_for_what_its_close_said() -> None:
    bars = Bars([100, 110, 120], [101, 121, 121], [99, 109, 89], [100, 120, 90])
    found = simulate(bars, targets=[0.5, NAN, 0.0], account=Account(cash=1000.0))
    assert found.log.bar.tolist() == [1]
    assert found.log.quantity.tolist() == [5.0]  # half of 1000 at the close of 100
    assert found.log.price.tolist() == [110.0]
    assert found.equity.tolist() == [1000.0, 450.0 + 600.0, 450.0 + 450.0]
    assert found.trades.exit_bar.tolist() == [-1]
    assert found.trades.source.tolist() == [Source.STILL_OPEN]
    assert found.trades.pnl.tolist() == [-100.0]


@pytest.mark.parametrize(
    ("kind", "quantity", "limit", "stop", "bar", "price"),
    [
        (OrderKind.MARKET, 1, NAN, NAN, (50, 55, 45, 52), 50),
        (OrderKind.LIMIT, 1, 46, NAN, (50, 55, 45, 52), 46),
        (OrderKind.LIMIT, 1, 51, NAN, (50, 55, 45, 52), 50),  # opens better
        (OrderKind.LIMIT, 1, 44, NAN, (50, 55, 45, 52), None),
        (OrderKind.LIMIT, -1, 54, NAN, (50, 55, 45, 52), 54),
        (OrderKind.LIMIT, -1, 48, NAN, (50, 55, 45, 52), 50),
        (OrderKind.STOP, 1, NAN, 53, (50, 55, 45, 52), 53),
        (OrderKind.STOP, 1, NAN, 49, (50, 55, 45, 52), 50),  # a gap over the stop
        (OrderKind.STOP, -1, NAN, 47, (50, 55, 45, 52), 47),
        (OrderKind.STOP, -1, NAN, 51, (50, 55, 45, 52), 50),
        (OrderKind.STOP, -1, NAN, 44, (50, 55, 45, 52), None),
        (OrderKind.STOP_LIMIT, 1, 54, 53, (50, 55, 45, 52), 53),
        (OrderKind.STOP_LIMIT, 1, 52, 53, (50, 55, 45, 52), None),  # triggered, limit below
        (OrderKind.STOP_LIMIT, 1, 48, 49, (50, 55, 45, 52), 48),  # triggered by the open
        (OrderKind.STOP_LIMIT, -1, 46, 47, (50, 55, 45, 52), 47),
    ],
)
def test_orders_fill_where_their_bar_reaches_them(
    kind: OrderKind, quantity: float, limit: float, stop: float, bar: tuple[float, ...],
    price: float | None,
) -> None:  # fmt: skip
    bars = Bars([50.0, bar[0]], [50.0, bar[1]], [50.0, bar[2]], [50.0, bar[3]])
    found = simulate(bars, orders=one(kind, quantity, limit=limit, stop=stop))
    assert found.log.price.tolist() == ([] if price is None else [price])
    assert found.order_state[0] == (OrderState.WORKING if price is None else OrderState.FILLED)


def test_a_triggered_stop_limit_goes_on_as_a_limit() -> None:
    bars = Bars([50, 50, 51], [50, 55, 52], [50, 49, 50], [50, 54, 51])
    found = simulate(bars, orders=one(OrderKind.STOP_LIMIT, 1, limit=51, stop=53))
    assert (found.log.bar.tolist(), found.log.price.tolist()) == ([2], [51.0])


def test_a_touch_is_no_fill_where_trade_through_is_asked() -> None:
    bars = Bars([50, 50, 50], [50, 50, 50], [50, 45, 44], [50, 50, 50])
    order = one(OrderKind.LIMIT, 1, limit=45)
    assert simulate(bars, orders=order).log.bar.tolist() == [1]
    assert simulate(bars, orders=order, account=Account(trade_through=True)).log.bar.tolist() == [2]


def test_a_day_order_ends_with_its_day() -> None:
    bars = Bars([50, 50, 50], [50, 50, 50], [50, 48, 44], [50, 50, 50])
    found = simulate(bars, orders=one(OrderKind.LIMIT, 1, limit=45, last_bar=1))
    assert found.order_state.tolist() == [OrderState.EXPIRED]
    assert found.log.bar.size == 0


def test_a_gap_through_the_stop_fills_at_the_open_and_slips() -> None:
    bars = Bars([100, 100, 80], [100, 100, 80], [100, 100, 70], [100, 100, 75])
    found = simulate(bars, targets=[0.5, NAN, NAN], terms=Terms(stop_loss=0.1))
    assert found.trades.exit_price.tolist() == [80.0]
    assert found.trades.source.tolist() == [Source.STOP_LOSS]
    assert found.trades.mae.tolist() == [20.0]
    slipping = simulate(
        bars, targets=[NAN, NAN, NAN], orders=one(OrderKind.MARKET, 10),
        terms=Terms(stop_loss=0.1, slippage=0.01),
    )  # fmt: skip
    assert slipping.log.price.tolist() == [101.0, 80.0 * 0.99]


def test_the_stop_comes_first_where_a_bar_reaches_stop_and_target() -> None:
    bars = Bars([100, 100, 100], [100, 100, 130], [100, 100, 70], [100, 100, 100])
    terms = Terms(stop_loss=0.1, take_profit=0.2)
    found = simulate(bars, targets=[0.5, NAN, NAN], terms=terms)
    assert found.trades.exit_price.tolist() == [90.0]
    higher = bars._replace(low=[100, 100, 95])
    found = simulate(higher, targets=[0.5, NAN, NAN], terms=terms)
    assert found.trades.exit_price.tolist() == [120.0]
    assert found.trades.source.tolist() == [Source.TAKE_PROFIT]
    assert found.trades.mfe.tolist() == [20.0]


def test_a_trailing_stop_follows_the_best_price_and_never_back() -> None:
    bars = Bars([100, 100, 120, 115, 110], [100, 125, 122, 116, 110], [100, 100, 114, 113, 90],
                [100, 120, 115, 114, 95])  # fmt: skip
    found = simulate(bars, targets=[0.5, *[NAN] * 4], terms=Terms(trailing_stop=0.1))
    assert found.trades.exit_bar.tolist() == [4]
    assert found.trades.exit_price.tolist() == [110.0]  # the level is 112.5, the open below it
    assert found.trades.source.tolist() == [Source.TRAILING_STOP]


def test_a_short_pays_for_borrowing_and_gains_when_the_price_falls() -> None:
    account = Account(cash=1000.0, borrow_rate=0.252, bars_per_year=252.0)
    found = simulate(flat(100, 100, 90, 80), targets=[-5, NAN, 0, NAN],
                     target_kind=TargetKind.UNITS, account=account)  # fmt: skip
    assert found.trades.side.tolist() == [-1]
    assert found.trades.pnl.tolist() == [100.0]
    # Two nights: 500 and 450 at a thousandth.
    assert found.borrow_cost == pytest.approx(0.95, rel=1e-12)
    assert found.cash[-1] == pytest.approx(1000.0 + 100.0 - 0.95, rel=1e-12)


def test_margin_lets_twice_the_equity_in_and_charges_interest() -> None:
    account = Account(cash=1000.0, initial_margin=0.5, interest_rate=0.252)
    found = simulate(flat(100, 100, 100), targets=[3.0, NAN, NAN], account=account)
    assert found.units[:, 0].tolist() == [0.0, 20.0, 20.0]
    assert found.log.status.tolist() == [FillStatus.REDUCED]
    assert found.interest == pytest.approx(1.0, rel=1e-12)


def test_a_margin_call_closes_everything_at_the_next_open() -> None:
    account = Account(cash=1000.0, initial_margin=0.5, maintenance_margin=0.25)
    found = simulate(flat(100, 100, 60, 55, 50), targets=[2.0, *[NAN] * 4], account=account)
    assert found.trades.source.tolist() == [Source.MARGIN_CALL]
    assert found.trades.exit_bar.tolist() == [3]
    assert found.equity.tolist() == [1000.0, 1000.0, 200.0, 100.0, 100.0]


def test_selling_frees_the_cash_that_buying_needs() -> None:
    prices = np.full((4, 2), 100.0)
    bars = Bars(prices, prices, prices, prices)
    found = simulate(bars, targets=np.array([[0, 1], [NAN, NAN], [1, 0], [NAN, NAN]]))
    assert found.units.tolist() == [[0, 0], [0, 100], [0, 100], [100, 0]]
    assert found.log.status.tolist() == [FillStatus.FILLED] * 3


def test_cash_position_limits_and_lots_cut_what_is_opened() -> None:
    order = one(OrderKind.MARKET, 50)
    cash = Account(cash=1000.0)
    bars = flat(100, 100)
    assert simulate(bars, orders=order, account=cash).log.quantity.tolist() == [10.0]
    for terms, expected in (
        (Terms(fee_rate=0.01, lot=1.0), [9.0]),
        (Terms(most_units=4.0), [4.0]),
        (Terms(most_weight=0.3), [3.0]),
        (Terms(lot=4.0), [8.0]),
        (Terms(multiplier=10.0, lot=1.0), [1.0]),
    ):
        found = simulate(bars, orders=order, account=cash, terms=terms)
        assert found.log.quantity.tolist() == expected
        assert found.order_state.tolist() == [OrderState.REDUCED]
    none = simulate(bars, orders=order, account=cash, terms=Terms(multiplier=100.0, lot=1.0))
    assert none.log.status.tolist() == [FillStatus.REJECTED]
    assert none.order_state.tolist() == [OrderState.REJECTED]


def test_an_order_through_zero_closes_one_trade_and_opens_another() -> None:
    orders = Orders(bar=[0, 1], asset=0, kind=OrderKind.MARKET, quantity=[10, -15])
    terms = Terms(fee_per_order=3.0)
    found = simulate(flat(10, 10, 12, 11), orders=orders, account=Account(cash=1000.0), terms=terms)
    assert found.trades.side.tolist() == [1, -1]
    assert found.trades.quantity.tolist() == [10.0, 5.0]
    assert found.trades.fees.tolist() == [5.0, 1.0]  # two thirds of the second fee close
    assert found.trades.pnl.tolist() == [15.0, 4.0]
    assert found.fees == 6.0


def test_entries_and_exits_in_parts_are_one_trade_at_average_prices() -> None:
    orders = Orders(bar=[0, 1, 2, 3], asset=0, kind=OrderKind.MARKET, quantity=[1, 3, -2, -2])
    found = simulate(flat(10, 10, 14, 16, 12), orders=orders)
    assert found.trades.entry_price.tolist() == [13.0]
    assert found.trades.exit_price.tolist() == [14.0]
    assert found.trades.quantity.tolist() == [4.0]
    assert found.trades.pnl.tolist() == [4.0]
    assert found.trades.bars.tolist() == [3]


def test_an_asset_without_a_price_waits_and_keeps_its_value() -> None:
    o = np.array([100.0, 100.0, NAN, 50.0])
    found = simulate(Bars(o, o, o, o), targets=[0.5, 0.0, NAN, NAN], account=Account(cash=1000.0))
    assert found.equity.tolist() == [1000.0, 1000.0, 1000.0, 750.0]
    assert found.trades.exit_bar.tolist() == [3]


def test_signals_become_targets_that_do_not_repeat() -> None:
    entries = np.array([False, True, True, False, False, True])
    exits = np.array([True, False, False, True, True, True])
    expected = [0.0, 0.4, NAN, 0.0, NAN, NAN]
    np.testing.assert_array_equal(targets_from_signals(entries, exits, weight=0.4), expected)
    with pytest.raises(ValueError, match="long and a short"):
        targets_from_signals(entries, exits, short_entries=entries)


def market(rng: np.random.Generator, bars: int, assets: int) -> Bars:
    o = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, (bars, assets)), axis=0))
    c = o * np.exp(rng.normal(0, 0.015, (bars, assets)))
    h = np.maximum(o, c) * (1 + abs(rng.normal(0, 0.01, (bars, assets))))
    low = np.minimum(o, c) * (1 - abs(rng.normal(0, 0.01, (bars, assets))))
    c[rng.random((bars, assets)) < 0.05] = NAN
    return Bars(o, h, low, c)


def case(seed: int, bars: int = 60) -> dict[str, Any]:
    """A market, targets, orders, terms and an account drawn from one seed."""
    rng = np.random.default_rng(seed)
    assets, count = int(rng.integers(1, 5)), int(rng.integers(0, 60))
    multiplier = float(rng.choice([1.0, 100.0]))
    orders = Orders(
        rng.integers(0, bars, count), rng.integers(0, assets, count), rng.integers(0, 4, count),
        rng.choice([-1, 1], count) * rng.integers(1, 60, count), rng.uniform(80, 120, count),
        rng.uniform(80, 120, count), rng.integers(1, bars + 20, count),
    )  # fmt: skip
    drawn = rng.random((bars, assets)) < 0.1
    return {
        "bars": market(rng, bars, assets),
        "targets": np.where(drawn, rng.uniform(-0.8, 0.8, (bars, assets)), NAN),
        "orders": orders,
        "terms": Terms(
            multiplier=multiplier, lot=rng.choice([0.0, 1.0, 10.0]), slippage=0.001,
            fee_per_order=0.5, fee_per_unit=0.01, fee_rate=0.0002, least_fee=1.0,
            most_units=rng.choice([50.0, np.inf]), most_weight=rng.choice([0.5, np.inf]),
            stop_loss=rng.choice([NAN, 0.04]), take_profit=rng.choice([NAN, 0.06]),
            trailing_stop=rng.choice([NAN, 0.05]),
        ),
        "account": Account(
            cash=10_000.0 * multiplier, initial_margin=float(rng.choice([1.0, 0.5])),
            maintenance_margin=float(rng.choice([0.0, 0.45])), borrow_rate=0.05,
            interest_rate=0.08, trade_through=bool(rng.random() < 0.5),
        ),
    }  # fmt: skip


def columns(result: Result) -> list[npt.NDArray[Any]]:
    totals = np.array([result.fees, result.borrow_cost, result.interest])
    return [*result[:3], *result.trades, *result.log, result.order_state, totals]


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 2**32))
def test_the_compiled_loop_agrees_with_the_plain_one_to_the_last_bit(seed: int) -> None:
    ours = simulate(**case(seed))
    readable = Kernel("backtest.loop", plain.loop)
    readable._body = plain.loop
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subject, "_LOOP", readable)
        theirs = simulate(**case(seed))
    for mine, other in zip(columns(ours), columns(theirs), strict=True):
        np.testing.assert_array_equal(mine, other)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.integers(0, 2**32))
def test_cash_is_neither_made_nor_lost(seed: int) -> None:
    drawn = case(seed)
    found = simulate(**drawn)
    done = found.log.status != FillStatus.REJECTED
    turnover = found.log.quantity * found.log.price * drawn["terms"].multiplier
    spent = np.sum((turnover + found.log.fee)[done])
    expected = drawn["account"].cash - spent - found.borrow_cost - found.interest
    assert found.cash[-1] == pytest.approx(expected, rel=1e-11)
    # What the trades made is what the equity gained.
    gained = found.trades.pnl.sum() - found.borrow_cost - found.interest
    assert found.equity[-1] - drawn["account"].cash == pytest.approx(gained, rel=1e-9, abs=1e-6)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 58))
def test_the_future_changes_nothing_before_it(seed: int, cut: int) -> None:
    drawn = case(seed)
    found = simulate(**drawn)
    changed = [np.array(each) for each in drawn["bars"]]
    for each in changed:
        each[cut:] *= 1.7
    targets = drawn["targets"].copy()
    targets[cut:] = 0.3
    other = simulate(**{**drawn, "bars": Bars(*changed), "targets": targets})
    for mine, theirs in zip(found[:3], other[:3], strict=True):
        np.testing.assert_array_equal(mine[:cut], theirs[:cut])
    before, after = found.log.bar < cut, other.log.bar < cut
    for line, same in zip(found.log, other.log, strict=True):
        np.testing.assert_array_equal(line[before], same[after])


def test_a_cash_account_never_owes() -> None:
    for seed in range(40):
        drawn = case(seed)
        drawn["account"] = Account(cash=50_000.0)
        drawn["targets"] = abs(drawn["targets"])
        drawn["orders"] = None
        assert simulate(**drawn).cash.min() > -1e-7


def test_what_makes_no_sense_is_refused_with_a_sentence() -> None:
    bars = flat(10, 11, 12)
    for wrong, words in (
        ({"bars": Bars([1.0], [1.0], [1.0], [1.0, 2.0])}, "one shape"),
        ({"bars": Bars([-1.0], [1.0], [1.0], [1.0])}, "positive"),
        ({"bars": Bars([5.0], [4.0], [4.0], [4.0])}, "high lies below"),
        ({"bars": bars, "targets": [1.0]}, "row for each bar"),
        ({"bars": bars, "terms": Terms(slippage=1.5)}, "parts of the price"),
        ({"bars": bars, "terms": Terms(lot=-1.0)}, "zero or positive"),
        ({"bars": bars, "terms": Terms(stop_loss=0.0)}, "positive parts"),
        ({"bars": bars, "account": Account(cash=0.0)}, "must be positive"),
        ({"bars": bars, "account": Account(maintenance_margin=-1.0)}, "maintenance"),
        ({"bars": bars, "orders": one(OrderKind.LIMIT, 1)}, "positive limit"),
        ({"bars": bars, "orders": one(OrderKind.MARKET, 0)}, "other than zero"),
        ({"bars": bars, "orders": Orders(0, 3, 0, 1)}, "an asset that there is"),
        ({"bars": bars, "orders": Orders(0, 0, 9, 1)}, "one of OrderKind"),
    ):
        with pytest.raises(ValueError, match=words):
            simulate(**wrong)
