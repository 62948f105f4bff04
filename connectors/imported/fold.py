"""From movements to books, in order of time. Pure; decides nothing that the rows do not say.

Lots are first in, first out; the premium of an assigned or exercised option is realised and the
stock enters or leaves at the strike, as in the practice books. Wash sales are not tracked.

What the rows before do not explain is never guessed: more closed than was held counts as brought in
at the price it went for (no profit is shown on it), shares that came in without a price stay out
until they are sold, and each is named as a problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from connectors.imported.books import DayState, ImportedBooks, Split
from connectors.imported.conversions import convert, split_up
from connectors.imported.endings import ENDS, Endings, shares_of
from connectors.imported.labels import STOCK
from connectors.imported.lots import held
from connectors.imported.state import State, named
from connectors.imported.together import Together, together
from connectors.imported.transfers import transfer
from mfa.kernel.account import CloseReason, EntryKind
from mfa.kernel.clock import exchange_date
from mfa.kernel.money import ZERO
from mfa.kernel.movements import Effect, Movement, MovementKind

_CASH: Final = {
    MovementKind.DEPOSIT: EntryKind.DEPOSIT,
    MovementKind.WITHDRAWAL: EntryKind.WITHDRAWAL,
    MovementKind.FEE: EntryKind.FEE,
    MovementKind.DIVIDEND: EntryKind.DIVIDEND,
    MovementKind.INTEREST: EntryKind.INTEREST,
}
_CONVERSIONS: Final = {MovementKind.SPLIT, MovementKind.EXCHANGE}


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
        self._endings = Endings(self._state)

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
                self._apply(later.pop(0), legs, last=True)
            waiting = later
        day = exchange_date(rows[-1].at)
        self._days[day] = DayState(
            day=day, cash=state.cash, deposits=state.deposits, lots=state.all_lots()
        )

    def books(self) -> ImportedBooks:
        state = self._state
        return ImportedBooks(
            cash=state.cash, deposits=state.deposits, dividends=state.dividends,
            realized=sum((trade.realized for trade in state.trades), ZERO),
            interest=state.interest, lots=state.all_lots(), trades=tuple(state.trades),
            ledger=tuple(state.ledger), splits=tuple(self._splits),
            days=tuple(self._days.values()),
            problems=(*state.problems, *self._endings.undelivered()),
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
        return self._endings.end(row, last=last)

    def _trade(self, row: Movement, legs: Together, *, last: bool) -> bool:
        state = self._state
        if not row.quantity:
            state.problem(row, f"A trade in {named(row)} has no quantity: its cash is a charge.")
            state.post(row, EntryKind.FEE)
            state.interest -= row.amount
            return True
        if self._endings.delivered(row):
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

    def _in_lieu(self, row: Movement, *, last: bool) -> bool:
        state = self._state
        if row.quantity and row.symbol is not None:
            size = abs(row.quantity)
            sold = shares_of(row, row.symbol, -size, row.amount / size)
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
    if row.kind in ENDS:
        return 2
    return 1 if row.option is not None else 3
