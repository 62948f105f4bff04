"""The account's value on past days and what performance makes of it, worked out by hand."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from connectors.imported.books import Split
from connectors.imported.closes import as_held
from mfa.kernel.account import EquityPoint
from mfa.kernel.market import DailyClose
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from tests.imported.support import Desk, usd

A_WEEK = datetime(2026, 1, 9, 21, 30, tzinfo=UTC)
WEEK = """
2026-01-05,deposit,,,,,10000.00,
2026-01-05,buy,KO,100,100.00,0,-10000.00,
2026-01-08,deposit,,,,,9900.00,
"""
PRICES = {
    "KO": {"2026-01-05": "100", "2026-01-06": "110", "2026-01-07": "99", "2026-01-08": "108.90"}
}


def curve(desk: Desk) -> dict[date, EquityPoint]:
    outcome = desk.account.equity_curve()
    assert isinstance(outcome, Found), outcome
    return {point.day: point for point in outcome.value}


def test_returns_are_time_weighted_and_a_deposit_is_no_gain() -> None:
    """10,000; 11,000 (+10 %); 9,900 (-10 %); with 9,900 more 20,790 (20,790 / 19,800: +5 %); the
    same. 1.1 x 0.9 x 1.05 = 1.0395. Profit 20,790 - 19,900 = 890."""
    desk = Desk(WEEK, PRICES, now=A_WEEK)
    assert [point.equity for point in curve(desk).values()] == [
        usd("10000"), usd("11000"), usd("9900"), usd("20790"), usd("20790"),
    ]  # fmt: skip
    metrics = desk.found("performance", "get_metrics")
    assert metrics.total_return_pct == pytest.approx(3.95, abs=1e-9)
    assert (metrics.sessions, metrics.profit) == (4, usd("890.00"))
    assert metrics.max_drawdown_pct == pytest.approx(10.0, abs=1e-9)
    assert metrics.money_weighted_pct is None
    months = desk.found("performance", "monthly_returns")
    assert [(row.month, row.profit) for row in months.rows] == [("January", usd("890.00"))]
    profit = desk.found("dashboard", "get_profit_loss")
    assert (profit.total, profit.unrealized_now) == (usd("890.00"), usd("890.00"))


def test_a_drawdown_lasts_until_the_peak_is_seen_again() -> None:
    """From 1.10 on the 6th to 0.99 on the 7th, 10 %; on the 9th still 1.0395 / 1.1: 5.5 % below."""
    found = Desk(WEEK, PRICES, now=A_WEEK).found("performance", "drawdowns")
    (row,) = found.rows
    assert (row.peak, row.trough, row.recovered) == (date(2026, 1, 6), date(2026, 1, 7), None)
    assert (row.depth_pct, row.days) == (pytest.approx(10.0), 3)
    assert found.now_pct == pytest.approx(5.5)


def test_money_weighted_is_less_where_the_money_came_late() -> None:
    """100 shares at 100; a year later, at 120, as many again; another year later they are at 132.

    Time-weighted 1.2 x 1.1 = 1.32. Money-weighted: 10,000 x^2 + 12,000 x = 26,400, so that
    x = (-12,000 + sqrt(1.2e9)) / 20,000 = 1.1320508: 13.205 % a year.
    """
    desk = Desk(
        """
2024-07-01,deposit,,,,,10000.00,
2024-07-01,buy,KO,100,100.00,0,-10000.00,
2025-07-01,deposit,,,,,12000.00,
2025-07-01,buy,KO,100,120.00,0,-12000.00,
""",
        {"KO": {"2024-07-01": "100", "2025-06-30": "120", "2026-07-01": "132"}},
        now=datetime(2026, 7, 1, 21, tzinfo=UTC),
    )
    metrics = desk.found("performance", "get_metrics")
    assert metrics.total_return_pct == pytest.approx(32.0, abs=1e-9)
    rate = (-12_000 + math.sqrt(1.2e9)) / 20_000 - 1.0
    assert metrics.money_weighted_pct == pytest.approx(100.0 * rate, abs=1e-9)
    assert metrics.profit == usd("4400.00")


def test_a_deposit_on_a_saturday_counts_on_monday() -> None:
    desk = Desk(
        "2026-01-05,deposit,,,,,100.00,\n2026-01-10,deposit,,,,,50.00,\n",
        now=datetime(2026, 1, 12, 22, tzinfo=UTC),
    )
    points = curve(desk)
    assert points[date(2026, 1, 9)].deposits == 100
    assert points[date(2026, 1, 12)].deposits == 150


def test_today_has_no_point_before_its_close() -> None:
    desk = Desk("2026-01-05,deposit,,,,,1.00,\n", now=datetime(2026, 1, 6, 20, tzinfo=UTC))
    assert list(curve(desk)) == [date(2026, 1, 5)]


def _normal(x: float) -> float:
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def _put(spot: float, strike: float, years: float, volatility: float) -> float:
    """Black-Scholes without rate and dividends."""
    deviation = volatility * math.sqrt(years)
    upper = (math.log(spot / strike) + 0.5 * deviation**2) / deviation
    return strike * _normal(deviation - upper) - spot * _normal(-upper)


def test_an_option_stands_at_the_volatility_that_its_opening_implied() -> None:
    """Sold at 2.50 with the stock at 100: so it stands that evening, only the fee is gone. A week
    later, with the stock at 97, it is the put of 24 days at the same volatility."""
    desk = Desk(
        """
2026-01-05,deposit,,,,,10000.00,
2026-01-05,sell,KO260206P00099000,-1,2.50,0.65,249.35,
2026-02-06,expiration,KO260206P00099000,1,,,,
""",
        {"KO": {"2026-01-05": "100", "2026-01-13": "97", "2026-02-06": "101"}},
    )
    low, high = 0.01, 2.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _put(100, 99, 32 / 365, middle) < 2.5 else (low, middle)
    points = curve(desk)
    assert points[date(2026, 1, 5)].equity == usd("9999.35")
    expected = Decimal(str(round(10_249.35 - 100 * _put(97, 99, 24 / 365, low), 2)))
    assert points[date(2026, 1, 13)].equity == pytest.approx(expected, abs=Decimal("0.01"))
    assert points[date(2026, 2, 6)].equity == usd("10249.35")
    outcome = desk.account.equity_curve()
    assert isinstance(outcome, Found)
    assert outcome.provenance.computed
    assert "the volatility that their opening implied" in outcome.provenance.note


def test_an_option_whose_price_implies_nothing_stands_at_its_intrinsic_value() -> None:
    """A call at 90 bought for 9.00 with the stock at 100 cost less than it was worth at once."""
    desk = Desk(
        "2026-01-05,deposit,,,,,1000.00,\n2026-01-05,buy,KO260206C00090000,1,9.00,0,-900.00,\n",
        {"KO": {"2026-01-05": "100", "2026-01-06": "104"}},
        now=datetime(2026, 1, 6, 22, tzinfo=UTC),
    )
    assert [point.equity for point in curve(desk).values()] == [usd("1100"), usd("1500")]


def test_days_without_a_close_are_left_out_and_counted() -> None:
    desk = Desk(
        "2026-01-05,deposit,,,,,1000.00,\n2026-01-07,buy,PEP,1,100.00,0,-100.00,\n",
        {"PEP": {"2026-01-08": "101"}},
        now=A_WEEK,
    )
    assert [day.day for day in curve(desk)] == [5, 6, 8, 9]
    outcome = desk.account.equity_curve()
    assert isinstance(outcome, Found)
    assert "1 of 5 sessions are left out: no close of PEP." in outcome.provenance.note


def test_without_any_close_there_is_no_curve_and_without_an_answer_none_either() -> None:
    desk = Desk("2026-01-05,buy,PEP,1,100.00,0,-100.00,\n", now=A_WEEK)
    assert isinstance(desk.account.equity_curve(), Absent)
    desk.market.closes["PEP"] = Failed(FailureKind.UNAVAILABLE, "Down.")
    assert isinstance(desk.account.equity_curve(), Failed)
    balance = Desk(WEEK, PRICES, now=A_WEEK)
    balance.market.closes["KO"] = Failed(FailureKind.UNAVAILABLE, "Down.")
    assert balance.found("dashboard", "get_balance").day_change is None


HELD = """
2026-01-05,deposit,,,,,50000.00,
2026-01-05,buy,NVDA,100,400.00,0,-40000.00,
2026-03-02,split,NVDA,4:1,,,,
"""
AS_TRADED = {"2026-01-05": "400", "2026-02-02": "420", "2026-03-02": "104", "2026-03-09": "110"}
ADJUSTED = {"2026-01-05": "100", "2026-02-02": "105", "2026-03-02": "104", "2026-03-09": "110"}


@pytest.mark.parametrize("closes", [AS_TRADED, ADJUSTED])
def test_a_split_changes_no_value_whether_the_source_adjusts_old_closes_or_not(
    closes: dict[str, str],
) -> None:
    """100 x 400, 100 x 420, 400 x 104, 400 x 110, beside 10,000 in cash."""
    points = curve(Desk(HELD, {"NVDA": closes}))
    for day, equity in (
        (date(2026, 1, 5), "50000"), (date(2026, 2, 27), "52000"),
        (date(2026, 3, 2), "51600"), (date(2026, 3, 9), "54000"),
    ):  # fmt: skip
        assert points[day].equity == usd(equity)


def test_a_split_that_the_broker_books_late_costs_the_days_between() -> None:
    """As traded, the price falls on the 2nd; the shares come on the 4th."""
    series = {
        date(2026, 2, 27): Decimal(400), date(2026, 3, 2): Decimal(100),
        date(2026, 3, 3): Decimal(101), date(2026, 3, 4): Decimal(102),
    }  # fmt: skip
    late = as_held(series, [Split(day=date(2026, 3, 4), symbol="NVDA", ratio=Fraction(4))])
    assert list(late.days) == [date(2026, 2, 27), date(2026, 3, 4)]


def test_without_closes_around_a_split_the_days_before_it_are_not_known() -> None:
    series = {date(2026, 1, 5): Decimal(400), date(2026, 4, 1): Decimal(100)}
    found = as_held(series, [Split(day=date(2026, 3, 4), symbol="NVDA", ratio=Fraction(4))])
    assert list(found.days) == [date(2026, 4, 1)]


def test_how_sure_a_win_rate_is() -> None:
    """Two wins (+ 100 and + 50) and a loss (- 30): 66.7 % won, 40.00 a trade, factor 150 / 30."""
    desk = Desk(
        """
2026-01-05,deposit,,,,,10000.00,
2026-01-05,buy,KO,30,10.00,0,-300.00,
2026-01-06,sell,KO,-10,20.00,0,200.00,
2026-01-07,sell,KO,-10,15.00,0,150.00,
2026-01-08,sell,KO,-10,7.00,0,70.00,
""",
        {"KO": {"2026-01-05": "10"}},
        now=A_WEEK,
    )
    metrics = desk.found("performance", "get_metrics")
    assert (metrics.trades, metrics.expectancy) == (3, usd("40.00"))
    assert metrics.win_rate_pct == pytest.approx(200 / 3)
    assert (metrics.profit_factor, metrics.payoff_ratio) == (pytest.approx(5), pytest.approx(2.5))
    (group,) = desk.found("performance", "by_symbol").rows
    assert (group.best, group.worst, group.average) == (usd("100"), usd("-30"), usd("40.00"))
    assert group.days_held == pytest.approx(2.0)


def test_a_few_days_are_asked_for_alone_and_are_the_same_days() -> None:
    """Of two weeks nothing is asked about what was sold long before; an option's opening is."""
    rows = """
2026-01-05,deposit,,,,,20000.00,
2026-01-05,buy,PEP,10,100.00,0,-1000.00,
2026-01-06,sell,PEP,-10,100.00,0,1000.00,
2026-01-12,sell,KO260417P00099000,-1,2.50,0.65,249.35,
2026-02-02,buy,KO,10,98.00,0,-980.00,
"""
    prices = {"KO": {"2026-01-05": "100", "2026-02-02": "98"}, "PEP": {"2026-01-05": "100"}}
    now = datetime(2026, 3, 2, 22, tzinfo=UTC)
    whole = curve(Desk(rows, prices, now=now))
    desk = Desk(rows, prices, now=now)
    asked: list[tuple[str, date]] = []
    closes = desk.market.daily_closes

    def watched(symbol: str, start: date, end: date) -> Outcome[tuple[DailyClose, ...]]:
        asked.append((symbol, start))
        return closes(symbol, start, end)

    desk.market.daily_closes = watched  # type: ignore[method-assign]
    outcome = desk.account.equity_curve(start=date(2026, 2, 17), end=date(2026, 3, 2))
    assert isinstance(outcome, Found)
    assert {point.day: point for point in outcome.value} == {
        day: point for day, point in whole.items() if day >= date(2026, 2, 17)
    }
    assert asked == [("KO", date(2026, 1, 12))]
