"""Strategies held with cost, value, extremes and Greeks, on the small account of `conftest`.

AAPL: 100 shares for 13,000.00 and a 125 call sold for 299.35, so 12,700.65 in all: called away at
125 it makes -200.65, at zero it loses 12,700.65, never more than even: no break-even above.
KO: 2 puts of 52.5 sold for 158.70: even at 52.50 - 0.7935 = 51.71, loss at zero 10,500 - 158.70.
"""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.connectors.conftest import (
    AAPL_CALL,
    PEP_FAR,
    Desk,
    at,
    option,
    option_quote,
    position,
)
from tests.connectors.fakes import MARKET

SECONDS_A_YEAR = 365 * 86400


def _call(spot: float, strike: float, years: float, volatility: float) -> float:
    """Black and Scholes 1973 without interest, as the textbook has it."""
    deviation = volatility * math.sqrt(years)
    d1 = math.log(spot / strike) / deviation + deviation / 2
    return float(spot * norm.cdf(d1) - strike * norm.cdf(d1 - deviation))


def test_what_is_held_is_shown_as_strategies(desk: Desk) -> None:
    found = desk.found("positions", "group_by_strategy")
    assert [(row.strategy, row.description, row.units) for row in found.rows] == [
        ("Covered call", "AAPL shares + 125 call 18 Jun 2021", 1),
        ("Cash-secured put", "KO 52.5 put 16 Jul 2021", 2),
        ("Call calendar", "PEP 145 call 16 Jul 2021 / 20 Aug 2021", 1),
    ]
    assert (found.combined, found.single, found.unpriced) == (2, 1, ())


def test_cost_value_and_greeks_are_the_sums_of_the_legs(desk: Desk) -> None:
    covered, puts, calendar = desk.found("positions", "group_by_strategy").rows
    assert (covered.net_cost, covered.value) == (Decimal("12700.65"), Decimal("12490.00"))
    assert covered.unrealized == Decimal("-210.65")
    assert covered.delta == pytest.approx(100 - 85)
    assert covered.theta == pytest.approx(8.0)
    assert (puts.net_cost, puts.value) == (Decimal("-158.70"), Decimal("-110.00"))
    assert (calendar.net_cost, calendar.unrealized) == (Decimal("151.30"), Decimal("38.70"))
    assert calendar.delta == pytest.approx(10.0)


def test_extremes_at_expiration_are_those_on_paper(desk: Desk) -> None:
    covered, puts, _ = desk.found("positions", "group_by_strategy").rows
    assert (covered.max_profit, covered.max_loss) == (Decimal("0.00"), Decimal("12700.65"))
    assert covered.break_evens == ()
    assert (puts.max_profit, puts.max_loss) == (Decimal("158.70"), Decimal("10341.30"))
    assert puts.break_evens == (Decimal("51.71"),)
    assert (puts.loss_unlimited, puts.basis) == (False, "at expiration")


def test_a_condor_makes_its_credit_and_loses_its_width_less_the_credit(desk: Desk) -> None:
    """Sold for 2.00 in all: 200 between 50 and 55, 300 lost beyond 45 and 60, even at 48 and 57."""
    legs = (("put", "45", 1, "0.50"), ("put", "50", -1, "1.50"), ("call", "55", -1, "1.50"),
            ("call", "60", 1, "0.50"))  # fmt: skip
    held = []
    for kind, strike, quantity, price in legs:
        contract = option("KO", 7, 16, strike, kind)
        basis = str(quantity * Decimal(price) * 100)
        held.append(position("KO", quantity, price, basis, at(6, 1), "", contract))
        quote = option_quote(contract, price, price, "52.50", delta=0.2)
        desk.market.options[contract] = Found(quote, MARKET)
    desk.hold(*held)
    (condor,) = desk.found("positions", "group_by_strategy").rows
    assert condor.strategy == "Iron condor"
    assert (condor.max_profit, condor.max_loss) == (Decimal("200.00"), Decimal("300.00"))
    assert condor.break_evens == (Decimal("48.00"), Decimal("57.00"))
    assert condor.description == "KO 45/50/55/60 16 Jul 2021"


def test_a_calendars_break_evens_come_from_repricing_the_later_option(desk: Desk) -> None:
    """Paid 1.513 a share. At 16 July the August call has 35 days and its quote's 20 %: nothing is
    won where that call, less what the July call pays, is worth 1.513."""
    calendar = desk.found("positions", "group_by_strategy").rows[2]
    left = 35 * 86400 / SECONDS_A_YEAR

    def profit(spot: float) -> float:
        return _call(spot, 145.0, left, 0.20) - max(spot - 145.0, 0.0) - 1.513

    evens = (brentq(profit, 100.0, 145.0), brentq(profit, 145.0, 200.0))
    assert [float(each) for each in calendar.break_evens] == pytest.approx(evens, abs=0.006)
    assert float(calendar.max_profit) == pytest.approx(100 * profit(145.0), abs=0.01)
    assert calendar.max_loss == Decimal("151.30")
    assert calendar.basis.startswith("at the first expiration")


def test_a_naked_call_has_no_limit_and_says_so(desk: Desk) -> None:
    desk.hold(position("AAPL", -1, "3.00", "-299.35", at(6, 1), "", AAPL_CALL))
    (naked,) = desk.found("positions", "group_by_strategy").rows
    assert (naked.strategy, naked.loss_unlimited, naked.max_loss) == ("Short call", True, None)
    assert naked.max_profit == Decimal("299.35")


def test_a_leg_without_a_price_leaves_the_strategy_without_figures(desk: Desk) -> None:
    desk.market.options[PEP_FAR] = Failed(FailureKind.TIMEOUT, "No answer.")
    found = desk.found("positions", "group_by_strategy", symbols="PEP")
    (calendar,) = found.rows
    assert (calendar.value, calendar.delta, calendar.max_profit) == (None, None, None)
    assert calendar.net_cost == Decimal("151.30")
    assert calendar.basis == "not known without a price of every leg"
    assert found.unpriced == (PEP_FAR.occ,)


def test_a_filter_keeps_the_strategies_that_have_such_a_leg(desk: Desk) -> None:
    found = desk.found("positions", "group_by_strategy", kind="stock")
    assert [row.strategy for row in found.rows] == ["Covered call"]
    assert desk.ask("positions", "group_by_strategy", symbols="MSFT") == Absent(
        "You hold no MSFT positions."
    )
