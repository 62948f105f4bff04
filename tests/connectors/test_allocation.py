"""Allocation on the small account of `conftest`: 99,570.00 of equity, 87,000.00 of it cash.

Values: AAPL 13,000.00 and its call -510.00; KO puts -110.00; PEP calls -150.00 and 340.00.
Tied up: KO 2 x 100 x 52.50 = 10,500.00 in cash; 100 AAPL under the call; the PEP calendar nothing,
because its long call lives longer at the same strike.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.portfolio.tied_up import tied_up
from mfa.kernel.account import Position
from mfa.kernel.market import Listing
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.connectors.conftest import ACCOUNT, PEP_FAR, Desk, at, option, position

EQUITY = 99_570.0


@pytest.fixture
def listed(desk: Desk) -> Desk:
    sectors = {"AAPL": "Technology", "KO": "Consumer Staples", "PEP": "Consumer Staples"}
    desk.market.listed = tuple(
        Listing(symbol=symbol, name=symbol, sector=sector) for symbol, sector in sectors.items()
    )
    return desk


def _values(rows: Any) -> dict[str, Decimal]:
    return {row.name: row.value for row in rows}


def test_every_view_adds_up_to_equity_and_to_a_hundred_percent(listed: Desk) -> None:
    found = listed.found("dashboard", "get_allocation")
    for rows in (found.kinds, found.symbols, found.sectors, found.strategies):
        assert sum(row.value for row in rows) == found.equity == Decimal("99570.00")
        assert sum(row.share_pct for row in rows) == pytest.approx(100.0)


def test_each_view_has_the_values_worked_out_above(listed: Desk) -> None:
    found = listed.found("dashboard", "get_allocation")
    cash = {"Cash": Decimal("87000.00")}
    assert _values(found.kinds) == cash | {
        "Shares": Decimal("13000.00"), "Long calls": Decimal("340.00"),
        "Short puts": Decimal("-110.00"), "Short calls": Decimal("-660.00"),
    }  # fmt: skip
    assert _values(found.symbols) == cash | {
        "AAPL": Decimal("12490.00"), "PEP": Decimal("190.00"), "KO": Decimal("-110.00"),
    }  # fmt: skip
    assert _values(found.sectors) == cash | {
        "Technology": Decimal("12490.00"), "Consumer Staples": Decimal("80.00"),
    }  # fmt: skip
    assert _values(found.strategies) == cash | {
        "Covered call": Decimal("12490.00"), "Call calendar": Decimal("190.00"),
        "Cash-secured put": Decimal("-110.00"),
    }  # fmt: skip
    assert found.symbols[0].share_pct == pytest.approx(100 * 12_490 / EQUITY)
    assert found.cash_pct == pytest.approx(100 * 87_000 / EQUITY)


def test_collateral_is_cash_for_puts_and_shares_for_calls(listed: Desk) -> None:
    found = listed.found("dashboard", "get_allocation")
    assert [(row.symbol, row.cash, row.shares) for row in found.secured] == [
        ("KO", Decimal("10500.00"), 0),
        ("AAPL", Decimal("0.00"), 100),
    ]
    assert (found.tied_up, found.collateral) == (Decimal("10500.00"), Decimal("10500.00"))
    assert found.free_cash == Decimal("76500.00")


def test_what_is_not_priced_is_named_and_stands_apart(listed: Desk) -> None:
    """The account's equity counts the PEP call of 340.00; the market does not answer for it."""
    listed.market.options[PEP_FAR] = Failed(FailureKind.TIMEOUT, "No answer.")
    found = listed.found("dashboard", "get_allocation")
    assert _values(found.symbols)["Not attributed"] == Decimal("340.00")
    assert sum(row.share_pct for row in found.symbols) == pytest.approx(100.0)
    assert found.unpriced == (PEP_FAR.occ,)
    assert "No answer." in found.warnings[0]


def test_without_positions_all_is_cash(desk: Desk) -> None:
    desk.account.held = Absent("Nothing is held.")
    desk.snapshot(equity=Decimal("87000.00"), positions_value=Decimal(0))
    found = desk.found("dashboard", "get_allocation")
    assert [(row.name, row.share_pct) for row in found.kinds] == [("Cash", 100.0)]
    assert found.secured == ()


def test_a_sector_that_nobody_knows_is_said_to_be_unknown(desk: Desk) -> None:
    assert "Sector unknown" in _values(desk.found("dashboard", "get_allocation").sectors)


def test_an_account_that_cannot_be_asked_fails(desk: Desk) -> None:
    desk.account.held = Failed(FailureKind.UNAVAILABLE, "The broker is away.")
    assert isinstance(desk.ask("dashboard", "get_allocation"), Failed)


def _held(*legs: tuple[int, str, str, int]) -> list[Position]:
    months = {7: 16, 8: 20}
    return [
        position("KO", quantity, "50.00", str(50 * quantity), at(6, 1), "")
        if kind == "shares"
        else position(
            "KO", quantity, "1.00", str(100 * quantity), at(6, 1), "",
            option("KO", month, months[month], strike, kind),
        )
        for quantity, kind, strike, month in legs
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("legs", "cash", "shares", "naked"),
    [
        (((-1, "put", "50", 7), (1, "put", "45", 7)), "500.00", 0, 0),
        (((-1, "put", "50", 8), (1, "put", "45", 7)), "5000.00", 0, 0),
        (((-1, "call", "50", 7), (1, "call", "55", 7)), "500.00", 0, 0),
        (((-1, "call", "50", 7),), "5200.00", 0, 1),
        (((150, "shares", "", 7), (-2, "call", "55", 7)), "5200.00", 100, 1),
        (((-100, "shares", "", 7),), "7800.00", 0, 0),
        (
            (
                (-1, "put", "50", 7), (1, "put", "45", 7),
                (-1, "call", "55", 7), (1, "call", "60", 7),
            ),
            "1000.00", 0, 0,
        ),
    ],
)  # fmt: skip
def test_shorts_tie_up_what_nothing_else_covers(
    legs: tuple[tuple[int, str, str, int], ...], cash: str, shares: Decimal, naked: int
) -> None:
    """The price is 52.00."""
    (row,) = tied_up(_held(*legs), {"KO": Decimal("52.00")})
    assert (row.cash, row.shares, row.naked_calls) == (Decimal(cash), shares, naked)


def test_long_options_tie_up_nothing(desk: Desk) -> None:
    desk.account.held = Found(tuple(_held((1, "put", "50", 7))), ACCOUNT)
    assert tied_up(desk.positions, {}) == ()
