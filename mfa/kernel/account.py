"""Account nouns and the protocol of an account source. Money is `Decimal` dollars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from mfa.kernel.money import CONTRACT_SIZE
from mfa.kernel.outcome import Outcome
from mfa.kernel.symbols import OptionSymbol


class EntryKind(StrEnum):
    """Why cash moved. Each ledger entry has exactly one."""

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    TRADE = "trade"
    FEE = "fee"
    ASSIGNMENT = "assignment"
    EXERCISE = "exercise"
    DIVIDEND = "dividend"
    INTEREST = "interest"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One movement of cash. `amount` is signed: positive is cash received."""

    id: int
    at: datetime
    kind: EntryKind
    symbol: str | None
    amount: Decimal
    memo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What is held now in one instrument.

    `quantity` is signed (short is negative), in shares, which may be fractions, or in whole
    contracts; `average_price` is USD per
    share, positive, as traded; `cost_basis` is signed dollars: paid for a long, minus what was
    received for a short (fees included), so that unrealised P&L = market value - cost basis.
    """

    symbol: str
    option: OptionSymbol | None
    quantity: Decimal
    average_price: Decimal
    cost_basis: Decimal
    opened_at: datetime
    strategy: str

    @property
    def multiplier(self) -> int:
        return CONTRACT_SIZE if self.option is not None else 1

    @property
    def instrument(self) -> str:
        """OCC symbol of an option, ticker of a stock."""
        return self.option.occ if self.option is not None else self.symbol


class CloseReason(StrEnum):
    TRADE = "trade"
    EXPIRED = "expired"
    ASSIGNED = "assigned"
    EXERCISED = "exercised"
    ROLLED = "rolled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTrade:
    """A round trip that is over. Prices per share as traded; `realized` in dollars after fees.

    An option that ends in assignment or exercise is closed at zero: its premium is realised and the
    stock enters or leaves at the strike.
    """

    id: int
    symbol: str
    option: OptionSymbol | None
    strategy: str
    quantity: Decimal
    opened_at: datetime
    closed_at: datetime
    open_price: Decimal
    close_price: Decimal
    fees: Decimal
    realized: Decimal
    reason: CloseReason


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSnapshot:
    """The account now.

    `equity` = `cash` + `positions_value`; `buying_power` is what may still be tied up under Reg-T
    for a cash-secured account; `deposits` is net of withdrawals. `interest` is what was paid (net
    of what was received), so equity = deposits + realized + unrealized + dividends - interest.
    """

    account_id: str
    cash: Decimal
    positions_value: Decimal
    equity: Decimal
    buying_power: Decimal
    collateral: Decimal
    deposits: Decimal
    realized: Decimal
    unrealized: Decimal
    dividends: Decimal
    interest: Decimal
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityPoint:
    """The account's value at a session's close."""

    day: date
    equity: Decimal
    cash: Decimal
    deposits: Decimal


class AccountSource(Protocol):
    """Whoever can be asked about the account. Every answer is an `Outcome`; nothing raises."""

    @property
    def name(self) -> str: ...

    def account(self) -> Outcome[AccountSnapshot]: ...

    def positions(self) -> Outcome[tuple[Position, ...]]: ...

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]: ...

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]: ...

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]: ...

    def revision(self) -> str:
        """Changes whenever any answer of this source may have changed."""
        ...
