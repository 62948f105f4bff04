"""From what a line says to a movement, after its own sum was checked.

A trade whose quantity times price is not its amount, or an assignment whose cash is not the strike
times its shares, is refused: one of the figures is not what it seems.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from connectors.vendors.files.texts import number
from connectors.vendors.files.words import Word
from mfa.kernel.errors import InputError
from mfa.kernel.money import CONTRACT_SIZE, cents
from mfa.kernel.movements import Effect, Movement, MovementKind
from mfa.kernel.symbols import OptionSymbol, OptionType

What = tuple[str | None, OptionSymbol | None]
_TOLERANCE: Final = Decimal("0.02")
_ROUNDING: Final = Decimal("0.0005")
_DELIVERING: Final = {MovementKind.ASSIGNMENT, MovementKind.EXERCISE}


def word(words: Mapping[str, Word], said: str) -> Word:
    if said not in words:
        raise InputError(f"{said[:40]!r} is no movement that is known.")
    return words[said]


def movement(
    *,
    at: datetime,
    means: Word,
    what: What,
    quantity: str,
    price: str,
    fees: Decimal,
    amount: Decimal,
    memo: str,
    effect: Effect | None = None,
    ratio: Fraction | None = None,
) -> Movement:
    symbol, option = what
    size = Decimal(0) if ratio is not None else number(quantity)
    signed = abs(size) * means.sign if means.sign else size
    each = abs(number(price)) if price.strip() else None
    kind = means.kind
    if kind is None:
        moves = means.transfers and symbol is not None and size
        cash = MovementKind.WITHDRAWAL if amount < 0 else MovementKind.DEPOSIT
        kind = MovementKind.TRANSFER if moves else cash
    if kind is MovementKind.TRANSFER and not each:
        each = None  # a cost that is not stated is written as nothing or as zero
    found = Movement(
        at=at, kind=kind, symbol=symbol, option=option, quantity=signed, price=each,
        fees=cents(fees), amount=cents(amount), memo=" ".join(memo.split())[:200],
        effect=effect or means.effect, ratio=ratio,
    )  # fmt: skip
    if kind is MovementKind.TRADE:
        _check_trade(found)
    elif kind in _DELIVERING and option is not None and amount:
        _check_delivery(found, option)
    return found


def _check_trade(row: Movement) -> None:
    if row.symbol is None or row.price is None or not row.quantity:
        raise InputError("A trade needs a symbol, a quantity and a price.")
    if row.option is not None and row.quantity != row.quantity.to_integral_value():
        raise InputError("Contracts are whole numbers.")
    due = -row.quantity * row.price * (CONTRACT_SIZE if row.option is not None else 1)
    if abs(due - row.amount) > abs(row.fees) + _TOLERANCE + abs(due) * _ROUNDING:
        raise InputError(f"Quantity times price is {cents(due)}, the amount is {row.amount}.")


def _check_delivery(row: Movement, option: OptionSymbol) -> None:
    """Cash for shares at the strike, or the settlement price where there is one."""
    is_call = option.option_type is OptionType.CALL
    held_long = row.kind is MovementKind.EXERCISE
    receives = held_long if row.price else is_call is not held_long
    due = abs(row.quantity) * (row.price or option.strike) * CONTRACT_SIZE
    due = due if receives else -due
    if abs(due - row.amount) > abs(row.fees) + _TOLERANCE:
        how = "the settlement" if row.price else "the shares at the strike"
        raise InputError(f"For {how} {cents(due)} is due, the amount is {row.amount}.")
