"""Paper orders over live quotes, worked by hand: which quotes fill them, and when nobody looks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.paper.broker import PaperBroker
from mfa.kernel.broker import NotSent, Refused
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Absent, FailureKind, Found
from mfa.store.database import Database
from tests.paper.stage import DEPOSIT, NOW, Stage, new_york
from tests.practice_broker.ordering import GTC, leg, order, taken

CALL = "KO 2026-07-17 55 call"
OCC = leg(f"+1 {CALL}").instrument


@pytest.fixture
def stage(database: Database) -> Stage:
    stage = Stage(database)
    stage.market.say(OCC, "1.00", "1.10")
    return stage


def test_a_marketable_order_fills_at_once_at_the_far_side(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(2, f"+1 {CALL}", limit="1.20")))
    assert (told.state, told.fills[0].price, told.fills[0].at) == (
        OrderState.FILLED,
        Decimal("1.10"),
        NOW,
    )
    assert stage.cash() == DEPOSIT - 220 - Decimal("1.30")
    assert stage.held() == {OCC: 2}
    assert stage.differences() == ()


def test_an_order_waits_for_a_quote_that_is_not_too_old(stage: Stage) -> None:
    stage.clock.at = NOW + timedelta(minutes=6)
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.20")))
    assert told.state is OrderState.WORKING
    assert stage.tick().fills == ()
    stage.market.say(OCC, "1.00", "1.10")
    stage.market.say("KO", "54.99", "55.01")
    assert [fill.price for fill in stage.tick().fills] == [Decimal("1.20")]  # it rested


def test_a_delayed_source_is_as_new_as_it_can_be(stage: Stage) -> None:
    stage.market.say(OCC, "1.00", "1.10", delay=timedelta(minutes=15))
    assert taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.10"))).filled == 1


@pytest.mark.parametrize(("bid", "ask"), [("1.20", "1.10"), ("0", "0")])
def test_a_broken_quote_fills_nothing(stage: Stage, bid: str, ask: str) -> None:
    stage.market.say(OCC, bid, ask)
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.50")))
    assert told.state is OrderState.WORKING


def test_a_stale_answer_fills_nothing(stage: Stage) -> None:
    found = stage.market.told[OCC]
    assert isinstance(found, Found)
    stage.market.told[OCC] = replace(found, provenance=replace(found.provenance, stale=True))
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.50")))
    assert told.state is OrderState.WORKING


def test_what_nobody_lists_is_refused_and_who_does_not_answer_leaves_it_unsent(
    stage: Stage,
) -> None:
    unknown = stage.broker.submit(order(1, "+1 XYZ", limit="10"))
    assert unknown == Refused("Nobody lists XYZ.")
    stage.market.is_down = True
    sent = order(1, f"+1 {CALL}", limit="1.10")
    unsent = stage.broker.submit(sent)
    assert unsent == NotSent(FailureKind.UNAVAILABLE, "The source does not answer.")
    assert isinstance(stage.broker.find(sent), Absent)


def test_a_market_order_without_a_price_is_refused(stage: Stage) -> None:
    stage.clock.at = NOW + timedelta(hours=1)
    answer = stage.broker.submit(order(1, f"+1 {CALL}"))
    assert answer == Refused("There is no price now to check a market order against. Give a limit.")


def test_outside_market_hours_nothing_fills_and_the_opening_is_taken_part_in(
    stage: Stage,
) -> None:
    stage.clock.at = new_york("2026-06-16", "20:00")
    stage.close("KO", "2026-06-16", "55.00")
    stage.market.say("KO", "54.99", "55.01")
    told = taken(stage.broker.submit(order(100, "+1 KO", limit="55.50")))
    assert (told.state, told.reason) == (
        OrderState.WORKING,
        "Queued for the opening bell of 17 Jun 2026.",
    )
    assert stage.tick().fills == ()
    stage.clock.at = new_york("2026-06-17", "09:31")
    stage.market.say("KO", "54.59", "54.61")
    assert [fill.price for fill in stage.tick().fills] == [Decimal("54.61")]
    assert stage.look(told).state is OrderState.FILLED


def test_the_same_quote_is_taken_once_by_however_many_looks(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(12, f"+1 {CALL}", limit="1.10")))
    assert told.filled == 5
    stage.clock.at += timedelta(minutes=1)
    others = [stage.broker, PaperBroker(stage.floor)]
    with ThreadPoolExecutor(8) as threads:
        looks = list(threads.map(lambda n: others[n % 2].tick(), range(16)))
    assert all(isinstance(each, Found) and each.value.fills == () for each in looks)
    stage.market.say(OCC, "1.00", "1.10")  # a newer quote
    assert [fill.quantity for fill in stage.tick().fills] == [5]
    assert stage.tick().fills == ()
    assert stage.look(told).filled == 10


def test_asking_for_orders_looks_at_the_market_first(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.04", force=GTC)))
    stage.clock.at += timedelta(minutes=3)
    stage.market.say(OCC, "0.98", "1.08")
    stage.market.say("KO", "54.90", "54.92")
    found = stage.broker.orders(NOW)
    assert isinstance(found, Found)
    assert [(each.broker_id, each.state) for each in found.value] == [
        (told.broker_id, OrderState.FILLED)
    ]


def test_a_day_order_ends_with_its_day_though_nobody_looked(stage: Stage) -> None:
    day = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.00")))
    good = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="0.90", force=GTC)))
    stage.clock.at = new_york("2026-06-18", "11:00")
    stage.market.say(OCC, "0.90", "1.00")  # too late for the day order
    assert stage.tick().ended == 1
    assert stage.look(day).reason == "Its day, 16 Jun 2026, is over."
    assert stage.look(good).state is OrderState.WORKING


def test_the_books_moment_never_goes_back(stage: Stage) -> None:
    taken(stage.broker.submit(order(100, "+1 KO", limit="55.01")))
    stage.clock.at = NOW - timedelta(minutes=1)
    told = taken(stage.broker.submit(order(100, "-1 KO close", limit="-54.99")))
    assert told.fills[0].at == NOW
    assert stage.differences() == ()


def test_nothing_is_asked_to_cancel(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.00")))
    stage.market.asked.clear()
    assert taken(stage.broker.cancel(told.broker_id)).state is OrderState.CANCELLED
    assert stage.market.asked == []
