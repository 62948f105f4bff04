"""What a trade is called from the legs that were opened together: the practice account's words.

The words are those that people ask by (`csp`, `covered_call`, `wheel`, `call_calendar`, ...). Legs
whose shape has no name are named one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from mfa.kernel.money import CONTRACT_SIZE
from mfa.kernel.symbols import OptionSymbol, OptionType

STOCK: Final = "stock"
WHEEL: Final = "wheel"
CSP: Final = "csp"
COVERED_CALL: Final = "covered_call"
_CALL, _PUT = OptionType.CALL, OptionType.PUT
_PAIR: Final = 2
_FOUR: Final = 4


def labels(legs: Mapping[OptionSymbol, Decimal], shares: Decimal) -> dict[OptionSymbol, str]:
    """A word for each leg; `legs` are signed contracts of one root, `shares` what is held of it."""
    together = _combination(legs)
    if together:
        return dict.fromkeys(legs, together)
    covering = shares
    found: dict[OptionSymbol, str] = {}
    for option, quantity in legs.items():
        found[option] = _single(option, quantity, covering)
        if found[option] == COVERED_CALL:
            covering += quantity * CONTRACT_SIZE
    return found


def _single(option: OptionSymbol, quantity: Decimal, shares: Decimal) -> str:
    covered = shares >= abs(quantity) * CONTRACT_SIZE
    if option.option_type is _PUT:
        return CSP if quantity < 0 else "protective_put" if covered else "long_put"
    if quantity > 0:
        return "long_call"
    return COVERED_CALL if covered else "naked_call"


def _combination(legs: Mapping[OptionSymbol, Decimal]) -> str:
    """The word for legs of equal size on both sides; empty where there is none."""
    if len({abs(quantity) for quantity in legs.values()}) != 1:
        return ""
    if len(legs) == _PAIR:
        return _pair(legs)
    if len(legs) == _FOUR and len({option.expiration for option in legs}) == 1:
        return _condor(legs)
    return ""


def _pair(legs: Mapping[OptionSymbol, Decimal]) -> str:
    (one, first), (two, second) = legs.items()
    same_side = first * second > 0
    if one.option_type is not two.option_type:
        if not same_side or one.expiration != two.expiration:
            return ""
        return "straddle" if one.strike == two.strike else "strangle"
    if same_side:
        return ""
    if one.expiration == two.expiration:
        return "vertical"
    return f"{one.option_type.value}_calendar" if one.strike == two.strike else "diagonal"


def _condor(legs: Mapping[OptionSymbol, Decimal]) -> str:
    sides = {
        (kind, sign): [o.strike for o, q in legs.items() if o.option_type is kind and q * sign > 0]
        for kind in (_CALL, _PUT)
        for sign in (1, -1)
    }
    if any(len(strikes) != 1 for strikes in sides.values()):
        return ""
    put_short, call_short = sides[_PUT, -1][0], sides[_CALL, -1][0]
    if not sides[_PUT, 1][0] < put_short <= call_short < sides[_CALL, 1][0]:
        return ""
    return "iron_butterfly" if put_short == call_short else "iron_condor"
