"""What the card of an order says of cash, loss and buying power, worked out by hand for each shape.

KO stands at 55.00. Puts of 16 July: 50 at 0.20 to 0.24, 52.5 at 0.50 to 0.60; calls: 57.5 at 0.80
to 0.90, 60 at 0.30 to 0.34. PEP stands at 142.00, its 145 calls at 1.45 to 1.55 (July) and 3.35 to
3.45 (August). Nothing is held unless a test says so; a contract costs 0.65.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.preview.results import OrderPreview
from mfa.kernel.account import EquityPoint
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.kernel.symbols import OptionSymbol
from tests.connectors.coca_cola import stocked
from tests.connectors.conftest import (
    AAPL_CALL,
    KO_PUT,
    PEP_FAR,
    PEP_NEAR,
    Desk,
    at,
    option,
    option_quote,
    position,
)
from tests.connectors.fakes import MARKET

USD = Decimal
PUT_50 = option("KO", 7, 16, "50", "put")
CALL_57 = option("KO", 7, 16, "57.5", "call")
CALL_60 = option("KO", 7, 16, "60", "call")
BUY, SELL = "buy", "sell"


@pytest.fixture
def market(desk: Desk) -> Desk:
    stocked(desk)
    for contract, bid, ask in (
        (PUT_50, "0.20", "0.24"),
        (CALL_57, "0.80", "0.90"),
        (CALL_60, "0.30", "0.34"),
    ):
        quote = option_quote(contract, bid, ask, "55.00")
        desk.market.options[contract] = Found(quote, MARKET)
    desk.hold()
    return desk


def leg(
    instrument: OptionSymbol | str, side: str, effect: str = "open", ratio: int = 1
) -> dict[str, Any]:
    name = instrument.occ if isinstance(instrument, OptionSymbol) else instrument
    return {"instrument": name, "side": side, "effect": effect, "ratio": ratio}


def preview(market: Desk, *legs: dict[str, Any], quantity: int = 1, **more: Any) -> OrderPreview:
    """At the midpoint, unless a limit is given."""
    asked = {"legs": legs, "quantity": quantity}
    if "limit" not in more:
        priced = market.found("trade_preview", "preview", **asked, order_type="market")
        more["limit"] = priced.midpoint
    found: OrderPreview = market.found("trade_preview", "preview", **asked, **more)
    return found


def figures(found: OrderPreview) -> tuple[Decimal | None, ...]:
    """Cash, fees, greatest loss, greatest profit, buying power."""
    return found.cash, found.fees, found.max_loss, found.max_profit, found.buying_power_effect


def test_a_bought_vertical_can_lose_what_it_costs(market: Desk) -> None:
    found = preview(market, leg(CALL_57, BUY), leg(CALL_60, SELL))
    # 0.85 paid and 0.32 received in the middle; 0.90 and 0.30 at once
    assert (found.midpoint, found.natural) == (USD("0.53"), USD("0.60"))
    # 2.50 wide less 0.53; the bought call lies below the sold one and covers it for nothing
    assert figures(found) == (
        USD("-53.00"), USD("1.30"), USD("53.00"), USD("197.00"), USD("53.00"),
    )  # fmt: skip
    assert found.regulation_t == USD("53.00")
    assert found.naked_calls == 0


def test_an_iron_condor_can_lose_one_side_and_ties_up_both_in_a_cash_account(market: Desk) -> None:
    found = preview(
        market, leg(PUT_50, BUY), leg(KO_PUT, SELL), leg(CALL_57, SELL), leg(CALL_60, BUY)
    )
    # received 0.55 + 0.85, paid 0.22 + 0.32; at once 0.50 + 0.80 less 0.24 + 0.34
    assert (found.midpoint, found.natural) == (USD("-0.86"), USD("-0.72"))
    # 2.50 wide on either side: 250 less 86 lost at most, 2 x 250 less 86 tied up
    assert figures(found) == (
        USD("86.00"), USD("2.60"), USD("164.00"), USD("86.00"), USD("414.00"),
    )  # fmt: skip
    assert found.regulation_t == USD("164.00")  # the greater side alone
    assert found.committed == USD("414.00")
    assert found.naked_calls == 0


def test_a_calendar_can_lose_what_it_costs_and_gains_most_at_its_strike(market: Desk) -> None:
    found = preview(market, leg(PEP_FAR, BUY), leg(PEP_NEAR, SELL))
    assert (found.midpoint, found.natural) == (USD("1.90"), USD("2.00"))
    assert figures(found)[:3] == (USD("-190.00"), USD("1.30"), USD("190.00"))
    assert found.max_loss_words == "at most when the first option expires"
    assert found.buying_power_effect == USD("190.00")
    # at 145.00 with 35 days left at 20 %: 145 x (2 N(0.10 x sqrt(35 / 365)) - 1) = 3.58, less 1.90
    assert found.max_profit is not None
    assert float(found.max_profit) == pytest.approx(168.2, abs=1.0)
    assert found.naked_calls == 0


def test_the_near_call_bought_covers_no_far_one(market: Desk) -> None:
    found = preview(market, leg(PEP_FAR, SELL), leg(PEP_NEAR, BUY))
    assert found.naked_calls == 1


def test_a_covered_call_entered_whole_is_shares_less_the_premium(market: Desk) -> None:
    found = preview(market, leg("KO", BUY, ratio=100), leg(CALL_60, SELL))
    # 100 x 55.00 less 32; called away at 60.00 it earns 500 and the 32
    assert figures(found) == (
        USD("-5468.00"), USD("0.65"), USD("5468.00"), USD("532.00"), USD("5468.00"),
    )  # fmt: skip
    assert found.naked_calls == 0


def test_two_cash_secured_puts_tie_up_both_strikes(market: Desk) -> None:
    found = preview(market, leg(PUT_50, SELL), quantity=2)
    assert figures(found) == (
        USD("44.00"), USD("1.30"), USD("9956.00"), USD("44.00"), USD("9956.00"),
    )  # fmt: skip


def test_shares_sold_short_have_no_bound(market: Desk) -> None:
    found = preview(market, leg("KO", SELL), quantity=100)
    assert found.max_loss is None
    # half as much again as they are worth, less what they bring
    assert found.buying_power_effect == USD("2750.00")


@pytest.mark.parametrize(("shares", "naked"), [(0, 1), (100, 0)])
def test_a_ratio_spread_hides_a_naked_call(market: Desk, shares: int, naked: int) -> None:
    if shares:
        market.hold(position("KO", shares, "50.00", "5000.00", at(5, 21), "stock"))
    found = preview(market, leg(CALL_57, BUY), leg(CALL_60, SELL, ratio=2))
    assert found.naked_calls == naked
    assert (found.max_loss is None) is bool(naked)


def test_a_roll_for_a_credit(market: Desk) -> None:
    market.hold(position("KO", -2, "0.40", "-78.70", at(6, 1), "csp", PUT_50))
    found = preview(market, leg(PUT_50, BUY, "close"), leg(KO_PUT, SELL), quantity=2)
    assert (found.midpoint, found.natural) == (USD("-0.33"), USD("-0.26"))  # 0.22 paid, 0.55 in
    assert (found.cash, found.fees) == (USD("66.00"), USD("2.60"))
    assert found.realized == USD("34.70")  # 78.70 received, 44.00 paid
    assert found.max_loss == USD("10390.00")  # of the two 52.5 puts at 0.55
    assert found.buying_power_effect == USD("434.00")  # 2 x 250 more strike, 66 in


def test_a_roll_for_a_debit_is_the_same_with_the_sign_turned(market: Desk) -> None:
    market.hold(position("KO", -2, "0.80", "-158.70", at(6, 1), "csp", KO_PUT))
    found = preview(market, leg(KO_PUT, BUY, "close"), leg(PUT_50, SELL), quantity=2)
    assert (found.midpoint, found.cash) == (USD("0.33"), USD("-66.00"))
    assert found.buying_power_effect == USD("-434.00")


def test_closing_what_covers_a_call_leaves_it_naked(market: Desk) -> None:
    market.hold(
        position("AAPL", 100, "130.00", "13000.00", at(5, 21), "wheel"),
        position("AAPL", -1, "3.00", "-299.35", at(6, 1), "covered_call", AAPL_CALL),
        position("PEP", -1, "2.00", "-199.35", at(6, 7), "call_calendar", PEP_NEAR),
        position("PEP", 1, "3.50", "350.65", at(6, 7), "call_calendar", PEP_FAR),
    )
    shares = leg("AAPL", SELL, "close")
    assert preview(market, shares, quantity=100).naked_calls == 1
    assert preview(market, shares, quantity=1).naked_calls == 1  # 99 shares cover nothing
    assert preview(market, leg(PEP_FAR, SELL, "close")).naked_calls == 1
    assert preview(market, leg(AAPL_CALL, BUY, "close")).naked_calls == 0
    both = preview(market, leg(PEP_FAR, SELL, "close"), leg(PEP_NEAR, BUY, "close"))
    assert both.naked_calls == 0


def test_what_an_order_would_only_buy_covers_no_call_yet(market: Desk) -> None:
    pending = [{"instrument": "KO", "quantity": "100", "covers": False}]
    alone = preview(market, leg(CALL_60, SELL), pending=pending)
    assert (alone.naked_calls, alone.positions_after) == (1, 2)
    market.hold(position("KO", 100, "50.00", "5000.00", at(5, 21), "stock"))
    assert preview(market, leg(CALL_60, SELL), pending=pending).naked_calls == 0


def test_what_an_order_closes_already_is_not_closed_twice(market: Desk) -> None:
    market.hold(position("KO", -2, "0.80", "-158.70", at(6, 1), "csp", KO_PUT))
    asked = {"legs": [leg(KO_PUT, BUY, "close")], "quantity": 2, "limit": "0.55"}
    pending = [{"instrument": KO_PUT.occ, "quantity": "1", "covers": False}]
    assert market.ask("trade_preview", "preview", **asked, pending=pending) == Absent(
        "Of 2 KO 52.5 put 16 Jul 2021 orders that work already close 1: cancel one first."
    )
    half = {**asked, "quantity": 1}
    assert market.found("trade_preview", "preview", **half, pending=pending).realized is not None


def test_a_fall_of_exactly_a_bound_is_exactly_that_bound(market: Desk) -> None:
    """29 % is 28.999999999999996 when the ratio is a float before it is a percentage."""
    market.snapshot(equity=USD("71000.00"), deposits=USD(0))
    market.account.points = Found(
        (EquityPoint(day=date(2021, 6, 14), equity=USD(100000), cash=USD(0), deposits=USD(0)),),
        MARKET,
    )
    found = preview(market, leg(PUT_50, SELL))
    assert (found.day_change_pct, found.drawdown_pct) == (-29.0, 29.0)


@pytest.mark.parametrize(
    ("kind", "problem"),
    [(FailureKind.TIMEOUT, "No answer."), (FailureKind.NOT_SUPPORTED, "")],
)
def test_a_past_that_cannot_be_read_is_told_apart_from_one_that_nobody_keeps(
    market: Desk, kind: FailureKind, problem: str
) -> None:
    market.account.points = Failed(kind, "No answer.")
    found = preview(market, leg(PUT_50, SELL))
    assert (found.drawdown_pct, found.past_problem) == (None, problem)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2021-06-15T13:29:59", False),  # an ordinary day opens at 9:30 in New York
        ("2021-06-15T13:30:00", True),
        ("2021-06-15T19:59:59", True),
        ("2021-06-15T20:00:00", False),
        ("2021-06-19T15:00:00", False),  # a Saturday
        ("2021-07-05T15:00:00", False),  # Independence Day, observed on Monday
        ("2021-11-25T16:00:00", False),  # Thanksgiving
        ("2021-11-26T17:59:59", True),  # the day after closes at 13:00
        ("2021-11-26T18:00:00", False),
    ],
)
def test_market_hours_know_holidays_and_half_days(
    market: Desk, moment: str, *, is_open: bool
) -> None:
    market.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert preview(market, leg("KO", BUY), quantity=1).market_open is is_open
