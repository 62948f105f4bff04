"""Orders that work while practice time moves: when they meet the market, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from connectors.practice.desk import PracticeDesk
from connectors.practice.settlement import EventKind
from mfa.kernel.account import CloseReason
from mfa.kernel.broker import Refused
from mfa.kernel.orders import BrokerOrder, OrderState
from mfa.kernel.outcome import Absent, Found
from mfa.store.database import Database
from tests.practice_broker.ordering import GTC, leg, order, taken
from tests.practice_broker.scripted import DEPOSIT, Stage, new_york

CALL = "KO 2021-07-16 55 call"
PUT = "KO 2021-06-18 54 put"
OCC = leg(f"+1 {CALL}").instrument
PUT_OCC = leg(f"+1 {PUT}").instrument


@pytest.fixture
def stage(database: Database) -> Stage:
    stage = Stage(database)
    stage.market.say(OCC, "1.00", "1.10")
    stage.market.say(PUT_OCC, "0.50", "0.60")
    return stage


def test_a_resting_order_fills_at_its_limit_when_the_midpoint_has_come_to_it(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.03")))
    stage.market.say(OCC, "0.98", "1.07", new_york("2021-06-15", "11:02"))  # the midpoint: 1.025
    report = stage.advance(hours=1)
    filled = stage.look(told)
    assert filled.state is OrderState.FILLED
    # Options are looked at every quarter of an hour from 9:30.
    assert [(f.at, f.price) for f in filled.fills] == [
        (new_york("2021-06-15", "11:15"), Decimal("1.03"))
    ]
    assert stage.cash() == DEPOSIT - 103 - Decimal("0.65")
    assert [(e.kind, e.amount) for e in report.events] == [(EventKind.FILLED, Decimal("-103.65"))]
    assert stage.differences() == ()


def test_a_quote_that_passes_a_resting_order_does_not_better_its_price(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.03")))
    stage.market.say(OCC, "0.50", "0.60", new_york("2021-06-15", "12:00"))
    stage.advance(hours=3)
    assert stage.look(told).fills[0].price == Decimal("1.03")


def test_stock_is_looked_at_every_minute(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(100, "+1 KO", limit="54.50")))
    stage.market.say("KO", "54.49", "54.51", new_york("2021-06-15", "10:41"))
    stage.market.say("KO", "54.99", "55.01", new_york("2021-06-15", "10:42"))
    stage.advance(hours=1)
    assert [f.at for f in stage.look(told).fills] == [new_york("2021-06-15", "10:41")]


def test_what_is_left_works_on_at_the_next_look(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(8, f"+1 {CALL}", limit="1.10")))
    stage.advance(hours=1)
    filled = stage.look(told)
    assert filled.state is OrderState.FILLED
    assert [(int(f.quantity), f.at) for f in filled.fills] == [
        (5, new_york("2021-06-15", "10:30")),
        (3, new_york("2021-06-15", "10:45")),
    ]
    assert stage.cash() == DEPOSIT - 880 - 8 * Decimal("0.65")


def test_a_day_order_expires_at_the_closing_bell(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.00")))
    report = stage.advance(days=1)
    ended = stage.look(told)
    assert (ended.state, ended.reason) == (OrderState.EXPIRED, "Its day, 15 Jun 2021, is over.")
    assert ended.updated_at == new_york("2021-06-15", "16:00")
    assert [(e.kind, e.text) for e in report.events] == [
        (
            EventKind.ENDED,
            "Order to buy 1 KO 55 call 16 Jul 2021 expired: Its day, 15 Jun 2021, is over.",
        )
    ]


def test_an_order_until_cancelled_stands_over_the_weekend_and_takes_part_in_the_opening(
    stage: Stage,
) -> None:
    stage.advance(days=3)  # Friday the 18th
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="0.90", force=GTC)))
    stage.market.say(OCC, "0.70", "0.78", new_york("2021-06-21", "09:30"))
    stage.advance(days=1)
    filled = stage.look(told)
    assert [(f.at, f.price) for f in filled.fills] == [
        (new_york("2021-06-21", "09:30"), Decimal("0.78"))
    ]


def test_an_order_given_at_night_is_queued_for_the_next_opening_bell(stage: Stage) -> None:
    stage.advance(days=3)
    stage.advance(hours=8)  # Friday evening
    told = taken(stage.broker.submit(order(10, "+1 KO")))
    assert (told.state, told.reason) == (
        OrderState.WORKING,
        "Queued for the opening bell of 21 Jun 2021.",
    )
    stage.market.say("KO", "55.49", "55.51", new_york("2021-06-21", "09:30"))
    stage.advance(days=1)
    filled = stage.look(told)
    assert (filled.state, filled.reason) == (OrderState.FILLED, "")
    assert [(f.at, f.price) for f in filled.fills] == [
        (new_york("2021-06-21", "09:30"), Decimal("55.52"))
    ]


def test_a_queued_day_order_ends_with_the_day_that_it_was_for(stage: Stage) -> None:
    stage.advance(hours=8)
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.00")))
    stage.advance(hours=16)  # the next morning
    assert stage.look(told).state is OrderState.WORKING
    stage.advance(hours=8)
    assert stage.look(told).reason == "Its day, 16 Jun 2021, is over."


def test_a_put_sold_by_a_working_order_is_assigned_later(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(1, f"-1 {PUT}", limit="-0.70", force=GTC)))
    stage.market.say(PUT_OCC, "0.66", "0.76", new_york("2021-06-16", "13:00"))
    stage.market.say("KO", "52.99", "53.01", new_york("2021-06-18", "15:00"))
    report = stage.advance(days=4)
    assert stage.look(told).fills[0].price == Decimal("0.70")
    assert stage.held() == {"KO": 100}
    assert stage.cash() == DEPOSIT + 70 - Decimal("0.65") - 5400
    assert [e.kind for e in report.events] == [EventKind.FILLED, EventKind.ASSIGNED]
    trades = stage.account.closed_trades()
    assert isinstance(trades, Found)
    assert [(t.reason, t.realized) for t in trades.value] == [
        (CloseReason.ASSIGNED, Decimal("69.35"))
    ]
    assert stage.differences() == ()


def test_an_order_on_an_option_that_expires_ends_with_it(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(1, f"+1 {PUT}", limit="0.10", force=GTC)))
    stage.advance(days=4)
    ended = stage.look(told)
    assert (ended.state, ended.reason) == (
        OrderState.EXPIRED,
        "KO 54 put 18 Jun 2021 has expired.",
    )


def test_an_order_to_close_what_was_called_away_is_cancelled_by_the_broker(stage: Stage) -> None:
    call = "KO 2021-06-18 54 call"
    stage.market.say(leg(f"+1 {call}").instrument, "1.20", "1.30")
    taken(stage.broker.submit(order(100, "+1 KO", limit="55.01")))
    taken(stage.broker.submit(order(1, f"-1 {call}", limit="-1.20")))
    told = taken(stage.broker.submit(order(1, "+1 " + call + " close", limit="0.10", force=GTC)))
    selling = stage.broker.submit(order(100, "-1 KO close", limit="-60", force=GTC))
    assert isinstance(selling, Refused)  # the shares cover the call
    stage.advance(days=4)
    assert stage.held() == {}
    assert stage.look(told).state is OrderState.EXPIRED


def test_a_closing_order_whose_position_went_is_cancelled_by_the_broker(stage: Stage) -> None:
    """The put is 2.00 in the money at the close, and quoted without time value: assigned early."""
    taken(stage.broker.submit(order(1, f"-1 {PUT}", limit="-0.50")))
    told = taken(stage.broker.submit(order(1, f"+1 {PUT} close", limit="0.10", force=GTC)))
    stage.market.say(PUT_OCC, "1.98", "2.02", new_york("2021-06-16", "15:00"))
    stage.market.say("KO", "51.99", "52.01", new_york("2021-06-16", "15:00"))
    stage.advance(days=2)
    assert stage.held() == {"KO": 100}
    ended = stage.look(told)
    assert ended.state is OrderState.CANCELLED
    assert ended.reason.startswith("Cancelled by the broker: Of KO 54 put 18 Jun 2021 there are 0")


def test_shares_that_stand_in_an_order_cover_no_call(stage: Stage) -> None:
    taken(stage.broker.submit(order(100, "+1 KO", limit="55.01")))
    selling = taken(stage.broker.submit(order(100, "-1 KO close", limit="-60", force=GTC)))
    call = order(1, f"-1 {CALL}", limit="-1.00")
    refused = stage.broker.submit(call)
    assert isinstance(refused, Refused)
    assert "neither shares nor a call cover" in refused.reason
    taken(stage.broker.cancel(selling.broker_id))
    assert taken(stage.broker.submit(call)).state is OrderState.FILLED


def test_the_end_of_the_data_is_said(stage: Stage) -> None:
    stage.advance(days=400)
    answer = stage.broker.submit(order(1, "+1 KO", limit="50"))
    assert isinstance(answer, Refused)
    assert "Nothing is traded after 28 December 2022" in answer.reason


def fills(desk: PracticeDesk, orders: list[BrokerOrder]) -> list[tuple[object, ...]]:
    found = desk.broker.orders(desk.clock.now())
    assert isinstance(found, Found)
    own = {each.broker_id for each in orders}
    return [
        (each.state, each.reason, [(f.instrument, f.quantity, f.price, f.at) for f in each.fills])
        for each in found.value
        if each.broker_id in own
    ]


def test_orders_fare_the_same_however_practice_time_is_moved(
    new_database: Callable[[], Database],
) -> None:
    """Real practice quotes: four days in one step, and the same hour by hour."""
    told: list[list[tuple[object, ...]]] = []
    for hourly in (False, True):
        with new_database() as database:
            desk = PracticeDesk.open(database, 7)
            chain = desk.market.chain("KO", date(2021, 7, 16))
            assert isinstance(chain, Found)
            near = min(chain.value.puts, key=lambda q: abs(float(q.delta) + 0.4))
            strike = near.option.strike.normalize()
            put = f"KO 2021-07-16 {strike:f} put"
            stock = desk.market.quote("KO")
            assert isinstance(stock, Found)
            orders = [
                taken(desk.broker.submit(each))
                for each in (
                    order(1, f"-1 {put}", limit=f"-{near.ask + Decimal('0.05')}", force=GTC),
                    order(10, "+1 KO", limit=f"{stock.value.bid - Decimal('0.30')}", force=GTC),
                    order(10, "+1 KO", limit=f"{stock.value.bid - Decimal('0.05')}"),
                )
            ]
            if hourly:
                for _ in range(4 * 24):
                    desk.advance(hours=1)
            else:
                desk.advance(hours=4 * 24)
            assert desk.differences() == ()
            told.append(fills(desk, orders))
    assert told[0] == told[1]
    assert any(each[0] is OrderState.FILLED for each in told[0]), "nothing was ever filled"


def test_a_reset_takes_the_orders_with_it(database: Database) -> None:
    desk = PracticeDesk.open(database, 7)
    sent = order(1, "+1 KO", limit="1.00", force=GTC)
    taken(desk.broker.submit(sent))
    desk.reset(7)
    assert isinstance(desk.broker.find(sent), Absent)


def test_what_the_account_cannot_pay_any_more_is_cancelled_by_the_broker(stage: Stage) -> None:
    """500 shares at 55 are within reach. At 500.02 (a tick over the ask) they cost 250,010; 125,000
    may be borrowed against them and 100,000 are there."""
    stage.advance(hours=8)
    told = taken(stage.broker.submit(order(500, "+1 KO")))
    stage.market.say("KO", "499.99", "500.01", new_york("2021-06-16", "09:30"))
    stage.advance(hours=16)
    ended = stage.look(told)
    assert (ended.state, ended.reason) == (
        OrderState.CANCELLED,
        "Cancelled by the broker: The order needs 25,010.00 USD more than the account can tie up.",
    )
    assert stage.cash() == DEPOSIT
