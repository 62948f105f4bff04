"""Do the books balance? Every difference is named, in dollars and cents or in contracts.

Whatever was traded and settled must agree: the cash of every close with the ledger's sum until
then; what is held with what fills and settlements moved; each lot with what was closed of it; and
cash plus market value with deposits plus everything that was earned and paid. Pure functions of one
state of the books; they repair nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from connectors.practice.marks import quantities
from mfa.kernel.account import ClosedTrade, EntryKind, EquityPoint, LedgerEntry
from mfa.kernel.clock import exchange_date
from mfa.kernel.money import ZERO
from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import Lot
from mfa.store.books import Books, Conn


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeBooks:
    """One state of the books, complete."""

    ledger: tuple[LedgerEntry, ...]
    lots: tuple[Lot, ...]
    trades: tuple[ClosedTrade, ...]
    closed_quantities: Mapping[int, int]
    moved: Mapping[tuple[str, OptionSymbol | None], int]
    equity: tuple[EquityPoint, ...]


def whole_books(books: Books, conn: Conn) -> WholeBooks:
    """Everything, read by the caller's transaction (repeatable read, if others write)."""
    return WholeBooks(
        ledger=books.ledger(conn),
        lots=books.all_lots(conn),
        trades=books.closed_trades(conn),
        closed_quantities=books.closed_quantities(conn),
        moved=books.moved(conn),
        equity=books.equity(conn),
    )


def books_balance(whole: WholeBooks, market_value: Decimal) -> tuple[str, ...]:
    """The differences, each as a sentence; empty when all agrees to the cent.

    cash at every close = sum of the ledger until then;
    lots = fills + settlements, and each lot = what it opened with - what was closed of it;
    cash + market value = deposits + realised + unrealised + dividends - interest.
    """
    return (*_cash(whole), *_holdings(whole), *_lots(whole), *_earnings(whole, market_value))


def _total(entries: Iterable[LedgerEntry], *kinds: EntryKind) -> Decimal:
    return sum((e.amount for e in entries if not kinds or e.kind in kinds), ZERO)


def _cash(whole: WholeBooks) -> tuple[str, ...]:
    differences, cash, at = [], ZERO, 0
    for point in whole.equity:
        while at < len(whole.ledger) and exchange_date(whole.ledger[at].at) <= point.day:
            cash += whole.ledger[at].amount
            at += 1
        if cash != point.cash:
            differences.append(
                f"Cash at the close of {point.day} is {point.cash}, the ledger adds up to {cash}: "
                f"{point.cash - cash}."
            )
    return tuple(differences)


def _holdings(whole: WholeBooks) -> tuple[str, ...]:
    held = quantities(whole.lots)
    return tuple(
        f"{option or symbol}: lots hold {held.get((symbol, option), 0)}, "
        f"fills and settlements moved {whole.moved.get((symbol, option), 0)}."
        for symbol, option in sorted(held.keys() | whole.moved.keys(), key=str)
        if held.get((symbol, option), 0) != whole.moved.get((symbol, option), 0)
    )


def _lots(whole: WholeBooks) -> tuple[str, ...]:
    return tuple(
        f"Lot {lot.id}: {lot.quantity} left of {lot.opened_quantity}, but "
        f"{whole.closed_quantities.get(lot.id, 0)} were closed."
        for lot in whole.lots
        if lot.quantity + whole.closed_quantities.get(lot.id, 0) != lot.opened_quantity
    )


def _earnings(whole: WholeBooks, market_value: Decimal) -> tuple[str, ...]:
    basis = sum((lot.cost_basis for lot in whole.lots), ZERO)
    has = _total(whole.ledger) + market_value
    owes = (
        _total(whole.ledger, EntryKind.DEPOSIT, EntryKind.WITHDRAWAL)
        + sum((trade.realized for trade in whole.trades), ZERO)
        + (market_value - basis)
        + _total(whole.ledger, EntryKind.DIVIDEND)
        + _total(whole.ledger, EntryKind.INTEREST)
    )
    if has == owes:
        return ()
    difference = (
        f"Cash and positions are worth {has}, but deposits, profits, dividends and interest add "
        f"up to {owes}: {has - owes}."
    )
    return (difference,)
