"""First in, first out: what a movement closes, what it realises, what it opens.

Pure functions of lots. Money is divided by quantity and rounded to cents; the last part takes what
is left, so that parts always add up to the whole. Wash sales are not tracked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from mfa.kernel.account import CloseReason
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import Lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A signed quantity of one instrument that comes in or goes out at a price per share."""

    at: datetime
    symbol: str
    option: OptionSymbol | None
    quantity: int
    price: Decimal
    fees: Decimal
    strategy: str
    reason: CloseReason

    @property
    def multiplier(self) -> int:
        return CONTRACT_SIZE if self.option is not None else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """`quantity` of `before` (same sign) went; `after` is the lot that remains.

    `fees` are the opening's and the closing's share; `realized` is after both.
    """

    before: Lot
    after: Lot
    quantity: int
    fees: Decimal
    realized: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Remainder:
    """What no lot stood against: it opens a new one."""

    quantity: int
    fees: Decimal
    cost_basis: Decimal


def match(lots: Sequence[Lot], movement: Movement) -> tuple[tuple[Closed, ...], Remainder | None]:
    """`movement` against the instrument's open lots, oldest first."""
    closed: list[Closed] = []
    left, fees_left = movement.quantity, movement.fees
    for lot in _opposite(lots, movement.quantity):
        if not left:
            break
        taken = min(abs(lot.quantity), abs(left))
        closing_fees = part(fees_left, taken, abs(left))
        closed.append(_close(lot, movement, taken, closing_fees))
        fees_left -= closing_fees
        left += taken if left < 0 else -taken
    if not left:
        return tuple(closed), None
    paid = cents(left * movement.price * movement.multiplier) + fees_left
    return tuple(closed), Remainder(quantity=left, fees=fees_left, cost_basis=paid)


def part(amount: Decimal, taken: int, whole: int) -> Decimal:
    """`taken` of `whole` parts of an amount, in cents; all of it when all is taken."""
    return amount if taken == whole else cents(amount * taken / whole)


def _opposite(lots: Sequence[Lot], quantity: int) -> Iterator[Lot]:
    return (lot for lot in lots if lot.quantity * quantity < 0)


def _close(lot: Lot, movement: Movement, taken: int, closing_fees: Decimal) -> Closed:
    signed = taken if lot.quantity > 0 else -taken
    basis = part(lot.cost_basis, taken, abs(lot.quantity))
    opening_fees = part(lot.fees, taken, abs(lot.quantity))
    value = cents(signed * movement.price * lot.multiplier)
    return Closed(
        before=lot,
        after=replace(
            lot,
            quantity=lot.quantity - signed,
            cost_basis=lot.cost_basis - basis + ZERO,
            fees=lot.fees - opening_fees,
        ),
        quantity=signed,
        fees=opening_fees + closing_fees,
        realized=value - closing_fees - basis,
    )
