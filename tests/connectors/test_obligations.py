"""Break-even, extremes and demands of single positions, worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.portfolio.obligations import extremes, obligation
from mfa.kernel.account import Position
from mfa.kernel.symbols import OptionSymbol, OptionType

CALL = OptionSymbol("KO", date(2021, 7, 16), OptionType.CALL, Decimal(55))
PUT = OptionSymbol("KO", date(2021, 7, 16), OptionType.PUT, Decimal(55))


def held(quantity: int, basis: str, option: OptionSymbol | None = None) -> Position:
    return Position(
        symbol="KO",
        option=option,
        quantity=Decimal(quantity),
        average_price=Decimal(1),
        cost_basis=Decimal(basis),
        opened_at=datetime(2021, 6, 1, 15, tzinfo=UTC),
        strategy="any",
    )


@pytest.mark.parametrize(
    ("position", "break_even", "most", "least"),
    [
        # 100 shares for 5,400.65: gains without limit, loses it all at zero.
        (held(100, "5400.65"), "54.01", None, "5400.65"),
        # 100 shares sold short for 5,399.35: the other way round.
        (held(-100, "-5399.35"), "53.99", "5399.35", None),
        # 1 call bought for 120.65: even at 55 + 1.2065.
        (held(1, "120.65", CALL), "56.21", None, "120.65"),
        # 2 calls sold for 238.70: even at 55 + 1.1935.
        (held(-2, "-238.70", CALL), "56.19", "238.70", None),
        # 1 put bought for 120.65: at best the stock is worthless, 5,500 - 120.65.
        (held(1, "120.65", PUT), "53.79", "5379.35", "120.65"),
        # 2 puts sold for 238.70: at worst 11,000 - 238.70.
        (held(-2, "-238.70", PUT), "53.81", "238.70", "10761.30"),
    ],
)
def test_each_kind_of_position_has_its_break_even_and_its_limits(
    position: Position, break_even: str, most: str | None, least: str | None
) -> None:
    limits = extremes(position)
    assert limits.break_even == Decimal(break_even)
    assert limits.max_profit == (None if most is None else Decimal(most))
    assert limits.max_loss == (None if least is None else Decimal(least))


def test_only_a_short_option_obliges() -> None:
    assert obligation(held(100, "5400.65"), Decimal(100)) is None
    assert obligation(held(1, "120.65", PUT), Decimal(0)) is None


def test_an_uncovered_call_says_that_no_shares_are_held() -> None:
    demand = obligation(held(-2, "-238.70", CALL), Decimal(0))
    assert demand is not None
    assert demand.words == "If assigned, you sell 200 KO at $55.00 for $11,000.00; you hold none."
    assert (demand.cash, demand.shares) == (Decimal("11000.00"), -200)
