"""Whatever is ordered, quoted and waited for on paper, the books balance to the cent."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.clock import exchange_date
from mfa.kernel.market import Dividend
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Found
from mfa.store.database import Database
from tests.paper.stage import NOW, Stage
from tests.practice_broker.ordering import GTC, leg, order

LEGS = ("KO", "KO 2026-06-18 54 put", "KO 2026-06-18 56 call", "KO 2026-06-26 55 put")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_orders_quotes_and_days_keep_the_paper_books_in_balance(
    database: Database, seed: int
) -> None:
    chance = random.Random(seed)
    stage = Stage(database)
    stage.market.paying = [
        Dividend(symbol="KO", ex_date=NOW.date() + timedelta(days=2), pay_date=None, amount=_CASH)
    ]
    for _ in range(50):
        quote(stage, chance)
        if chance.random() < 0.6:
            side = chance.choice("+-")
            limit = None if chance.random() < 0.3 else f"{side}{chance.randint(1, 12) * 5 / 100}"
            what = chance.choice(LEGS)
            if what == "KO" and limit is not None:
                limit = f"{side}{55 + chance.randint(-3, 3) / 10}"
            close = " close" if chance.random() < 0.4 else ""
            force = {"force": GTC} if chance.random() < 0.5 else {}
            stage.broker.submit(
                order(chance.choice((1, 7, 100)), f"{side}1 {what}{close}", limit=limit, **force)
            )
        else:
            stage.clock.at += timedelta(hours=chance.choice((1, 3, 20)))
            stage.tick()
        assert stage.differences() == ()
        assert_fills_are_told(stage)


_CASH = Decimal("0.51")


def quote(stage: Stage, chance: random.Random) -> None:
    stock = Decimal(5500 + chance.randint(-200, 200)) / 100
    stage.market.say("KO", str(stock), str(stock + Decimal("0.02")))
    for each in LEGS[1:]:
        mid = Decimal(chance.randint(5, 60)) / 100
        stage.market.say(leg(f"+1 {each}").instrument, str(mid), str(mid + Decimal("0.05")))
    if chance.random() < 0.8:
        calendar, today = exchange_calendar(), exchange_date(stage.clock.at)
        for day in calendar.sessions(today - timedelta(days=7), today):
            if calendar.open_close(day)[1] <= stage.clock.at:
                stage.market.closes.setdefault(("KO", day), stock)


def assert_fills_are_told(stage: Stage) -> None:
    found = stage.broker.orders(NOW - timedelta(days=1))
    assert isinstance(found, Found)
    for each in found.value:
        assert each.filled == sum(abs(fill.quantity) for fill in each.fills)
        assert (each.state is OrderState.FILLED) == (each.filled == each.quantity)
