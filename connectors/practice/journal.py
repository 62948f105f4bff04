"""Open books in memory: applies movements of cash and instruments, and remembers the new rows.

Everything that changes the practice books passes here, one session's settlement, one order or the
whole seeded half year; what `entries` holds is then written in one transaction. It decides nothing:
prices, dates and reasons come from the rules.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from connectors.practice.lots import Closed, Movement, match
from mfa.kernel.account import ClosedTrade, CloseReason, EntryKind, EquityPoint, LedgerEntry
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionSymbol, OptionType
from mfa.store.book_rows import (
    Accrual,
    Closing,
    Entitlement,
    Entries,
    Fill,
    Lot,
    OpenBooks,
    RowKind,
    Settlement,
)

STOCK = "stock"
WHEEL = "wheel"


class Journal:
    """The open ends of the books, and the entries made since `opening` was read."""

    def __init__(self, opening: OpenBooks) -> None:
        self.entries = Entries()
        self.cash = opening.cash
        self.deposits = opening.deposits
        self._lots = {lot.id: lot for lot in opening.lots}
        self._entitlements = {e.id: e for e in opening.entitlements}
        self._accruals = {a.day: a for a in opening.accruals}
        self._last_ids = {kind: opening.last_ids.get(kind, 0) for kind in RowKind}
        self._last_order = opening.last_order

    # --- what is held

    @property
    def lots(self) -> tuple[Lot, ...]:
        """Open lots, oldest first."""
        return tuple(self._lots.values())

    @property
    def unpaid(self) -> tuple[Entitlement, ...]:
        return tuple(self._entitlements.values())

    @property
    def unposted(self) -> tuple[Accrual, ...]:
        return tuple(self._accruals.values())

    def lots_of(self, symbol: str, option: OptionSymbol | None = None) -> tuple[Lot, ...]:
        return tuple(x for x in self._lots.values() if x.symbol == symbol and x.option == option)

    def held(self, symbol: str, option: OptionSymbol | None = None) -> int:
        return sum(lot.quantity for lot in self.lots_of(symbol, option))

    def options(self) -> dict[OptionSymbol, int]:
        """Signed contracts of every option held, in a fixed order."""
        held: dict[OptionSymbol, int] = {}
        for lot in self._lots.values():
            if lot.option is not None:
                held[lot.option] = held.get(lot.option, 0) + lot.quantity
        return {option: held[option] for option in sorted(held)}

    def stocks(self) -> dict[str, int]:
        """Signed shares of every stock held, in a fixed order."""
        held: dict[str, int] = {}
        for lot in self._lots.values():
            if lot.option is None:
                held[lot.symbol] = held.get(lot.symbol, 0) + lot.quantity
        return {symbol: held[symbol] for symbol in sorted(held)}

    # --- cash

    def post(
        self, at: datetime, kind: EntryKind, amount: Decimal, memo: str, symbol: str | None = None
    ) -> None:
        """One movement of cash. Nothing is written for nothing."""
        if not amount:
            return
        self.entries.ledger.append(
            LedgerEntry(
                id=self._next(RowKind.LEDGER),
                at=at,
                kind=kind,
                symbol=symbol,
                amount=amount,
                memo=memo,
            )
        )
        self.cash += amount
        if kind in (EntryKind.DEPOSIT, EntryKind.WITHDRAWAL):
            self.deposits += amount

    # --- trades

    def next_order(self) -> int:
        self._last_order += 1
        return self._last_order

    def trade(self, order_id: int, movement: Movement) -> Fill:
        """An execution: its fill, its cash, its commission, and what it closes and opens."""
        fill = Fill(
            id=self._next(RowKind.FILL),
            order_id=order_id,
            at=movement.at,
            symbol=movement.symbol,
            option=movement.option,
            quantity=movement.quantity,
            price=movement.price,
            fees=movement.fees,
            strategy=movement.strategy,
        )
        self.entries.fills.append(fill)
        amount = -cents(movement.quantity * movement.price * movement.multiplier)
        memo = describe(movement)
        self.post(movement.at, EntryKind.TRADE, amount, memo, movement.symbol)
        self.post(
            movement.at, EntryKind.FEE, -movement.fees, f"Commission: {memo}", movement.symbol
        )
        self._move(movement)
        return fill

    def settle(
        self, at: datetime, day: date, option: OptionSymbol, contracts: int, reason: CloseReason
    ) -> int:
        """`contracts` (signed, as held) of an option end; returns the change in shares held.

        Expired: nothing else moves. Assigned or exercised: shares change hands at the strike.
        """
        shares = 0
        if reason is not CloseReason.EXPIRED:
            sign = 1 if option.option_type is OptionType.CALL else -1
            shares = sign * contracts * CONTRACT_SIZE
        self.entries.settlements.append(
            Settlement(
                id=self._next(RowKind.SETTLEMENT),
                day=day,
                at=at,
                option=option,
                contracts=-contracts,
                shares=shares,
                reason=reason,
            )
        )
        gone = Movement(
            at=at,
            symbol=option.root,
            option=option,
            quantity=-contracts,
            price=ZERO,
            fees=ZERO,
            strategy=STOCK,
            reason=reason,
        )
        self._move(gone)
        if shares:
            kind = EntryKind.ASSIGNMENT if reason is CloseReason.ASSIGNED else EntryKind.EXERCISE
            verb = "bought" if shares > 0 else "delivered"
            memo = f"{option} {reason.value}: {abs(shares)} shares {verb} at {option.strike:.2f}"
            self.post(at, kind, -cents(shares * option.strike), memo, option.root)
            assigned_put = reason is CloseReason.ASSIGNED and shares > 0
            self._move(
                replace(
                    gone,
                    option=None,
                    quantity=shares,
                    price=option.strike,
                    strategy=WHEEL if assigned_put else STOCK,
                )
            )
        return shares

    def _move(self, movement: Movement) -> None:
        closed, remainder = match(self.lots_of(movement.symbol, movement.option), movement)
        for part in closed:
            self._close(part, movement)
        if remainder is None:
            return
        lot = Lot(
            id=self._next(RowKind.LOT),
            symbol=movement.symbol,
            option=movement.option,
            opened_at=movement.at,
            strategy=movement.strategy,
            opened_quantity=remainder.quantity,
            quantity=remainder.quantity,
            price=movement.price,
            cost_basis=remainder.cost_basis,
            fees=remainder.fees,
        )
        self._lots[lot.id] = self.entries.lots[lot.id] = lot

    def _close(self, part: Closed, movement: Movement) -> None:
        lot = part.before
        self.entries.lots[lot.id] = part.after
        if part.after.quantity:
            self._lots[lot.id] = part.after
        else:
            del self._lots[lot.id]
        trade = ClosedTrade(
            id=self._next(RowKind.CLOSED_TRADE),
            symbol=lot.symbol,
            option=lot.option,
            strategy=lot.strategy,
            quantity=Decimal(part.quantity),
            opened_at=lot.opened_at,
            closed_at=movement.at,
            open_price=lot.price,
            close_price=movement.price,
            fees=part.fees,
            realized=part.realized,
            reason=movement.reason,
        )
        self.entries.closings.append(Closing(lot_id=lot.id, trade=trade))

    # --- dividends, interest, the day's value

    def entitle(
        self, symbol: str, ex_date: date, pay_date: date, shares: int, per_share: Decimal
    ) -> Entitlement:
        """A dividend on `shares` held (short: owed) becomes due on the pay date."""
        entitlement = Entitlement(
            id=self._next(RowKind.DIVIDEND),
            symbol=symbol,
            ex_date=ex_date,
            pay_date=pay_date,
            shares=shares,
            per_share=per_share,
            amount=cents(shares * per_share),
        )
        self._entitlements[entitlement.id] = entitlement
        self.entries.entitlements[entitlement.id] = entitlement
        return entitlement

    def pay(self, entitlement: Entitlement, at: datetime) -> None:
        self.entries.entitlements[entitlement.id] = replace(entitlement, paid_at=at)
        del self._entitlements[entitlement.id]
        memo = (
            f"Dividend on {entitlement.shares} {entitlement.symbol} "
            f"at {entitlement.per_share}, ex {entitlement.ex_date}"
        )
        self.post(at, EntryKind.DIVIDEND, entitlement.amount, memo, entitlement.symbol)

    def accrue(self, accrual: Accrual) -> None:
        self._accruals[accrual.day] = self.entries.accruals[accrual.day] = accrual

    def post_interest(self, at: datetime, memo: str) -> Decimal:
        """All unposted interest as one charge, rounded once; returns it (positive)."""
        charge = cents(sum((a.amount for a in self._accruals.values()), ZERO))
        for accrual in self._accruals.values():
            self.entries.accruals[accrual.day] = replace(accrual, posted_at=at)
        self._accruals.clear()
        self.post(at, EntryKind.INTEREST, -charge, memo)
        return charge

    def snapshot(self, day: date, positions_value: Decimal) -> None:
        self.entries.equity.append(
            EquityPoint(
                day=day,
                equity=self.cash + positions_value,
                cash=self.cash,
                deposits=self.deposits,
            )
        )

    def _next(self, kind: RowKind) -> int:
        self._last_ids[kind] += 1
        return self._last_ids[kind]


def describe(movement: Movement) -> str:
    """'Sold 1 KO 52.5 put 16 Jul 2021 at 0.85'."""
    verb = "Bought" if movement.quantity > 0 else "Sold"
    what = str(movement.option) if movement.option is not None else movement.symbol
    return f"{verb} {abs(movement.quantity)} {what} at {movement.price:.2f}"
