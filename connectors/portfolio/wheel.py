"""The wheel on each symbol: where it stands, what each turn of it brought, what it returned.

A cycle ends when the last shares are gone, called away or sold; puts that expired before belong to
the cycle that they led to. A dividend belongs to the cycle whose shares earned it, even when it is
paid later.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from connectors.base import Sources
from connectors.portfolio.params import SymbolFilter
from connectors.portfolio.shapes import Kind
from connectors.portfolio.valuation import entries, value_positions
from connectors.portfolio.wheel_pieces import Piece, wheel_pieces
from connectors.portfolio.wheel_results import WheelCycle, WheelRow, WheelState, WheelStatus
from mfa.kernel.account import EntryKind, LedgerEntry
from mfa.kernel.clock import exchange_date
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, derived

LEAST_DAYS: Final = 30
"""Before which a year's figure would be an extrapolation from days."""


def wheel_status(sources: Sources, wanted: SymbolFilter) -> Outcome[WheelStatus]:
    """Every wheel, or those on the symbols asked for."""
    held = sources.account.positions()
    if isinstance(held, Failed):
        return held
    closed = sources.account.closed_trades()
    if isinstance(closed, Failed):
        return closed
    ledger = sources.account.ledger()
    chosen = [p for p in entries(held) if not wanted.symbols or p.symbol in wanted.symbols]
    past = [t for t in entries(closed) if not wanted.symbols or t.symbol in wanted.symbols]
    valuation = value_positions(sources.market, chosen)
    wheels = wheel_pieces(past, valuation.entries)
    if not wheels:
        on = f" on {', '.join(wanted.symbols)}" if wanted.symbols else ""
        return Absent(f"There is no wheel{on}: no put was sold, and no call on shares held.")
    paid = None if isinstance(ledger, Failed) else _dividends(entries(ledger))
    prices = {entry.position.symbol: entry.underlying for entry in valuation.priced}
    now = sources.clock.now()
    turned = {symbol: _Wheel(symbol, pieces, paid, now) for symbol, pieces in wheels.items()}
    rows = tuple(wheel.row(prices.get(symbol)) for symbol, wheel in turned.items())
    cycles = [cycle for wheel in turned.values() for cycle in wheel.cycles()]
    said: tuple[str, ...] = ()
    if isinstance(ledger, Failed):
        said = (f"Dividends are not known and left out of totals: {ledger.message}",)
    unpriced = tuple(e for e in valuation.unpriced if _among(e, wheels))
    value = WheelStatus(
        symbols=len(rows),
        total=_sum(row.total for row in rows),
        premium=sum((row.premium for row in rows), ZERO),
        rows=rows,
        cycles=tuple(sorted(cycles, key=lambda c: (c.symbol, -c.cycle))),
        unpriced=unpriced,
        warnings=(*said, *valuation.warnings),
    )
    read = [each.provenance for each in (held, closed, ledger) if isinstance(each, Found)]
    return Found(value, derived("positions.wheel_status", *read, *valuation.inputs))


def _dividends(ledger: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    return tuple(each for each in ledger if each.kind is EntryKind.DIVIDEND)


def _among(instrument: str, wheels: Mapping[str, Sequence[Piece]]) -> bool:
    return any(
        piece.ended_at is None and instrument in {piece.symbol, piece.option and piece.option.occ}
        for pieces in wheels.values()
        for piece in pieces
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    """One cycle's pieces and dividends."""

    pieces: tuple[Piece, ...]
    dividends: Decimal | None

    def figures(self, now: datetime) -> dict[str, Any]:
        """Those that a cycle and a whole wheel share."""
        puts, calls, shares = (
            [piece for piece in self.pieces if piece.kind is kind]
            for kind in (Kind.PUT, Kind.CALL, Kind.SHARES)
        )
        total = _sum(piece.result for piece in self.pieces)
        if total is not None:
            total += self.dividends or ZERO
        capital = self.capital
        tied = self.tied_up(now)
        first = min(piece.opened_at for piece in self.pieces)
        last = max(piece.ended_at or now for piece in self.pieces)
        long = (exchange_date(last) - exchange_date(first)).days >= LEAST_DAYS
        return {
            "puts_sold": _contracts(puts),
            "puts_assigned": _contracts(piece for piece in puts if piece.assigned),
            "calls_sold": _contracts(calls),
            "calls_assigned": _contracts(piece for piece in calls if piece.assigned),
            "premium": sum((piece.premium for piece in self.pieces), ZERO),
            "kept": self.kept,
            "shares_result": _sum(piece.result for piece in shares),
            "dividends": self.dividends,
            "total": total,
            "return_pct": _percent(total, capital),
            "annual_pct": _percent(total * 365, tied) if total is not None and long else None,
        }

    @property
    def kept(self) -> Decimal:
        return sum((piece.kept for piece in self.pieces), ZERO)

    @property
    def capital(self) -> Decimal:
        """The most tied up at a time."""
        moments = {piece.opened_at for piece in self.pieces}
        return max(
            (
                sum((piece.capital for piece in self.pieces if piece.held_at(moment)), ZERO)
                for moment in moments
            ),
            default=ZERO,
        )

    def tied_up(self, now: datetime) -> Decimal:
        """Dollars times days, each piece at least one day."""
        return sum(
            (
                piece.capital
                * max(
                    1, (exchange_date(piece.ended_at or now) - exchange_date(piece.opened_at)).days
                )
                for piece in self.pieces
            ),
            ZERO,
        )


class _Wheel:
    """One symbol's pieces, cut into cycles."""

    def __init__(
        self,
        symbol: str,
        pieces: Sequence[Piece],
        paid: Sequence[LedgerEntry] | None,
        now: datetime,
    ) -> None:
        self._symbol, self._now = symbol, now
        self._pieces = tuple(pieces)
        self._ends = _ends(pieces)
        own = None if paid is None else [entry for entry in paid if entry.symbol == symbol]
        self._turns = tuple(
            _Turn(
                tuple(piece for piece in pieces if self._cycle(piece) == number),
                None if own is None else self._earned(own, number),
            )
            for number in range(len(self._ends) + 1)
        )

    def _cycle(self, piece: Piece) -> int:
        return (
            len(self._ends) if piece.ended_at is None else bisect_left(self._ends, piece.ended_at)
        )

    def _earned(self, paid: Sequence[LedgerEntry], number: int) -> Decimal:
        """Dividends whose last shares before the payment belong to this cycle."""
        total = ZERO
        for entry in paid:
            before = [
                piece
                for piece in self._pieces
                if piece.kind is Kind.SHARES and piece.opened_at < entry.at
            ]
            if before and self._cycle(max(before, key=lambda piece: piece.opened_at)) == number:
                total += entry.amount
        return total

    def cycles(self) -> list[WheelCycle]:
        return [
            WheelCycle(
                symbol=self._symbol,
                cycle=number + 1,
                started=exchange_date(min(piece.opened_at for piece in turn.pieces)),
                ended=exchange_date(self._ends[number]) if number < len(self._ends) else None,
                capital=turn.capital,
                **turn.figures(self._now),
            )
            for number, turn in enumerate(self._turns)
            if turn.pieces
        ]

    def row(self, price: Decimal | None) -> WheelRow:
        open_now = [piece for piece in self._pieces if piece.ended_at is None]
        puts, calls, lots = (
            [piece for piece in open_now if piece.kind is kind]
            for kind in (Kind.PUT, Kind.CALL, Kind.SHARES)
        )
        shares = sum((lot.quantity for lot in lots), Decimal(0))
        cost = sum((lot.capital for lot in lots), ZERO)
        running = self._turns[-1]
        relief = running.kept + (running.dividends or ZERO)
        days = [piece.option.expiration for piece in open_now if piece.option is not None]
        paid = [turn.dividends for turn in self._turns]
        whole = _Turn(self._pieces, _sum(paid))
        return WheelRow(
            symbol=self._symbol,
            state=_state(shares, _contracts(puts), _contracts(calls)),
            shares=shares,
            short_puts=_contracts(puts),
            short_calls=_contracts(calls),
            price=price,
            assigned_basis=cents(cost / shares) if shares else None,
            adjusted_basis=cents((cost - relief) / shares) if shares else None,
            next_expiration=min(days, default=None),
            cycles_completed=len(self._ends),
            **whole.figures(self._now),
        )


def _ends(pieces: Sequence[Piece]) -> list[datetime]:
    """The moments at which the last shares went."""
    lots = [piece for piece in pieces if piece.kind is Kind.SHARES]
    gone = {lot.ended_at for lot in lots if lot.ended_at is not None}
    return sorted(moment for moment in gone if not any(lot.held_at(moment) for lot in lots))


def _state(shares: Decimal, puts: int, calls: int) -> WheelState:
    lots = int(shares // CONTRACT_SIZE)
    if lots:
        if not calls:
            return WheelState.HOLDING
        return WheelState.COVERED if calls >= lots else WheelState.PARTLY_COVERED
    return WheelState.SELLING_PUTS if puts else WheelState.IDLE


def _contracts(pieces: Iterable[Piece]) -> int:
    return int(sum((piece.quantity for piece in pieces), ZERO))


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None when any is not known."""
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _percent(amount: Decimal | None, of: Decimal) -> float | None:
    return None if amount is None or of <= 0 else 100.0 * float(amount / of)
