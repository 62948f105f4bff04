"""An instrument as a trader says it: 'KO 52.5 put 18 Jun 2021', 'KO shares'."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from mfa.answers.format import format_date


def instrument_name(
    symbol: str, option_type: str | None, strike: Decimal | None, expiration: date | None
) -> str:
    if option_type is None or strike is None or expiration is None:
        return f"{symbol} shares"
    return f"{symbol} {strike_text(strike)} {option_type} {format_date(expiration)}"


def strike_text(strike: Decimal) -> str:
    """'52.5', '170'."""
    return f"{strike.normalize():f}"
