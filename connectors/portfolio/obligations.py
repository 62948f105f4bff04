"""What a position can make, lose and demand: break-even, extremes, assignment in words.

Each position is taken alone; a covered call's loss is not limited here by the shares behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from mfa.kernel.account import Position
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionType


@dataclass(frozen=True, slots=True, kw_only=True)
class Extremes:
    """At expiration, or at any time for stock. Dollars, positive; None is unlimited."""

    break_even: Decimal
    max_profit: Decimal | None
    max_loss: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """`cash` and `shares` are signed: negative is given up."""

    words: str
    cash: Decimal
    shares: int


def extremes(position: Position) -> Extremes:
    """Break-even, greatest profit and greatest loss, fees of the opening included.

    Premium per share is |cost basis| / (100 x contracts); a call breaks even at strike + premium, a
    put at strike - premium. A long put gains at most strike - premium, with the stock at zero.
    """
    option, paid = position.option, abs(position.cost_basis)
    if option is None:
        break_even = cents(position.cost_basis / position.quantity)
        if position.quantity > 0:
            return Extremes(break_even=break_even, max_profit=None, max_loss=paid)
        return Extremes(break_even=break_even, max_profit=paid, max_loss=None)
    size = abs(position.quantity) * CONTRACT_SIZE
    call = option.option_type is OptionType.CALL
    premium = paid / size
    far = None if call else max(option.strike * size - paid, ZERO)
    break_even = cents(option.strike + premium if call else option.strike - premium)
    if position.quantity > 0:
        return Extremes(break_even=break_even, max_profit=far, max_loss=paid)
    return Extremes(break_even=break_even, max_profit=paid, max_loss=far)


def obligation(position: Position, shares_held: Decimal) -> Obligation | None:
    """What assignment would demand of a short option; None for anything else."""
    option = position.option
    if option is None or position.quantity > 0:
        return None
    shares = -int(position.quantity) * CONTRACT_SIZE
    cash = cents(option.strike * shares)
    price, amount = f"${option.strike:,.2f}", f"${cash:,.2f}"
    if option.option_type is OptionType.PUT:
        words = f"If assigned, you buy {shares} {position.symbol} at {price} for {amount}."
        return Obligation(words=words, cash=-cash, shares=shares)
    held = f"you hold {shares_held}" if shares_held > 0 else "you hold none"
    words = f"If assigned, you sell {shares} {position.symbol} at {price} for {amount}; {held}."
    return Obligation(words=words, cash=cash, shares=-shares)
