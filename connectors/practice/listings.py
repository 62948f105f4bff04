"""The companies of the practice market, with the inputs from which their quotes are computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from connectors.practice.tables import read_table
from mfa.kernel.market import Listing

EXAMPLE_WATCHLISTS: Final = {
    "Wheel": ("KO", "PFE", "BAC", "JPM", "WMT"),
    "High IV": ("AMD", "RRC", "GE", "BBY"),
    "Dividends": ("XOM", "CVX", "PEP", "PG", "JNJ", "MRK"),
}
"""What a new practice desk gives its owner to begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One listed company. See `listings.csv` for where the numbers come from."""

    symbol: str
    name: str
    sector: str
    daily_shares: float
    stock_spread: int
    """Cents between bid and ask."""
    option_spread: float
    """Factor on option spreads: 1 is an ordinary large company."""
    rho: float
    eta: float
    earnings_move: float
    """Standard deviation of the log return over an earnings report."""
    earnings_months: tuple[int, ...]
    earnings_day: int
    earnings_weekday: int
    earnings_timing: str

    @property
    def listing(self) -> Listing:
        return Listing(symbol=self.symbol, name=self.name, sector=self.sector)


@cache
def companies() -> Mapping[str, Company]:
    """Every company by symbol, ascending."""
    found = [_company(row) for row in read_table("listings")]
    return MappingProxyType({c.symbol: c for c in sorted(found, key=lambda c: c.symbol)})


def _company(row: dict[str, str]) -> Company:
    return Company(
        symbol=row["symbol"],
        name=row["name"],
        sector=row["sector"],
        daily_shares=float(row["shares_m"]) * 1e6,
        stock_spread=int(row["stock_spread"]),
        option_spread=float(row["option_spread"]),
        rho=float(row["rho"]),
        eta=float(row["eta"]),
        earnings_move=float(row["earnings_move"]),
        earnings_months=tuple(int(m) for m in row["months"].split()),
        earnings_day=int(row["day"]),
        earnings_weekday=int(row["weekday"]),
        earnings_timing=row["timing"],
    )
