"""Tickers and OCC option symbols.

An OCC symbol is 21 characters: root padded to 6, expiration yymmdd, C or P, strike in thousandths
padded to 8 (OCC symbology initiative, 2010). Brokers drop the padding; both forms are read, the
padded one is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from mfa.kernel.errors import InputError

_OCC: Final = re.compile(r"^([A-Z][A-Z0-9.]{0,5}?) *(\d{6})([CP])(\d{8})$")
_TICKER: Final = re.compile(r"^[A-Z][A-Z0-9]{0,5}([.\-][A-Z]{1,2})?$")


class OptionType(StrEnum):
    CALL = "call"
    PUT = "put"

    @property
    def letter(self) -> str:
        return self.value[0].upper()


def ticker(text: str) -> str:
    """`text` as an upper-case ticker; `InputError` when it cannot be one."""
    symbol = text.strip().lstrip("$").upper()
    if not _TICKER.match(symbol):
        raise InputError(f"{text!r} is not a ticker.", "Tickers look like AAPL or BRK.B.")
    return symbol


@dataclass(frozen=True, slots=True, order=True)
class OptionSymbol:
    """One listed option. `strike` is USD per share, at most three decimals."""

    root: str
    expiration: date
    option_type: OptionType
    strike: Decimal

    def __post_init__(self) -> None:
        thousandths = self.strike * 1000
        if self.strike <= 0 or thousandths != thousandths.to_integral_value():
            raise InputError(f"{self.strike} is not a strike.", "Strikes are positive, to 0.001.")
        if thousandths >= 10**8:
            raise InputError(f"{self.strike} is too large for an OCC symbol.")

    @property
    def occ(self) -> str:
        """The padded 21-character symbol."""
        day = f"{self.expiration:%y%m%d}"
        return f"{self.root:<6}{day}{self.option_type.letter}{int(self.strike * 1000):08d}"

    @classmethod
    def parse(cls, text: str) -> OptionSymbol:
        """Read an OCC symbol, padded or not. `InputError` when it is none."""
        match = _OCC.match(text.strip().upper())
        if match is None:
            raise InputError(
                f"{text!r} is not an OCC option symbol.",
                "They look like 'AAPL  261218P00170000'.",
            )
        root, day, letter, strike = match.groups()
        try:
            expiration = datetime.strptime(day, "%y%m%d").date()  # noqa: DTZ007 - a bare date
        except ValueError as error:
            raise InputError(f"{text!r} has no such expiration date.") from error
        kind = OptionType.CALL if letter == "C" else OptionType.PUT
        return cls(root, expiration, kind, Decimal(int(strike)) / 1000)

    def __str__(self) -> str:
        """As a trader says it: 'KO 52.5 put 16 Jul 2021'."""
        day = f"{self.expiration.day} {self.expiration:%b %Y}"
        return f"{self.root} {self.strike.normalize():f} {self.option_type.value} {day}"
