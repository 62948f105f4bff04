"""All options of one underlying as columns, for whoever looks at thousands of them at once.

Analytics only: prices are float64 dollars per share. What becomes an order is quoted anew as an
`OptionQuote`, in `Decimal`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.market import OptionChain, OptionQuote
from mfa.kernel.symbols import OptionSymbol, OptionType

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_YEAR_SECONDS: Final = 365.0 * 86400.0


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


def tabulated(chains: Iterable[OptionChain]) -> OptionTable:
    """The table of the chains of one underlying.

    `ValueError` without any chain, or with chains of several underlyings.
    """
    ordered = sorted(chains, key=lambda chain: chain.expiration)
    if len({chain.symbol for chain in ordered}) != 1:
        raise ValueError("A table holds the chains of one underlying.")
    rows: list[tuple[int, OptionQuote]] = []
    for place, chain in enumerate(ordered):
        quotes = sorted(
            (*chain.calls, *chain.puts),
            key=lambda quote: (quote.option.strike, quote.option.option_type is OptionType.PUT),
        )
        rows += [(place, quote) for quote in quotes]
    waits = [
        max((_bell(chain.expiration) - chain.as_of).total_seconds(), 0.0) / _YEAR_SECONDS
        for chain in ordered
    ]
    quotes_only = [quote for _, quote in rows]
    places = np.array([place for place, _ in rows], dtype=np.int64)
    is_call = [quote.option.option_type is OptionType.CALL for quote in quotes_only]
    return OptionTable(
        symbol=ordered[0].symbol,
        spot=float(ordered[0].underlying_price),
        as_of=min(chain.as_of for chain in ordered),
        expirations=tuple(chain.expiration for chain in ordered),
        expiration=places,
        years=np.array(waits)[places],
        strike=_column(quote.option.strike for quote in quotes_only),
        sign=np.where(is_call, 1.0, -1.0),
        bid=_column(quote.bid for quote in quotes_only),
        ask=_column(quote.ask for quote in quotes_only),
        last=_column(quote.last for quote in quotes_only),
        volume=_column(quote.volume for quote in quotes_only),
        open_interest=_column(quote.open_interest for quote in quotes_only),
        implied_volatility=_column(quote.implied_volatility for quote in quotes_only),
    )


def _bell(day: date) -> datetime:
    """When options of that expiration stop trading."""
    return exchange_calendar().open_close(day)[1]


def _column(values: Iterable[object]) -> Floats:
    return np.array([float(value) for value in values], dtype=np.float64)  # type: ignore[arg-type]
