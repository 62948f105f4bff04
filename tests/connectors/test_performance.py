"""Performance on figures worked by hand."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from connectors.returns.intervals import of_mean, of_share, of_sharpe
from connectors.returns.series import drawdowns, money_weighted, monthly, return_series
from mfa.kernel.account import EquityPoint
from mfa.kernel.market import DailyClose
from mfa.kernel.outcome import Absent, Found
from tests.connectors.conftest import ACCOUNT, Desk
from tests.connectors.fakes import MARKET

MONDAY = date(2021, 5, 3)


def _points(*values: tuple[float, float], start: date = MONDAY) -> tuple[EquityPoint, ...]:
    """(equity, net deposits) of one day after another."""
    return tuple(
        EquityPoint(
            day=start + timedelta(days=i),
            equity=Decimal(str(equity)),
            cash=Decimal(0),
            deposits=Decimal(str(deposits)),
        )
        for i, (equity, deposits) in enumerate(values)
    )


FOUR_DAYS = _points(
    (100_000, 100_000), (101_000, 100_000), (112_110, 110_000), (109_867.8, 110_000)
)
"""+1 %; then 10,000 are paid in and 111,000 make +1 %; then -2 %."""


def test_a_deposit_is_no_gain() -> None:
    series = return_series(FOUR_DAYS)
    assert series is not None
    assert series.returns == pytest.approx([0.01, 0.01, -0.02])
    assert series.total == pytest.approx(1.01 * 1.01 * 0.98 - 1)
    assert series.flows.tolist() == [0.0, 10_000.0, 0.0]


def test_a_period_begins_with_the_close_before_it() -> None:
    series = return_series(FOUR_DAYS, start=MONDAY + timedelta(days=2))
    assert series is not None
    assert (series.start, series.base) == (MONDAY + timedelta(days=1), 101_000.0)
    assert series.returns == pytest.approx([0.01, -0.02])


def test_what_cannot_be_measured_is_none() -> None:
    assert return_series(()) is None
    assert return_series(FOUR_DAYS[:1]) is None
    assert return_series(FOUR_DAYS, start=date(2022, 1, 1)) is None
    assert return_series(_points((0, 0), (0, 0))) is None
    assert (
        return_series(_points((100, 100), (90, -10), (5, -200))) is None
    )  # all and more taken out


def test_empty_days_before_the_first_deposit_are_passed_over() -> None:
    series = return_series(_points((0, 0), (100, 100), (110, 100)))
    assert series is not None
    assert (series.start, series.base) == (MONDAY + timedelta(days=1), 100.0)
    assert series.returns == pytest.approx([0.10])


def test_the_money_weighted_rate_solves_for_all_flows() -> None:
    """100 at once and 100 after a year are 231 after two at ten percent: 121 + 110."""
    day = timedelta(days=365)
    points = tuple(
        EquityPoint(
            day=MONDAY + i * day, equity=Decimal(equity), cash=Decimal(0), deposits=Decimal(paid)
        )
        for i, (equity, paid) in enumerate([(100, 100), (210, 200), (231, 200)])
    )
    series = return_series(points)
    assert series is not None
    assert money_weighted(series) == pytest.approx(0.10, abs=1e-12)


def test_months_are_linked_from_their_days() -> None:
    series = return_series(
        _points((100, 100), (110, 100), (121, 100), (60.5, 100), start=date(2021, 4, 29))
    )
    assert series is not None
    april, may = monthly(series)
    assert (april[:2], may[:2]) == ((2021, 4), (2021, 5))
    assert [april[2], may[2]] == pytest.approx([0.10, -0.45])


def test_drawdowns_have_a_peak_a_trough_and_perhaps_a_recovery() -> None:
    series = return_series(
        _points(*((value, 100) for value in (100, 90, 95, 100, 120, 60, 80, 119)))
    )
    assert series is not None
    found = drawdowns(series)
    assert [d.depth for d in found] == pytest.approx([0.5, 0.1])
    assert [d.days for d in found] == [3, 3]
    assert (found[0].peak, found[0].trough, found[0].recovered) == (
        MONDAY + timedelta(days=4), MONDAY + timedelta(days=5), None,
    )  # fmt: skip
    assert found[1].recovered == MONDAY + timedelta(days=3)


def test_intervals_are_the_published_ones() -> None:
    """Wilson for 8 of 10; Student's t for 1..5 (t = 2.7764, s = 1.5811); Lo for a Sharpe of 1."""
    assert of_share(8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)
    assert of_mean([1, 2, 3, 4, 5]) == pytest.approx((1.036757, 4.963243), abs=1e-6)
    assert of_sharpe(1.0, 252, 252.0) == pytest.approx((-0.961908, 2.961908), abs=1e-5)
    assert (of_share(0, 0), of_mean([1.0]), of_sharpe(1.0, 1, 252.0)) == (None, None, None)


def _account(desk: Desk, days: int) -> list[float]:
    """A value that rises by 1 % and falls by 0.5 % in turn, and 100,000 paid in."""
    values = [100_000.0]
    for i in range(days):
        values.append(round(values[-1] * (1.01 if i % 2 == 0 else 0.995), 6))
    desk.account.points = Found(_points(*((value, 100_000) for value in values)), ACCOUNT)
    return values


def test_the_metrics_are_those_of_the_returns_and_trades(desk: Desk) -> None:
    values = _account(desk, 40)
    found = desk.found("performance", "get_metrics")
    returns = np.array([0.01, -0.005] * 20)
    assert found.total_return_pct == pytest.approx(100 * (values[-1] / 100_000 - 1))
    assert found.profit == Decimal(str(round(values[-1] - 100_000, 2)))
    assert found.volatility_pct == pytest.approx(100 * returns.std(ddof=1) * 252**0.5, rel=1e-6)
    sharpe = returns.mean() / returns.std(ddof=1) * 252**0.5
    assert found.sharpe == pytest.approx(sharpe, rel=1e-6)
    assert found.sharpe_low < found.sharpe < found.sharpe_high
    assert found.max_drawdown_pct == pytest.approx(0.5, rel=1e-6)
    # the trades of the account: +120.00, +85.35, -532.60
    assert (found.trades, found.win_rate_pct) == (3, pytest.approx(200 / 3))
    assert found.expectancy == Decimal("-109.08")
    assert found.profit_factor == pytest.approx(205.35 / 532.60)
    assert found.longest_losing_streak == 1
    assert found.warnings == ()


def test_few_sessions_have_no_figures_a_year(desk: Desk) -> None:
    _account(desk, 19)
    found = desk.found("performance", "get_metrics")
    assert (found.sharpe, found.annual_return_pct, found.volatility_pct) == (None, None, None)
    assert found.total_return_pct > 0
    assert found.warnings == ("19 sessions are too few for figures a year: it takes 20.",)


def test_groups_are_ranked_by_profit_and_add_up(desk: Desk) -> None:
    by_strategy = desk.found("performance", "by_strategy")
    assert [(g.name, g.trades, g.realized) for g in by_strategy.rows] == [
        ("Cash-secured put", 2, Decimal("205.35")),
        ("Stock", 1, Decimal("-532.60")),
    ]
    assert by_strategy.realized == Decimal("-327.25")
    by_symbol = desk.found("performance", "by_symbol", outcome="winners")
    assert [g.name for g in by_symbol.rows] == ["KO", "AAPL"]
    assert by_symbol.rows[0].win_rate_low_pct == pytest.approx(100 * of_share(1, 1).low)  # type: ignore[union-attr]


def test_the_benchmark_is_compared_on_the_same_days(desk: Desk) -> None:
    """The benchmark makes twice the account's daily return: beta 1/2, correlation 1, alpha 0."""
    values = _account(desk, 40)
    index = [4000.0]
    for before, after in itertools.pairwise(values):
        index.append(index[-1] * (1 + 2 * (after / before - 1)))
    desk.market.closes["SPX"] = Found(
        tuple(
            DailyClose(day=MONDAY + timedelta(days=i), close=Decimal(repr(value)))
            for i, value in enumerate(index)
        ),
        MARKET,
    )
    found = desk.found("performance", "benchmark")
    assert found.benchmark == "SPX"
    assert found.beta == pytest.approx(0.5)
    assert found.correlation == pytest.approx(1.0)
    assert found.alpha_pct == pytest.approx(0.0, abs=1e-6)
    assert found.benchmark_return_pct == pytest.approx(100 * (index[-1] / 4000 - 1))
    assert found.difference_pct == pytest.approx(
        found.account_return_pct - found.benchmark_return_pct
    )


def test_a_benchmark_with_a_hole_is_not_compared(desk: Desk) -> None:
    _account(desk, 5)
    desk.market.closes["SPX"] = Found((DailyClose(day=MONDAY, close=Decimal(4000)),), MARKET)
    assert desk.ask("performance", "benchmark") == Absent(
        "SPX has no close of 4 May 2021, so it cannot be compared."
    )


def test_nothing_closed_and_nothing_measured_are_said(desk: Desk) -> None:
    asked = {"start_date": "2021-01-01", "end_date": "2021-01-31"}
    assert isinstance(desk.ask("performance", "by_symbol", **asked), Absent)
    desk.account.points = Found((), ACCOUNT)
    for query in ("get_metrics", "monthly_returns", "drawdowns", "benchmark"):
        assert isinstance(desk.ask("performance", query), Absent)


def test_months_and_drawdowns_are_told(desk: Desk) -> None:
    desk.account.points = Found(
        _points((100, 100), (110, 100), (121, 100), (60.5, 100), start=date(2021, 4, 29)), ACCOUNT
    )
    found = desk.found("performance", "monthly_returns")
    assert [(row.month, row.return_pct, row.profit) for row in found.rows] == [
        ("May", pytest.approx(-45.0), Decimal("-49.50")),
        ("April", pytest.approx(10.0), Decimal("10.00")),
    ]
    falls = desk.found("performance", "drawdowns")
    assert (falls.count, falls.max_drawdown_pct, falls.now_pct) == (
        1, pytest.approx(50.0), pytest.approx(50.0),
    )  # fmt: skip
