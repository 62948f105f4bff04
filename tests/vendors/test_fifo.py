"""First in, first out, by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.vendors.ground.fifo import Fill, fold
from mfa.kernel.account import CloseReason
from mfa.kernel.symbols import OptionSymbol

START = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
PUT = OptionSymbol.parse("KO260320P00060000")


def fill(day: int, quantity: str, price: str, fees: str = "0", **more: object) -> Fill:
    return Fill(
        at=START + timedelta(days=day),
        symbol="KO",
        option=None,
        quantity=Decimal(quantity),
        price=Decimal(price),
        fees=Decimal(fees),
        **more,  # type: ignore[arg-type]
    )


def test_a_sale_closes_the_oldest_shares_first_and_shares_its_fees_by_quantity() -> None:
    """150 sold at 12 against 100 at 10 and 100 at 11: 200 - 1 - 0.67 and 50 - 0.50 - 0.33."""
    folded = fold(
        [fill(2, "-150", "12", "1"), fill(0, "100", "10", "1"), fill(1, "100", "11", "1")]
    )
    told: list[Any] = [(t.quantity, t.open_price, t.fees, t.realized) for t in folded.trades]
    assert told == [
        (100, 10, Decimal("1.67"), Decimal("198.33")),
        (50, 11, Decimal("0.83"), Decimal("49.17")),
    ]
    assert sum(t.fees for t in folded.trades) == Decimal("2.50"), "half of the second fee is open"
    assert folded.left == {"KO": Decimal(50)}


def test_a_short_that_is_bought_back_too_often_turns_long() -> None:
    folded = fold([fill(0, "-10", "20"), fill(1, "25", "18")])
    told: list[Any] = [(t.quantity, t.realized) for t in folded.trades]
    assert told == [(-10, Decimal("20.00"))]
    assert folded.left == {"KO": Decimal(15)}


def test_fractions_close_to_nothing_left() -> None:
    folded = fold([fill(0, "0.333", "30"), fill(1, "0.667", "30"), fill(2, "-1", "33")])
    assert [t.realized for t in folded.trades] == [Decimal("1.00"), Decimal("2.00")]
    assert folded.left == {}


def test_an_expiry_ends_whichever_side_is_open_and_opens_nothing() -> None:
    def option(day: int, quantity: str, price: str, *, ends: bool = False) -> Fill:
        return Fill(
            at=START + timedelta(days=day),
            symbol="KO",
            option=PUT,
            quantity=Decimal(quantity),
            price=Decimal(price),
            reason=CloseReason.EXPIRED if ends else CloseReason.TRADE,
            closes_only=ends,
        )

    for quantity, gain in (("-2", "80.00"), ("2", "-80.00")):
        folded = fold([option(0, quantity, "0.40"), option(9, "3", "0", ends=True)])
        assert [t.realized for t in folded.trades] == [Decimal(gain)]
        assert folded.trades[0].reason is CloseReason.EXPIRED
        assert folded.left == {}
