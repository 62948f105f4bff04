"""What happened to an account, row by row, whichever broker wrote it down.

A movement is a fact of a statement: cash, shares or contracts that came or went. What follows from
a row of them (lots, profit, positions) is folded elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from mfa.kernel.symbols import OptionSymbol


class MovementKind(StrEnum):
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    TRADE = "trade"
    FEE = "fee"
    """Charged to the account itself; a trade's own fees are inside its amount."""
    DIVIDEND = "dividend"
    """Received; negative what a short position owed, or the tax withheld."""
    INTEREST = "interest"
    ASSIGNMENT = "assignment"
    EXERCISE = "exercise"
    """An option ends. Without an amount, its shares stand in a trade of their own; with one they
    change hands at the strike; with a price as well it was settled in cash at that price."""
    EXPIRATION = "expiration"
    SPLIT = "split"
    """`ratio` new for old, or else `quantity` is the change of the shares held."""
    TRANSFER = "transfer"
    """Shares or contracts from or to another account; `price` is what they had cost."""
    EXCHANGE = "exchange"
    """One instrument becomes another: a row out and a row in, at the same moment."""
    CASH_IN_LIEU = "cash_in_lieu"
    """Paid for a fraction; `quantity` only where the fraction had been counted as held."""


class Effect(StrEnum):
    """Whether a trade opened or closed, where the statement says so."""

    OPEN = "open"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One row understood. `quantity` is signed (what leaves is negative); `amount` is cash
    received.

    `price` is USD per share; `fees` are positive and already inside `amount`. A bare date stands
    at the exchange's noon.
    """

    at: datetime
    kind: MovementKind
    symbol: str | None
    option: OptionSymbol | None
    quantity: Decimal
    price: Decimal | None
    fees: Decimal
    amount: Decimal
    memo: str
    effect: Effect | None = None
    ratio: Fraction | None = None

    @property
    def instrument(self) -> str:
        """OCC symbol of an option, ticker of a stock, nothing where only cash moved."""
        return self.option.occ if self.option is not None else self.symbol or ""
