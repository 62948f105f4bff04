"""Money of the ledger: `Decimal` US dollars, whole cents, banker's surprises excluded.

Analytics are float64 and never enter the ledger without passing `cents`.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")
CONTRACT_SIZE: Final = 100
_ONE: Final = Decimal(1)


def units(quantity: Decimal | float | str) -> Decimal:
    """A number of shares or contracts without idle zeros: 5.000 is 5, 100 is not 1E+2.

    Raises `ValueError` for NaN and infinity.
    """
    value = Decimal(repr(quantity)) if isinstance(quantity, float) else Decimal(quantity)
    if not value.is_finite():
        raise ValueError(f"{quantity} is not a number of shares")
    return value.quantize(_ONE) if value == value.to_integral_value() else value.normalize()


def cents(amount: Decimal | float | str) -> Decimal:
    """`amount` in dollars rounded half up to whole cents.

    A float goes through `repr`, so 2.675 is two-sixty-eight as a person reads it. Raises
    `ValueError` for NaN and infinity: they are not money.
    """
    value = Decimal(repr(float(amount))) if isinstance(amount, float) else Decimal(amount)
    if not value.is_finite():
        raise ValueError(f"{amount} is not an amount of money")
    rounded = value.quantize(CENT, rounding=ROUND_HALF_UP)
    return rounded or ZERO
