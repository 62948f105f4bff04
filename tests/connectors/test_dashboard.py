"""The dashboard's figures on the account of `conftest`, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from mfa.kernel.account import EquityPoint
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.connectors.conftest import at, option, option_quote, position
from tests.connectors.fakes import MARKET

if TYPE_CHECKING:
    from tests.connectors.conftest import Desk

DOWN = Failed(FailureKind.UNAVAILABLE, "The books cannot be read.")


def test_the_balance_is_the_accounts_and_the_day_is_measured_from_yesterdays_close(
    desk: Desk,
) -> None:
    """99,570.00 now against 99,700.00 on 14 June: -130.00, which is -0.1304 % of 99,700."""
    balance = desk.found("dashboard", "get_balance")
    assert (balance.cash, balance.positions_value) == (Decimal("87000.00"), Decimal("12570.00"))
    assert (balance.equity, balance.buying_power) == (Decimal("99570.00"), Decimal("76500.00"))
    assert balance.day_change == Decimal("-130.00")
    assert balance.day_change_pct == pytest.approx(-0.130391, abs=1e-6)
    assert balance.previous_close_day == date(2021, 6, 14)


def test_a_deposit_today_is_not_a_gain_of_the_day(desk: Desk) -> None:
    """5,000.00 came in today: equity 104,570 - deposits 105,000 = -430; yesterday -300."""
    desk.snapshot(equity=Decimal("104570.00"), deposits=Decimal("105000.00"))
    assert desk.found("dashboard", "get_balance").day_change == Decimal("-130.00")


def test_without_a_close_before_today_the_days_change_is_not_known(desk: Desk) -> None:
    desk.account.points = Absent("No session has closed yet.")
    balance = desk.found("dashboard", "get_balance")
    assert (balance.day_change, balance.day_change_pct) == (None, None)


def test_an_unreadable_curve_costs_the_days_change_only_and_says_so(desk: Desk) -> None:
    desk.account.points = DOWN
    balance = desk.found("dashboard", "get_balance")
    assert balance.equity == Decimal("99570.00")
    assert balance.day_change is None
    assert balance.warnings == ("The day's change is not known: The books cannot be read.",)


def test_the_summary_adds_up(desk: Desk) -> None:
    """Profit 99,570 - 100,000 = -430.00 = -327.25 - 123.25 + 22.00 - 1.50, -0.43 % of deposits.

    Theta: KO -0.02 x -200 = 4; AAPL 0.08 x 100 = 8; PEP 5 - 3: together 14.00 a day. Delta dollars:
    KO 50 x 55 = 2,750; AAPL (100 - 85) x 130 = 1,950; PEP (-30 + 40) x 142 = 1,420.
    """
    summary = desk.found("dashboard", "get_summary")
    assert summary.total_profit == Decimal("-430.00")
    assert summary.return_pct == pytest.approx(-0.43)
    parts = (summary.realized.total, summary.unrealized, summary.dividends, summary.interest)
    assert sum(parts) == summary.total_profit
    assert summary.theta_per_day == pytest.approx(14.0)
    assert summary.delta_dollars == pytest.approx(2750 + 1950 + 1420)
    assert summary.unpriced == ()


def test_realised_profit_is_split_by_month_and_year(desk: Desk) -> None:
    """June so far: -532.60. The whole year: 120.00 + 85.35 - 532.60 = -327.25."""
    realized = desk.found("dashboard", "get_summary").realized
    assert realized.month_to_date == Decimal("-532.60")
    assert realized.year_to_date == realized.total == Decimal("-327.25")


def test_positions_are_counted_by_kind(desk: Desk) -> None:
    """One stock; short calls AAPL and PEP, a long PEP call, one short put; 5 contracts."""
    counts = desk.found("dashboard", "get_summary").counts
    assert (counts.total, counts.stocks) == (5, 1)
    assert (counts.short_calls, counts.long_calls) == (2, 1)
    assert (counts.short_puts, counts.long_puts) == (1, 0)
    assert counts.contracts == 5


def test_a_failed_quote_is_named_and_left_out_of_the_summary(desk: Desk) -> None:
    """Without KO's put: theta 14 - 4 = 10, delta dollars 6,120 - 2,750 = 3,370."""
    ko = desk.positions[0]
    desk.market.options[ko.option] = Failed(FailureKind.TIMEOUT, "No answer in 2 s.")  # type: ignore[index]
    summary = desk.found("dashboard", "get_summary")
    assert summary.unpriced == ("KO    210716P00052500",)
    assert summary.theta_per_day == pytest.approx(10.0)
    assert summary.delta_dollars == pytest.approx(3370.0)
    assert summary.warnings == ("KO 52.5 put 16 Jul 2021 is left out of totals: No answer in 2 s.",)


def test_when_no_quote_comes_greeks_are_unknown_not_zero(desk: Desk) -> None:
    desk.market.options.clear()
    desk.market.quotes.clear()
    summary = desk.found("dashboard", "get_summary")
    assert (summary.theta_per_day, summary.delta_dollars) == (None, None)
    assert len(summary.unpriced) == 5


@pytest.mark.parametrize("nothing", [Absent("Nothing is held."), ()])
def test_an_empty_account_has_true_zeros(desk: Desk, nothing: object) -> None:
    desk.account.held = nothing if isinstance(nothing, Absent) else Found((), _known(desk))
    desk.account.trades = Absent("Nothing was closed.")
    summary = desk.found("dashboard", "get_summary")
    assert (summary.theta_per_day, summary.delta_dollars) == (0.0, 0.0)
    assert summary.counts.total == 0
    assert summary.realized.month_to_date == Decimal(0)


def _known(desk: Desk):  # type: ignore[no-untyped-def]  # noqa: ANN202
    assert isinstance(desk.account.snapshot, Found)
    return desk.account.snapshot.provenance


def test_the_return_of_an_account_without_deposits_is_not_known(desk: Desk) -> None:
    desk.snapshot(deposits=Decimal("0.00"))
    assert desk.found("dashboard", "get_summary").return_pct is None


@pytest.mark.parametrize("query", ["get_balance", "get_summary", "get_profit_loss"])
def test_an_unreadable_account_is_a_failure_and_no_figure(desk: Desk, query: str) -> None:
    desk.account.snapshot = DOWN
    assert desk.ask("dashboard", query) == DOWN


@pytest.mark.parametrize("part", ["held", "trades"])
def test_a_summary_without_its_parts_is_a_failure(desk: Desk, part: str) -> None:
    setattr(desk.account, part, DOWN)
    assert desk.ask("dashboard", "get_summary") == DOWN


def test_a_summary_is_derived_from_the_account_and_every_quote(desk: Desk) -> None:
    outcome = desk.ask("dashboard", "get_summary")
    assert isinstance(outcome, Found)
    assert outcome.provenance.computed
    assert {p.source for p in outcome.provenance.inputs} == {
        "fake account",
        "fake market",
        "dashboard.get_balance",
    }


def test_last_months_trades_are_listed_latest_first_with_their_sums(desk: Desk) -> None:
    """May: 85.35 on the 21st and 120.00 on the 10th: 205.35, two wins, 102.675 -> 102.68."""
    history = desk.found(
        "dashboard", "get_trade_history", start_date="2021-05-01", end_date="2021-05-31"
    )
    assert [row.symbol for row in history.rows] == ["AAPL", "KO"]
    assert (history.count, history.wins, history.losses) == (2, 2, 0)
    assert history.win_rate_pct == 100.0
    assert (history.total_realized, history.average) == (Decimal("205.35"), Decimal("102.68"))
    assert (history.best.symbol, history.worst.symbol) == ("KO", "AAPL")
    assert history.fees == Decimal("2.60")
    assert (history.average_loss, history.profit_factor) == (None, None)
    assert history.rows[0].reason == "assigned"
    assert (history.rows[0].opened_on, history.rows[0].days_held) == (date(2021, 5, 3), 18)


def test_a_limit_cuts_the_rows_not_the_sums(desk: Desk) -> None:
    """All three: win rate 2/3; profit factor 205.35 / 532.60 = 0.385562."""
    history = desk.found("dashboard", "get_trade_history", limit=1)
    assert [row.symbol for row in history.rows] == ["AMD"]
    assert (history.count, history.total_realized) == (3, Decimal("-327.25"))
    assert history.win_rate_pct == pytest.approx(66.6667, abs=1e-4)
    assert history.profit_factor == pytest.approx(0.385562, abs=1e-6)


@pytest.mark.parametrize(
    ("wanted", "symbols"),
    [
        ({"outcome": "losers"}, ["AMD"]),
        ({"outcome": "winners"}, ["AAPL", "KO"]),
        ({"symbols": "ko"}, ["KO"]),
        ({"symbols": ["KO", "AMD"]}, ["AMD", "KO"]),
        ({"strategy": "CSP"}, ["AAPL", "KO"]),
        ({"reason": "assigned"}, ["AAPL"]),
        ({"start_date": "2021-05-21"}, ["AMD", "AAPL"]),
    ],
)
def test_trades_are_filtered(desk: Desk, wanted: dict[str, object], symbols: list[str]) -> None:
    history = desk.found("dashboard", "get_trade_history", **wanted)
    assert [row.symbol for row in history.rows] == symbols


def test_no_trades_is_a_sentence_that_repeats_the_question(desk: Desk) -> None:
    outcome = desk.ask(
        "dashboard",
        "get_trade_history",
        symbols=["MSFT"],
        outcome="losers",
        start_date="2021-04-01",
        end_date="2021-04-30",
    )
    assert outcome == Absent("No losing closed trades in MSFT between 1 Apr 2021 and 30 Apr 2021.")


def test_unreadable_trades_are_not_no_trades(desk: Desk) -> None:
    desk.account.trades = DOWN
    assert desk.ask("dashboard", "get_trade_history") == DOWN


def test_profit_of_a_period_splits_into_booked_and_open(desk: Desk) -> None:
    """June: booked -532.60 + 22.00 - 1.50 = -512.10. In all: -430 now less +50 on 28 May = -480,
    so open positions gained 32.10."""
    june = desk.found("dashboard", "get_profit_loss", start_date="2021-06-01")
    assert (june.realized, june.dividends, june.interest) == (
        Decimal("-532.60"),
        Decimal("22.00"),
        Decimal("-1.50"),
    )
    assert june.booked == Decimal("-512.10")
    assert june.total == Decimal("-480.00")
    assert june.unrealized_change == Decimal("32.10")
    assert june.unrealized_now == Decimal("-123.25")
    assert (june.trades, june.wins, june.losses) == (1, 0, 1)


def test_profit_since_the_beginning_is_equity_less_deposits(desk: Desk) -> None:
    ever = desk.found("dashboard", "get_profit_loss")
    assert ever.total == Decimal("-430.00")
    assert ever.booked == Decimal("-306.75")
    assert ever.unrealized_change == ever.unrealized_now == Decimal("-123.25")
    assert [(g.key, g.realized) for g in ever.by_month] == [
        ("2021-05", Decimal("205.35")),
        ("2021-06", Decimal("-532.60")),
    ]
    assert [(g.key, g.realized, g.trades, g.wins) for g in ever.by_strategy] == [
        ("csp", Decimal("205.35"), 2, 2),
        ("stock", Decimal("-532.60"), 1, 0),
    ]
    assert [g.key for g in ever.by_symbol] == ["KO", "AAPL", "AMD"]


def test_profit_of_a_past_period_ends_at_its_last_close(desk: Desk) -> None:
    """May: +50.00 at its last close, from nothing; 205.35 was booked, so open fell by 155.35."""
    may = desk.found("dashboard", "get_profit_loss", start_date="2021-05-01", end_date="2021-05-31")
    assert (may.total, may.unrealized_change) == (Decimal("50.00"), Decimal("-155.35"))


def test_profit_of_chosen_symbols_is_whole_only_since_the_beginning(desk: Desk) -> None:
    """AAPL: realised 85.35, dividend 22.00, open 0.00 - 210.65: -103.30 in all."""
    ever = desk.found("dashboard", "get_profit_loss", symbols="AAPL")
    assert (ever.booked, ever.unrealized_now) == (Decimal("107.35"), Decimal("-210.65"))
    assert ever.total == Decimal("-103.30")
    june = desk.found("dashboard", "get_profit_loss", symbols="AAPL", start_date="2021-06-01")
    assert june.total is None


def test_profit_without_a_curve_is_what_was_booked_and_says_why(desk: Desk) -> None:
    desk.account.points = DOWN
    result = desk.found("dashboard", "get_profit_loss")
    assert (result.total, result.unrealized_change) == (None, None)
    assert result.warnings == (
        "The change of open positions is not known: The books cannot be read.",
    )


def test_a_period_in_which_nothing_happened_made_zero(desk: Desk) -> None:
    result = desk.found(
        "dashboard", "get_profit_loss", start_date="2021-01-01", end_date="2021-01-31"
    )
    assert (result.booked, result.total, result.by_symbol) == (Decimal(0), Decimal(0), ())


def test_the_curve_ends_now_and_measures_its_greatest_fall(desk: Desk) -> None:
    """Peak 100,050.00, low 99,570.00 now: a fall of 480 / 100,050 = 0.479760 %."""
    result = desk.found("dashboard", "get_equity_curve")
    assert [point.at_close for point in result.points] == [True, True, True, False]
    assert result.points[-1].day == date(2021, 6, 15)
    assert result.change == Decimal("-430.00")
    assert (result.highest, result.lowest) == (Decimal("100050.00"), Decimal("99570.00"))
    assert result.max_drawdown_pct == pytest.approx(0.479760, abs=1e-6)


def test_a_withdrawal_is_not_a_fall(desk: Desk) -> None:
    """20,000.00 left after the peak; equity fell by 20,100: 100 of 80,050 is the loss."""
    points = (
        EquityPoint(
            day=date(2021, 6, 10),
            equity=Decimal(100050),
            cash=Decimal(100050),
            deposits=Decimal(100000),
        ),
        EquityPoint(
            day=date(2021, 6, 11),
            equity=Decimal(79950),
            cash=Decimal(79950),
            deposits=Decimal(80000),
        ),
    )
    desk.account.points = Found(points, _known(desk))
    result = desk.found("dashboard", "get_equity_curve", end_date="2021-06-11")
    assert result.max_drawdown_pct == pytest.approx(100 * 100 / 80_050)
    assert result.change == Decimal(-100)


def test_a_curve_of_the_past_has_no_point_of_now(desk: Desk) -> None:
    result = desk.found("dashboard", "get_equity_curve", end_date="2021-05-31")
    assert [point.day.day for point in result.points] == [3, 28]


def test_a_curve_of_a_time_before_the_account_is_absent(desk: Desk) -> None:
    outcome = desk.ask("dashboard", "get_equity_curve", end_date="2020-01-31")
    assert outcome == Absent("The account has no value on record until 31 Jan 2020.")


def test_todays_close_replaces_the_point_of_now(desk: Desk) -> None:
    assert isinstance(desk.account.points, Found)
    last = desk.account.points.value[-1]
    today = replace(last, day=date(2021, 6, 15))
    desk.account.points = desk.account.points.map(lambda points: (*points, today))
    result = desk.found("dashboard", "get_equity_curve")
    assert result.points[-1].at_close


def test_the_forecast_moves_cash_at_each_expiration_in_three_scenarios(desk: Desk) -> None:
    """The AAPL call is inside on 18 June: 12,500 for the shares. On 16 July the KO puts are outside
    (10,500 if assigned all the same), the PEP call too (14,500 if assigned); the long PEP call of
    20 August expires."""
    found = desk.found("dashboard", "get_balance_forecast", days=90)
    assert [(row.day.month, row.options, row.still_to_earn) for row in found.rows] == [
        (6, 1, Decimal("510.00")), (7, 3, Decimal("260.00")), (8, 1, Decimal("0.00")),
    ]  # fmt: skip
    assert [row.unchanged for row in found.rows] == [Decimal("99500.00")] * 3
    assert [row.none_assigned for row in found.rows] == [Decimal("87000.00")] * 3
    assert [row.all_assigned for row in found.rows] == [
        Decimal("99500.00"), Decimal("103500.00"), Decimal("103500.00"),
    ]  # fmt: skip
    assert found.rows[1].premium == Decimal("358.05")  # 158.70 + 199.35
    assert found.income == Decimal("770.00")


def test_a_forecast_says_which_shares_assignment_would_sell_short(desk: Desk) -> None:
    """200 shares are called for two contracts of KO at 52.50; 100 are held, at 55.00 each."""
    call = option("KO", 7, 16, "52.5", "call")
    desk.market.options[call] = Found(option_quote(call, "2.90", "3.00", "55"), MARKET)
    desk.hold(
        position("KO", 100, "50.00", "5000.00", at(5, 21), "stock"),
        position("KO", -2, "2.00", "-398.70", at(6, 1), "short_call", call),
    )
    found = desk.found("dashboard", "get_balance_forecast", days=90)
    assert found.warnings == (
        (
            "If all are assigned, 100 KO shares that are not held would be sold short: buying them"
            " takes $5,500.00 at today's price, unless a long call is exercised."
        ),
    )


def test_a_forecast_ends_with_its_period(desk: Desk) -> None:
    found = desk.found("dashboard", "get_balance_forecast", days=10)
    assert [row.day.month for row in found.rows] == [6]
    outcome = desk.ask("dashboard", "get_balance_forecast", end_date="2021-06-17")
    assert outcome == Absent("None of your options expires until 17 Jun 2021.")
