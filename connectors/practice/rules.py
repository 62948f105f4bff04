"""When an option is exercised or assigned. Pure functions of prices at a session's close.

- Expiry: in the money by 0.01 or more at the close is exercised (long) or assigned (short), as the
  OCC's exercise by exception has it; the rest expires worthless.
- Early, calls: a short call in the money on the evening before its stock goes ex-dividend is
  assigned when what is left of its time value is less than the dividend: its holder gains more by
  taking the shares than by waiting (Hull, 'Options, Futures, and Other Derivatives', 15.12).
- Early, puts: a short put is assigned at parity, when its midpoint holds less than a cent of time
  value.
- A long option is never exercised early: that is its holder's to say.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from mfa.kernel.money import CENT, CONTRACT_SIZE, ZERO
from mfa.kernel.symbols import OptionSymbol, OptionType

EXERCISE_THRESHOLD: Final = CENT
PARITY: Final = CENT


def intrinsic(option: OptionSymbol, price: Decimal) -> Decimal:
    """USD per share that exercise is worth at a stock price; never negative."""
    gain = price - option.strike if option.option_type is OptionType.CALL else option.strike - price
    return max(ZERO, gain)


def ends_in_the_money(option: OptionSymbol, close: Decimal) -> bool:
    return intrinsic(option, close) >= EXERCISE_THRESHOLD


def called_for_dividend(
    option: OptionSymbol, *, close: Decimal, mid: Decimal, dividend: Decimal
) -> bool:
    """Whether a short call is assigned on the evening before the ex-date."""
    if option.option_type is not OptionType.CALL or not dividend:
        return False
    worth = intrinsic(option, close)
    return worth > 0 and mid - worth < dividend


def put_at_parity(option: OptionSymbol, *, close: Decimal, mid: Decimal) -> bool:
    """Whether a short put is assigned early."""
    worth = intrinsic(option, close)
    return option.option_type is OptionType.PUT and worth > 0 and mid - worth < PARITY


def exercisable(option: OptionSymbol, contracts: int, *, cash: Decimal, shares: int) -> int:
    """How many of `contracts` long options cash (calls) or shares held (puts) suffice for."""
    if option.option_type is OptionType.CALL:
        affordable = int(max(ZERO, cash) / (option.strike * CONTRACT_SIZE))
    else:
        affordable = max(0, shares) // CONTRACT_SIZE
    return min(contracts, affordable)
