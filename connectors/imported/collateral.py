"""What an imported account's short positions tie up, by the practice account's Reg-T rules.

A fraction of a share covers nothing. Where an underlying has no price, its highest strike or what
its shares traded at stands in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from connectors.imported.lots import Lot
from connectors.practice.collateral import collateral
from mfa.store.book_rows import Lot as Row


def tied_up(lots: Sequence[Lot], prices: Mapping[str, Decimal]) -> Decimal:
    """Dollars of collateral. `prices` gives USD per share of what could be priced."""
    known = dict(prices)
    for lot in lots:
        if lot.symbol not in prices:
            stand_in = lot.price if lot.option is None else lot.option.strike
            known[lot.symbol] = max(known.get(lot.symbol, stand_in), stand_in)
    return collateral([_row(lot) for lot in lots], known).held


def _row(lot: Lot) -> Row:
    size = int(lot.quantity)
    return Row(
        id=lot.id, symbol=lot.symbol, option=lot.option, opened_at=lot.opened_at,
        strategy=lot.strategy, opened_quantity=size, quantity=size, price=lot.price,
        cost_basis=lot.cost_basis, fees=lot.fees,
    )  # fmt: skip
