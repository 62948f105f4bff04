"""Calendar spreads against the textbook: Black and Scholes without interest, written out here.

KO stands at 100.00 on 15 June 2021. Its options expire in 31, 66 and 94 days with volatilities of
30, 27 and 26 %, the same at every strike, and are quoted 0.05 around their value. The 100 call of
16 July against 20 August costs, at the far sides, C(66 days) - C(31 days) + 0.10.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from connectors.spreads.pricing import Spreads, forward_volatility, outlook, profit
from core_numba.strategies.horizon import at_horizon
from core_numba.strategies.legs import Legs, call
from mfa.kernel.market import Dividend, Earnings, Listing
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.connectors.conftest import Desk
from tests.connectors.fakes import MARKET, NOW

JULY, AUGUST, SEPTEMBER = date(2021, 7, 16), date(2021, 8, 20), date(2021, 9, 17)
DAYS = (31, 66, 94)
VOLATILITY = (0.30, 0.27, 0.26)
STRIKES = (90.0, 95.0, 100.0, 105.0, 110.0)


def black_scholes(spot: float, strike: float, years: float, v: float, sign: float = 1.0) -> float:
    d1 = math.log(spot / strike) / (v * math.sqrt(years)) + 0.5 * v * math.sqrt(years)
    d2 = d1 - v * math.sqrt(years)
    return float(sign * (spot * norm.cdf(sign * d1) - strike * norm.cdf(sign * d2)))


def table(
    symbol: str = "KO", volatility: tuple[float, ...] = VOLATILITY, interest: float = 500.0
) -> OptionTable:
    rows = [
        (place, DAYS[place] / 365, strike, sign)
        for place in range(3)
        for strike in STRIKES
        for sign in (1.0, -1.0)
    ]
    place, years, strike, sign = (np.array(column) for column in zip(*rows, strict=True))
    implied = np.array(volatility)[place.astype(int)]
    mid = np.array([
        black_scholes(100.0, k, t, v, s)
        for k, t, v, s in zip(strike, years, implied, sign, strict=True)
    ])  # fmt: skip
    return OptionTable(
        symbol=symbol, spot=100.0, as_of=NOW, expirations=(JULY, AUGUST, SEPTEMBER),
        expiration=place.astype(np.int64), years=years, strike=strike, sign=sign,
        bid=mid - 0.05, ask=mid + 0.05, last=mid, volume=np.full(len(rows), interest),
        open_interest=np.full(len(rows), interest), implied_volatility=implied,
    )  # fmt: skip


@pytest.fixture
def market(desk: Desk) -> Desk:
    desk.market.tables["KO"] = Found(table(), MARKET)
    desk.market.listed = (Listing(symbol="KO", name="Coca-Cola Co.", sector="Consumer Staples"),)
    return desk


DEBIT = black_scholes(100, 100, 66 / 365, 0.27) - black_scholes(100, 100, 31 / 365, 0.30) + 0.10


def at_front(spot: float, cost: float = DEBIT, v: float = 0.27) -> float:
    """A share's profit on 16 July: the August call has 35 days left."""
    return black_scholes(spot, 100.0, 35 / 365, v) - max(spot - 100.0, 0.0) - cost


LOWER, UPPER = brentq(at_front, 60.0, 100.0), brentq(at_front, 100.0, 160.0)


def below(level: float) -> float:
    """P(price on 16 July below `level`) at 30 %."""
    deviation = 0.30 * math.sqrt(31 / 365)
    return float(norm.cdf((math.log(level / 100.0) + 0.5 * deviation**2) / deviation))


def spreads(**changes: Any) -> Spreads:
    columns = {
        "sign": 1.0, "spot": 100.0, "cost": DEBIT, "near_strike": 100.0, "near_years": 31 / 365,
        "near_volatility": 0.30, "near_forward": 100.0, "far_strike": 100.0, "far_years": 66 / 365,
        "far_volatility": 0.27, "far_forward": 100.0,
    }  # fmt: skip
    return Spreads(**{name: np.atleast_1d(value) for name, value in (columns | changes).items()})


# --- prices


def test_forward_volatility_is_what_variance_adds_between_two_dates() -> None:
    """20 % for a quarter, 25 % for half a year: (0.5 x 0.0625 - 0.25 x 0.04) / 0.25 = 0.085."""
    assert forward_volatility(0.25, 0.20, 0.50, 0.25) == pytest.approx(math.sqrt(0.085))
    assert forward_volatility(0.25, 0.20, 0.50, 0.20) == pytest.approx(0.20)
    assert np.isnan(forward_volatility(0.25, 0.40, 0.50, 0.20))


def test_break_evens_are_where_the_textbook_puts_them() -> None:
    found = outlook(spreads())
    assert found.lower[0] == pytest.approx(LOWER, abs=1e-6)
    assert found.upper[0] == pytest.approx(UPPER, abs=1e-6)
    assert found.max_profit[0] == pytest.approx(at_front(100.0))
    assert found.max_loss[0] == pytest.approx(DEBIT, abs=1e-6)
    assert found.chance[0] == pytest.approx(below(UPPER) - below(LOWER))


def test_they_are_those_of_the_general_strategy_kernel() -> None:
    legs = [call(-1, 100.0, 0.0, 31 / 365, 0.30), call(1, 100.0, DEBIT, 66 / 365, 0.27)]
    profile = at_horizon(Legs.of([legs]), 31 / 365, 100.0)
    found = outlook(spreads())
    assert 100 * found.max_profit[0] == pytest.approx(profile.max_profit[0], abs=1e-6)
    assert [found.lower[0], found.upper[0]] == pytest.approx(profile.breakevens_of(0), abs=1e-6)


def test_the_top_is_at_the_strike() -> None:
    prices = np.linspace(70.0, 140.0, 701)
    made = profit(spreads(), prices[None, :])[0]
    assert prices[made.argmax()] == pytest.approx(100.0)
    assert made.max() == pytest.approx(outlook(spreads()).max_profit[0])


def test_calls_and_puts_of_one_strike_make_the_same_calendar() -> None:
    """Without interest parity holds on both dates."""
    calls, puts = outlook(spreads()), outlook(spreads(sign=-1.0))
    for name in ("max_profit", "lower", "upper", "chance"):
        assert getattr(calls, name) == pytest.approx(getattr(puts, name), abs=1e-8)


def test_today_the_spread_is_worth_what_it_costs() -> None:
    """Bought at the far sides: 0.10 below the midpoints' difference."""
    assert profit(spreads(), np.array([100.0]), share=0.0)[0] == pytest.approx(-0.10)


def test_a_spread_that_cannot_win_has_no_break_even() -> None:
    found = outlook(spreads(cost=9.0))
    assert np.isnan(found.lower[0])
    assert np.isnan(found.upper[0])
    assert found.chance[0] == 0.0


def test_a_credit_wins_on_the_side_that_never_loses() -> None:
    """A diagonal bought 5 lower for 4: above, at least 5 - 4 = 1 is left; below, 4 is lost."""
    found = outlook(spreads(far_strike=95.0, cost=4.0))
    assert np.isnan(found.upper[0])
    lower = brentq(
        lambda s: black_scholes(s, 95.0, 35 / 365, 0.27) - max(s - 100, 0) - 4.0, 60, 100
    )
    assert found.lower[0] == pytest.approx(lower, abs=1e-6)
    assert found.chance[0] == pytest.approx(1.0 - below(lower))
    assert found.max_loss[0] == pytest.approx(4.0, abs=1e-6)


def test_a_long_option_is_never_worth_less_than_exercising_it() -> None:
    """A forward ten below the spot (a dividend ahead) would price the call below its intrinsic."""
    deep = profit(spreads(far_forward=90.0), np.array([160.0]))
    assert deep[0] == pytest.approx(60.0 - 60.0 - DEBIT)


# --- scan


def test_the_scan_shows_debit_break_evens_and_profit_of_the_textbook(market: Desk) -> None:
    found = market.found("calendar_spreads", "scan", option_type="call", reach_pct=0.5, apart="35")
    assert (found.companies, found.looked_at, found.passed) == (1, 1, 1)
    (row,) = found.rows
    assert (row.spread, row.strike) == ("KO 100 call 16 Jul / 20 Aug 2021", Decimal("100.00"))
    assert float(row.debit) == pytest.approx(100 * DEBIT, abs=0.01)
    assert float(row.mid_debit) == pytest.approx(100 * (DEBIT - 0.10), abs=0.01)
    assert float(row.max_profit) == pytest.approx(100 * at_front(100.0), abs=0.01)
    assert (float(row.lower), float(row.upper)) == pytest.approx((LOWER, UPPER), abs=0.006)
    assert row.chance_pct == pytest.approx(100 * (below(UPPER) - below(LOWER)), abs=1e-4)
    assert row.iv_ratio == pytest.approx(0.30 / 0.27, abs=1e-6)
    forward = math.sqrt((66 * 0.27**2 - 31 * 0.30**2) / 35)
    assert row.forward_iv_pct == pytest.approx(100 * forward, abs=1e-4)
    assert row.skew_points == pytest.approx(0.0, abs=1e-4)


def test_the_score_is_the_sum_of_its_known_parts(market: Desk) -> None:
    """A ratio of 1.1111 is 80.6 % of the way from 0.95 to 1.15. No report is known: no vote."""
    row = market.found("calendar_spreads", "scan", limit=1).rows[0]
    parts = (row.term_points, row.reward_points, row.chance_points, row.liquidity_points)
    assert (row.earnings_points, row.between) == (None, None)
    assert row.score == pytest.approx(100 * sum(part for part in parts if part) / 90)
    assert row.term_points == pytest.approx(30 * min(max((row.iv_ratio - 0.95) / 0.2, 0), 1))
    reward = row.reward_pct / 100
    assert row.reward_points == pytest.approx(20 * reward / (1 + reward), abs=0.01)


def test_a_flat_term_structure_has_nothing_between_the_dates(market: Desk) -> None:
    market.market.tables["KO"] = Found(table(volatility=(0.3, 0.3, 0.3)), MARKET)
    for row in market.found("calendar_spreads", "scan").rows:
        assert row.iv_ratio == pytest.approx(1.0, abs=1e-6)
        assert row.forward_iv_pct == pytest.approx(30.0, abs=1e-4)
        assert row.term_points == pytest.approx(30 * 0.25, abs=1e-3)


def test_all_pairs_within_reach_are_looked_at(market: Desk) -> None:
    """July against August and September, five strikes, calls and puts: 20; August is too far."""
    wide = {"reach_pct": 20, "apart": "20-65"}
    assert market.found("calendar_spreads", "scan", **wide).looked_at == 20
    assert market.found("calendar_spreads", "scan", **wide, strategy="put_calendar").looked_at == 10
    longer = {"reach_pct": 20, "apart": "20-65", "dte": "18-80"}
    assert market.found("calendar_spreads", "scan", **longer).looked_at == 30


@pytest.mark.parametrize(
    ("day", "timing", "between", "points"),
    [
        (date(2021, 7, 6), "after close", False, 0.0),
        (date(2021, 7, 16), "after close", True, 5.0),
        (date(2021, 8, 3), "before open", True, 5.0),
        (date(2021, 8, 20), "after close", False, 10.0),
    ],
)
def test_a_report_counts_by_the_expirations_it_touches(
    market: Desk, day: date, timing: str, between: bool, points: float
) -> None:
    market.market.reports["KO"] = Found(Earnings(symbol="KO", day=day, timing=timing), MARKET)
    asked = {"option_type": "call", "apart": "35", "reach_pct": 0.5}
    (row,) = market.found("calendar_spreads", "scan", **asked).rows
    assert (row.earnings, row.between, row.earnings_points) == (day, between, points)
    built = market.found(
        "calendar_spreads", "build", symbol="KO", front_expiration=JULY, back_expiration=AUGUST
    )
    assert built.between is between


def test_filters_leave_out_and_say_so(market: Desk) -> None:
    cheap = market.ask("calendar_spreads", "scan", max_capital=50)
    assert isinstance(cheap, Absent)
    assert cheap.reason.startswith("None of 12 pairs fits: front expiration in 18 to 45 days")
    assert isinstance(market.ask("calendar_spreads", "scan", no_earnings_days=-1), Absent)
    market.market.tables["KO"] = Found(table(interest=5.0), MARKET)
    assert isinstance(market.ask("calendar_spreads", "scan"), Absent)


def test_a_company_that_failed_is_named_and_left_out(market: Desk) -> None:
    market.market.tables["PEP"] = Failed(FailureKind.TIMEOUT, "No answer within 2 seconds.")
    found = market.found("calendar_spreads", "scan", symbols="KO PEP")
    assert "PEP: No answer within 2 seconds." in found.warnings
    assert {row.symbol for row in found.rows} == {"KO"}


@pytest.mark.parametrize(
    "wrong", [{"dte": "45-20"}, {"apart": "0-10"}, {"min_price": 20, "max_price": 10}]
)
def test_ranges_out_of_order_are_refused(market: Desk, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"range|greater"):
        market.ask("calendar_spreads", "scan", **wrong)


# --- build


def test_the_spread_nearest_to_the_wish_is_put_together(market: Desk) -> None:
    found = market.found("calendar_spreads", "build", symbol="ko", quantity=2)
    assert (found.spread, found.strategy) == ("KO 100 call 16 Jul / 20 Aug 2021", "call calendar")
    assert [(leg.side, leg.instrument) for leg in found.legs] == [
        ("sell 2", "KO    210716C00100000"),
        ("buy 2", "KO    210820C00100000"),
    ]
    assert float(found.debit) == pytest.approx(200 * DEBIT, abs=0.01)
    assert float(found.max_loss) == pytest.approx(200 * DEBIT, abs=0.01)
    assert float(found.max_profit) == pytest.approx(200 * at_front(100.0), abs=0.01)
    assert found.at_price == Decimal("100.00")


def test_the_greeks_are_the_long_options_less_the_short_ones(market: Desk) -> None:
    found = market.found("calendar_spreads", "build", symbol="KO")
    near, far = 0.30 * math.sqrt(31 / 365), 0.27 * math.sqrt(66 / 365)
    assert found.delta == pytest.approx(100 * (norm.cdf(far / 2) - norm.cdf(near / 2)), abs=1e-3)
    vega = norm.pdf(far / 2) * math.sqrt(66 / 365) - norm.pdf(near / 2) * math.sqrt(31 / 365)
    assert found.vega == pytest.approx(100 * vega, abs=1e-3)
    decay = 100 * norm.pdf(near / 2) * 0.30 / (2 * math.sqrt(31 / 365)) - 100 * norm.pdf(
        far / 2
    ) * 0.27 / (2 * math.sqrt(66 / 365))
    assert found.theta == pytest.approx(100 * decay / 365, abs=1e-3)


def test_exact_wishes_are_kept(market: Desk) -> None:
    wish = {"symbol": "KO", "option_type": "put", "moneyness_pct": -5, "back_dte": 94}
    assert market.found("calendar_spreads", "build", **wish).spread == (
        "KO 95 put 16 Jul / 17 Sep 2021"
    )
    same = {"symbol": "KO", "strategy": "put_calendar", "front_dte": 30, "back_dte": 30}
    assert market.found("calendar_spreads", "build", **same).spread == (
        "KO 100 put 16 Jul / 20 Aug 2021"
    )
    diagonal = {"symbol": "KO", "strike": 105, "back_strike": 95, "front_dte": 60}
    found = market.found("calendar_spreads", "build", **diagonal)
    assert (found.spread, found.strategy) == (
        "KO 105/95 call 20 Aug / 17 Sep 2021", "call diagonal",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"strike": 101}, "There is no market in such KO calls for both 16 Jul 2021 and 20 Aug"),
        ({"front_expiration": "2021-07-23"}, "No KO calls with a market expire on 23 Jul 2021."),
        ({"front_expiration": "2021-09-17"}, "No KO calls with a market expire then. There are: n"),
        ({"back_expiration": "2021-07-16"}, "No KO calls with a market expire on 16 Jul 2021."),
    ],
)
def test_what_is_not_listed_is_absent_with_what_there_is(
    market: Desk, wish: dict[str, Any], said: str
) -> None:
    outcome = market.ask("calendar_spreads", "build", symbol="KO", **wish)
    assert isinstance(outcome, Absent)
    assert outcome.reason.startswith(said)


def test_two_ways_to_say_one_thing_are_refused(market: Desk) -> None:
    with pytest.raises(ValueError, match="not both"):
        market.ask("calendar_spreads", "build", symbol="KO", strike=100, moneyness_pct=0)


def test_the_term_structure_comes_with_the_spread(market: Desk) -> None:
    found = market.found("calendar_spreads", "build", symbol="KO")
    assert [(p.expiration, p.days) for p in found.term] == [
        (JULY, 31), (AUGUST, 66), (SEPTEMBER, 94),
    ]  # fmt: skip
    assert [p.iv_pct for p in found.term] == pytest.approx([30, 27, 26], abs=1e-3)
    later = math.sqrt((94 * 0.26**2 - 66 * 0.27**2) / 28)
    assert found.term[0].forward_iv_pct is None
    assert found.term[2].forward_iv_pct == pytest.approx(100 * later, abs=1e-3)


def test_a_dividend_before_the_front_expiration_is_said_of_calls(market: Desk) -> None:
    day = date(2021, 6, 30)
    dividend = Dividend(symbol="KO", ex_date=day, pay_date=None, amount=Decimal("0.42"))
    market.market.paid["KO"] = Found((dividend,), MARKET)
    calls = market.found("calendar_spreads", "build", symbol="KO")
    (said,) = calls.warnings
    assert said == (
        "KO goes ex-dividend on 30 Jun 2021 (0.42 a share): the call sold may be assigned the"
        " evening before, if it is in the money."
    )
    assert market.found("calendar_spreads", "build", symbol="KO", option_type="put").warnings == ()
    market.market.paid["KO"] = Failed(FailureKind.TIMEOUT, "No answer.")
    assert market.found("calendar_spreads", "evaluate", symbol="KO").warnings == (
        "The dividends of KO are not known: No answer.",
    )


def test_an_unknown_company_is_absent_and_a_broken_source_fails(market: Desk) -> None:
    assert isinstance(market.ask("calendar_spreads", "build", symbol="ZZZ"), Absent)
    market.market.tables["KO"] = Failed(FailureKind.TIMEOUT, "No answer.")
    assert isinstance(market.ask("calendar_spreads", "evaluate", symbol="KO"), Failed)


# --- evaluate


def test_the_surface_runs_from_today_to_the_front_expiration(market: Desk) -> None:
    found = market.found("calendar_spreads", "evaluate", symbol="KO")
    (strike,) = (row for row in found.surface if row.price == 100)
    assert float(strike.today) == pytest.approx(-10.0, abs=0.01)
    assert strike.at_front == found.max_profit
    assert strike.today < strike.first_third < strike.second_third < strike.at_front
    for row in found.surface:
        assert float(row.at_front) == pytest.approx(100 * at_front(float(row.price)), abs=0.02)


def test_what_was_paid_is_what_profit_counts_from(market: Desk) -> None:
    found = market.found("calendar_spreads", "evaluate", symbol="KO", paid=1.0, quantity=3)
    assert (found.paid, found.quantity) == (Decimal("300.00"), 3)
    assert float(found.value) == pytest.approx(300 * (DEBIT - 0.10), abs=0.01)
    assert float(found.profit) == pytest.approx(300 * (DEBIT - 1.10), abs=0.01)
    assert float(found.lower) == pytest.approx(
        brentq(lambda spot: at_front(spot, cost=1.0), 60.0, 100.0), abs=0.006
    )


def test_volatility_moves_the_later_option_more(market: Desk) -> None:
    found = market.found("calendar_spreads", "evaluate", symbol="KO")
    by_points = {row.points: row for row in found.shifts}
    assert by_points[0.0].max_profit == found.max_profit
    assert float(by_points[5.0].max_profit) == pytest.approx(
        100 * at_front(100.0, v=0.32), abs=0.01
    )
    assert by_points[-5.0].today < by_points[0.0].today < by_points[5.0].today
    shifted = market.found("calendar_spreads", "evaluate", symbol="KO", volatility_points=5)
    assert shifted.max_profit == by_points[5.0].max_profit
