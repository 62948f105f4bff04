"""Fills folded into closed trades, first in, first out.

For brokers that tell orders and no round trips. Pure, and silent about what it does not know: what
is left open is given back, so that the caller can compare it with what the broker says is held.
Fees are shared by quantity in whole cents; the last part takes the rest.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from mfa.kernel.account import ClosedTrade, CloseReason
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionSymbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A signed quantity of one instrument at a price per share.

    An expiry, an assignment and an exercise are fills at zero. `closes_only` ends whatever is open,
    of either sign, and opens nothing: an expiry does not say which side it was.
    """

    at: datetime
    symbol: str
    option: OptionSymbol | None
    quantity: Decimal
    price: Decimal
    fees: Decimal = ZERO
    reason: CloseReason = CloseReason.TRADE
    closes_only: bool = False

    @property
    def instrument(self) -> str:
        return self.option.occ if self.option is not None else self.symbol

    @property
    def multiplier(self) -> int:
        return CONTRACT_SIZE if self.option is not None else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """`trades` in the order of their closing; `left` is what is open, signed, by instrument."""

    trades: tuple[ClosedTrade, ...]
    left: dict[str, Decimal]


def fold(fills: Iterable[Fill]) -> Folded:
    """All fills of an account, in any order."""
    lots: defaultdict[str, deque[Fill]] = defaultdict(deque)
    trades: list[ClosedTrade] = []
    for fill in sorted(fills, key=lambda each: each.at):
        open_lots = lots[fill.instrument]
        left = _signed(fill, open_lots)
        while left.quantity and open_lots and open_lots[0].quantity * left.quantity < 0:
            lot = open_lots.popleft()
            taken = min(abs(lot.quantity), abs(left.quantity))
            gone, kept = _split(lot, taken)
            closing, left = _split(left, taken)
            trades.append(_closed(len(trades) + 1, gone, closing))
            if kept.quantity:
                open_lots.appendleft(kept)
        if left.quantity and not left.closes_only:
            open_lots.append(left)
    held = {name: sum((lot.quantity for lot in each), Decimal(0)) for name, each in lots.items()}
    return Folded(trades=tuple(trades), left={name: size for name, size in held.items() if size})


def _signed(fill: Fill, open_lots: deque[Fill]) -> Fill:
    """The fill against the side that is open, where it does not say which it was itself."""
    if not fill.closes_only or not open_lots:
        return fill
    return replace(fill, quantity=abs(fill.quantity).copy_sign(-open_lots[0].quantity))


def _split(fill: Fill, taken: Decimal) -> tuple[Fill, Fill]:
    """`taken` units of the fill, and the rest, with their shares of the fees."""
    whole = abs(fill.quantity)
    fees = fill.fees if taken == whole else cents(fill.fees * taken / whole)
    first = replace(fill, quantity=taken.copy_sign(fill.quantity), fees=fees)
    return first, replace(fill, quantity=fill.quantity - first.quantity, fees=fill.fees - fees)


def _closed(number: int, lot: Fill, closing: Fill) -> ClosedTrade:
    fees = lot.fees + closing.fees
    gain = lot.quantity * lot.multiplier * (closing.price - lot.price)
    return ClosedTrade(
        id=number,
        symbol=lot.symbol,
        option=lot.option,
        strategy="",
        quantity=lot.quantity,
        opened_at=lot.at,
        closed_at=closing.at,
        open_price=lot.price,
        close_price=closing.price,
        fees=fees,
        realized=cents(gain) - fees,
        reason=closing.reason,
    )
