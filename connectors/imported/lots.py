"""First in, first out over shares that may be fractions: closing, splitting up, scaling.

Pure functions of lots. Money is what the statement says was paid: a part of a lot or of a row
takes its share in cents, the last part takes what is left, so that parts add up to the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from mfa.kernel.money import CONTRACT_SIZE, cents, units
from mfa.kernel.symbols import OptionSymbol

FINEST: Final = Decimal("0.000001")
"""Brokers count shares to six decimals."""
_FINEST_PRICE: Final = Decimal("0.00000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What one row opened and what remains of it.

    `price` is USD per share as traded; `cost_basis` (signed: paid for a long, minus what was
    received for a short, fees included) and `fees` are of the remaining `quantity`.
    """

    id: int
    symbol: str
    option: OptionSymbol | None
    opened_at: datetime
    strategy: str
    quantity: Decimal
    price: Decimal
    cost_basis: Decimal
    fees: Decimal

    @property
    def multiplier(self) -> int:
        return CONTRACT_SIZE if self.option is not None else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`quantity` of `lot` (same sign) with its share of what the lot cost; `left` may be None."""

    lot: Lot
    quantity: Decimal
    cost_basis: Decimal
    fees: Decimal
    left: Lot | None


def part(amount: Decimal, taken: Decimal, whole: Decimal) -> Decimal:
    """`taken` of `whole` parts of an amount, in cents; all of it when all is taken."""
    return amount if taken == whole else cents(amount * taken / whole)


def take(lots: Sequence[Lot], quantity: Decimal) -> tuple[Taken, ...]:
    """What a movement of `quantity` takes from lots of the other side, oldest first."""
    found: list[Taken] = []
    left = abs(quantity)
    for lot in lots:
        if not left or lot.quantity * quantity >= 0:
            continue
        size = abs(lot.quantity)
        taken = min(size, left)
        signed = taken if lot.quantity > 0 else -taken
        basis, fees = part(lot.cost_basis, taken, size), part(lot.fees, taken, size)
        rest = replace(
            lot,
            quantity=units(lot.quantity - signed),
            cost_basis=lot.cost_basis - basis,
            fees=lot.fees - fees,
        )
        found.append(
            Taken(
                lot=lot,
                quantity=units(signed),
                cost_basis=basis,
                fees=fees,
                left=rest if rest.quantity else None,
            )
        )
        left -= taken
    return tuple(found)


def held(lots: Iterable[Lot]) -> Decimal:
    return sum((lot.quantity for lot in lots), Decimal(0))


def scaled(
    lots: Sequence[Lot], ratio: Fraction, *, total: Decimal | None = None
) -> tuple[Lot, ...]:
    """`ratio` new for each old one: quantities multiplied, prices divided, cost unchanged.

    Quantities are rounded to six decimals; the last lot makes the sum `total` (without one, the old
    sum times `ratio`). What a lot too small to be counted had cost goes to the last. `ValueError`
    when nothing at all would be left.
    """
    factor = Decimal(ratio.numerator) / Decimal(ratio.denominator)
    wanted = (held(lots) * factor if total is None else total).quantize(FINEST)
    found: list[Lot] = []
    basis = fees = given = Decimal(0)
    for i, lot in enumerate(lots):
        last = i == len(lots) - 1
        quantity = wanted - given if last else (lot.quantity * factor).quantize(FINEST)
        given += quantity
        price = units((lot.price / factor).quantize(_FINEST_PRICE))
        if quantity:
            found.append(replace(lot, quantity=units(quantity), price=price))
        else:
            basis, fees = basis + lot.cost_basis, fees + lot.fees
    if not found:
        raise ValueError("nothing would be left")
    if basis or fees:
        end = found[-1]
        found[-1] = replace(end, cost_basis=end.cost_basis + basis, fees=end.fees + fees)
    return tuple(found)


def whole(quantity: Decimal, ratio: Fraction) -> Decimal:
    """What a quantity becomes, to six decimals."""
    return (quantity * ratio.numerator / ratio.denominator).quantize(FINEST)
