"""Coins in practice: standing orders meet the hours that pass, and a reset begins anew."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from connectors.coins.exchange import SimulatedExchange
from connectors.coins.floor import PracticeCoinFloor
from connectors.practice.desk import PracticeDesk
from connectors.practice.pairs import PracticePairs, quote_at
from mfa.kernel.coins import Pair
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Found
from mfa.store.database import Database
from tests.coins.stage import exchange_on, order, taken

BTC = Pair("BTC", "USD")
SEED = 7


@pytest.fixture
def desk(database: Database) -> PracticeDesk:
    return PracticeDesk.open(database, SEED)


@pytest.fixture
def exchange(database: Database, desk: PracticeDesk) -> SimulatedExchange:
    floor = PracticeCoinFloor(market=PracticePairs(desk.seed, desk.clock), clock=desk.clock)
    return exchange_on(floor, database)


def test_a_standing_order_fills_at_the_first_full_hour_whose_market_comes_to_it(
    desk: PracticeDesk, exchange: SimulatedExchange
) -> None:
    start = desk.clock.now()
    hours = [
        start.replace(minute=0, second=0, microsecond=0) + timedelta(hours=n) for n in range(1, 200)
    ]
    asks = {at: quote_at(BTC, at, seed=SEED).ask for at in hours}
    limit = sorted(asks.values())[len(asks) // 4]  # a quarter of the hours are below it
    first = next(at for at in hours if asks[at] <= limit)
    assert quote_at(BTC, start, seed=SEED).ask > limit
    sent = order("+0.1", str(limit))
    assert taken(exchange.submit(sent)).state is OrderState.WORKING
    desk.advance(hours=200)
    found = exchange.orders(start)
    assert isinstance(found, Found)
    (told,) = found.value
    assert told.state is OrderState.FILLED
    (fill,) = told.fills
    assert (fill.at, fill.price) == (first, limit)
    assert fill.fees == (limit * Decimal("0.0001")).quantize(Decimal("0.00000001"))


def test_moving_time_in_steps_fills_the_same(
    desk: PracticeDesk, exchange: SimulatedExchange
) -> None:
    start = desk.clock.now()
    limit = quote_at(BTC, start, seed=SEED).bid - 300
    sent = order("+0.1", str(limit))
    taken(exchange.submit(sent))
    told = None
    for _ in range(40):
        desk.advance(hours=5)
        found = exchange.find(sent) if exchange.orders(start) else None
        assert isinstance(found, Found)
        told = found.value
        if told.state is OrderState.FILLED:
            break
    expected = next(
        (
            at
            for n in range(1, 200)
            for at in [start.replace(minute=0) + timedelta(hours=n)]
            if quote_at(BTC, at, seed=SEED).ask <= limit
        ),
        None,
    )
    assert told is not None
    assert [fill.at for fill in told.fills] == ([] if expected is None else [expected])


def test_a_reset_forgets_coins_and_opens_the_account_anew(
    desk: PracticeDesk, exchange: SimulatedExchange
) -> None:
    taken(exchange.submit(order("+0.1")))
    desk.reset(SEED)
    account = exchange.account.account()
    assert isinstance(account, Found)
    assert (account.value.cash, account.value.equity) == (Decimal(50000), Decimal(50000))
    assert taken(exchange.submit(order("+0.1"))).state is OrderState.FILLED


def test_past_values_are_cash_and_coins_at_each_midnight(
    desk: PracticeDesk, exchange: SimulatedExchange
) -> None:
    """By hand: what was left of 50,000, and 0.1 bitcoin at the midpoint of each midnight."""
    told = taken(exchange.submit(order("+0.1")))
    (fill,) = told.fills
    start = desk.clock.today()
    desk.advance(days=3)
    curve = exchange.account.equity_curve()
    assert isinstance(curve, Found)
    assert [each.day for each in curve.value] == [start + timedelta(days=n) for n in range(3)]
    cash = 50_000 - fill.price / 10 - fill.fees
    for point in curve.value:
        at = datetime.combine(point.day + timedelta(days=1), time(), tzinfo=UTC)
        worth = cash + quote_at(BTC, at, seed=SEED).mid / 10
        assert abs(point.equity - worth) <= Decimal("0.005")
        assert point.deposits == 50_000
