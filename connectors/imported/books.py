"""What a row of movements adds up to: holdings, closed trades, sums, and what did not fit.

equity = deposits + realised + unrealised + dividends - interest, to the cent, whatever was
imported: what came from before the history counts as brought in, and is named in `problems`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from connectors.imported.lots import Lot
from mfa.kernel.account import ClosedTrade, LedgerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A row that the rows before it do not explain, as a sentence."""

    at: datetime
    text: str

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """`ratio` new shares for each old one, from `day` on."""

    day: date
    symbol: str
    ratio: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class DayState:
    """The account after the last row of a day."""

    day: date
    cash: Decimal
    deposits: Decimal
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedBooks:
    """`interest` is what was paid less what was received, charges of the account included;
    `deposits` is net, shares brought in or taken out at their cost included."""

    cash: Decimal
    deposits: Decimal
    realized: Decimal
    dividends: Decimal
    interest: Decimal
    lots: tuple[Lot, ...]
    trades: tuple[ClosedTrade, ...]
    ledger: tuple[LedgerEntry, ...]
    splits: tuple[Split, ...]
    days: tuple[DayState, ...]
    problems: tuple[Misfit, ...]
