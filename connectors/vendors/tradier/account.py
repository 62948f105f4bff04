"""Tradier as an account source: reading only, no request here can place or change an order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from connectors.vendors.ground import broker
from connectors.vendors.ground.answers import found
from connectors.vendors.ground.reading import only, sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere, bad_data, not_supported
from connectors.vendors.tradier.access import TradierAccess
from connectors.vendors.tradier.wire import (
    BalanceRow,
    ClosedRow,
    EventRow,
    PositionRow,
    rows_under,
)
from mfa.kernel.account import (
    AccountSnapshot,
    ClosedTrade,
    CloseReason,
    EntryKind,
    EquityPoint,
    LedgerEntry,
    Position,
)
from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents, units
from mfa.kernel.outcome import Absent, Outcome

_PAGE: Final = 1000
_PAGES: Final = 20
_NO_HISTORY: Final = frozenset({400, 404})
_KINDS: Final = {
    "trade": EntryKind.TRADE,
    "option": EntryKind.TRADE,
    "dividend": EntryKind.DIVIDEND,
    "interest": EntryKind.INTEREST,
    "fee": EntryKind.FEE,
    "tax": EntryKind.FEE,
}
"""Every other event (ach, wire, check, transfer, journal, adjustment) moves cash in or out."""


class TradierAccount:
    """`AccountSource` for the account of the access."""

    def __init__(self, access: TradierAccess, *, clock: Clock) -> None:
        self._access, self._terms, self._clock = access, access.terms, clock
        self._gate, self._client = access.gate, access.client

    @property
    def name(self) -> str:
        return self._access.source

    def account(self) -> Outcome[AccountSnapshot]:
        return self._gate.ask("account", self._snapshot)

    def positions(self) -> Outcome[tuple[Position, ...]]:
        return self._gate.ask("positions", self._positions)

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        return self._gate.ask("closed_trades", lambda call: self._closed(call, start, end, symbol))

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        def work(call: Call) -> Outcome[tuple[LedgerEntry, ...]]:
            entries = self._entries(call)
            if entries is None:
                return not_supported(self._terms, "a cash history of this account")
            wanted = tuple(e for e in entries if broker.within(e.at, start, end))
            if not wanted:
                return Absent("No cash moved in that time.")
            return found(wanted, source=self.name, call=call)

        return self._gate.ask("ledger", work)

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        del start, end
        return not_supported(self._terms, "past values of an account")

    def revision(self) -> str:
        return broker.revision(self.name, self._clock.now())

    # -- one question each ----------------------------------------------------------------------

    def _snapshot(self, call: Call) -> Outcome[AccountSnapshot]:
        rows = self._rows(call, "balances", "balances")
        if not rows:
            raise bad_data(self._terms, "it has no balances of the account")
        row = only(self._terms, BalanceRow, rows[0])
        balances = broker.Balances(
            account_id=row.account_number,
            cash=row.total_cash,
            equity=row.total_equity,
            unrealized=row.open_pl,
            buying_power=_buying_power(row),
            collateral=row.current_requirement or row.option_requirement or ZERO,
        )
        entries = self._entries(call)
        value = broker.snapshot(balances, entries, now=call.now, notes=call.notes)
        return found(value, source=self.name, call=call, delay=self._access.delay)

    def _positions(self, call: Call) -> Outcome[tuple[Position, ...]]:
        raw = self._rows(call, "positions", "positions", "position")
        rows = sift(self._terms, PositionRow, raw, call.notes, lambda row: row.id)
        held = [
            broker.position(
                row.symbol,
                quantity=row.quantity,
                cost=row.cost_basis,
                opened_at=row.date_acquired,
                notes=call.notes,
            )
            for row in rows
        ]
        return found(tuple(p for p in held if p), source=self.name, call=call)

    def _closed(
        self, call: Call, start: date | None, end: date | None, symbol: str | None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        raw = self._pages(call, "gainloss", "closed_position")
        if raw is None:
            return not_supported(self._terms, "closed positions of this account")
        rows = sift(self._terms, ClosedRow, raw, call.notes, lambda row: row)
        trades = []
        for number, row in enumerate(rows, start=1):
            trade = _closed_trade(number, row)
            if trade is None:
                call.notes.leave_out(broker.FOREIGN)
            elif broker.within(trade.closed_at, start, end) and symbol in {None, trade.symbol}:
                trades.append(trade)
        if not trades:
            return Absent("No trade was closed in that time.")
        note = "Fees are inside the prices of closed trades."
        return found(tuple(trades), source=self.name, call=call, note=note)

    def _entries(self, call: Call) -> list[LedgerEntry] | None:
        """The whole cash history, oldest first; None where Tradier keeps none (its sandbox)."""
        raw = self._pages(call, "history", "event")
        if raw is None:
            return None
        rows = sift(self._terms, EventRow, raw, call.notes, lambda row: row.model_dump_json())
        rows.sort(key=lambda row: row.date)
        return [_entry(number, row) for number, row in enumerate(rows, start=1)]

    # -- parts ----------------------------------------------------------------------------------

    def _rows(self, call: Call, path: str, *names: str) -> list[Any]:
        body = self._client.get(call, f"{self._access.account_path(call)}/{path}")
        return rows_under(self._terms, body, *names)

    def _pages(self, call: Call, path: str, row: str) -> list[Any] | None:
        rows: list[Any] = []
        for page in range(1, _PAGES + 1):
            params = {"page": str(page), "limit": str(_PAGE)}
            try:
                body = self._client.get(
                    call, f"{self._access.account_path(call)}/{path}", params, absent=_NO_HISTORY
                )
            except NotThere:
                return None
            more = rows_under(self._terms, body, path, row)
            rows += more
            if len(more) < _PAGE:
                return rows
        raise bad_data(self._terms, f"its {path} is longer than {_PAGES * _PAGE} rows")


def _buying_power(row: BalanceRow) -> Decimal:
    """What options may still tie up: in a margin account as stated, else the free cash."""
    if row.margin is not None and row.margin.option_buying_power is not None:
        return row.margin.option_buying_power
    if row.cash is not None and row.cash.cash_available is not None:
        return row.cash.cash_available
    return row.total_cash


def _closed_trade(number: int, row: ClosedRow) -> ClosedTrade | None:
    try:
        symbol, option = broker.instrument(row.symbol)
    except InputError:
        return None
    if row.quantity == 0 or row.quantity != row.quantity.to_integral_value():
        return None
    size = abs(row.quantity) * (CONTRACT_SIZE if option is not None else 1)
    bought, sold = abs(row.cost) / size, abs(row.proceeds) / size
    short = row.quantity < 0
    worthless = option is not None and (bought if short else sold) == 0
    return ClosedTrade(
        id=number,
        symbol=symbol,
        option=option,
        strategy="",
        quantity=units(row.quantity),
        opened_at=row.open_date,
        closed_at=row.close_date,
        open_price=sold if short else bought,
        close_price=bought if short else sold,
        fees=ZERO,
        realized=cents(row.gain_loss),
        reason=CloseReason.EXPIRED if worthless else CloseReason.TRADE,
    )


def _entry(number: int, row: EventRow) -> LedgerEntry:
    kind = _KINDS.get(row.type.lower())
    if kind is None:
        kind = EntryKind.DEPOSIT if row.amount >= 0 else EntryKind.WITHDRAWAL
    detail = row.trade or row.option or row.dividend or row.interest or row.fee or row.journal or {}
    name = detail.get("symbol")
    memo = detail.get("description")
    return LedgerEntry(
        id=number,
        at=row.date,
        kind=kind,
        symbol=name if isinstance(name, str) and name else None,
        amount=cents(row.amount),
        memo=memo if isinstance(memo, str) else row.type,
    )
