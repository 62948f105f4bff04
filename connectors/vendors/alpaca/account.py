"""Alpaca as an account source: reading only, no request here can place or change an order."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

from connectors.vendors.alpaca import wire
from connectors.vendors.alpaca.access import AlpacaAccess
from connectors.vendors.ground import broker
from connectors.vendors.ground.answers import found
from connectors.vendors.ground.reading import parse, sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import bad_data, not_supported
from mfa.kernel.account import (
    AccountSnapshot,
    ClosedTrade,
    EntryKind,
    EquityPoint,
    LedgerEntry,
    Position,
)
from mfa.kernel.clock import EXCHANGE_ZONE, Clock
from mfa.kernel.errors import InputError
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.outcome import Absent, Outcome

_PAGE: Final = 100
_PAGES: Final = 40
_CASH: Final = "CSD,CSW,JNLC,TRANS,DIV,DIVCGL,DIVCGS,DIVNRA,DIVROC,DIVTXEX,INT,FEE,CFEE,PTC"
_KINDS: Final = {
    "FILL": EntryKind.TRADE,
    "INT": EntryKind.INTEREST,
    "FEE": EntryKind.FEE,
    "CFEE": EntryKind.FEE,
    "PTC": EntryKind.FEE,
    "OPASN": EntryKind.ASSIGNMENT,
    "OPEXC": EntryKind.EXERCISE,
    "OPXRC": EntryKind.EXERCISE,
}
_PAID: Final = frozenset({"CSD", "CSW", "JNLC", "TRANS"})
_NOON: Final = time(12)


class AlpacaAccount:
    """`AccountSource` for the account that the keys belong to."""

    def __init__(self, access: AlpacaAccess, *, clock: Clock) -> None:
        self._access, self._terms, self._clock = access, access.terms, clock
        self._gate, self._client = access.gate, access.trading

    @property
    def name(self) -> str:
        return self._access.account_source

    def account(self) -> Outcome[AccountSnapshot]:
        return self._gate.ask("account", self._snapshot)

    def positions(self) -> Outcome[tuple[Position, ...]]:
        return self._gate.ask("positions", self._positions)

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        del start, end, symbol
        return not_supported(self._terms, "closed trades")

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        return self._gate.ask("ledger", lambda call: self._ledger(call, start, end))

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        del start, end
        return not_supported(self._terms, "past values of an account with its cash")

    def revision(self) -> str:
        return broker.revision(self.name, self._clock.now())

    # -- one question each ----------------------------------------------------------------------

    def _snapshot(self, call: Call) -> Outcome[AccountSnapshot]:
        row = parse(self._terms, wire.AccountRow, self._client.get(call, "/v2/account"))
        open_profit = sum((r.unrealized_pl for r in self._held(call)), ZERO)
        power = row.buying_power if row.options_buying_power is None else row.options_buying_power
        balances = broker.Balances(
            account_id=row.account_number,
            cash=row.cash,
            equity=row.equity,
            unrealized=open_profit,
            buying_power=power,
            collateral=row.initial_margin or ZERO,
        )
        entries = self._entries(call, {"activity_types": _CASH})
        value = broker.snapshot(balances, entries, now=call.now, notes=call.notes)
        return found(value, source=self.name, call=call)

    def _positions(self, call: Call) -> Outcome[tuple[Position, ...]]:
        rows = self._held(call)
        fills = self._fills(call) if rows else []
        held = []
        for row in rows:
            quantity = -abs(row.qty) if row.side == "short" else abs(row.qty)
            opened = _opened(row.symbol, quantity, fills)
            if opened is None:
                call.notes.say("Some positions are older than the fills that were read.")
            held.append(
                broker.position(
                    row.symbol if row.asset_class != "crypto" else "",
                    quantity=quantity,
                    cost=row.cost_basis,
                    opened_at=opened or _oldest(fills, call.now),
                    notes=call.notes,
                )
            )
        return found(tuple(p for p in held if p), source=self.name, call=call)

    def _ledger(
        self, call: Call, start: date | None, end: date | None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        entries = self._entries(call, {})
        wanted = tuple(e for e in entries if broker.within(e.at, start, end))
        if not wanted:
            return Absent("No cash moved in that time.")
        return found(wanted, source=self.name, call=call)

    # -- parts ----------------------------------------------------------------------------------

    def _held(self, call: Call) -> list[wire.PositionRow]:
        raw = self._array(self._client.get(call, "/v2/positions"))
        return sift(self._terms, wire.PositionRow, raw, call.notes, lambda row: row.symbol)

    def _fills(self, call: Call) -> list[wire.ActivityRow]:
        """The last hundred fills, newest first."""
        params = {"activity_types": "FILL", "direction": "desc", "page_size": str(_PAGE)}
        raw = self._array(self._client.get(call, "/v2/account/activities", params))
        return sift(self._terms, wire.ActivityRow, raw, call.notes, lambda row: row.id)

    def _entries(self, call: Call, params: dict[str, str]) -> list[LedgerEntry]:
        """Cash movements, oldest first."""
        asked = {"direction": "asc", "page_size": str(_PAGE), **params}
        rows: list[wire.ActivityRow] = []
        for _ in range(_PAGES):
            raw = self._array(self._client.get(call, "/v2/account/activities", asked))
            page = sift(self._terms, wire.ActivityRow, raw, call.notes, lambda row: row.id)
            rows += page
            if len(raw) < _PAGE:
                break
            asked["page_token"] = page[-1].id
        else:
            raise bad_data(self._terms, f"it has more than {_PAGES * _PAGE} activities")
        entries = []
        for number, row in enumerate(rows, start=1):
            entry = _entry(number, row)
            if entry is None:
                call.notes.leave_out("activities that move no cash we know of")
            else:
                entries.append(entry)
        return entries

    def _array(self, body: bytes) -> list[Any]:
        try:
            rows = json.loads(body)
        except ValueError:
            raise bad_data(self._terms, "its answer is not JSON, or was cut off") from None
        if not isinstance(rows, list):
            raise bad_data(self._terms, "its answer is no list")
        return rows


def _entry(number: int, row: wire.ActivityRow) -> LedgerEntry | None:
    kind, at, amount = _kind(row), _moment(row), _amount(row)
    if kind is None or at is None or amount is None:
        return None
    memo = row.description or row.activity_type
    return LedgerEntry(id=number, at=at, kind=kind, symbol=row.symbol, amount=amount, memo=memo)


def _kind(row: wire.ActivityRow) -> EntryKind | None:
    name = row.activity_type.upper()
    if name.startswith("DIV"):
        return EntryKind.DIVIDEND
    if name in _PAID:
        return EntryKind.WITHDRAWAL if (row.net_amount or 0) < 0 else EntryKind.DEPOSIT
    return _KINDS.get(name)


def _moment(row: wire.ActivityRow) -> datetime | None:
    """When it was; a bare date counts as that day's noon at the exchange."""
    if row.transaction_time is not None and row.transaction_time.tzinfo is not None:
        return row.transaction_time.astimezone(UTC)
    if row.day is None:
        return None
    return datetime.combine(row.day, _NOON, EXCHANGE_ZONE).astimezone(UTC)


def _amount(row: wire.ActivityRow) -> Decimal | None:
    if row.net_amount is not None:
        return cents(row.net_amount)
    if row.price is None or row.qty is None or row.symbol is None:
        return None
    try:
        _, option = broker.instrument(row.symbol)
    except InputError:
        return None
    size = abs(row.qty) * (CONTRACT_SIZE if option is not None else 1)
    return cents(size * row.price if row.side.startswith("sell") else -size * row.price)


def _opened(symbol: str, quantity: Decimal, fills: Sequence[wire.ActivityRow]) -> datetime | None:
    """The fill, going back in time, before which nothing of the position was held."""
    left = quantity
    for fill in fills:
        if fill.symbol != symbol or fill.qty is None:
            continue
        left += abs(fill.qty) if fill.side.startswith("sell") else -abs(fill.qty)
        if left * quantity <= 0:
            return _moment(fill)
    return None


def _oldest(fills: Sequence[wire.ActivityRow], now: datetime) -> datetime:
    moments = [at for fill in fills if (at := _moment(fill))]
    return min(moments, default=now)
