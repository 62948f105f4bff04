"""The positions feature on the account of `conftest`, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from mfa.kernel.market import Dividend, Earnings
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.connectors.conftest import at, option, option_quote, position
from tests.connectors.fakes import MARKET

if TYPE_CHECKING:
    from tests.connectors.conftest import Desk

DOWN = Failed(FailureKind.UNAVAILABLE, "The books cannot be read.")
LATE = Failed(FailureKind.TIMEOUT, "No answer in 2 s.")


def fail_ko(desk: Desk) -> None:
    ko = desk.positions[0].option
    assert ko is not None
    desk.market.options[ko] = LATE


def known(desk: Desk):  # type: ignore[no-untyped-def]  # noqa: ANN201
    assert isinstance(desk.account.snapshot, Found)
    return desk.account.snapshot.provenance


def test_a_short_put_is_marked_signed_and_multiplied(desk: Desk) -> None:
    """Mark 0.55; value -110.00; profit 158.70 - 110.00 = 48.70, 30.687 % of the credit.

    Spot 55.00 on a 52.5 strike: -2.50 / 55 = -4.545 %, all 0.55 extrinsic. Delta -0.25 x -200 = 50
    shares, 2,750 dollars; theta -0.02 x -200 = 4 a day. Return: 158.70 on 10,500.00 in 45 days:
    12.259 % a year.
    """
    row = desk.found("positions", "fetch_active", symbols="KO").rows[0]
    assert (row.description, row.kind, row.side) == ("KO 52.5 put 16 Jul 2021", "option", "short")
    assert (row.days_left, row.days_held) == (31, 14)
    assert (row.mark, row.value, row.unrealized) == (
        Decimal("0.55"),
        Decimal("-110.00"),
        Decimal("48.70"),
    )
    assert (row.max_profit, row.day_change) == (Decimal("158.70"), None)
    assert row.max_profit_pct == pytest.approx(30.687, abs=1e-3)
    assert (row.in_the_money, row.intrinsic, row.extrinsic) == (False, 0, Decimal("0.55"))
    assert row.moneyness_pct == pytest.approx(-4.54545, abs=1e-4)
    assert row.extrinsic_value == Decimal("-110.00")
    assert (row.delta, row.theta, row.delta_dollars) == pytest.approx((50.0, 4.0, 2750.0))
    assert row.annualized_return_pct == pytest.approx(158.70 / 10500 * 365 / 45 * 100)


def test_a_stock_moves_with_the_market_since_yesterday(desk: Desk) -> None:
    """100 shares from 128.50 to 130.00: 150.00 today; delta is the shares themselves."""
    row = desk.found("positions", "fetch_active", symbols="AAPL", kind="stock").rows[0]
    assert (row.value, row.unrealized, row.day_change) == (
        Decimal("13000.00"),
        Decimal("0.00"),
        Decimal("150.00"),
    )
    assert (row.delta, row.theta, row.days_left, row.max_profit) == (100.0, 0.0, None, None)


def test_a_covered_call_returns_on_the_shares_cost(desk: Desk) -> None:
    """299.35 on 13,000.00 of shares in the 17 days from 1 to 18 June: 49.441 % a year. Mark 5.10 is
    5.00 intrinsic and 0.10 extrinsic, 5 / 130 = 3.846 % in the money."""
    row = desk.found("positions", "fetch_active", strategy="covered_call").rows[0]
    assert row.annualized_return_pct == pytest.approx(299.35 / 13000 * 365 / 17 * 100)
    assert (row.intrinsic, row.extrinsic) == (Decimal("5.00"), Decimal("0.10"))
    assert row.moneyness_pct == pytest.approx(3.84615, abs=1e-4)


def test_there_is_no_annual_return_where_no_capital_is_set_aside(desk: Desk) -> None:
    rows = desk.found("positions", "fetch_active", strategy="call_calendar").rows
    assert [row.annualized_return_pct for row in rows] == [None, None]


def test_totals_are_of_all_positions(desk: Desk) -> None:
    totals = desk.found("positions", "fetch_active").totals
    assert (totals.value, totals.unrealized) == (Decimal("12570.00"), Decimal("-123.25"))
    assert totals.cost_basis == Decimal("12693.25")
    assert totals.theta == pytest.approx(14.0)
    assert totals.delta_dollars == pytest.approx(6120.0)


@pytest.mark.parametrize(
    ("wanted", "instruments"),
    [
        ({"option_type": "put"}, ["KO    210716P00052500"]),
        ({"side": "long", "kind": "option"}, ["PEP   210820C00145000"]),
        ({"symbols": ["aapl"], "option_type": "call"}, ["AAPL  210618C00125000"]),
        ({"instrument": "AAPL"}, ["AAPL"]),
        ({"instrument": "PEP210820C00145000"}, ["PEP   210820C00145000"]),
        ({"expiration": "2021-06-18"}, ["AAPL  210618C00125000"]),
        ({"expires_from": "2021-07-17"}, ["PEP   210820C00145000"]),
        ({"expires_by": "2021-06-18"}, ["AAPL  210618C00125000"]),
        ({"strike": 52.5}, ["KO    210716P00052500"]),
    ],
)
def test_positions_are_filtered(
    desk: Desk, wanted: dict[str, object], instruments: list[str]
) -> None:
    rows = desk.found("positions", "fetch_active", **wanted).rows
    assert [row.instrument for row in rows] == instruments


def test_what_is_not_held_is_said_in_the_questions_words(desk: Desk) -> None:
    outcome = desk.ask("positions", "fetch_active", symbols="TSLA", option_type="put", side="short")
    assert outcome == Absent("You hold no short TSLA put positions.")


def test_an_unpriced_position_is_shown_named_and_in_no_total(desk: Desk) -> None:
    """12,570.00 + 110.00 = 12,680.00 without KO's put; -123.25 - 48.70 = -171.95."""
    fail_ko(desk)
    result = desk.found("positions", "fetch_active")
    assert result.count == 5
    assert result.unpriced == ("KO    210716P00052500",)
    assert result.totals.value == Decimal("12680.00")
    assert result.totals.unrealized == Decimal("-171.95")
    row = result.rows[0]
    assert (row.mark, row.value, row.unrealized, row.theta) == (None, None, None, None)
    assert row.unpriced_reason == "No answer in 2 s."
    assert row.max_profit == Decimal("158.70")


def test_totals_of_nothing_priced_are_unknown(desk: Desk) -> None:
    fail_ko(desk)
    totals = desk.found("positions", "fetch_active", symbols="KO").totals
    assert (totals.value, totals.theta) == (None, None)


def test_each_instrument_is_asked_once(desk: Desk) -> None:
    desk.hold(*desk.positions, *desk.positions)
    desk.found("positions", "fetch_active")
    assert len(desk.market.asked) == len(set(desk.market.asked)) == 5


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"bid": Decimal("0.70")}, "the quote is crossed (bid 0.70, ask 0.60)."),
        ({"bid": Decimal("NaN")}, "the quote has a bid or ask that is not a price."),
        ({"theta": float("nan")}, "the quote has Greeks that are not numbers."),
    ],
)
def test_a_quote_that_makes_no_sense_prices_nothing(
    desk: Desk, changes: dict[str, object], reason: str
) -> None:
    option = desk.positions[0].option
    assert option is not None
    quote = desk.market.options[option]
    assert isinstance(quote, Found)
    desk.market.options[option] = quote.map(lambda q: replace(q, **changes))  # type: ignore[arg-type]
    assert desk.found("positions", "fetch_active").rows[0].unpriced_reason == reason


def test_a_stock_without_a_two_sided_market_is_marked_at_its_last_price(desk: Desk) -> None:
    quote = desk.market.quotes["AAPL"]
    assert isinstance(quote, Found)
    desk.market.quotes["AAPL"] = quote.map(lambda q: replace(q, bid=Decimal(0), last=Decimal(131)))
    row = desk.found("positions", "fetch_active", instrument="AAPL").rows[0]
    assert row.value == Decimal("13100.00")


def test_theta_is_summed_signed_by_day_and_week(desk: Desk) -> None:
    """4 + 8 + 5 - 3 = 14.00 a day, 98.00 a week."""
    report = desk.found("positions", "calculate_theta")
    assert [row.theta_per_day for row in report.rows] == pytest.approx([4.0, 8.0, 5.0, -3.0])
    assert report.theta_per_day == pytest.approx(14.0)
    assert report.theta_per_week == pytest.approx(98.0)


def test_theta_without_options_is_zero_and_without_quotes_unknown(desk: Desk) -> None:
    fail_ko(desk)
    ko = desk.found("positions", "calculate_theta", symbols="KO")
    assert (ko.theta_per_day, ko.theta_per_week, ko.rows) == (None, None, ())
    assert ko.unpriced == ("KO    210716P00052500",)
    desk.hold(desk.positions[1])
    assert desk.found("positions", "calculate_theta").theta_per_day == 0.0


def test_theta_of_what_is_not_held_is_absent(desk: Desk) -> None:
    outcome = desk.ask("positions", "calculate_theta", symbols="MSFT")
    assert outcome == Absent("You hold no options among your MSFT positions.")


def test_details_say_when_a_put_expires_and_what_it_could_demand(desk: Desk) -> None:
    """Break-even 52.50 - 0.7935 = 51.71; at worst, KO at zero, 10,500.00 - 158.70 is lost."""
    detail = desk.found("positions", "get_details", symbols="KO", option_type="put").rows[0]
    assert detail.position.expiration == date(2021, 7, 16)
    assert detail.break_even == Decimal("51.71")
    assert (detail.max_profit, detail.max_loss) == (Decimal("158.70"), Decimal("10341.30"))
    assert detail.obligation == "If assigned, you buy 200 KO at $52.50 for $10,500.00."
    assert (detail.assignment_cash, detail.assignment_shares) == (Decimal("-10500.00"), 200)


def test_details_of_stock_and_calls(desk: Desk) -> None:
    stock, call = desk.found("positions", "get_details", symbols="AAPL").rows
    assert (stock.break_even, stock.max_loss) == (Decimal("130.00"), Decimal("13000.00"))
    assert (stock.max_profit, stock.obligation) == (None, None)
    assert call.break_even == Decimal("127.99")  # 125 + 2.9935
    assert (call.max_profit, call.max_loss) == (Decimal("299.35"), None)
    assert call.obligation == (
        "If assigned, you sell 100 AAPL at $125.00 for $12,500.00; you hold 100."
    )


@pytest.mark.parametrize(
    ("day", "timing", "before"),
    [
        (date(2021, 7, 15), "after close", True),
        (date(2021, 7, 16), "before open", True),
        (date(2021, 7, 16), "after close", False),
        (date(2021, 7, 20), "before open", False),
    ],
)
def test_earnings_matter_if_they_come_before_the_expiration(
    desk: Desk, day: date, timing: str, before: bool
) -> None:
    report = Earnings(symbol="KO", day=day, timing=timing)
    desk.market.reports["KO"] = Found(report, known(desk))
    event = desk.found("positions", "get_details", symbols="KO").rows[0].next_earnings
    assert (event.day, event.before_expiration) == (day, before)


def test_an_unreadable_calendar_costs_the_event_and_leaves_a_warning(desk: Desk) -> None:
    desk.market.reports["KO"] = LATE
    result = desk.found("positions", "get_details", symbols="KO")
    assert result.rows[0].next_earnings is None
    assert result.warnings == ("The next earnings of KO are not known: No answer in 2 s.",)


def test_todays_ex_date_is_over_and_tomorrows_counts(desk: Desk) -> None:
    days = (date(2021, 6, 15), date(2021, 6, 16), date(2021, 9, 1))
    paid = tuple(
        Dividend(symbol="KO", ex_date=day, pay_date=day, amount=Decimal("0.42")) for day in days
    )
    desk.market.paid["KO"] = Found(paid, known(desk))
    event = desk.found("positions", "get_details", symbols="KO").rows[0].ex_dividend
    assert (event.day, event.amount, event.before_expiration) == (days[1], Decimal("0.42"), True)


def test_details_need_to_know_of_what(desk: Desk) -> None:
    with pytest.raises(ValidationError, match="say which position"):
        desk.ask("positions", "get_details")


def test_details_of_an_unpriced_position_keep_what_needs_no_price(desk: Desk) -> None:
    fail_ko(desk)
    detail = desk.found("positions", "get_details", symbols="KO").rows[0]
    assert detail.position.value is None
    assert detail.probability_in_the_money is None
    assert detail.break_even == Decimal("51.71")


def test_profit_targets_judge_a_spread_as_one_trade(desk: Desk) -> None:
    """The calendar cost 350.65 - 199.35 = 151.30 and stands at 49.35 - 10.65 = 38.70: 25.578 %.
    The call is at -210.65 of 299.35 with 3 days left; the put at 30.7 % with 31."""
    result = desk.found("positions", "check_profit_targets")
    rows = {row.symbol: row for row in result.rows}
    assert set(rows) == {"KO", "AAPL", "PEP"}
    assert (rows["PEP"].basis, rows["PEP"].unrealized) == (Decimal("151.30"), Decimal("38.70"))
    assert rows["PEP"].profit_pct == pytest.approx(25.578, abs=1e-3)
    assert rows["PEP"].credit is False
    assert {symbol: row.verdict.value for symbol, row in rows.items()} == {
        "KO": "hold",
        "AAPL": "manage",
        "PEP": "hold",
    }
    assert (result.close, result.manage, result.hold) == (0, 1, 2)
    assert result.rows[0].symbol == "AAPL"


def test_the_legs_decide_what_one_trade_is(desk: Desk) -> None:
    """A broker gives no labels: PEP's two calls are a calendar all the same, and a put beside them
    is a trade of its own."""
    put = option("PEP", 7, 16, "140", "put")
    desk.market.options[put] = Found(option_quote(put, "0.40", "0.50", "142.00"), MARKET)
    unlabelled = (replace(each, strategy="") for each in desk.positions)
    desk.hold(*unlabelled, position("PEP", -1, "1.00", "-99.35", at(6, 3), "", put))
    rows = desk.found("positions", "check_profit_targets", symbols="PEP").rows
    assert {row.description: row.strategy for row in rows} == {
        "PEP 145 call 16 Jul 2021 / 20 Aug 2021": "call_calendar",
        "PEP 140 put 16 Jul 2021": "short_put",
    }


def test_a_target_may_be_chosen(desk: Desk) -> None:
    result = desk.found("positions", "check_profit_targets", target_pct=30, symbols="KO")
    assert result.rows[0].verdict.value == "close"
    assert result.rows[0].reasons == (
        "It has made 31 % of the maximum profit; the target is 30 %.",
    )


def test_a_spread_with_an_unpriced_leg_is_not_judged(desk: Desk) -> None:
    option = desk.positions[4].option
    assert option is not None
    desk.market.options[option] = LATE
    result = desk.found("positions", "check_profit_targets", symbols="PEP")
    assert result.rows == ()
    assert result.unpriced == ("PEP   210716C00145000", "PEP   210820C00145000")


def test_targets_without_options_are_absent(desk: Desk) -> None:
    desk.hold(desk.positions[1])
    assert desk.ask("positions", "check_profit_targets") == Absent(
        "You hold no options there, so there is no profit target to check."
    )


@pytest.mark.parametrize(
    "query",
    ["fetch_active", "calculate_theta", "check_assignment_risk", "check_profit_targets"],
)
def test_unreadable_positions_are_a_failure_everywhere(desk: Desk, query: str) -> None:
    desk.account.held = DOWN
    assert desk.ask("positions", query) == DOWN


@pytest.mark.parametrize("query", ["fetch_active", "check_assignment_risk", "check_profit_targets"])
def test_an_account_that_holds_nothing_says_so(desk: Desk, query: str) -> None:
    desk.hold()
    assert desk.ask("positions", query) == Absent("You hold no positions.")


def test_quotes_come_for_what_is_listed_and_the_rest_is_named(desk: Desk) -> None:
    quotes = desk.found("ai_research", "get_quote", symbols=["KO", "ZZZZ", "AAPL"])
    assert [row.symbol for row in quotes.rows] == ["AAPL", "KO"]
    assert quotes.rows[0].change == Decimal("1.50")
    assert quotes.rows[0].change_pct == pytest.approx(1.167315, abs=1e-6)  # 1.50 / 128.50
    assert quotes.missing == ("ZZZZ",)
    assert quotes.warnings == ("ZZZZ: There is no listing ZZZZ.",)


def test_one_symbol_without_a_quote_is_what_the_market_said(desk: Desk) -> None:
    desk.market.quotes["KO"] = LATE
    assert desk.ask("ai_research", "get_quote", symbols="ZZZZ") == Absent(
        "There is no listing ZZZZ."
    )
    assert desk.ask("ai_research", "get_quote", symbols="KO,ZZZZ") == LATE
