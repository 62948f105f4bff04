"""Pairs and the grid of an exchange, at and just beside its steps."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mfa.kernel.coins import Pair, PairRules
from mfa.kernel.errors import InputError

RULES = PairRules(
    pair=Pair("DOGE", "USDT"), symbol="DOGEUSDT", amount_step=Decimal("0.5"),
    price_step=Decimal("0.00001"), least_amount=Decimal(2), least_cost=Decimal(1),
    maker=Decimal("0.001"), taker=Decimal("0.001"),
)  # fmt: skip


def test_a_pair_is_read_in_any_case_and_written_in_one() -> None:
    assert str(Pair.parse(" eth/usdt ")) == "ETH/USDT"
    assert Pair.parse("1INCH/USD").is_in_dollars
    assert not Pair.parse("ETH/BTC").is_in_dollars


@pytest.mark.parametrize("text", ["BTC", "BTC/", "/USD", "BTC/USD/EUR", "B/USD", "BTC-USD", ""])
def test_what_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Pair.parse(text)


@pytest.mark.parametrize(
    ("amount", "price", "why"),
    [
        ("10", "0.15001", ""),
        ("10.5", None, ""),
        ("10.25", "0.15", "not 10.25, but 10 or 10.5"),
        ("1.5", "0.15", "is of 2 DOGE"),
        ("10", "0.150015", "0.15001 is the next below"),
        ("5", "0.19999", "is worth 1 USDT; this one is worth 0.99995"),
        ("5", "0.2", ""),
    ],
)
def test_the_grid_holds_or_says_what_would_do(amount: str, price: str | None, why: str) -> None:
    said = RULES.misfit(Decimal(amount), None if price is None else Decimal(price))
    assert (why in said) if why else said == ""


def test_the_next_price_is_on_the_side_that_is_asked_for() -> None:
    price = Decimal("0.150015")
    assert RULES.price_near(price, up=True) == Decimal("0.15002")
    assert RULES.price_near(price, up=False) == Decimal("0.15001")
    assert RULES.price_near(Decimal("0.15"), up=True) == Decimal("0.15")
    assert RULES.amount_below(Decimal("10.49")) == Decimal(10)
