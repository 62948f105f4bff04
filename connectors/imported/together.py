"""What rows of one moment mean for each other: legs opened together, a closing that is a roll.

A broker that writes dates without times has all of a day's rows at one moment; one that writes
times has an order's legs at one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from connectors.imported.labels import labels
from connectors.imported.lots import Lot, held
from mfa.kernel.movements import Effect, Movement, MovementKind
from mfa.kernel.symbols import OptionSymbol

LotsOf = Callable[[str, OptionSymbol | None], Sequence[Lot]]


@dataclass(frozen=True, slots=True)
class Together:
    """`strategies` names the legs that open; `rolled` are the contracts that others replace."""

    strategies: dict[OptionSymbol, str]
    rolled: frozenset[OptionSymbol]


def together(rows: Sequence[Movement], lots_of: LotsOf) -> Together:
    opening: dict[str, dict[OptionSymbol, Decimal]] = {}
    closing: dict[OptionSymbol, Decimal] = {}
    shares: dict[str, Decimal] = {}
    for row in rows:
        if row.kind is not MovementKind.TRADE or row.symbol is None:
            continue
        if row.option is None:
            shares[row.symbol] = shares.get(row.symbol, Decimal(0)) + row.quantity
        elif _opens(row, lots_of):
            legs = opening.setdefault(row.option.root, {})
            legs[row.option] = legs.get(row.option, Decimal(0)) + row.quantity
        else:
            closing[row.option] = closing.get(row.option, Decimal(0)) + row.quantity
    strategies: dict[OptionSymbol, str] = {}
    rolled: set[OptionSymbol] = set()
    for root, legs in opening.items():
        covering = held(lots_of(root, None)) + shares.get(root, Decimal(0))
        strategies |= labels({option: q for option, q in legs.items() if q}, covering)
        for option, quantity in closing.items():
            successor = _successor(option, quantity, legs)
            if successor is not None:
                rolled.add(option)
                before = lots_of(option.root, option)
                if before:
                    strategies[successor] = before[0].strategy
    return Together(strategies, frozenset(rolled))


def _opens(row: Movement, lots_of: LotsOf) -> bool:
    if row.effect is not None:
        return row.effect is Effect.OPEN
    return held(lots_of(row.option.root if row.option else "", row.option)) * row.quantity >= 0


def _successor(
    option: OptionSymbol, quantity: Decimal, opening: dict[OptionSymbol, Decimal]
) -> OptionSymbol | None:
    """The contract of the same kind, on the same side, as large, that takes the closed one's
    place."""
    for other, size in opening.items():
        same_kind = other.root == option.root and other.option_type is option.option_type
        if same_kind and other != option and size * quantity < 0 and abs(size) >= abs(quantity):
            return other
    return None
