"""What a trade of one expiration is called, from its legs; 'custom' where it has no name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connectors.setups.choosing import Leg
from mfa.kernel.symbols import OptionType

CUSTOM: Final = "custom trade"
_NAMES: Final = {
    "-p": "short put",
    "-c": "short call",
    "+p": "long put",
    "+c": "long call",
    "+p-p": "bull put spread",
    "-p+p": "bear put spread",
    "+c-c": "bull call spread",
    "-c+c": "bear call spread",
    "-p-c": "short strangle",
    "+p+c": "long strangle",
    "+p-p-c+c": "iron condor",
    "-p+p+c-c": "reverse iron condor",
}
_STRADDLES: Final = {"short strangle": "short straddle", "long strangle": "long straddle"}


def name_of(legs: Sequence[Leg], *, covered: bool) -> str:
    """By rising strike, the put before the call; quantities must be equal for a name."""
    ordered = sorted(legs, key=lambda leg: (leg.option.strike, leg.option.option_type != "put"))
    if covered:
        return "covered call" if len(legs) == 1 else CUSTOM
    if len({abs(leg.quantity) for leg in legs}) != 1:
        return CUSTOM
    shape = "".join(
        ("+" if leg.quantity > 0 else "-")
        + ("p" if leg.option.option_type is OptionType.PUT else "c")
        for leg in ordered
    )
    name = _NAMES.get(shape, CUSTOM)
    if len({leg.option.strike for leg in legs}) == 1 and name in _STRADDLES:
        return _STRADDLES[name]
    return name
