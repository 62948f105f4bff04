"""The assignment rule, its probability, and what would cover an assignment."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import pytest

from connectors.portfolio.assignment import Case, judge, probability_in_the_money
from connectors.portfolio.position_results import Cover, RiskLevel
from mfa.kernel.market import Dividend, OptionQuote
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.kernel.symbols import OptionSymbol, OptionType

if TYPE_CHECKING:
    from tests.connectors.conftest import Desk

CDF = NormalDist().cdf
NOW = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)


def case(**changes: Any) -> Case:
    """Out of the money by 5 %, a month to go, 20 % likely: nothing to fear."""
    facts: dict[str, Any] = {
        "option_type": OptionType.PUT,
        "in_the_money": False,
        "moneyness_pct": -5.0,
        "extrinsic": Decimal("0.80"),
        "days_left": 30,
        "probability": 0.20,
        "dividend": None,
    }
    return Case(**(facts | changes))


INSIDE = {"in_the_money": True, "moneyness_pct": 3.0, "probability": 0.60}


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, RiskLevel.LOW),
        ({"probability": 0.349}, RiskLevel.LOW),
        ({"probability": 0.35}, RiskLevel.MEDIUM),
        ({"days_left": 7, "moneyness_pct": -2.0}, RiskLevel.MEDIUM),
        ({"days_left": 7, "moneyness_pct": -2.1}, RiskLevel.LOW),
        ({"days_left": 8, "moneyness_pct": -2.0}, RiskLevel.LOW),
        ({"days_left": 1, "extrinsic": Decimal("0.01")}, RiskLevel.LOW),
        (INSIDE, RiskLevel.MEDIUM),
        (INSIDE | {"days_left": 8}, RiskLevel.MEDIUM),
        (INSIDE | {"days_left": 7}, RiskLevel.HIGH),
        (INSIDE | {"extrinsic": Decimal("0.11")}, RiskLevel.MEDIUM),
        (INSIDE | {"extrinsic": Decimal("0.10")}, RiskLevel.HIGH),
        (INSIDE | {"probability": 0.69}, RiskLevel.MEDIUM),
        (INSIDE | {"probability": 0.70}, RiskLevel.HIGH),
        (INSIDE | {"dividend": Decimal("0.90")}, RiskLevel.MEDIUM),
        (INSIDE | {"option_type": OptionType.CALL, "dividend": Decimal("0.90")}, RiskLevel.HIGH),
        (INSIDE | {"option_type": OptionType.CALL, "dividend": Decimal("0.80")}, RiskLevel.MEDIUM),
        ({"option_type": OptionType.CALL, "dividend": Decimal("0.90")}, RiskLevel.LOW),
    ],
)
def test_the_level_follows_the_written_rule(changes: dict[str, Any], level: RiskLevel) -> None:
    found, reasons = judge(case(**changes))
    assert found is level
    assert reasons


def quote(kind: OptionType, delta: float, volatility: float = 0.2) -> OptionQuote:
    return OptionQuote(
        option=OptionSymbol("KO", date(2021, 7, 16), kind, Decimal("52.5")),
        bid=Decimal("0.50"),
        ask=Decimal("0.60"),
        last=Decimal("0.55"),
        underlying_price=Decimal(55),
        implied_volatility=volatility,
        delta=delta,
        gamma=0.05,
        theta=-0.02,
        vega=0.05,
        open_interest=1,
        volume=1,
        as_of=NOW,
    )


@pytest.mark.parametrize("rate", [0.0, 0.03])
@pytest.mark.parametrize("kind", [OptionType.CALL, OptionType.PUT])
def test_the_probability_is_that_of_black_scholes(kind: OptionType, rate: float) -> None:
    """Hull, 'Options, Futures, and Other Derivatives', 15.8: delta N(d1) or N(d1) - 1; the option
    is exercised with probability N(d2) or N(-d2). 31 days 5.5 hours = 0.0855594 years."""
    years, sigma = (31 + 5.5 / 24) / 365, 0.2
    d1 = (math.log(55 / 52.5) + (rate + sigma**2 / 2) * years) / (sigma * math.sqrt(years))
    d2 = d1 - sigma * math.sqrt(years)
    call = kind is OptionType.CALL
    delta, expected = (CDF(d1), CDF(d2)) if call else (CDF(d1) - 1, CDF(-d2))
    assert probability_in_the_money(quote(kind, delta), NOW) == pytest.approx(expected, abs=1e-12)


def test_a_quarter_delta_put_at_20_percent_for_a_month_is_27_percent_likely() -> None:
    """N(-0.67449 + 0.2 x sqrt(0.0855594)) = N(-0.61599) = 0.26895 by the normal table."""
    assert probability_in_the_money(quote(OptionType.PUT, -0.25), NOW) == pytest.approx(
        0.26895, abs=2e-5
    )


@pytest.mark.parametrize(
    ("kind", "delta", "volatility", "certain"),
    [
        (OptionType.PUT, -1.0, 0.2, 0.0),
        (OptionType.PUT, 0.0, 0.2, 0.0),
        (OptionType.CALL, 0.9, 0.0, 1.0),
    ],
)
def test_where_the_model_says_nothing_the_price_decides(
    kind: OptionType, delta: float, volatility: float, certain: float
) -> None:
    """At 55.00 the 52.5 call is in the money and the put is not."""
    assert probability_in_the_money(quote(kind, delta, volatility), NOW) == certain


def test_after_the_close_of_expiration_day_it_is_settled() -> None:
    after = NOW.replace(month=7, day=16, hour=20, minute=1)
    assert probability_in_the_money(quote(OptionType.CALL, 0.5), after) == 1.0
    assert probability_in_the_money(quote(OptionType.PUT, -0.5), after) == 0.0


def test_the_most_pressing_short_option_comes_first(desk: Desk) -> None:
    """AAPL's call: 5.00 in the money, 3 days left, 0.10 extrinsic, covered by its 100 shares. Then
    PEP's, N(-0.52440 - 0.05850) = 28.0 % likely, before KO's put at 26.9 %."""
    risk = desk.found("positions", "check_assignment_risk")
    call = risk.rows[0]
    assert (call.symbol, call.level, call.cover) == ("AAPL", RiskLevel.HIGH, Cover.SHARES)
    assert (call.itm_amount, call.extrinsic) == (Decimal("5.00"), Decimal("0.10"))
    assert (call.shares_needed, call.shares_held, call.cash_needed) == (100, 100, 0)
    assert [row.symbol for row in risk.rows[1:]] == ["PEP", "KO"]
    assert (risk.high, risk.medium, risk.low) == (1, 0, 2)


def test_puts_need_their_strikes_in_cash_and_calendars_their_long_leg(desk: Desk) -> None:
    """200 x 52.50 = 10,500.00 of 87,000.00 cash."""
    risk = desk.found("positions", "check_assignment_risk")
    rows = {row.symbol: row for row in risk.rows}
    assert (rows["KO"].cash_needed, rows["KO"].cover) == (Decimal("10500.00"), Cover.CASH)
    assert rows["PEP"].cover is Cover.LONG_OPTION
    assert (risk.cash_needed, risk.cash_available) == (Decimal("10500.00"), Decimal("87000.00"))
    assert (risk.cash_short, risk.cash_in_the_money) == (Decimal(0), Decimal(0))


def test_cash_that_does_not_suffice_is_said_in_dollars(desk: Desk) -> None:
    desk.snapshot(cash=Decimal("10000.00"))
    risk = desk.found("positions", "check_assignment_risk", symbols="KO")
    assert risk.rows[0].cover is Cover.MARGIN
    assert risk.cash_short == Decimal("500.00")


def test_shares_cover_the_nearest_call_first_and_each_share_once(desk: Desk) -> None:
    near = desk.positions[2]
    assert near.option is not None
    later = OptionSymbol("AAPL", date(2021, 7, 16), OptionType.CALL, Decimal(135))
    desk.hold(desk.positions[1], near, replace(near, option=later))
    quoted = desk.market.options[near.option]
    assert isinstance(quoted, Found)
    desk.market.options[later] = quoted.map(lambda near_quote: replace(near_quote, option=later))
    rows = {row.expiration: row for row in desk.found("positions", "check_assignment_risk").rows}
    assert rows[date(2021, 6, 18)].cover is Cover.SHARES
    assert rows[date(2021, 7, 16)].cover is Cover.MARGIN


def test_a_dividend_worth_more_than_the_time_value_makes_exercise_pay(desk: Desk) -> None:
    """0.10 of extrinsic value against a dividend of 0.22 that goes ex on 17 June."""
    day = date(2021, 6, 17)
    dividend = Dividend(symbol="AAPL", ex_date=day, pay_date=day, amount=Decimal("0.22"))
    assert isinstance(desk.account.snapshot, Found)
    desk.market.paid["AAPL"] = Found((dividend,), desk.account.snapshot.provenance)
    row = desk.found("positions", "check_assignment_risk", symbols="AAPL").rows[0]
    assert row.ex_dividend.day == day
    assert any("early exercise pays" in reason for reason in row.reasons)


def test_an_unpriced_short_put_still_needs_its_cash(desk: Desk) -> None:
    option = desk.positions[0].option
    assert option is not None
    desk.market.options[option] = Failed(FailureKind.TIMEOUT, "No answer in 2 s.")
    risk = desk.found("positions", "check_assignment_risk", symbols="KO")
    assert risk.rows == ()
    assert risk.unpriced == ("KO    210716P00052500",)
    assert risk.cash_needed == Decimal("10500.00")


def test_without_short_options_nothing_can_be_assigned(desk: Desk) -> None:
    desk.hold(desk.positions[1])
    assert desk.ask("positions", "check_assignment_risk") == Absent(
        "You have no short options there, so nothing can be assigned."
    )
