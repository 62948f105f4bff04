"""What belongs to a wheel: short puts, calls sold on shares held, and those shares.

Read from closed trades and positions, by what was done and not by what it was labelled: an option
opened together with one on the other side was a spread and is no part; a call counts where a round
lot was held when it was sold; shares count from a hundred up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from connectors.portfolio.shapes import Kind
from connectors.portfolio.valuation import Priced, Unpriced
from mfa.kernel.account import ClosedTrade, CloseReason
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionSymbol, OptionType


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A short put, a short call or shares, from opening to end (None: still open).

    `quantity` is positive. `capital` is what it tied up; `premium` was received for an option and
    `kept` is what came of it in cash so far; `result` is its profit, at the mark while open.
    """

    symbol: str
    kind: Kind
    option: OptionSymbol | None
    quantity: Decimal
    opened_at: datetime
    ended_at: datetime | None
    assigned: bool
    capital: Decimal
    premium: Decimal
    kept: Decimal
    result: Decimal | None

    def held_at(self, moment: datetime) -> bool:
        return self.opened_at <= moment and (self.ended_at is None or self.ended_at > moment)


@dataclass(frozen=True, slots=True)
class _Leg:
    """Anything held or closed: the piece it would be, and its side."""

    piece: Piece
    long: bool


def wheel_pieces(
    closed: Iterable[ClosedTrade], held: Iterable[Priced | Unpriced]
) -> dict[str, tuple[Piece, ...]]:
    """By symbol in the order of opening, where a put or a covered call was sold."""
    by_symbol: dict[str, list[_Leg]] = defaultdict(list)
    for leg in (*map(_closed, closed), *map(_open, held)):
        by_symbol[leg.piece.symbol].append(leg)
    found = {symbol: _pieces(legs) for symbol, legs in sorted(by_symbol.items())}
    return {
        symbol: pieces
        for symbol, pieces in found.items()
        if any(each.kind is not Kind.SHARES for each in pieces)
    }


def _pieces(legs: Sequence[_Leg]) -> tuple[Piece, ...]:
    spreads = {
        moment
        for moment in {leg.piece.opened_at for leg in legs}
        if len({leg.long for leg in legs if leg.piece.option and leg.piece.opened_at == moment}) > 1
    }
    lots: dict[datetime, Decimal] = defaultdict(lambda: ZERO)
    for leg in legs:
        if leg.piece.kind is Kind.SHARES and leg.long:
            lots[leg.piece.opened_at] += leg.piece.quantity
    shares = [
        leg.piece
        for leg in legs
        if leg.piece.kind is Kind.SHARES and leg.long and lots[leg.piece.opened_at] >= CONTRACT_SIZE
    ]
    options = [
        leg.piece
        for leg in legs
        if leg.piece.option is not None
        and not leg.long
        and leg.piece.opened_at not in spreads
        and (leg.piece.kind is Kind.PUT or _covered(leg.piece, shares))
    ]
    return tuple(sorted((*shares, *options), key=lambda each: (each.opened_at, each.kind.value)))


def _covered(call: Piece, shares: Sequence[Piece]) -> bool:
    there = sum((lot.quantity for lot in shares if lot.held_at(call.opened_at)), ZERO)
    return there >= CONTRACT_SIZE


def _closed(trade: ClosedTrade) -> _Leg:
    quantity = abs(trade.quantity)
    piece = _piece(trade.symbol, trade.option, quantity, trade.open_price, trade.opened_at)
    return _Leg(
        replace(
            piece,
            ended_at=trade.closed_at,
            assigned=trade.reason is CloseReason.ASSIGNED,
            kept=trade.realized if trade.option is not None else ZERO,
            result=trade.realized,
        ),
        trade.quantity > 0,
    )


def _open(entry: Priced | Unpriced) -> _Leg:
    position = entry.position
    quantity = abs(position.quantity)
    piece = _piece(
        position.symbol, position.option, quantity, position.average_price, position.opened_at
    )
    if position.option is None:
        piece = replace(piece, capital=abs(position.cost_basis))
    else:
        piece = replace(piece, kept=-position.cost_basis)
    result = entry.unrealized if isinstance(entry, Priced) else None
    return _Leg(replace(piece, result=result), position.quantity > 0)


def _piece(
    symbol: str, option: OptionSymbol | None, quantity: Decimal, price: Decimal, opened: datetime
) -> Piece:
    """As it was opened."""
    if option is None:
        kind, capital, premium = Kind.SHARES, cents(price * quantity), ZERO
    else:
        put = option.option_type is OptionType.PUT
        kind = Kind.PUT if put else Kind.CALL
        capital = cents(option.strike * CONTRACT_SIZE * quantity) if put else ZERO
        premium = cents(price * CONTRACT_SIZE * quantity)
    return Piece(
        symbol=symbol, kind=kind, option=option, quantity=quantity, opened_at=opened, ended_at=None,
        assigned=False, capital=capital, premium=premium, kept=ZERO, result=None,
    )  # fmt: skip
