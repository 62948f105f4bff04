"""All options of one underlying as columns, for whoever looks at thousands of them at once.

Analytics only: prices are float64 dollars per share. What becomes an order is quoted anew as an
`OptionQuote`, in `Decimal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from mfa.kernel.symbols import OptionSymbol, OptionType

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OptionTable:
    """Columns of equal length, ordered by expiration, then strike, the call before the put.

    `expiration` is an index into `expirations`; `years` is the time to the closing bell (ACT/365);
    `sign` is +1 for calls and -1 for puts; a missing bid, ask or last is NaN.
    `implied_volatility` is the source's own, NaN where it gives none.
    """

    symbol: str
    spot: float
    as_of: datetime
    expirations: tuple[date, ...]
    expiration: Integers
    years: Floats
    strike: Floats
    sign: Floats
    bid: Floats
    ask: Floats
    last: Floats
    volume: Floats
    open_interest: Floats
    implied_volatility: Floats

    def __len__(self) -> int:
        return len(self.strike)

    def option(self, row: int) -> OptionSymbol:
        """The contract of a row. `IndexError` when there is no such row."""
        kind = OptionType.CALL if self.sign[row] > 0 else OptionType.PUT
        day = self.expirations[int(self.expiration[row])]
        strike = Decimal(round(float(self.strike[row]) * 1000)) / 1000
        return OptionSymbol(self.symbol, day, kind, strike)
