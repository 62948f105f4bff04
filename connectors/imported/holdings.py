"""Positions out of lots: one per instrument, stocks before options, by symbol."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from connectors.imported.lots import Lot, held
from mfa.kernel.account import Position
from mfa.kernel.money import ZERO, units

_MARK: Final = Decimal("0.0001")


def positions_of(lots: Iterable[Lot]) -> tuple[Position, ...]:
    """The first lot's strategy names the position, as in the practice account."""
    own: dict[tuple[str, object], list[Lot]] = {}
    for lot in lots:
        own.setdefault((lot.symbol, lot.option), []).append(lot)
    found = [_position(each) for each in own.values()]
    return tuple(sorted(found, key=lambda p: (p.symbol, p.option is not None, p.instrument)))


def _position(lots: list[Lot]) -> Position:
    quantity = held(lots)
    average = sum((lot.quantity * lot.price for lot in lots), Decimal(0)) / quantity
    cents_say_it_all = average == average.quantize(ZERO)
    return Position(
        symbol=lots[0].symbol,
        option=lots[0].option,
        quantity=units(quantity),
        average_price=average.quantize(ZERO if cents_say_it_all else _MARK),
        cost_basis=sum((lot.cost_basis for lot in lots), ZERO),
        opened_at=min(lot.opened_at for lot in lots),
        strategy=lots[0].strategy,
    )
