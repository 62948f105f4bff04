"""The simulated exchange: what fills, for what fee, what is refused, and that its books agree."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from connectors.coins.exchange import SimulatedExchange
from connectors.coins.floor import PaperCoinFloor
from mfa.kernel.broker import NotSent, Refused
from mfa.kernel.clock import FrozenClock
from mfa.kernel.orders import BrokerOrder, OrderState
from mfa.kernel.outcome import Absent, Failed, Found
from mfa.store.database import Database
from tests.coins.stage import ScriptedPairs, exchange_on, order, taken

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


@dataclass
class Stage:
    clock: FrozenClock
    market: ScriptedPairs
    exchange: SimulatedExchange

    @property
    def cash(self) -> Decimal:
        found = self.exchange.account.account()
        assert isinstance(found, Found)
        return found.value.cash

    def coins(self) -> list[tuple[str, Decimal, Decimal]]:
        found = self.exchange.account.positions()
        assert isinstance(found, Found)
        return [(each.symbol, each.quantity, each.cost_basis) for each in found.value]

    def told(self, client_id: str) -> BrokerOrder:
        found = self.exchange.orders(NOW)
        assert isinstance(found, Found)
        (one,) = (each for each in found.value if each.client_id == client_id)
        return one


@pytest.fixture
def stage(database: Database) -> Stage:
    clock = FrozenClock(NOW)
    market = ScriptedPairs(clock)
    floor = PaperCoinFloor(market=market, clock=clock, title="paper exchange (scripted)")
    return Stage(clock, market, exchange_on(floor, database))


def test_a_crossing_limit_gets_the_far_side_and_pays_the_takers_fee(stage: Stage) -> None:
    """0.05 at the ask of 60,000 is 3,000; 0.2 % of it is 6: 50,000 - 3,006 are left."""
    told = taken(stage.exchange.submit(order("+0.05", "60500")))
    assert (told.state, told.filled) == (OrderState.FILLED, Decimal("0.05"))
    assert [(f.quantity, f.price, f.fees) for f in told.fills] == [
        (Decimal("0.05"), Decimal(60000), Decimal(6))
    ]
    assert stage.cash == Decimal("46994.00")
    assert stage.coins() == [("BTC/USD", Decimal("0.05"), Decimal("3006.00"))]


def test_a_limit_that_stood_fills_at_its_own_price_for_the_makers_fee(stage: Stage) -> None:
    """0.1 at 59,000 is 5,900; 0.1 % of it is 5.90."""
    waiting = order("+0.1", "59000")
    assert taken(stage.exchange.submit(waiting)).state is OrderState.WORKING
    stage.market.bid, stage.market.ask = Decimal(58900), Decimal(58910)
    told = stage.told(waiting.client_id)
    assert told.state is OrderState.FILLED
    assert [(f.price, f.fees) for f in told.fills] == [(Decimal(59000), Decimal("5.9"))]


def test_a_stale_quote_fills_nothing_and_takes_no_order(stage: Stage) -> None:
    waiting = order("+0.1", "59000")
    taken(stage.exchange.submit(waiting))
    stage.market.ask = Decimal(58910)
    stage.market.bid = Decimal(58900)
    stage.market.as_of = NOW - timedelta(minutes=2)
    assert stage.told(waiting.client_id).state is OrderState.WORKING
    assert isinstance(stage.exchange.submit(order("+0.1")), NotSent)


def test_half_sold_costs_half_and_realises_the_rest(stage: Stage) -> None:
    """0.1 for 6,000 + 12, so half cost 3,006; sold at 59,990 it brings 2,993.501: -12.499."""
    taken(stage.exchange.submit(order("+0.1")))
    taken(stage.exchange.submit(order("-0.05")))
    assert stage.coins() == [("BTC/USD", Decimal("0.05"), Decimal("3006.00"))]
    found = stage.exchange.account.account()
    assert isinstance(found, Found)
    assert found.value.realized == Decimal("-12.50")
    assert found.value.equity == found.value.cash + found.value.positions_value
    assert found.value.deposits + found.value.realized + found.value.unrealized == pytest.approx(
        found.value.equity, abs=Decimal("0.01")
    )


def test_all_sold_leaves_no_coin_and_no_cost(stage: Stage) -> None:
    taken(stage.exchange.submit(order("+0.1")))
    taken(stage.exchange.submit(order("-0.1")))
    assert stage.coins() == []


@pytest.mark.parametrize(
    ("amount", "limit", "why"),
    [
        ("+0.00025", "60000", "steps of 0.0001"),
        ("+0.0001", "60000", "least order of BTC/USD is of 0.0002"),
        ("+0.05", "60000.2", "steps of 0.5"),
        ("+0.0002", "20000", "worth 10 USD"),
        ("+1", "60000", "Insufficient funds"),
        ("-0.01", "60000", "Insufficient funds"),
    ],
)
def test_what_the_exchange_does_not_trade_or_the_account_not_carry_is_refused(
    stage: Stage, amount: str, limit: str, why: str
) -> None:
    answer = stage.exchange.submit(order(amount, limit))
    assert isinstance(answer, Refused)
    assert why in answer.reason
    assert stage.coins() == []


def test_what_stands_in_one_order_cannot_be_ordered_with_in_another(stage: Stage) -> None:
    """0.6 at 59,000 binds 35,400 and its fee of 70.80: of 50,000 there are 14,529.20 left."""
    taken(stage.exchange.submit(order("+0.6", "59000")))
    found = stage.exchange.account.account()
    assert isinstance(found, Found)
    assert found.value.buying_power == Decimal("14529.20")
    assert isinstance(stage.exchange.submit(order("+0.3", "59000")), Refused)
    taken(stage.exchange.submit(order("+0.1")))
    taken(stage.exchange.submit(order("-0.1", "70000")))
    assert isinstance(stage.exchange.submit(order("-0.1", "70000")), Refused)


def test_the_same_order_sent_twice_is_one(stage: Stage) -> None:
    once = order("+0.05", "60500")
    first, again = taken(stage.exchange.submit(once)), taken(stage.exchange.submit(once))
    assert first == again
    assert stage.coins() == [("BTC/USD", Decimal("0.05"), Decimal("3006.00"))]


def test_many_at_once_never_spend_more_than_there_is(stage: Stage) -> None:
    """Each of twelve takes 6,012 of 50,000: eight fit."""
    orders = [order("+0.1", "60000") for _ in range(12)]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(stage.exchange.submit, orders))
    assert sum(not isinstance(each, Refused) for each in answers) == 8
    assert stage.cash == Decimal("1904.00")


def test_a_cancelled_order_is_over_and_frees_what_it_bound(stage: Stage) -> None:
    told = taken(stage.exchange.submit(order("+0.6", "59000")))
    assert taken(stage.exchange.cancel(told.broker_id)).state is OrderState.CANCELLED
    assert taken(stage.exchange.cancel(told.broker_id)).state is OrderState.CANCELLED
    found = stage.exchange.account.account()
    assert isinstance(found, Found)
    assert found.value.buying_power == Decimal("50000.00")
    assert isinstance(stage.exchange.cancel("c9-unknown"), Refused)


def test_an_order_is_found_by_our_own_id(stage: Stage) -> None:
    sent = order("+0.05", "59000")
    assert isinstance(stage.exchange.find(sent), Absent)
    taken(stage.exchange.submit(sent))
    found = stage.exchange.find(sent)
    assert isinstance(found, Found)
    assert (found.value.client_id, found.value.quantity) == (sent.client_id, Decimal("0.05"))


def test_a_pair_that_is_not_traded_is_refused_and_histories_are_not_made_up(stage: Stage) -> None:
    assert isinstance(stage.exchange.submit(order("+1", "3000", pair="ETH/USD")), Refused)
    assert isinstance(stage.exchange.account.ledger(), Failed)
