"""Orders against quotes: the sizes and sides of `core_numba.fills`, where both models speak."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from connectors.practice.fills import Unfilled
from connectors.simulated.matching import match, on_tick, slipped
from connectors.simulated.view import Sight, option_size, stock_size
from core_numba.fills import LimitOrders, Quotes, simulate_fills
from mfa.kernel.orders import Order, OrderLeg
from tests.practice_broker.ordering import leg, order

START = datetime(2021, 6, 15, 14, 0, tzinfo=UTC)
Filled = tuple[int, int, int, float]
"""(order, row, quantity, price)."""


@dataclass
class Row:
    """A quote without a spread: there the midpoint is the far side, and both models are one."""

    price: Decimal
    size: int


def ours(rows: list[Row], orders: list[tuple[int, Order]]) -> list[Filled]:
    """`orders` come in the row that stands before them."""
    left = {number: int(sent.quantity) for number, (_, sent) in enumerate(orders)}
    found: list[Filled] = []
    for place, row in enumerate(rows):
        at = START + timedelta(minutes=place)
        sight = Sight(row.price, row.price, row.size, row.size, at)
        taken: dict[int, int] = {1: 0, -1: 0}

        def of_side(leg: OrderLeg, since: datetime, taken: dict[int, int] = taken) -> int:
            return taken[leg.side.sign]

        for number, (came, sent) in enumerate(orders):
            if came > place or not left[number]:
                continue
            got = match(sent, left[number], [sight], of_side, arriving=came == place)
            if isinstance(got, Unfilled):
                continue
            left[number] -= got.units
            taken[sent.legs[0].side.sign] += got.units
            found.append((number, place, got.units, float(got.prices[0])))
    return found


def theirs(rows: list[Row], orders: list[tuple[int, Order]]) -> list[Filled]:
    price = np.array([float(row.price) for row in rows])
    size = np.array([float(row.size) for row in rows])
    sides = np.array([sent.legs[0].side.sign for _, sent in orders], dtype=float)
    limits = np.array([float(sent.limit or 0) for _, sent in orders]) * sides
    found = simulate_fills(
        Quotes(np.arange(len(rows)), price, price, size, size),
        LimitOrders(
            sides,
            np.array([float(sent.quantity) for _, sent in orders]),
            limits,
            np.array([float(came) for came, _ in orders]),
        ),
    )
    return [
        (int(number), int(row), int(quantity), round(float(price), 6))
        for number, row, quantity, price in zip(
            found.order, found.row, found.quantity, found.price, strict=True
        )
    ]


@pytest.mark.parametrize("seed", range(40))
def test_without_a_spread_the_model_is_that_of_core_numba(seed: int) -> None:
    chance = random.Random(seed)
    cents = 5000
    rows = []
    for _ in range(30):
        cents += chance.choice((-7, -3, -1, 1, 2, 8))  # never the same price twice running
        rows.append(Row(Decimal(cents) / 100, chance.randint(1, 6)))
    orders = []
    for came in sorted(chance.randint(0, 25) for _ in range(6)):
        sign = chance.choice((1, -1))
        limit = Decimal(sign) * (rows[came].price + Decimal(chance.randint(-9, 9)) / 100)
        orders.append((came, order(chance.randint(1, 12), f"{sign:+d} KO", limit=str(limit))))
    assert ours(rows, orders) == theirs(rows, orders)


@pytest.mark.parametrize(
    ("what", "price", "trades"),
    [
        ("+1 KO", "55.01", True),
        ("+1 KO", "55.005", False),
        ("+1 KO 2021-07-16 55 call", "2.99", True),
        ("+1 KO 2021-07-16 55 call", "3.00", True),
        ("+1 KO 2021-07-16 55 call", "3.05", True),
        ("+1 KO 2021-07-16 55 call", "3.04", False),
        ("+1 SPY 2021-07-16 420 call", "3.04", True),
    ],
)
def test_options_from_three_dollars_up_move_in_steps_of_five_cents(
    what: str, price: str, trades: bool
) -> None:
    assert on_tick(leg(what), Decimal(price)) is trades


def test_a_market_order_slips_a_tick_on_every_leg_and_sells_for_a_cent_at_least() -> None:
    legs = [leg("+1 KO 2021-07-16 55 call"), leg("-1 KO 2021-07-16 60 call"), leg("-1 KO")]
    prices = [Decimal("3.10"), Decimal("0.01"), Decimal("55.00")]
    assert slipped(legs, prices) == (Decimal("3.15"), Decimal("0.01"), Decimal("54.99"))


@pytest.mark.parametrize(("volume", "shown"), [(0, 500), (750_000, 700), (99_000_000, 20_000)])
def test_a_stock_shows_a_thousandth_of_what_was_traded(volume: int, shown: int) -> None:
    assert stock_size(volume) == shown


@pytest.mark.parametrize(("interest", "shown"), [(0, 5), (400, 20), (100_000, 500)])
def test_an_option_shows_a_twentieth_of_its_open_interest(interest: int, shown: int) -> None:
    assert option_size(interest, 0) == shown
