"""A broker and a clock over a market whose every quote is written down by the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from connectors.practice.account import PracticeAccount
from connectors.practice.balance import books_balance, whole_books
from connectors.practice.broker import PracticeFloor
from connectors.practice.clock import Step
from connectors.practice.marks import value_lots
from connectors.practice.replay import AdvanceReport, Replay
from connectors.practice.wiring import Wiring
from connectors.simulated.broker import SimulatedBroker
from mfa.kernel.account import EntryKind, LedgerEntry
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.errors import InputError
from mfa.kernel.market import Dividend, OptionQuote, Quote
from mfa.kernel.orders import BrokerOrder
from mfa.kernel.outcome import Found
from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import BooksState, Entries
from mfa.store.book_writer import BookWriter
from mfa.store.books import Books
from mfa.store.database import Database

OPENED = datetime(2021, 6, 14, 14, 0, tzinfo=UTC)
NOW = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)  # a Tuesday, 10:30 in New York
LAST_DAY = date(2022, 12, 28)
DEPOSIT = Decimal("100000.00")


def new_york(day: str, time: str) -> datetime:
    """In June: four hours behind UTC."""
    return datetime.fromisoformat(f"{day}T{time}:00-04:00").astimezone(UTC)


@dataclass
class ScriptedMarket:
    """Quotes (bid, ask) by instrument, each from a moment on. Sizes are the least that is shown:
    500 shares, 5 contracts."""

    quotes: dict[str, list[tuple[datetime, Decimal, Decimal]]] = field(default_factory=dict)

    def say(self, instrument: str, bid: str, ask: str, since: datetime = OPENED) -> None:
        rows = self.quotes.setdefault(instrument, [])
        rows.append((since, Decimal(bid), Decimal(ask)))
        rows.sort()

    def _at(self, instrument: str, at: datetime) -> tuple[Decimal, Decimal]:
        told = [row for row in self.quotes.get(instrument, ()) if row[0] <= at]
        if not told:
            raise InputError(f"Nobody lists {instrument}.")
        return told[-1][1:]

    def close(self, symbol: str, day: date) -> Decimal:
        return self.quote_at(symbol, exchange_calendar().open_close(day)[1]).mid

    def quote_at(self, symbol: str, at: datetime) -> Quote:
        bid, ask = self._at(symbol, at)
        return Quote(
            symbol=symbol, bid=bid, ask=ask, last=bid, previous_close=bid, volume=0, as_of=at
        )

    def option_quote_at(self, option: OptionSymbol, at: datetime) -> OptionQuote:
        bid, ask = self._at(option.occ, at)
        return OptionQuote(
            option=option,
            bid=bid,
            ask=ask,
            last=bid,
            underlying_price=self.quote_at(option.root, at).mid,
            implied_volatility=0.2,
            delta=0.5,
            gamma=0.0,
            theta=0.0,
            vega=0.0,
            open_interest=0,
            volume=0,
            as_of=at,
        )

    def dividends_between(self, symbol: str, start: date, end: date) -> tuple[Dividend, ...]:
        del symbol, start, end
        return ()


class Stage:
    """Books with 100,000 dollars in them, and the scripted market. Time moves when told."""

    def __init__(self, database: Database) -> None:
        self.market = ScriptedMarket()
        self.market.say("KO", "54.99", "55.01")
        books, writer = Books("practice"), BookWriter("practice")
        self.wiring = Wiring(
            database=database, books=books, writer=writer, prices_of=lambda _: self.market
        )
        state = BooksState(
            account_id="PRACTICE-0",
            opened_at=OPENED,
            revision=1,
            now=NOW,
            seed=0,
            settled_through=date(2021, 6, 14),
        )
        deposit = LedgerEntry(
            id=1, at=OPENED, kind=EntryKind.DEPOSIT, symbol=None, amount=DEPOSIT, memo="Opening"
        )
        with database.connection() as conn:
            writer.open(conn, state)
            writer.append(conn, Entries(ledger=[deposit]))
        self.account = PracticeAccount(self.wiring)
        self.broker = self.another_broker()

    def another_broker(self) -> SimulatedBroker:
        return SimulatedBroker(PracticeFloor(self.wiring, self.account, LAST_DAY), "practice")

    def advance(self, *, days: int | None = None, hours: int | None = None) -> AdvanceReport:
        step = Step(days=days, hours=hours)
        return Replay(self.wiring, exchange_calendar(), LAST_DAY).advance(step)

    def look(self, told: BrokerOrder) -> BrokerOrder:
        """Where an order stands now."""
        found = self.broker.orders(OPENED - timedelta(days=9999))
        assert isinstance(found, Found)
        return next(each for each in found.value if each.broker_id == told.broker_id)

    def cash(self) -> Decimal:
        found = self.account.account()
        assert isinstance(found, Found)
        return found.value.cash

    def held(self) -> dict[str, int]:
        found = self.account.positions()
        assert isinstance(found, Found)
        return {each.instrument: int(each.quantity) for each in found.value}

    def differences(self) -> tuple[str, ...]:
        with self.wiring.database.connection() as conn:
            state = self.wiring.state(conn)
            whole = whole_books(self.wiring.books, conn)
        held = [lot for lot in whole.lots if lot.quantity]
        return books_balance(whole, value_lots(held, self.market, state.now).value)
