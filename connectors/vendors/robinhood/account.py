"""Robinhood as an account source: reading only, no request here can place or change an order.

Balances, ledger, curve and closed trades are put together from the same lists of what happened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from connectors.vendors.ground import broker
from connectors.vendors.ground.answers import found
from connectors.vendors.ground.quotes import finished
from connectors.vendors.ground.reading import parse, sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.robinhood.access import SOURCE, RobinhoodAccess
from connectors.vendors.robinhood.account_wire import (
    OptionPositionRow,
    PortfolioRow,
    StockPositionRow,
    ValueRow,
    ValuesDocument,
)
from connectors.vendors.robinhood.history import HistoryReader
from connectors.vendors.robinhood.movements import (
    NAMELESS,
    Movements,
    ids_of_options,
    ids_of_stocks,
    movements,
)
from connectors.vendors.robinhood.names import Names
from connectors.vendors.robinhood.round_trips import RoundTrips
from mfa.kernel.account import (
    AccountSnapshot,
    ClosedTrade,
    EntryKind,
    EquityPoint,
    LedgerEntry,
    Position,
)
from mfa.kernel.clock import Clock, exchange_date
from mfa.kernel.money import ZERO, cents
from mfa.kernel.outcome import Absent, Outcome

T = TypeVar("T")

PATIENCE: Final = 20.0
"""Seconds for the first reading of a long history. Whoever asks may stop waiting before; the
answer is there for the next one."""
_YEAR: Final = 360
_PAID_IN: Final = (EntryKind.DEPOSIT, EntryKind.WITHDRAWAL)


class RobinhoodAccount:
    """`AccountSource` for one account."""

    def __init__(self, access: RobinhoodAccess, names: Names, *, clock: Clock) -> None:
        self._access, self._terms, self._names = access, access.terms, names
        self._clock = clock
        self._history = HistoryReader(access)
        self._trips = RoundTrips(access, names)

    @property
    def name(self) -> str:
        return SOURCE

    def account(self) -> Outcome[AccountSnapshot]:
        return self._patiently("account", self._snapshot)

    def positions(self) -> Outcome[tuple[Position, ...]]:
        def work(call: Call) -> Outcome[tuple[Position, ...]]:
            held = self._held(call, self._access.account(call).account_number)
            return found(tuple(held), source=SOURCE, call=call)

        return self._access.ask("positions", work)

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        return self._patiently("closed_trades", lambda call: self._closed(call, start, end, symbol))

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        def work(call: Call) -> Outcome[tuple[LedgerEntry, ...]]:
            entries = _numbered(self._moved(call, self._access.account(call).account_number))
            wanted = tuple(e for e in entries if broker.within(e.at, start, end))
            if not wanted:
                return Absent("No cash moved in that time.")
            return found(wanted, source=SOURCE, call=call)

        return self._patiently("ledger", work)

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        return self._patiently("equity_curve", lambda call: self._curve(call, start, end))

    def revision(self) -> str:
        return broker.revision(SOURCE, self._clock.now())

    # -- one question each ----------------------------------------------------------------------

    def _snapshot(self, call: Call) -> Outcome[AccountSnapshot]:
        stated = self._access.account(call)
        raw = self._access.get(
            call, self._access.urls.portfolio_profile_url(stated.account_number) + "/"
        )
        portfolio = parse(self._terms, PortfolioRow, raw)
        held = self._held(call, stated.account_number)
        entries = _numbered(self._moved(call, stated.account_number))
        cash = stated.cash if stated.portfolio_cash is None else stated.portfolio_cash
        equity = portfolio.extended_hours_equity or portfolio.equity
        cost = sum((position.cost_basis for position in held), ZERO)
        balances = broker.Balances(
            account_id=stated.account_number,
            cash=cash,
            equity=equity,
            unrealized=equity - cash - cost,
            buying_power=stated.buying_power,
            collateral=stated.collateral or ZERO,
        )
        told = sum((entry.amount for entry in entries), ZERO)
        if told != cents(cash):
            call.notes.say(
                f"The movements that can be read add up to {told:,.2f} dollars of cash and "
                f"{SOURCE} states {cents(cash):,.2f}: the difference counts as realised."
            )
        value = broker.snapshot(balances, entries, now=call.now, notes=call.notes)
        return found(value, source=SOURCE, call=call)

    def _closed(
        self, call: Call, start: date | None, end: date | None, symbol: str | None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        number = self._access.account(call).account_number
        held = {p.instrument: p.quantity for p in self._held(call, number)}
        fills = self._moved(call, number).fills
        folded, unsure = self._trips.fold(call, fills, held)
        trades: list[ClosedTrade] = []
        for trade in folded.trades:
            name = trade.option.occ if trade.option is not None else trade.symbol
            if name in unsure:
                call.notes.leave_out("trades of instruments whose history is not whole")
            elif broker.within(trade.closed_at, start, end) and symbol in {None, trade.symbol}:
                trades.append(trade)
        if not trades:
            return Absent("No trade was closed in that time.")
        note = "Round trips are put together here from executions, first in, first out."
        return found(tuple(trades), source=SOURCE, call=call, note=note)

    def _curve(
        self, call: Call, start: date | None, end: date | None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        number = self._access.account(call).account_number
        recent = start is not None and (exchange_date(call.now) - start).days <= _YEAR
        params = {
            "interval": "day",
            "span": "year" if recent else "all",
            "bounds": "regular",
        }
        url = self._access.urls.portfolis_historicals_url(number)
        document = parse(self._terms, ValuesDocument, self._access.get(call, url, params))
        rows = sift(
            self._terms, ValueRow, document.equity_historicals, call.notes, lambda r: r.begins_at
        )
        paid = [e for e in _numbered(self._moved(call, number)) if e.kind in _PAID_IN]
        points = []
        for row in sorted(rows, key=lambda row: row.begins_at):
            day = row.begins_at.date()
            if not finished(day, call.now) or not (start or day) <= day <= (end or day):
                continue
            equity = cents(row.close_equity)
            deposits = sum((e.amount for e in paid if exchange_date(e.at) <= day), ZERO)
            points.append(
                EquityPoint(
                    day=day,
                    equity=equity,
                    cash=equity - cents(row.close_market_value),
                    deposits=deposits,
                )
            )
        if not points:
            return Absent("There are no past values of the account in that time.")
        return found(tuple(points), source=SOURCE, call=call)

    # -- parts ----------------------------------------------------------------------------------

    def _held(self, call: Call, number: str) -> list[Position]:
        """Stocks, then options; what cannot be named is counted in the notes."""
        urls = self._access.urls
        raw = self._access.rows(call, urls.positions_url(number), {"nonzero": "true"})
        stocks = sift(self._terms, StockPositionRow, raw, call.notes, lambda row: row.instrument)
        raw = self._access.rows(call, urls.option_positions_url(number), {"nonzero": "True"})
        options = sift(
            self._terms, OptionPositionRow, raw, call.notes, lambda r: (r.option, r.type)
        )
        symbols = self._names.stocks(call, (row.instrument for row in stocks))
        contracts = self._names.options(call, (row.option for row in options))
        held = [self._stock(call, row, symbols.get(row.instrument)) for row in stocks]
        for row in options:
            contract = contracts.get(row.option)
            if contract is None or row.trade_value_multiplier != 100:
                call.notes.leave_out(NAMELESS if contract is None else broker.FOREIGN)
                continue
            quantity = row.quantity if row.type == "long" else -row.quantity
            held.append(
                broker.position(
                    contract.occ,
                    quantity=quantity,
                    cost=row.average_price * row.quantity,
                    opened_at=row.created_at,
                    notes=call.notes,
                )
            )
        return [position for position in held if position is not None]

    def _stock(self, call: Call, row: StockPositionRow, symbol: str | None) -> Position | None:
        if symbol is None:
            call.notes.leave_out(NAMELESS)
            return None
        return broker.position(
            symbol,
            quantity=row.quantity,
            cost=row.average_buy_price * row.quantity,
            opened_at=row.created_at,
            notes=call.notes,
        )

    def _moved(self, call: Call, number: str) -> Movements:
        history = self._history.read(call, number)
        return movements(
            history,
            self._names.stocks(call, ids_of_stocks(history)),
            self._names.options(call, ids_of_options(history)),
            now=call.now,
            notes=call.notes,
        )

    def _patiently(self, operation: str, work: Callable[[Call], Outcome[T]]) -> Outcome[T]:
        seconds = max(PATIENCE, self._terms.deadline)
        return self._access.ask(operation, work, deadline=seconds)


def _numbered(moved: Movements) -> list[LedgerEntry]:
    return [
        LedgerEntry(id=number, at=m.at, kind=m.kind, symbol=m.symbol, amount=m.amount, memo=m.memo)
        for number, m in enumerate(moved.cash, start=1)
    ]
