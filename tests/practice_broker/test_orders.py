"""Orders at the practice broker, worked by hand: what is taken, at what price, and what is refused.

Quotes are 1.00 / 1.10 for the option where nothing else is said, five contracts at each side; a
contract costs 0.65 in commission.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest

from connectors.simulated.admission import unfit
from mfa.kernel.account import CloseReason
from mfa.kernel.broker import NotSent, Refused, Taken
from mfa.kernel.movements import Effect
from mfa.kernel.orders import AssetClass, Order, OrderLeg, OrderState, Side
from mfa.kernel.outcome import Absent, FailureKind, Found
from mfa.store.broker_orders import BrokerOrders
from mfa.store.database import Database
from tests.practice_broker.ordering import GTC, leg, order, taken
from tests.practice_broker.scripted import DEPOSIT, NOW, Stage

CALL = "KO 2021-07-16 55 call"
PUT = "KO 2021-07-16 52.5 put"
LOWER = "KO 2021-07-16 50 put"
LATER = "KO 2021-08-20 52.5 put"


def occ(text: str) -> str:
    return leg(f"+1 {text}").instrument


@pytest.fixture
def stage(database: Database) -> Stage:
    stage = Stage(database)
    for each in (CALL, PUT):
        stage.market.say(occ(each), "1.00", "1.10")
    stage.market.say(occ(LOWER), "0.40", "0.46")
    stage.market.say(occ(LATER), "1.60", "1.80")
    return stage


@pytest.mark.parametrize(
    ("limit", "price"),
    [
        ("1.20", "1.10"),  # offered at 1.10: the better price
        ("1.10", "1.10"),
        ("1.08", "1.08"),  # between the midpoint, 1.05, and the ask
        (None, "1.11"),  # a market order slips a tick
    ],
)
def test_a_bought_call_costs_its_price_and_commission(
    stage: Stage, limit: str | None, price: str
) -> None:
    told = taken(stage.broker.submit(order(2, f"+1 {CALL}", limit=limit)))
    assert (told.state, int(told.filled)) == (OrderState.FILLED, 2)
    assert [(f.instrument, int(f.quantity), f.price, f.fees, f.at) for f in told.fills] == [
        (occ(CALL), 2, Decimal(price), Decimal("1.30"), NOW)
    ]
    assert stage.cash() == DEPOSIT - 200 * Decimal(price) - Decimal("1.30")
    assert stage.held() == {occ(CALL): 2}
    assert stage.differences() == ()


def test_a_limit_short_of_the_midpoint_works_and_ties_up_nothing_yet(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.04")))
    assert (told.state, int(told.filled), told.fills) == (OrderState.WORKING, 0, ())
    assert stage.cash() == DEPOSIT


def test_a_sale_fills_at_the_bid_at_its_limit_or_slips_a_tick_below(stage: Stage) -> None:
    for limit, price in (("-0.90", "1.00"), ("-1.02", "1.02"), (None, "0.99")):
        told = taken(stage.broker.submit(order(1, f"-1 {PUT}", limit=limit)))
        assert told.fills[0].price == Decimal(price)
    assert stage.cash() == DEPOSIT + 301 - 3 * Decimal("0.65")


def test_an_order_takes_what_is_shown_and_the_rest_works_on(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(8, f"+1 {CALL}", limit="1.10")))
    assert (told.state, int(told.filled)) == (OrderState.PARTIALLY_FILLED, 5)
    assert told.fills[0].fees == Decimal("3.25")
    later = taken(stage.broker.submit(order(2, f"+1 {CALL}", limit="1.10")))
    assert later.state is OrderState.WORKING  # all five are taken
    put = taken(stage.broker.submit(order(4, f"-1 {PUT}", limit="-1.00")))
    assert put.state is OrderState.FILLED  # another instrument, another side


def test_what_is_left_of_a_market_order_is_cancelled_in_words(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(8, f"+1 {CALL}")))
    assert (told.state, int(told.filled)) == (OrderState.CANCELLED, 5)
    assert told.reason == "5 of 8 filled; no more was shown at the best price."
    assert stage.held() == {occ(CALL): 5}


def test_a_vertical_fills_whole_at_its_net_price(stage: Stage) -> None:
    """Sold at 1.00 to 1.10, bought at 0.40 to 0.46: the midpoint gives 0.62, crossing 0.54. A limit
    of 0.58 is half of the way: 1.05 - 0.025 is sold at 1.03 (in cents, for the order), 0.43 + 0.015
    bought at 0.44. That is 0.59 received, the limit and a cent."""
    spread = order(2, f"-1 {PUT}", f"+1 {LOWER}", limit="-0.58")
    told = taken(stage.broker.submit(spread))
    assert told.state is OrderState.FILLED
    assert [f.price for f in told.fills] == [Decimal("1.03"), Decimal("0.44")]
    assert stage.cash() == DEPOSIT + 2 * 59 - 4 * Decimal("0.65")
    assert stage.held() == {occ(PUT): -2, occ(LOWER): 2}


def test_legs_of_an_order_fill_together_as_far_as_the_smaller_side_shows(stage: Stage) -> None:
    ratio = order(4, f"-1 {LOWER}", f"+2 {PUT}", limit="1.90")
    told = taken(stage.broker.submit(ratio))  # five puts are offered: two units of two
    assert (told.state, int(told.filled)) == (OrderState.PARTIALLY_FILLED, 2)
    assert [f.quantity for f in told.fills] == [-2, 4]


def test_shares_and_the_call_on_them_are_one_order(stage: Stage) -> None:
    """Bought at 55.01, sold at 1.00: 54.01 a share, and the call is covered by what comes in."""
    covered = order(1, "+100 KO", f"-1 {CALL}", limit="54.01")
    told = taken(stage.broker.submit(covered))
    assert [(f.price, int(f.quantity)) for f in told.fills] == [
        (Decimal("55.01"), 100),
        (Decimal("1.00"), -1),
    ]
    assert stage.cash() == DEPOSIT - 5401 - Decimal("0.65")


def test_a_roll_is_one_order_and_closes_what_was_open(stage: Stage) -> None:
    taken(stage.broker.submit(order(1, f"-1 {PUT}", limit="-1.00", strategy="csp")))
    roll = order(1, f"+1 {PUT} close", f"-1 {LATER}", limit="-0.50", strategy="csp")
    told = taken(stage.broker.submit(roll))  # crossing gives 1.60 - 1.10
    assert [f.price for f in told.fills] == [Decimal("1.10"), Decimal("1.60")]
    assert stage.held() == {occ(LATER): -1}
    trades = stage.account.closed_trades()
    assert isinstance(trades, Found)
    # Sold at 1.00, bought back at 1.10, twice 0.65: 10 + 1.30 lost.
    assert [(t.reason, t.realized) for t in trades.value] == [
        (CloseReason.ROLLED, Decimal("-11.30"))
    ]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (order(1, f"-1 {CALL}", limit="-1.00"), "neither shares nor a call cover"),
        (order(2000, "+1 KO", limit="250.00"), "more than the account can tie up"),
        (order(25, f"-1 {PUT}", limit="-1.00"), "more than the account can tie up"),
        (order(1, "+1 XYZ", limit="10"), "Nobody lists XYZ"),
        (order(1, f"+1 {CALL} close", limit="1.00"), "there are 0 to close"),
        (order(1, "-1 KO close", limit="-50"), "there are 0 to close"),
        (order(1, f"+1 {CALL}", limit="3.02"), "steps of 0.05"),
        (order(1, f"+1 {CALL}", limit="1.005"), "steps of 0.01"),
        (order(1, f"+1 {CALL}", f"-1 {LATER}", limit="0.125"), "whole cents"),
        (order(1, f"+1 {CALL}", limit="-1.00"), "buy is above zero"),
        (order(1, f"-1 {PUT}", limit="1.00"), "sell is written below zero"),
        (order(1, f"+1 {CALL}", "+100 PFE", limit="60"), "one underlying"),
        (order("0.5", "+1 KO", limit="50"), "whole shares"),
        (order(2_000_000, "+1 KO", limit="50"), "at most 1,000,000"),
        (order(1, "+1 KO", limit="1e40"), "is no price"),
        (order(1, "+1 KO 2021-06-11 55 call", limit="1.00"), "Nobody lists"),
    ],
)
def test_a_refusal_is_a_sentence_and_leaves_no_trace(stage: Stage, sent: Order, words: str) -> None:
    before = stage.account.revision()
    answer = stage.broker.submit(sent)
    assert isinstance(answer, Refused), answer
    assert words in answer.reason
    assert isinstance(stage.broker.find(sent), Absent)
    assert stage.account.revision() == before


def test_crypto_is_not_sent() -> None:
    coin = OrderLeg(symbol="BTC/USD", asset=AssetClass.CRYPTO, side=Side.BUY, effect=Effect.OPEN)
    sent = Order(client_id="c", legs=(coin,), quantity=Decimal("0.1"), limit=Decimal(1))
    refused = unfit(sent, "practice broker")
    assert isinstance(refused, NotSent)
    assert refused.kind is FailureKind.NOT_SUPPORTED


def test_what_opens_against_a_position_is_told_to_close(stage: Stage) -> None:
    taken(stage.broker.submit(order(2, f"-1 {PUT}", limit="-1.00")))
    answer = stage.broker.submit(order(2, f"+1 {PUT}", limit="1.10"))
    assert isinstance(answer, Refused)
    assert "short 2 KO 52.5 put 16 Jul 2021: say that the order closes" in answer.reason


def test_what_stands_in_one_order_to_close_is_not_closed_by_another(stage: Stage) -> None:
    taken(stage.broker.submit(order(3, f"-1 {PUT}", limit="-1.00")))
    taken(stage.broker.submit(order(2, f"+1 {PUT} close", limit="0.50", force=GTC)))
    answer = stage.broker.submit(order(2, f"+1 {PUT} close", limit="1.10"))
    assert isinstance(answer, Refused)
    assert "there are 3 to close, and 2 of them stand in other orders" in answer.reason
    assert taken(stage.broker.submit(order(1, f"+1 {PUT} close", limit="1.10"))).filled == 1


def test_working_opening_orders_are_counted_before_new_ones(stage: Stage) -> None:
    """A put ties up 5,250: nineteen of 100,000, whether they are filled or still work."""
    waiting = order(15, f"-1 {PUT}", limit="-2.00", force=GTC)
    taken(stage.broker.submit(waiting))
    answer = stage.broker.submit(order(5, f"-1 {PUT}", limit="-1.00"))
    assert isinstance(answer, Refused)
    assert taken(stage.broker.submit(order(4, f"-1 {PUT}", limit="-1.00"))).filled == 4
    found = stage.broker.find(waiting)
    assert isinstance(found, Found)
    taken(stage.broker.cancel(found.value.broker_id))
    assert isinstance(stage.broker.submit(order(5, f"-1 {PUT}", limit="-2.00")), Taken)


def test_the_same_client_id_is_the_same_order_under_twenty_threads(stage: Stage) -> None:
    sent = order(1, f"+1 {CALL}", limit="1.10", client_id="once")
    brokers = [stage.broker, stage.another_broker()]
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda n: brokers[n % 2].submit(sent), range(40)))
    assert len({taken(each).broker_id for each in answers}) == 1
    assert all(taken(each).filled == 1 for each in answers)
    assert stage.held() == {occ(CALL): 1}
    other = order(2, f"+1 {CALL}", limit="1.10", client_id="once")
    assert stage.broker.submit(other) == Refused("Another order was sent by this client id before.")


def test_cancelling_ends_an_order_once_and_tells_what_it_had_become(stage: Stage) -> None:
    waiting = taken(stage.broker.submit(order(8, f"+1 {CALL}", limit="1.10")))
    ended = taken(stage.broker.cancel(waiting.broker_id))
    assert (ended.state, int(ended.filled)) == (OrderState.CANCELLED, 5)
    assert taken(stage.broker.cancel(waiting.broker_id)) == ended
    assert stage.broker.cancel("nobody") == Refused("There is no order nobody.")


def test_a_replacement_is_for_what_the_first_had_not_filled(stage: Stage) -> None:
    first = taken(stage.broker.submit(order(8, f"+1 {CALL}", limit="1.10")))  # five filled
    second = order(9, f"+1 {CALL}", limit="1.04")
    told = taken(stage.broker.replace(first.broker_id, second))
    assert (told.state, told.quantity, told.filled) == (OrderState.WORKING, Decimal(4), Decimal(0))
    old = stage.look(first)
    assert (old.state, old.reason, int(old.filled)) == (OrderState.CANCELLED, "Replaced.", 5)
    assert taken(stage.broker.replace(first.broker_id, second)) == told  # sent twice
    third = order(1, f"+1 {CALL}", limit="1.04")
    gone = stage.broker.replace(first.broker_id, third)
    assert gone == Refused("The order to be replaced is cancelled already.")


def test_a_refused_replacement_leaves_the_first_standing(stage: Stage) -> None:
    first = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.00")))
    answer = stage.broker.replace(first.broker_id, order(1, f"+1 {CALL}", limit="3.01"))
    assert isinstance(answer, Refused)
    too_much = stage.broker.replace(first.broker_id, order(5000, f"+1 {CALL}", limit="1.00"))
    assert isinstance(too_much, Refused)
    assert stage.look(first).state is OrderState.WORKING


def test_orders_tells_what_stands_and_what_changed_since(stage: Stage) -> None:
    waiting = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.00", force=GTC)))
    done = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.10")))
    stage.advance(days=1)
    every = stage.broker.orders(NOW)
    assert isinstance(every, Found)
    assert [each.broker_id for each in every.value] == [waiting.broker_id, done.broker_id]
    ahead = stage.broker.orders(datetime(2999, 1, 1, tzinfo=UTC))
    assert isinstance(ahead, Found)
    assert [each.broker_id for each in ahead.value] == [waiting.broker_id]


def test_the_account_is_named_and_holds_no_real_money(stage: Stage) -> None:
    found = stage.broker.identity()
    assert isinstance(found, Found)
    assert (found.value.account_id, found.value.is_real) == ("PRACTICE-0", False)


def test_a_write_that_is_lost_half_way_leaves_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise psycopg.OperationalError("the server is gone")

    sent = order(1, f"+1 {CALL}", limit="1.10")
    monkeypatch.setattr(BrokerOrders, "save", lost)  # after fills, lots and cash were written
    answer = stage.broker.submit(sent)
    assert isinstance(answer, NotSent)
    monkeypatch.undo()
    assert (stage.cash(), stage.held()) == (DEPOSIT, {})
    assert taken(stage.broker.submit(sent)).filled == 1
    assert stage.differences() == ()


def test_an_order_that_is_over_cannot_be_revived(stage: Stage) -> None:
    told = taken(stage.broker.submit(order(1, f"+1 {CALL}", limit="1.10")))
    with (
        pytest.raises(psycopg.errors.RaiseException, match="is over"),
        stage.wiring.database.connection() as conn,
    ):
        conn.execute(
            "update practice.broker_order set state = 'working', filled = 0 where broker_id = %s",
            (told.broker_id,),
        )
