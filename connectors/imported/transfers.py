"""Shares and contracts from or to another account: brought in and taken out at what they had cost.

So a transfer is never a profit. What comes without a price cannot be counted: it is named, left
out, and counts as brought in when it is sold.
"""

from __future__ import annotations

from connectors.imported.labels import STOCK, labels
from connectors.imported.lots import held, take
from connectors.imported.state import State, named
from mfa.kernel.account import EntryKind
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents, units
from mfa.kernel.movements import Movement


def transfer(state: State, row: Movement) -> None:
    state.post(row, EntryKind.WITHDRAWAL if row.amount < 0 else EntryKind.DEPOSIT)
    state.deposits += row.amount
    if row.symbol is None or not row.quantity:
        state.problem(row, "The transfer does not say what, or how much.")
        return
    key = (row.symbol, row.option)
    has = held(state.lots.get(key, ()))
    size = units(abs(row.quantity))
    if has * row.quantity < 0:
        for taken in take(state.lots[key], row.quantity):
            state.deposits -= taken.cost_basis
            state.leave(key, taken.lot, taken.left)
        if size > abs(has):
            state.problem(row, f"{units(size - abs(has))} more {named(row)} left than were held.")
    elif row.quantity < 0 and row.option is None:
        state.problem(row, f"{size} {named(row)} left, but none was held.")
    elif row.price is None:
        state.problem(
            row, f"{size} {named(row)} came without a price: left out until they are sold."
        )
    else:
        worth = cents(row.quantity * row.price * (CONTRACT_SIZE if row.option else 1))
        state.deposits += worth
        name = STOCK
        if row.option is not None:
            shares = held(state.lots_of(row.symbol, None))
            name = labels({row.option: row.quantity}, shares)[row.option]
        state.open(row, row.quantity, ZERO - worth, ZERO, name)
