"""Robinhood's orders, events and transfers as movements of cash and as fills.

Each execution is a movement of its own. An assignment or exercise ends the option at zero and moves
shares at the strike; a dividend that was reinvested came in as cash first. What has not happened
yet (a pending transfer, a dividend to come) is no movement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final

from connectors.vendors.ground.fifo import Fill
from connectors.vendors.ground.notes import Notes
from connectors.vendors.robinhood.account_wire import (
    Execution,
    OptionEventRow,
    OptionOrderRow,
    StockOrderRow,
)
from connectors.vendors.robinhood.history import History
from mfa.kernel.account import CloseReason, EntryKind
from mfa.kernel.clock import EXCHANGE_ZONE
from mfa.kernel.money import ZERO, cents, units
from mfa.kernel.symbols import OptionSymbol

NAMELESS: Final = "movements of an instrument that cannot be named"
_BELL: Final = time(16, 0)
_PAID: Final = frozenset({"paid", "reinvested"})
_IN: Final = frozenset({"deposit", "credit"})
_EVENTS: Final = {
    "assignment": (EntryKind.ASSIGNMENT, CloseReason.ASSIGNED),
    "exercise": (EntryKind.EXERCISE, CloseReason.EXERCISED),
    "expiration": (None, CloseReason.EXPIRED),
}
_UNDONE: Final = frozenset({"voided", "cancelled", "canceled", "rejected", "deleted", "failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CashMovement:
    """Cash that moved, before it has its number in the ledger."""

    at: datetime
    kind: EntryKind
    symbol: str | None
    amount: Decimal
    memo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movements:
    cash: tuple[CashMovement, ...]
    fills: tuple[Fill, ...]


def movements(
    history: History,
    stocks: Mapping[str, str],
    options: Mapping[str, OptionSymbol],
    *,
    now: datetime,
    notes: Notes,
) -> Movements:
    """All of it up to `now`, in the order of time; instruments by their ids."""
    fills = [
        *(f for order in history.orders.values() for f in _stock_fills(order, stocks, notes)),
        *(f for o in history.option_orders.values() for f in _option_fills(o, options, notes)),
    ]
    cash = [_traded(fill) for fill in fills]
    for event in history.events:
        if event.type in _EVENTS and event.state not in _UNDONE:
            moved, ended = _event(event, stocks, options, notes)
            cash += moved
            fills += ended
    cash += _income(history, stocks)
    return Movements(
        cash=tuple(sorted((m for m in cash if m.at <= now), key=lambda m: m.at)),
        fills=tuple(sorted((f for f in fills if f.at <= now), key=lambda f: f.at)),
    )


def ids_of_stocks(history: History) -> Iterator[str]:
    yield from (order.instrument for order in history.orders.values() if order.executions)
    yield from (row.instrument for row in history.dividends)
    yield from (part.instrument for row in history.events for part in row.equity_components)


def ids_of_options(history: History) -> Iterator[str]:
    for order in history.option_orders.values():
        yield from (leg.option for leg in order.legs if leg.executions)
    yield from (row.option for row in history.events)


def _stock_fills(order: StockOrderRow, stocks: Mapping[str, str], notes: Notes) -> Iterator[Fill]:
    symbol = stocks.get(order.instrument)
    if order.executions and symbol is None:
        notes.leave_out(NAMELESS)
    if symbol is not None:
        yield from _executed(order.executions, order.side, symbol, None, order.fees)


def _option_fills(
    order: OptionOrderRow, options: Mapping[str, OptionSymbol], notes: Notes
) -> Iterator[Fill]:
    fees = order.regulatory_fees
    for leg in order.legs:
        option = options.get(leg.option)
        if leg.executions and option is None:
            notes.leave_out(NAMELESS)
        if option is not None and leg.executions:
            yield from _executed(leg.executions, leg.side, option.root, option, fees)
            fees = ZERO


def _executed(
    executions: tuple[Execution, ...],
    side: str,
    symbol: str,
    option: OptionSymbol | None,
    fees: Decimal,
) -> Iterator[Fill]:
    """A fill for each execution; the first one bears the order's fees."""
    for execution in executions:
        sign = 1 if side == "buy" else -1
        yield Fill(
            at=execution.timestamp.astimezone(UTC),
            symbol=symbol,
            option=option,
            quantity=units(sign * execution.quantity),
            price=units(execution.price),
            fees=cents(fees),
        )
        fees = ZERO


def _traded(fill: Fill) -> CashMovement:
    """The cash of a fill by an order."""
    verb = "bought" if fill.quantity > 0 else "sold"
    what = str(fill.option) if fill.option is not None else fill.symbol
    return CashMovement(
        at=fill.at,
        kind=EntryKind.TRADE,
        symbol=fill.symbol,
        amount=cents(-fill.quantity * fill.price * fill.multiplier) - fill.fees,
        memo=f"{verb} {abs(fill.quantity).normalize():f} {what} at {fill.price.normalize():f}",
    )


def _event(
    event: OptionEventRow,
    stocks: Mapping[str, str],
    options: Mapping[str, OptionSymbol],
    notes: Notes,
) -> tuple[list[CashMovement], list[Fill]]:
    option = options.get(event.option)
    if option is None:
        notes.leave_out(NAMELESS)
        return [], []
    kind, reason = _EVENTS[event.type]
    at = _bell(event.event_date)
    ended = [
        Fill(
            at=at, symbol=option.root, option=option, quantity=units(event.quantity), price=ZERO,
            reason=reason, closes_only=True,
        )
    ]  # fmt: skip
    cash: list[CashMovement] = []
    if kind is None:
        return cash, ended
    memo = f"{event.type} of {event.quantity.normalize():f} {option}"
    for part in event.equity_components:
        symbol = stocks.get(part.instrument)
        if symbol is None:
            notes.leave_out(NAMELESS)
            continue
        quantity = units(part.quantity if part.side == "buy" else -part.quantity)
        ended.append(
            Fill(
                at=at, symbol=symbol, option=None, quantity=quantity, price=units(part.price),
                reason=reason,
            )
        )  # fmt: skip
        amount = cents(-quantity * part.price)
        cash.append(CashMovement(at=at, kind=kind, symbol=symbol, amount=amount, memo=memo))
    if not event.equity_components and event.total_cash_amount:
        settled = abs(event.total_cash_amount) * (-1 if event.direction == "debit" else 1)
        cash.append(
            CashMovement(at=at, kind=kind, symbol=option.root, amount=cents(settled), memo=memo)
        )
    return cash, ended


def _income(history: History, stocks: Mapping[str, str]) -> Iterator[CashMovement]:
    """Dividends, interest and transfers."""
    for dividend in history.dividends:
        due = dividend.payable_date
        when = dividend.paid_at or (_bell(due) if due is not None else None)
        if dividend.state in _PAID and when is not None:
            symbol = stocks.get(dividend.instrument)
            yield CashMovement(
                at=when.astimezone(UTC),
                kind=EntryKind.DIVIDEND,
                symbol=symbol,
                amount=cents(dividend.amount),
                memo=f"dividend {symbol or ''}".rstrip(),
            )
    for sweep in history.sweeps:
        paid = sweep.pay_date
        yield CashMovement(
            at=paid.astimezone(UTC) if isinstance(paid, datetime) else _bell(paid),
            kind=EntryKind.INTEREST,
            symbol=None,
            amount=cents(sweep.amount if sweep.direction == "credit" else -sweep.amount),
            memo=(sweep.reason or "interest").replace("_", " "),
        )
    for transfer in history.transfers:
        if transfer.state == "completed":
            comes = transfer.direction in _IN
            yield CashMovement(
                at=transfer.created_at.astimezone(UTC),
                kind=EntryKind.DEPOSIT if comes else EntryKind.WITHDRAWAL,
                symbol=None,
                amount=cents(transfer.amount if comes else -transfer.amount),
                memo=f"bank transfer, {transfer.direction}",
            )


def _bell(day: date) -> datetime:
    return datetime.combine(day, _BELL, EXCHANGE_ZONE).astimezone(UTC)
