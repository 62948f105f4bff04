"""Money of the ledger: `Decimal` US dollars, whole cents, banker's surprises excluded.

Analytics are float64 and never enter the ledger without passing `cents`.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")
CONTRACT_SIZE: Final = 100


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
