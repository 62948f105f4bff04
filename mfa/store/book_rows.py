"""The rows of an account's books. Frozen; money is `Decimal` dollars, quantities are signed.

What the kernel already names (ledger entry, closed trade, equity point) is stored as it is; here is
only what the books keep beside it. No rule of the market or of a broker lives here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from mfa.kernel.account import ClosedTrade, CloseReason, EquityPoint, LedgerEntry
from mfa.kernel.money import CONTRACT_SIZE, ZERO
from mfa.kernel.symbols import OptionSymbol


class RowKind(StrEnum):
    """The tables whose rows carry a number given by the writer."""

    LEDGER = "ledger"
    FILL = "fill"
    SETTLEMENT = "settlement"
    LOT = "lot"
    CLOSED_TRADE = "closed_trade"
    DIVIDEND = "dividend"


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksState:
    """Whose books these are, how often they were written, and where practice time stands."""

    account_id: str
    opened_at: datetime
    revision: int
    now: datetime
    seed: int
    settled_through: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One leg's execution. `price` is USD per share, `fees` dollars for the whole leg."""

    id: int
    order_id: int
    at: datetime
    symbol: str
    option: OptionSymbol | None
    quantity: int
    price: Decimal
    fees: Decimal
    strategy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """An expiry, assignment or exercise: `contracts` and `shares` are changes of what is held."""

    id: int
    day: date
    at: datetime
    option: OptionSymbol
    contracts: int
    shares: int
    reason: CloseReason

    @property
    def symbol(self) -> str:
        return self.option.root

    @property
    def price(self) -> Decimal:
        """At which shares changed hands, if any did."""
        return self.option.strike


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What one execution opened and what remains of it.

    `cost_basis` and `fees` are of the remaining `quantity`; the basis is signed as in `Position`.
    """

    id: int
    symbol: str
    option: OptionSymbol | None
    opened_at: datetime
    strategy: str
    opened_quantity: int
    quantity: int
    price: Decimal
    cost_basis: Decimal
    fees: Decimal

    @property
    def multiplier(self) -> int:
        return CONTRACT_SIZE if self.option is not None else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A round trip that is over, and the lot that it came out of."""

    lot_id: int
    trade: ClosedTrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """A dividend owed to the account (negative: by it, on short stock)."""

    id: int
    symbol: str
    ex_date: date
    pay_date: date
    shares: int
    per_share: Decimal
    amount: Decimal
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accrual:
    """Interest on one close's borrowed cash until the next session. `amount` is not yet rounded."""

    day: date
    debit: Decimal
    nights: int
    rate: Decimal
    amount: Decimal
    posted_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class OpenBooks:
    """What a writer needs before it writes: the open ends of the books."""

    cash: Decimal = ZERO
    deposits: Decimal = ZERO
    lots: tuple[Lot, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()
    accruals: tuple[Accrual, ...] = ()
    last_ids: dict[RowKind, int] = field(default_factory=dict)
    last_order: int = 0


@dataclass(slots=True)
class Entries:
    """New rows, and new states of lots, dividends and accruals, to be written together."""

    ledger: list[LedgerEntry] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)
    lots: dict[int, Lot] = field(default_factory=dict)
    closings: list[Closing] = field(default_factory=list)
    entitlements: dict[int, Entitlement] = field(default_factory=dict)
    accruals: dict[date, Accrual] = field(default_factory=dict)
    equity: list[EquityPoint] = field(default_factory=list)
