"""Quantities as a person writes them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mfa.kernel.money import units


@pytest.mark.parametrize(
    ("given", "written"),
    [
        (Decimal("5.000"), "5"),
        (Decimal("1E+2"), "100"),
        (Decimal(-100), "-100"),
        (Decimal("0.12300"), "0.123"),
        ("12.5", "12.5"),
        (0.1, "0.1"),
        (0, "0"),
    ],
)
def test_a_quantity_has_no_idle_zeros_and_no_exponent(given: Decimal, written: str) -> None:
    assert str(units(given)) == written


@pytest.mark.parametrize("given", ["NaN", "Infinity", float("nan")])
def test_what_is_no_number_is_no_quantity(given: str) -> None:
    with pytest.raises(ValueError, match="not a number of shares"):
        units(given)
