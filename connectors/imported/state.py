"""The open ends of imported books: cash, sums, lots, and how a quantity comes in or goes out.

Money is the statement's own: a trade's profit is what came in less what had gone out, to the cent,
whatever the printed price was rounded to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from connectors.imported.books import Misfit
from connectors.imported.lots import Lot, held, part, take
from mfa.kernel.account import ClosedTrade, CloseReason, EntryKind, LedgerEntry
from mfa.kernel.money import ZERO, units
from mfa.kernel.movements import Movement
from mfa.kernel.symbols import OptionSymbol

Key = tuple[str, OptionSymbol | None]


class State:
    """Changed row by row; every change keeps equity = deposits + realised + unrealised + dividends
    - interest."""

    def __init__(self) -> None:
        self.cash = self.deposits = self.dividends = self.interest = ZERO
        self.lots: dict[Key, tuple[Lot, ...]] = {}
        self.problems: list[Misfit] = []
        self.trades: list[ClosedTrade] = []
        self.ledger: list[LedgerEntry] = []
        self._last_lot = 0

    def lots_of(self, symbol: str, option: OptionSymbol | None) -> tuple[Lot, ...]:
        return self.lots.get((symbol, option), ())

    def all_lots(self) -> tuple[Lot, ...]:
        return tuple(lot for own in self.lots.values() for lot in own)

    def put(self, key: Key, lots: Sequence[Lot]) -> None:
        if lots:
            self.lots[key] = tuple(lots)
        else:
            self.lots.pop(key, None)

    def problem(self, row: Movement, text: str) -> None:
        self.problems.append(Misfit(at=row.at, text=text))

    def post(self, row: Movement, kind: EntryKind, amount: Decimal | None = None) -> None:
        """One movement of cash; nothing is written for nothing. A charge of the account itself has
        no symbol, which tells it from a trade's commission."""
        cash = row.amount if amount is None else amount
        self.cash += cash
        if cash:
            self.ledger.append(
                LedgerEntry(
                    id=len(self.ledger) + 1,
                    at=row.at,
                    kind=kind,
                    symbol=None if kind is EntryKind.FEE else row.symbol,
                    amount=cash,
                    memo=row.memo or f"{row.kind.value} {row.instrument}".strip(),
                )
            )

    def lacking(self, row: Movement) -> bool:
        """Whether the row closes more than is held."""
        has = held(self.lots_of(row.symbol or "", row.option))
        return has * row.quantity >= 0 or abs(row.quantity) > abs(has)

    def move(
        self, row: Movement, reason: CloseReason, strategy: str, *, only_closes: bool = False
    ) -> None:
        """A quantity comes in or goes out for the row's amount: closes the oldest, opens the
        rest. With `only_closes` the rest counts as brought in from before the history."""
        key = (row.symbol or "", row.option)
        left, cash, fees = self.close(row, key, row.quantity, reason)
        if not left:
            return
        if not only_closes:
            self.open(row, left, cash, fees, strategy)
            return
        self.deposits += cash
        gone, come = ("sold", "bought") if left < 0 else ("bought back", "sold")
        self.problem(
            row,
            f"{units(abs(left))} {named(row)} {gone} that no row before had {come}: what they "
            "went for counts as brought in, so they show no profit.",
        )

    def close(
        self, row: Movement, key: Key, quantity: Decimal, reason: CloseReason, *, paid: bool = True
    ) -> tuple[Decimal, Decimal, Decimal]:
        """Close lots against `quantity`; what is left of it, of the cash and of the fees. What is
        not `paid` for closes at zero."""
        cash, fees, price = (row.amount, row.fees, row.price) if paid else (ZERO, ZERO, ZERO)
        left = quantity
        for taken in take(self.lots.get(key, ()), quantity):
            received = part(cash, abs(taken.quantity), abs(left))
            charged = part(fees, abs(taken.quantity), abs(left))
            cash, fees, left = cash - received, fees - charged, left + taken.quantity
            lot = taken.lot
            self.trades.append(
                ClosedTrade(
                    id=len(self.trades) + 1,
                    symbol=lot.symbol,
                    option=lot.option,
                    strategy=lot.strategy,
                    quantity=taken.quantity,
                    opened_at=lot.opened_at,
                    closed_at=row.at,
                    open_price=lot.price,
                    close_price=price or ZERO,
                    fees=taken.fees + charged,
                    realized=received - taken.cost_basis,
                    reason=reason,
                )
            )
            self.leave(key, lot, taken.left)
        return left, cash, fees

    def open(
        self, row: Movement, quantity: Decimal, cash: Decimal, fees: Decimal, strategy: str
    ) -> None:
        self._last_lot += 1
        lot = Lot(
            id=self._last_lot, symbol=row.symbol or "", option=row.option, opened_at=row.at,
            strategy=strategy, quantity=units(quantity), price=row.price or ZERO,
            cost_basis=ZERO - cash, fees=fees,
        )  # fmt: skip
        key = (lot.symbol, lot.option)
        self.put(key, (*self.lots.get(key, ()), lot))

    def leave(self, key: Key, lot: Lot, rest: Lot | None) -> None:
        """`rest` in the place of `lot`, or nothing."""
        kept = [rest if each is lot else each for each in self.lots[key]]
        self.put(key, [each for each in kept if each is not None])

    def lower_cost(self, key: Key, amount: Decimal) -> None:
        """Cash that was part of the cost comes back: no profit, a lower cost."""
        left, rest = amount, held(self.lots[key])
        changed = []
        for lot in self.lots[key]:
            share = part(left, lot.quantity, rest)
            left, rest = left - share, rest - lot.quantity
            changed.append(replace(lot, cost_basis=lot.cost_basis - share))
        self.put(key, changed)


def named(row: Movement) -> str:
    """'KO' or 'KO 52.5 put 16 Jul 2021'."""
    return str(row.option) if row.option is not None else row.symbol or "shares"
