"""What brokers tell of an account, brought into the house's own books.

A broker states value, cash and open profit; deposits, dividends and interest are sums over its cash
history, and what was realised is the rest: equity - deposits - unrealised - dividends + interest.
Without a history everything up to now counts as paid in, and a note says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from connectors.vendors.ground.notes import Notes
from mfa.kernel.account import AccountSnapshot, EntryKind, LedgerEntry, Position
from mfa.kernel.clock import exchange_date
from mfa.kernel.errors import InputError
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents, units
from mfa.kernel.symbols import OptionSymbol, ticker

REVISION_SECONDS: Final = 15
"""A broker tells nobody that something changed: for so long its answers count as one state."""
FRACTION: Final = "positions of a fraction of a contract"
FOREIGN: Final = "instruments that are neither stock nor option"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """What a broker states about an account now, in dollars."""

    account_id: str
    cash: Decimal
    equity: Decimal
    unrealized: Decimal
    buying_power: Decimal
    collateral: Decimal


def snapshot(
    balances: Balances, ledger: Sequence[LedgerEntry] | None, *, now: datetime, notes: Notes
) -> AccountSnapshot:
    """The account now; `ledger` is its whole cash history, or None where the broker has none."""
    if ledger is None:
        notes.say(
            "The broker gives no cash history: all that came before the open positions is "
            "counted as deposits."
        )
        deposits, dividends, interest = balances.equity - balances.unrealized, ZERO, ZERO
    else:
        paid_in = (EntryKind.DEPOSIT, EntryKind.WITHDRAWAL)
        deposits = _total(e.amount for e in ledger if e.kind in paid_in)
        dividends = _total(e.amount for e in ledger if e.kind is EntryKind.DIVIDEND)
        interest = -_total(e.amount for e in ledger if e.kind is EntryKind.INTEREST)
        notes.say("Realised profit is what is left of equity after deposits and open profit.")
    realized = balances.equity - deposits - balances.unrealized - dividends + interest
    return AccountSnapshot(
        account_id=balances.account_id,
        cash=cents(balances.cash),
        positions_value=cents(balances.equity - balances.cash),
        equity=cents(balances.equity),
        buying_power=cents(balances.buying_power),
        collateral=cents(balances.collateral),
        deposits=cents(deposits),
        realized=cents(realized),
        unrealized=cents(balances.unrealized),
        dividends=cents(dividends),
        interest=cents(interest),
        as_of=now,
    )


def instrument(name: str) -> tuple[str, OptionSymbol | None]:
    """Ticker and, for an option, its contract. `InputError` for what is neither."""
    try:
        option = OptionSymbol.parse(name)
    except InputError:
        return ticker(name.replace("/", ".")), None
    return option.root, option


def position(
    name: str,
    *,
    quantity: Decimal,
    cost: Decimal,
    opened_at: datetime,
    notes: Notes,
) -> Position | None:
    """A holding; None, counted in `notes`, when it is none that the house knows.

    `cost` may have any sign: what a long cost and what a short brought is told by `quantity`.
    """
    try:
        symbol, option = instrument(name)
    except InputError:
        notes.leave_out(FOREIGN)
        return None
    if option is not None and quantity != quantity.to_integral_value():
        notes.leave_out(FRACTION)
        return None
    if quantity == 0:
        return None
    size = abs(quantity) * (CONTRACT_SIZE if option is not None else 1)
    return Position(
        symbol=symbol,
        option=option,
        quantity=units(quantity),
        average_price=abs(cost) / size,
        cost_basis=cents(abs(cost).copy_sign(quantity)),
        opened_at=opened_at,
        strategy="",
    )


def within(at: datetime, start: date | None, end: date | None) -> bool:
    """Whether a moment's exchange date lies in [start, end], where None is open."""
    day = exchange_date(at)
    return (start is None or day >= start) and (end is None or day <= end)


def revision(source: str, now: datetime) -> str:
    return f"{source}:{int(now.timestamp()) // REVISION_SECONDS}"


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
