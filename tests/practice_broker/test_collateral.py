"""What short positions tie up, worked by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from connectors.practice.collateral import collateral
from mfa.kernel.symbols import OptionSymbol, OptionType
from mfa.store.book_rows import Lot

PRICES = {"KO": Decimal(50)}
JULY, AUGUST = date(2021, 7, 16), date(2021, 8, 20)


def lot(quantity: int, strike: int = 0, kind: str = "put", expiration: date = JULY) -> Lot:
    option = OptionSymbol("KO", expiration, OptionType(kind), Decimal(strike)) if strike else None
    return Lot(
        id=1,
        symbol="KO",
        option=option,
        opened_at=datetime(2021, 6, 15, tzinfo=UTC),
        strategy="csp",
        opened_quantity=quantity,
        quantity=quantity,
        price=Decimal(1),
        cost_basis=Decimal(0),
        fees=Decimal(0),
    )


def held(*lots: Lot) -> Decimal:
    return collateral(lots, PRICES).held


def test_a_short_put_ties_up_its_strike() -> None:
    assert held(lot(-2, 48)) == Decimal("9600.00")


def test_a_long_put_that_lives_as_long_limits_it_to_the_width() -> None:
    assert held(lot(-1, 48), lot(1, 45)) == Decimal("300.00")
    assert held(lot(-1, 48), lot(1, 45, expiration=AUGUST)) == Decimal("300.00")
    assert held(lot(-1, 48, expiration=AUGUST), lot(1, 45)) == Decimal("4800.00")
    assert held(lot(-2, 48), lot(1, 45)) == Decimal("5100.00")  # one covered, one in full
    assert held(lot(-1, 48), lot(1, 50)) == Decimal("0.00")


def test_a_covered_call_ties_up_nothing() -> None:
    both = collateral((lot(100), lot(-1, 52, "call")), PRICES)
    assert (both.held, both.naked_calls) == (Decimal("0.00"), 0)


def test_a_calendar_is_covered_by_its_long_call() -> None:
    assert held(lot(-2, 50, "call"), lot(2, 50, "call", AUGUST)) == Decimal("0.00")
    assert held(lot(-1, 50, "call"), lot(1, 53, "call", AUGUST)) == Decimal("300.00")


def test_a_call_that_nothing_covers_is_counted_and_ties_up_the_shares_value() -> None:
    short = collateral((lot(150), lot(-2, 52, "call")), PRICES)
    assert (short.held, short.naked_calls) == (Decimal("5000.00"), 1)
    early = collateral((lot(-1, 50, "call", AUGUST), lot(1, 50, "call", JULY)), PRICES)
    assert early.naked_calls == 1


def test_short_stock_ties_up_half_more_than_its_value() -> None:
    assert held(lot(-200)) == Decimal("15000.00")


def test_buying_power_is_cash_less_collateral_and_never_negative() -> None:
    put = collateral((lot(-1, 48),), PRICES)
    assert put.buying_power(Decimal("10000.00")) == Decimal("5200.00")
    assert put.buying_power(Decimal("1000.00")) == Decimal("0.00")


def test_half_of_the_stock_may_be_borrowed_against() -> None:
    stock = collateral((lot(100),), PRICES)  # worth 5,000, lends 2,500
    assert stock.excess(Decimal("-2500.00")) == Decimal("0.00")
    assert stock.excess(Decimal("-2500.01")) == Decimal("-0.01")
