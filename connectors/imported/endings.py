"""How options end: expired, assigned, exercised, settled in cash; and the shares that follow.

Most brokers write the end of the option and the shares at the strike as two rows, in either order
and sometimes days apart: the first announces what the second delivers. A row with an amount of its
own moves the shares itself. Shares that are announced and never come are named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from connectors.imported.books import Misfit
from connectors.imported.labels import CSP, STOCK, WHEEL
from connectors.imported.lots import held
from connectors.imported.state import State
from mfa.kernel.account import CloseReason, EntryKind
from mfa.kernel.money import CONTRACT_SIZE, ZERO, units
from mfa.kernel.movements import Movement, MovementKind
from mfa.kernel.symbols import OptionSymbol, OptionType

ENDS: Final = {
    MovementKind.ASSIGNMENT: (CloseReason.ASSIGNED, EntryKind.ASSIGNMENT),
    MovementKind.EXERCISE: (CloseReason.EXERCISED, EntryKind.EXERCISE),
    MovementKind.EXPIRATION: (CloseReason.EXPIRED, EntryKind.TRADE),
}
_WAIT: Final = timedelta(days=5)
"""Shares of an assignment are booked the same day or, over a weekend, a few days later."""


@dataclass(slots=True)
class _Delivery:
    """Shares that an assignment or exercise announced and that stand in a trade of their own."""

    row: Movement
    option: OptionSymbol
    shares: Decimal
    strategy: str

    def meets(self, row: Movement) -> bool:
        return (
            row.option is None
            and row.symbol == self.option.root
            and row.price == self.option.strike
            and row.quantity * self.shares > 0
            and abs(row.quantity) <= abs(self.shares)
            and abs(row.at - self.row.at) <= _WAIT
        )


class Endings:
    """Ends options in `state`, and remembers which shares are still to come."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._due: list[_Delivery] = []

    def delivered(self, row: Movement) -> bool:
        """Whether the trade was such shares; then it is done."""
        due = next((each for each in self._due if each.meets(row)), None)
        if due is None:
            return False
        due.shares -= row.quantity
        reason, entry = ENDS[due.row.kind]
        self._state.post(row, entry)
        self._state.move(row, reason, due.strategy)
        return True

    def undelivered(self) -> tuple[Misfit, ...]:
        return tuple(
            Misfit(
                at=due.row.at,
                text=f"The {units(abs(due.shares))} shares of {due.option} "
                f"({due.row.kind.value}) were never booked.",
            )
            for due in self._due
            if due.shares
        )

    def end(self, row: Movement, *, last: bool) -> bool:
        """Whether the row was used; the `last` time it must be."""
        state, option = self._state, row.option
        if option is None:
            self._unexplained(row, f"The {row.kind.value} names no option.")
            return True
        has = held(state.lots_of(option.root, option))
        side = _side(row.kind, has)
        ends = abs(row.quantity) or abs(has)
        found = min(ends, abs(has)) if has * side > 0 else Decimal(0)
        if not ends:
            if last:
                self._unexplained(row, f"{option} ended, but none was held.")
            return last
        if found < ends:
            if not last:
                return False
            state.problem(
                row,
                f"{units(ends - found)} more {option} ended ({row.kind.value}) than were "
                "held: the rows that opened them are missing.",
            )
        reason, entry = ENDS[row.kind]
        lots = state.lots_of(option.root, option)
        strategy = lots[0].strategy if lots else STOCK
        in_cash = bool(row.price) or row.kind is MovementKind.EXPIRATION
        key, closing = (option.root, option), -side * ends
        left, cash, _ = state.close(row, key, closing, reason, paid=in_cash)
        if in_cash:
            state.post(row, entry)
            state.deposits += cash if left else ZERO
        else:
            self._deliver(row, option, side * ends, strategy)
        return True

    def _unexplained(self, row: Movement, text: str) -> None:
        """Cash that belongs to nothing known counts as brought in."""
        self._state.problem(row, text)
        self._state.post(row, EntryKind.TRADE)
        self._state.deposits += row.amount

    def _deliver(
        self, row: Movement, option: OptionSymbol, contracts: Decimal, strategy: str
    ) -> None:
        """The shares of an assignment or exercise, now or in a trade that follows."""
        sign = 1 if option.option_type is OptionType.CALL else -1
        shares = sign * contracts * CONTRACT_SIZE
        wheel = row.kind is MovementKind.ASSIGNMENT and shares > 0 and strategy in {CSP, WHEEL}
        name = WHEEL if wheel else STOCK
        if not row.amount:
            self._due.append(_Delivery(row, option, shares, name))
            return
        reason, entry = ENDS[row.kind]
        state = self._state
        state.post(row, entry)
        state.move(shares_of(row, option.root, shares, option.strike), reason, name)


def _side(kind: MovementKind, has: Decimal) -> int:
    """Which side an ending takes from: +1 long, -1 short. What expires is whatever is held."""
    if kind is MovementKind.ASSIGNMENT:
        return -1
    return 1 if kind is MovementKind.EXERCISE or has > 0 else -1


def shares_of(row: Movement, symbol: str, shares: Decimal, price: Decimal) -> Movement:
    """The row as one of shares."""
    return replace(row, symbol=symbol, option=None, quantity=shares, price=price)
