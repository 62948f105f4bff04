"""From movements to books, in order of time. Pure; decides nothing that the rows do not say.

Lots are first in, first out; the premium of an assigned or exercised option is realised and the
stock enters or leaves at the strike, as in the practice books. Wash sales are not tracked.

What the rows before do not explain is never guessed: more closed than was held counts as brought in
at the price it went for (no profit is shown on it), shares that came in without a price stay out
until they are sold, and each is named as a problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final

from connectors.imported.books import DayState, ImportedBooks, Misfit, Split
from connectors.imported.conversions import convert, split_up
from connectors.imported.labels import CSP, STOCK, WHEEL
from connectors.imported.lots import held
from connectors.imported.state import State, named
from connectors.imported.together import Together, together
from connectors.imported.transfers import transfer
from mfa.kernel.account import CloseReason, EntryKind
from mfa.kernel.clock import exchange_date
from mfa.kernel.money import CONTRACT_SIZE, ZERO, units
from mfa.kernel.movements import Effect, Movement, MovementKind
from mfa.kernel.symbols import OptionSymbol, OptionType

_CASH: Final = {
    MovementKind.DEPOSIT: EntryKind.DEPOSIT,
    MovementKind.WITHDRAWAL: EntryKind.WITHDRAWAL,
    MovementKind.FEE: EntryKind.FEE,
    MovementKind.DIVIDEND: EntryKind.DIVIDEND,
    MovementKind.INTEREST: EntryKind.INTEREST,
}
_ENDS: Final = {
    MovementKind.ASSIGNMENT: (CloseReason.ASSIGNED, EntryKind.ASSIGNMENT),
    MovementKind.EXERCISE: (CloseReason.EXERCISED, EntryKind.EXERCISE),
    MovementKind.EXPIRATION: (CloseReason.EXPIRED, EntryKind.TRADE),
}
_CONVERSIONS: Final = {MovementKind.SPLIT, MovementKind.EXCHANGE}
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


def fold(movements: Iterable[Movement]) -> ImportedBooks:
    """The books after all `movements`. Rows of one moment keep their order, but a closing waits for
    what it closes."""
    folding = _Folding()
    for _, rows in groupby(sorted(movements, key=lambda row: row.at), key=lambda row: row.at):
        folding.moment(tuple(rows))
    return folding.books()


class _Folding:
    def __init__(self) -> None:
        self._state = State()
        self._splits: list[Split] = []
        self._days: dict[date, DayState] = {}
        self._due: list[_Delivery] = []

    def moment(self, rows: Sequence[Movement]) -> None:
        """All rows of one moment: cash and transfers, splits, options, their ends, shares."""
        state = self._state
        ordered = sorted((row for row in rows if row.kind not in _CONVERSIONS), key=_turn)
        waiting = [row for row in ordered if _turn(row)]
        for row in ordered[: len(ordered) - len(waiting)]:
            self._bring(row)
        exchanged = [row for row in rows if row.kind is MovementKind.EXCHANGE]
        split = [row for row in rows if row.kind is MovementKind.SPLIT]
        self._splits += split_up(state, split, exchanged)
        convert(state, exchanged)
        legs = together(rows, state.lots_of)
        while waiting:
            later = [row for row in waiting if not self._apply(row, legs, last=False)]
            if len(later) == len(waiting):
                for row in later:
                    self._apply(row, legs, last=True)
                break
            waiting = later
        day = exchange_date(rows[-1].at)
        self._days[day] = DayState(
            day=day, cash=state.cash, deposits=state.deposits, lots=state.all_lots()
        )

    def books(self) -> ImportedBooks:
        state = self._state
        undelivered = [
            Misfit(
                at=due.row.at,
                text=f"The {units(abs(due.shares))} shares of {due.option} "
                f"({due.row.kind.value}) were never booked.",
            )
            for due in self._due
            if due.shares
        ]
        return ImportedBooks(
            cash=state.cash, deposits=state.deposits, dividends=state.dividends,
            realized=sum((trade.realized for trade in state.trades), ZERO),
            interest=state.interest, lots=state.all_lots(), trades=tuple(state.trades),
            ledger=tuple(state.ledger), splits=tuple(self._splits),
            days=tuple(self._days.values()), problems=(*state.problems, *undelivered),
        )  # fmt: skip

    def _bring(self, row: Movement) -> None:
        """Cash, and what is transferred."""
        state = self._state
        if row.kind is MovementKind.TRANSFER:
            transfer(state, row)
            return
        state.post(row, _CASH[row.kind])
        if row.kind is MovementKind.DIVIDEND:
            state.dividends += row.amount
        elif row.kind in {MovementKind.INTEREST, MovementKind.FEE}:
            state.interest -= row.amount
        else:
            state.deposits += row.amount

    def _apply(self, row: Movement, legs: Together, *, last: bool) -> bool:
        """Whether the row was used; the `last` time it must be."""
        if row.kind is MovementKind.TRADE:
            return self._trade(row, legs, last=last)
        if row.kind is MovementKind.CASH_IN_LIEU:
            return self._in_lieu(row, last=last)
        return self._end(row, last=last)

    def _trade(self, row: Movement, legs: Together, *, last: bool) -> bool:
        state = self._state
        if not row.quantity:
            state.problem(row, f"A trade in {named(row)} has no quantity: its cash is a charge.")
            state.post(row, EntryKind.FEE)
            state.interest -= row.amount
            return True
        due = next((each for each in self._due if each.meets(row)), None)
        if due is not None:
            due.shares -= row.quantity
            reason, entry = _ENDS[due.row.kind]
            state.post(row, entry)
            state.move(row, reason, due.strategy)
            return True
        closing = row.effect is Effect.CLOSE
        if closing and not last and state.lacking(row):
            return False
        option = row.option
        state.post(row, EntryKind.TRADE)
        state.move(
            row,
            CloseReason.ROLLED if option in legs.rolled else CloseReason.TRADE,
            STOCK if option is None else legs.strategies.get(option, STOCK),
            only_closes=closing,
        )
        return True

    def _end(self, row: Movement, *, last: bool) -> bool:
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
        reason, entry = _ENDS[row.kind]
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
        reason, entry = _ENDS[row.kind]
        state = self._state
        state.post(row, entry)
        state.move(_stock(row, option.root, shares, option.strike), reason, name)

    def _in_lieu(self, row: Movement, *, last: bool) -> bool:
        state = self._state
        if row.quantity and row.symbol is not None:
            size = abs(row.quantity)
            sold = _stock(row, row.symbol, -size, row.amount / size)
            if not last and state.lacking(sold):
                return False
            state.post(row, EntryKind.TRADE)
            state.move(sold, CloseReason.TRADE, STOCK, only_closes=True)
            return True
        state.post(row, EntryKind.TRADE)
        if held(state.lots_of(row.symbol or "", None)) > 0:
            state.lower_cost((row.symbol or "", None), row.amount)
        else:
            state.deposits += row.amount
            state.problem(row, f"Cash came for a fraction of {named(row)}, but none is held.")
        return True


def _turn(row: Movement) -> int:
    """The order within a moment."""
    if row.kind in _CASH or row.kind is MovementKind.TRANSFER:
        return 0
    if row.kind in _ENDS:
        return 2
    return 1 if row.option is not None else 3


def _side(kind: MovementKind, has: Decimal) -> int:
    """Which side an ending takes from: +1 long, -1 short. What expires is whatever is held."""
    if kind is MovementKind.ASSIGNMENT:
        return -1
    return 1 if kind is MovementKind.EXERCISE or has > 0 else -1


def _stock(row: Movement, symbol: str, shares: Decimal, price: Decimal) -> Movement:
    return replace(row, symbol=symbol, option=None, quantity=shares, price=price)
