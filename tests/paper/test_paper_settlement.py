"""The paper account over closing bells, worked by hand: settled once, by closes that are told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest

from mfa.kernel.account import CloseReason
from mfa.kernel.market import Dividend
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Found
from mfa.store.database import Database
from tests.paper.stage import DEPOSIT, Stage, new_york
from tests.practice_broker.ordering import GTC, leg, order, taken

PUT = "KO 2026-06-18 54 put"  # the Friday, Juneteenth, is a holiday
OCC = leg(f"+1 {PUT}").instrument


@pytest.fixture
def stage(database: Database) -> Stage:
    stage = Stage(database)
    stage.market.say(OCC, "0.50", "0.60")
    return stage


def closes(stage: Stage, price: str, *days: str) -> None:
    for day in days:
        stage.close("KO", day, price)


def test_a_short_put_in_the_money_is_assigned_by_the_close(stage: Stage) -> None:
    taken(stage.broker.submit(order(1, f"-1 {PUT}", limit="-0.50")))
    closing = taken(stage.broker.submit(order(1, f"+1 {PUT} close", limit="0.05", force=GTC)))
    closes(stage, "55.00", "2026-06-16", "2026-06-17")
    closes(stage, "53.20", "2026-06-18")
    stage.clock.at = new_york("2026-06-18", "16:30")
    settled = stage.tick().settled
    assert [str(event) for event in settled] == [
        "2026-06-18  1 short KO 54 put 18 Jun 2026 assigned: 100 shares bought at 54.00  -5,400.00"
    ]
    assert stage.held() == {"KO": 100}
    assert stage.cash() == DEPOSIT + 50 - Decimal("0.65") - 5400
    trades = stage.account.closed_trades()
    assert isinstance(trades, Found)
    assert [(t.reason, t.realized) for t in trades.value] == [
        (CloseReason.ASSIGNED, Decimal("49.35"))
    ]
    # The option has no price on past evenings; that evening only the shares are left, at 53.20.
    assert stage.curve() == [
        ("2026-06-15", DEPOSIT),
        ("2026-06-18", DEPOSIT + Decimal("49.35") - 5400 + 5320),
    ]
    assert stage.look(closing).state is OrderState.EXPIRED
    assert stage.tick().settled == ()
    assert stage.differences() == ()


def test_out_of_the_money_expires_and_a_long_one_is_exercised_or_sold(stage: Stage) -> None:
    call, dear = "KO 2026-06-18 53 call", "KO 2026-06-18 50 call"
    stage.market.say(leg(f"+1 {call}").instrument, "1.90", "2.00")
    stage.market.say(leg(f"+1 {dear}").instrument, "4.90", "5.00")
    stage.market.say("XYZ", "899.50", "900.00")
    taken(stage.broker.submit(order(1, f"-1 {PUT}", limit="-0.50")))
    taken(stage.broker.submit(order(1, f"+1 {call}", limit="2.00")))
    taken(stage.broker.submit(order(1, f"+1 {dear}", limit="5.00")))
    taken(stage.broker.submit(order(100, "+1 XYZ", limit="900.00")))
    # 100,000 + 49.35 - 200.65 - 500.65 - 90,000 = 9,348.05 in cash
    closes(stage, "55.00", "2026-06-16", "2026-06-17", "2026-06-18")
    for day in ("2026-06-16", "2026-06-17", "2026-06-18"):
        stage.close("XYZ", day, "900")
    stage.clock.at = new_york("2026-06-22", "10:00")
    texts = [event.text for event in stage.tick().settled]
    assert texts == [
        "1 short KO 54 put 18 Jun 2026 expired worthless",
        "1 long KO 50 call 18 Jun 2026 exercised: 100 shares bought at 50.00",
        "1 KO 53 call 18 Jun 2026 sold at 2.00: not enough cash to exercise",
    ]
    assert stage.held() == {"KO": 100, "XYZ": 100}
    assert stage.cash() == Decimal("9348.05") - 5000 + 200 - Decimal("0.65")
    assert stage.differences() == ()


def test_a_close_that_is_not_told_yet_is_waited_for(stage: Stage) -> None:
    taken(stage.broker.submit(order(1, f"-1 {PUT}", limit="-0.50")))
    stage.clock.at = new_york("2026-06-18", "16:01")
    assert stage.tick().waiting == ("KO has no close of 18 Jun 2026: No closes of KO are known.",)
    assert stage.held() == {OCC: -1}
    closes(stage, "53.20", "2026-06-18")
    assert stage.tick().waiting == ()
    assert stage.held() == {"KO": 100}


def test_a_source_that_is_down_is_waited_for_three_days(stage: Stage) -> None:
    taken(stage.broker.submit(order(100, "+1 KO", limit="55.01")))
    stage.clock.at = new_york("2026-06-16", "17:00")
    stage.market.is_down = True
    assert "The source does not answer." in stage.tick().waiting[0]
    stage.market.is_down = False
    closes(stage, "55.50", "2026-06-16")
    assert stage.tick().waiting == ()
    assert stage.curve()[-1] == ("2026-06-16", DEPOSIT + 49)


def test_what_has_no_close_stays_open_and_is_said_until_there_is_one(stage: Stage) -> None:
    taken(stage.broker.submit(order(1, f"-1 {PUT}", limit="-0.50")))
    stage.clock.at = new_york("2026-06-22", "17:00")
    said = "KO 54 put 18 Jun 2026 is over and stays open, as the close of its last session is not"
    assert stage.tick().waiting[0].startswith(said)
    assert stage.tick().waiting[0].startswith(said)
    assert stage.held() == {OCC: -1}
    stage.market.say("KO", "52.99", "53.01")
    taken(stage.broker.submit(order(100, "+1 KO", limit="53.50", force=GTC)))
    stage.clock.at = new_york("2026-06-23", "10:00")
    stage.market.say("KO", "52.99", "53.01")
    stage.tick()
    closes(stage, "53.20", "2026-06-18", "2026-06-22", "2026-06-23")
    stage.clock.at = new_york("2026-06-23", "18:00")
    assert stage.tick().waiting == ()
    assert stage.held() == {"KO": 200}
    ledger = stage.account.ledger()
    assert isinstance(ledger, Found)
    assert [entry.at for entry in ledger.value] == sorted(entry.at for entry in ledger.value)
    assert stage.differences() == ()


def test_days_without_a_look_are_settled_in_order_with_their_values(stage: Stage) -> None:
    taken(stage.broker.submit(order(100, "+1 KO", limit="55.01")))
    closes(stage, "55.00", "2026-06-16")
    closes(stage, "56.00", "2026-06-17")
    closes(stage, "54.50", "2026-06-18")
    stage.clock.at = new_york("2026-06-22", "09:00")
    stage.tick()
    cash = DEPOSIT - 5501
    assert stage.curve() == [
        ("2026-06-15", DEPOSIT),
        ("2026-06-16", cash + 5500),
        ("2026-06-17", cash + 5600),
        ("2026-06-18", cash + 5450),
    ]
    assert stage.differences() == ()


def dividend(ex: str, pay: str | None, amount: str) -> Dividend:
    return Dividend(
        symbol="KO",
        ex_date=date.fromisoformat(ex),
        pay_date=None if pay is None else date.fromisoformat(pay),
        amount=Decimal(amount),
    )


def test_a_dividend_told_late_is_paid_once_on_what_was_held_before_its_ex_date(
    stage: Stage,
) -> None:
    """Bought on the 16th, half sold on the 17th; ex on the 17th, told and due on the 22nd."""
    taken(stage.broker.submit(order(100, "+1 KO", limit="55.01")))
    closes(stage, "55.00", "2026-06-16", "2026-06-17", "2026-06-18", "2026-06-22", "2026-06-23")
    stage.clock.at = new_york("2026-06-17", "10:00")
    stage.market.say("KO", "54.99", "55.01")
    taken(stage.broker.submit(order(50, "-1 KO close", limit="-54.99")))
    stage.clock.at = new_york("2026-06-18", "17:00")
    stage.tick()
    before = stage.cash()
    stage.market.paying = [dividend("2026-06-17", "2026-06-22", "0.51")]
    stage.clock.at = new_york("2026-06-22", "17:00")
    stage.tick()
    assert stage.cash() == before + 51
    stage.clock.at = new_york("2026-06-23", "17:00")
    stage.tick()
    assert stage.cash() == before + 51
    assert stage.differences() == ()


def test_a_dividend_from_before_the_account_or_without_a_pay_date(stage: Stage) -> None:
    taken(stage.broker.submit(order(100, "+1 KO", limit="55.01")))
    stage.market.paying = [
        dividend("2026-06-15", "2026-06-17", "9.00"),
        dividend("2026-06-17", None, "0.50"),
    ]
    closes(stage, "55.00", "2026-06-16", "2026-06-17")
    stage.clock.at = new_york("2026-06-17", "17:00")
    stage.tick()
    assert stage.cash() == DEPOSIT - 5501 + 50


def test_many_who_look_at_once_settle_once(stage: Stage) -> None:
    taken(stage.broker.submit(order(1, f"-1 {PUT}", limit="-0.50")))
    closes(stage, "53.20", "2026-06-16", "2026-06-17", "2026-06-18")
    stage.clock.at = new_york("2026-06-18", "16:30")
    with ThreadPoolExecutor(8) as threads:
        looks = list(threads.map(lambda _: stage.broker.tick(), range(16)))
    events = [event for each in looks if isinstance(each, Found) for event in each.value.settled]
    assert len(looks) == 16
    assert len(events) == 1
    assert stage.held() == {"KO": 100}
    assert stage.differences() == ()


def test_an_order_is_booked_after_what_was_due_before_it(stage: Stage) -> None:
    """Nobody looked since the 16th: the order itself brings the settlement."""
    taken(stage.broker.submit(order(1, f"-1 {PUT}", limit="-0.50")))
    closes(stage, "53.20", "2026-06-16", "2026-06-17", "2026-06-18")
    stage.clock.at = new_york("2026-06-22", "10:00")
    stage.market.say("KO", "53.19", "53.21")
    told = taken(stage.broker.submit(order(100, "-1 KO close", limit="-53.00")))
    assert told.state is OrderState.FILLED
    assert stage.held() == {}
    assert stage.clock.at - told.fills[0].at == timedelta(0)
    assert stage.differences() == ()
