"""Exercise, assignment and interest, worked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connectors.practice.interest import accrual, margin_rate
from connectors.practice.rules import (
    called_for_dividend,
    ends_in_the_money,
    exercisable,
    put_at_parity,
)
from mfa.kernel.errors import InputError
from mfa.kernel.symbols import OptionSymbol, OptionType

CALL = OptionSymbol("KO", date(2021, 7, 16), OptionType.CALL, Decimal(50))
PUT = OptionSymbol("KO", date(2021, 7, 16), OptionType.PUT, Decimal(50))


@pytest.mark.parametrize(
    ("option", "close", "exercised"),
    [
        (CALL, "50.01", True),
        (CALL, "50.00", False),
        (CALL, "49.99", False),
        (PUT, "49.99", True),
        (PUT, "50.00", False),
        (PUT, "50.01", False),
    ],
)
def test_a_cent_in_the_money_is_exercised(
    option: OptionSymbol, close: str, exercised: bool
) -> None:
    assert ends_in_the_money(option, Decimal(close)) is exercised


@pytest.mark.parametrize(
    ("option", "close", "mid", "dividend", "called"),
    [
        (CALL, "53.00", "3.30", "0.42", True),  # 0.30 of time value is less than 0.42
        (CALL, "53.00", "3.42", "0.42", False),  # as much: the holder waits
        (CALL, "53.00", "3.30", "0", False),  # no dividend, no reason
        (CALL, "53.00", "2.95", "0", False),  # even where the midpoint lies below parity
        (CALL, "49.00", "0.10", "0.42", False),  # out of the money
        (PUT, "47.00", "3.00", "0.42", False),
    ],
)
def test_calls_are_assigned_for_a_dividend_worth_more_than_their_time_value(
    option: OptionSymbol, close: str, mid: str, dividend: str, called: bool
) -> None:
    assert called is called_for_dividend(
        option, close=Decimal(close), mid=Decimal(mid), dividend=Decimal(dividend)
    )


@pytest.mark.parametrize(
    ("option", "close", "mid", "assigned"),
    [
        (PUT, "40.00", "10.005", True),  # half a cent of time value
        (PUT, "40.00", "9.95", True),
        (PUT, "40.00", "10.01", False),
        (PUT, "50.00", "0.00", False),
        (CALL, "60.00", "10.00", False),
    ],
)
def test_puts_are_assigned_at_parity(
    option: OptionSymbol, close: str, mid: str, assigned: bool
) -> None:
    assert assigned is put_at_parity(option, close=Decimal(close), mid=Decimal(mid))


def test_exercise_goes_as_far_as_cash_or_shares_do() -> None:
    # A call on 50 needs 5,000 a contract, a put 100 shares.
    assert exercisable(CALL, 3, cash=Decimal("14999.99"), shares=0) == 2
    assert exercisable(CALL, 3, cash=Decimal("15000.00"), shares=0) == 3
    assert exercisable(CALL, 3, cash=Decimal("-1.00"), shares=0) == 0
    assert exercisable(PUT, 3, cash=Decimal(0), shares=299) == 2
    assert exercisable(PUT, 1, cash=Decimal(0), shares=-100) == 0


def test_the_margin_rate_is_the_federal_funds_upper_end_plus_one_and_a_half() -> None:
    assert margin_rate(date(2021, 6, 15)) == Decimal("0.0175")  # 0.25 + 1.50
    assert margin_rate(date(2022, 3, 16)) == Decimal("0.0175")
    assert margin_rate(date(2022, 3, 17)) == Decimal("0.0200")  # the first rise took effect
    assert margin_rate(date(2022, 12, 28)) == Decimal("0.0600")  # 4.50 + 1.50
    assert margin_rate(date(2023, 7, 27)) == Decimal("0.0700")  # 5.50, the height of it
    assert margin_rate(date(2024, 9, 19)) == Decimal("0.0650")  # the first cut
    assert margin_rate(date(2030, 1, 2)) == Decimal("0.0525")  # the last that is known
    with pytest.raises(InputError):
        margin_rate(date(2020, 3, 15))


def test_a_weekend_on_10000_borrowed_costs_1_46() -> None:
    # 10,000 x 0.0175 x 3 / 360 = 1.458333
    weekend = accrual(Decimal("-10000.00"), date(2021, 6, 18), date(2021, 6, 21))
    assert weekend is not None
    assert (weekend.nights, weekend.amount) == (3, Decimal("1.458333"))


def test_cash_that_is_there_bears_no_interest() -> None:
    assert accrual(Decimal("0.00"), date(2021, 6, 18), date(2021, 6, 21)) is None
    assert accrual(Decimal("10000.00"), date(2021, 6, 18), date(2021, 6, 21)) is None
