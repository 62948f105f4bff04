"""At what price orders fill, worked by hand from the stated rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connectors.practice.fills import (
    Leg,
    Market,
    Order,
    Unfilled,
    commission,
    far_side,
    fill_prices,
    midpoint,
)
from mfa.kernel.account import CloseReason
from mfa.kernel.errors import InputError
from mfa.kernel.symbols import OptionSymbol, OptionType

NEAR = OptionSymbol("KO", date(2021, 7, 16), OptionType.CALL, Decimal(55))
FAR = OptionSymbol("KO", date(2021, 8, 20), OptionType.CALL, Decimal(55))
MARKET = Market(Decimal("1.00"), Decimal("1.10"))


def order(quantity: int, limit: str | None = None) -> Order:
    legs = (Leg(symbol="KO", option=NEAR, quantity=quantity),)
    return Order(legs=legs, strategy="csp", limit=None if limit is None else Decimal(limit))


@pytest.mark.parametrize(
    ("quantity", "limit", "price"),
    [
        (1, None, "1.10"),  # bought at the ask
        (-1, None, "1.00"),  # sold at the bid
        (1, "120.00", "1.10"),  # pays up to 120, the ask costs 110
        (1, "110.00", "1.10"),
        (1, "108.00", "1.08"),  # between 105 (mid) and 110 (ask): at the limit
        (1, "105.00", "1.05"),
        (-1, "-90.00", "1.00"),  # at least 90, the bid gives 100
        (-1, "-102.00", "1.02"),
        (-2, "-210.00", "1.05"),  # 2 x 100 x 1.05
    ],
)
def test_a_single_leg_fills_at_the_far_side_or_at_a_limit_between(
    quantity: int, limit: str | None, price: str
) -> None:
    assert fill_prices(order(quantity, limit), [MARKET]) == (Decimal(price),)


@pytest.mark.parametrize(("quantity", "limit"), [(1, "104.99"), (-1, "-105.01")])
def test_a_limit_short_of_the_midpoint_does_not_fill(quantity: int, limit: str) -> None:
    result = fill_prices(order(quantity, limit), [MARKET])
    assert isinstance(result, Unfilled)
    assert "short of the midpoint" in result.reason


def test_a_half_cent_midpoint_is_rounded_in_the_orders_favour() -> None:
    market = Market(Decimal("0.84"), Decimal("0.87"))  # the midpoint is 0.855
    assert fill_prices(order(1, "85.50"), [market]) == (Decimal("0.85"),)
    assert fill_prices(order(-1, "-85.50"), [market]) == (Decimal("0.86"),)


def test_nothing_is_sold_where_nobody_bids() -> None:
    result = fill_prices(order(-1), [Market(Decimal(0), Decimal("0.05"))])
    assert isinstance(result, Unfilled)
    assert "Nobody bids" in result.reason


def test_nothing_is_bought_for_less_than_a_cent() -> None:
    result = fill_prices(order(1, "0.50"), [Market(Decimal(0), Decimal("0.01"))])
    assert result == Unfilled("A leg would trade for less than a cent.")


def test_legs_share_a_limit_between_in_proportion_to_their_half_spreads() -> None:
    legs = (Leg(symbol="KO", option=NEAR, quantity=-2), Leg(symbol="KO", option=FAR, quantity=2))
    markets = [Market(Decimal("1.00"), Decimal("1.10")), Market(Decimal("1.60"), Decimal("1.80"))]
    # Midpoint: 200 x (1.70 - 1.05) = 130. Far side: 200 x (1.80 - 1.00) = 160.
    assert midpoint(legs, markets) == Decimal(130)
    assert far_side(legs, markets) == Decimal(160)
    # A limit of 142 is 12 of the 30 between: two fifths of each half-spread.
    # Sold: 1.05 - 0.4 x 0.05 = 1.03; bought: 1.70 + 0.4 x 0.10 = 1.74; 200 x 0.71 = 142.
    spread = Order(legs=legs, strategy="call_calendar", limit=Decimal(142))
    assert fill_prices(spread, markets) == (Decimal("1.03"), Decimal("1.74"))


def test_commission_is_65_cents_a_contract_and_stock_is_free() -> None:
    assert commission(Leg(symbol="KO", option=NEAR, quantity=-3)) == Decimal("1.95")
    assert commission(Leg(symbol="KO", quantity=300)) == Decimal(0)


def test_an_order_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(InputError):
        Order(legs=(), strategy="csp")
    with pytest.raises(InputError):
        order(0)
    with pytest.raises(InputError):
        Order(legs=order(1).legs * 2, strategy="csp")
    with pytest.raises(InputError):
        Order(legs=order(1).legs, strategy="csp", reason=CloseReason.EXPIRED)
