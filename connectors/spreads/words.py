"""How spreads and their figures are written; a figure that is not there is None."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import SupportsFloat

from mfa.kernel.money import cents
from mfa.kernel.symbols import OptionSymbol


def spread_name(near: OptionSymbol, far: OptionSymbol) -> str:
    """'KO 55 call 16 Jul / 20 Aug 2021'; of a diagonal both strikes, the front one first."""
    strikes = dict.fromkeys(f"{each.strike.normalize():f}" for each in (near, far))
    front = f"{near.expiration.day} {near.expiration:%b}"
    if near.expiration.year != far.expiration.year:
        front += f" {near.expiration.year}"
    back = f"{far.expiration.day} {far.expiration:%b %Y}"
    return f"{near.root} {'/'.join(strikes)} {near.option_type.value} {front} / {back}"


def finite(value: SupportsFloat) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def percent(value: SupportsFloat) -> float | None:
    number = finite(value)
    return None if number is None else 100.0 * number


def money(value: SupportsFloat) -> Decimal | None:
    number = finite(value)
    return None if number is None else cents(number)
