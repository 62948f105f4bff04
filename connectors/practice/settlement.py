"""What the clearing house, the companies and the broker do at a session's close, in this order.

1. Expiry: first all assignments, then all exercises, so that cash and shares from an assignment
   serve the exercise beside it (a vertical in the money nets out). A long option that cash or
   shares do not suffice for is sold at the close for its intrinsic value, commission charged.
2. Early assignment: short calls whose stock goes ex-dividend at the next open, short puts at
   parity. Whoever is called away tonight is not entitled tomorrow.
3. Entitlement: stock held now that goes ex-dividend at the next open; short stock owes it.
4. Dividends whose pay date has come, in cash.
5. Interest on borrowed cash until the next session; posted at the month's last session.
6. The day's value: cash, and positions at the midpoint of their markets at the close.

The rules are in `rules` and `interest`; here is only their order and their effect on a journal. It
reads no clock and writes no database. PAPER settles by the same `Clearing`, without what asks for
an option's price at a past close.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from connectors.practice.dividends import paid_on
from connectors.practice.fills import Leg, commission
from connectors.practice.interest import accrual
from connectors.practice.journal import Journal
from connectors.practice.lots import Movement
from connectors.practice.marks import Prices, value_lots
from connectors.practice.rules import (
    called_for_dividend,
    ends_in_the_money,
    exercisable,
    intrinsic,
    put_at_parity,
)
from mfa.kernel.account import CloseReason
from mfa.kernel.calendar import ExchangeCalendar
from mfa.kernel.market import Dividend
from mfa.kernel.money import CONTRACT_SIZE, cents
from mfa.kernel.symbols import OptionSymbol, OptionType


class EventKind(StrEnum):
    """What can happen while practice time passes."""

    EXPIRED = "expired"
    ASSIGNED = "assigned"
    EXERCISED = "exercised"
    SOLD = "sold at expiry"
    EX_DIVIDEND = "ex-dividend"
    DIVIDEND = "dividend"
    INTEREST = "interest"
    FILLED = "order filled"
    ENDED = "order ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeEvent:
    """One thing that happened. `amount` is the cash that it moved, None where none moved."""

    day: date
    kind: EventKind
    symbol: str | None
    text: str
    amount: Decimal | None

    def __str__(self) -> str:
        return f"{self.day}  {self.text}" + (f"  {self.amount:+,.2f}" if self.amount else "")


class ClosingPrices(Protocol):
    """What clearing asks of a market. What cannot be answered is an `InputError`."""

    def close(self, symbol: str, day: date) -> Decimal: ...

    def dividends_between(self, symbol: str, start: date, end: date) -> tuple[Dividend, ...]: ...


class Clearing:
    """The steps of one session's settlement, each into the same journal; called in order, once.

    `at` is the moment that the entries bear: the closing bell, where nothing is settled late.
    """

    def __init__(
        self,
        journal: Journal,
        prices: ClosingPrices,
        calendar: ExchangeCalendar,
        day: date,
        at: datetime,
    ) -> None:
        self.events: list[PracticeEvent] = []
        self._journal = journal
        self._prices = prices
        self._day = day
        self._calendar = calendar
        self._at = at
        self._next = calendar.next_session(day)

    # --- 1: expiry

    def due(self) -> dict[OptionSymbol, int]:
        """What is held of options whose last session is over, signed."""
        return {
            option: contracts
            for option, contracts in self._journal.options().items()
            if self._calendar.last_session_on_or_before(option.expiration) <= self._day
        }

    def expire(self, due: Mapping[OptionSymbol, int]) -> None:
        for option, contracts in due.items():
            if not ends_in_the_money(option, self._close(option)):
                self._end(option, contracts, CloseReason.EXPIRED)
            elif contracts < 0:
                self._end(option, contracts, CloseReason.ASSIGNED)
        for option, contracts in due.items():
            if contracts > 0 and ends_in_the_money(option, self._close(option)):
                self._exercise(option, contracts)

    def _exercise(self, option: OptionSymbol, contracts: int) -> None:
        exercised = exercisable(
            option, contracts, cash=self._journal.cash, shares=self._journal.held(option.root)
        )
        if exercised:
            self._end(option, exercised, CloseReason.EXERCISED)
        if exercised < contracts:
            self._sell(option, contracts - exercised)

    def _sell(self, option: OptionSymbol, contracts: int) -> None:
        price = cents(intrinsic(option, self._close(option)))
        fees = commission(Leg(symbol=option.root, option=option, quantity=-contracts))
        self._journal.trade(
            self._journal.next_order(),
            Movement(
                at=self._at,
                symbol=option.root,
                option=option,
                quantity=-contracts,
                price=price,
                fees=fees,
                strategy=self._journal.lots_of(option.root, option)[0].strategy,
                reason=CloseReason.TRADE,
            ),
        )
        lacking = "cash" if option.option_type is OptionType.CALL else "shares"
        self._tell(
            EventKind.SOLD,
            option.root,
            f"{contracts} {option} sold at {price:.2f}: not enough {lacking} to exercise",
            cents(contracts * price * CONTRACT_SIZE) - fees,
        )

    def _end(self, option: OptionSymbol, contracts: int, reason: CloseReason) -> None:
        shares = self._journal.settle(self._at, self._day, option, contracts, reason)
        side = "long" if contracts > 0 else "short"
        text = f"{abs(contracts)} {side} {option} {reason.value}"
        if reason is CloseReason.EXPIRED:
            self._tell(EventKind.EXPIRED, option.root, f"{text} worthless", None)
            return
        verb = "bought" if shares > 0 else "delivered"
        self._tell(
            EventKind(reason.value),
            option.root,
            f"{text}: {abs(shares)} shares {verb} at {option.strike:.2f}",
            -cents(shares * option.strike),
        )

    # --- 2: early assignment

    def assign_early(self, prices: Prices) -> None:
        """Short options that their holders gain by exercising tonight."""
        for option, contracts in self._journal.options().items():
            close = prices.close(option.root, self._day)
            if contracts > 0 or not intrinsic(option, close):
                continue
            mid = prices.option_quote_at(option, self._at).mid
            dividend = self._dividend_tomorrow(option.root)
            if called_for_dividend(
                option, close=close, mid=mid, dividend=dividend
            ) or put_at_parity(option, close=close, mid=mid):
                self._end(option, contracts, CloseReason.ASSIGNED)

    def _dividend_tomorrow(self, symbol: str) -> Decimal:
        """USD per share that goes ex at the next open; 0 when nothing does."""
        dividends = self._prices.dividends_between(symbol, self._next, self._next)
        return sum((dividend.amount for dividend in dividends), Decimal(0))

    # --- 3, 4: dividends

    def entitle(self) -> None:
        for symbol, shares in self._journal.stocks().items():
            for dividend in self._prices.dividends_between(symbol, self._next, self._next):
                owed = self._journal.entitle(
                    symbol, dividend.ex_date, paid_on(dividend), shares, dividend.amount
                )
                verb = "will receive" if shares > 0 else "will owe"
                self._tell(
                    EventKind.EX_DIVIDEND,
                    symbol,
                    f"{abs(shares)} {symbol} {verb} {abs(owed.amount):.2f} on {owed.pay_date}: "
                    f"ex-dividend on {owed.ex_date}",
                    None,
                )

    def pay_dividends(self) -> None:
        for owed in self._journal.unpaid:
            if owed.pay_date <= self._day:
                self._journal.pay(owed, self._at)
                self._tell(
                    EventKind.DIVIDEND,
                    owed.symbol,
                    f"Dividend on {owed.shares} {owed.symbol} at {owed.per_share}",
                    owed.amount,
                )

    # --- 5: interest

    def charge_interest(self) -> None:
        tonight = accrual(self._journal.cash, self._day, self._next)
        if tonight is not None:
            self._journal.accrue(tonight)
        if self._next.month == self._day.month or not self._journal.unposted:
            return
        memo = f"Margin interest for {self._day:%B %Y}"
        charge = self._journal.post_interest(self._at, memo)
        if charge:
            self._tell(EventKind.INTEREST, None, memo, -charge)

    def _close(self, option: OptionSymbol) -> Decimal:
        """Of the session that it expired in, which is this one unless it is settled late."""
        last = self._calendar.last_session_on_or_before(option.expiration)
        return self._prices.close(option.root, min(last, self._day))

    def _tell(self, kind: EventKind, symbol: str | None, text: str, amount: Decimal | None) -> None:
        self.events.append(
            PracticeEvent(day=self._day, kind=kind, symbol=symbol, text=text, amount=amount)
        )


def settle_session(
    journal: Journal, prices: Prices, calendar: ExchangeCalendar, day: date
) -> tuple[PracticeEvent, ...]:
    """Everything that happens at the close of one session, in the order above."""
    at = calendar.open_close(day)[1]
    clearing = Clearing(journal, prices, calendar, day, at)
    clearing.expire(clearing.due())
    clearing.assign_early(prices)
    clearing.entitle()
    clearing.pay_dividends()
    clearing.charge_interest()
    journal.snapshot(day, value_lots(journal.lots, prices, at).value)
    return tuple(clearing.events)
