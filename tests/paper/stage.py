"""The paper broker over a live market whose answers are written down, and a clock that is set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from connectors.paper.broker import PaperBroker, Ticked
from connectors.paper.floor import PaperFloor
from connectors.paper.opening import open_books
from connectors.practice.balance import books_balance, whole_books
from connectors.practice.marks import quantities
from mfa.kernel.clock import exchange_date
from mfa.kernel.market import (
    DailyClose,
    DailyVolatility,
    Dividend,
    Earnings,
    Listing,
    OptionChain,
    OptionQuote,
    Quote,
)
from mfa.kernel.money import cents
from mfa.kernel.option_table import OptionTable
from mfa.kernel.orders import BrokerOrder
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance
from mfa.kernel.symbols import OptionSymbol
from mfa.store.database import Database

NOW = datetime(2026, 6, 16, 14, 30, tzinfo=UTC)  # a Tuesday, 10:30 in New York
DEPOSIT = Decimal("100000.00")
NOTHING = Absent("Nobody has this.")


def new_york(day: str, time: str) -> datetime:
    """In summer: four hours behind UTC."""
    return datetime.fromisoformat(f"{day}T{time}:00-04:00").astimezone(UTC)


@dataclass
class SetClock:
    """Stands where it was set."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return exchange_date(self.at)


@dataclass
class LiveMarket:
    """Answers as told. A quote stays of the moment at which it was said."""

    clock: SetClock
    told: dict[str, Outcome[tuple[Decimal, Decimal]]] = field(default_factory=dict)
    closes: dict[tuple[str, date], Decimal] = field(default_factory=dict)
    paying: list[Dividend] = field(default_factory=list)
    is_down: bool = False
    asked: list[str] = field(default_factory=list)
    name: str = "live market"

    def say(self, instrument: str, bid: str, ask: str, *, delay: timedelta = timedelta(0)) -> None:
        source = Provenance(source=self.name, as_of=self.clock.now() - delay, delay=delay)
        self.told[instrument] = Found((Decimal(bid), Decimal(ask)), source)

    def _answer(self, instrument: str) -> Outcome[tuple[Decimal, Decimal]]:
        self.asked.append(instrument)
        if self.is_down:
            return Failed(FailureKind.UNAVAILABLE, "The source does not answer.")
        return self.told.get(instrument, Absent(f"Nobody lists {instrument}."))

    def quote(self, symbol: str) -> Outcome[Quote]:
        found = self._answer(symbol)
        if not isinstance(found, Found):
            return found
        bid, ask = found.value
        return found.map(
            lambda _: Quote(
                symbol=symbol,
                bid=bid,
                ask=ask,
                last=bid,
                previous_close=bid,
                volume=0,
                as_of=found.as_of,
            )
        )

    def option_quote(self, option: OptionSymbol) -> Outcome[OptionQuote]:
        found = self._answer(option.occ)
        if not isinstance(found, Found):
            return found
        bid, ask = found.value
        return found.map(
            lambda _: OptionQuote(
                option=option,
                bid=bid,
                ask=ask,
                last=bid,
                underlying_price=bid,
                implied_volatility=0.2,
                delta=0.5,
                gamma=0.0,
                theta=0.0,
                vega=0.0,
                open_interest=0,
                volume=0,
                as_of=found.as_of,
            )
        )

    def daily_closes(self, symbol: str, start: date, end: date) -> Outcome[tuple[DailyClose, ...]]:
        if self.is_down:
            return Failed(FailureKind.UNAVAILABLE, "The source does not answer.")
        found = tuple(
            DailyClose(day=day, close=close)
            for (of, day), close in sorted(self.closes.items())
            if of == symbol and start <= day <= end
        )
        return self._found(found) if found else Absent(f"No closes of {symbol} are known.")

    def dividends(self, symbol: str, start: date, end: date) -> Outcome[tuple[Dividend, ...]]:
        own = (d for d in self.paying if d.symbol == symbol and start <= d.ex_date <= end)
        return self._found(tuple(own))

    def _found(self, value: tuple[object, ...]) -> Found:  # type: ignore[type-arg]
        return Found(value, Provenance(source=self.name, as_of=self.clock.now()))

    def listings(self) -> Outcome[tuple[Listing, ...]]:
        return NOTHING

    def expirations(self, symbol: str) -> Outcome[tuple[date, ...]]:
        return NOTHING

    def chain(self, symbol: str, expiration: date) -> Outcome[OptionChain]:
        return NOTHING

    def option_table(self, symbol: str, *, first: date, last: date) -> Outcome[OptionTable]:
        return NOTHING

    def implied_volatilities(
        self, symbol: str, start: date, end: date
    ) -> Outcome[tuple[DailyVolatility, ...]]:
        return NOTHING

    def next_earnings(self, symbol: str) -> Outcome[Earnings]:
        return NOTHING

    def earnings(self, symbol: str, start: date, end: date) -> Outcome[tuple[Earnings, ...]]:
        return NOTHING


class Stage:
    """A paper account opened at `NOW` with 100,000 dollars, KO at 54.99 to 55.01."""

    def __init__(self, database: Database) -> None:
        self.clock = SetClock()
        self.market = LiveMarket(self.clock)
        self.market.say("KO", "54.99", "55.01")
        open_books(database, self.clock)
        self.floor = PaperFloor.on(database, self.market, self.clock)
        self.broker = PaperBroker(self.floor)
        self.account = self.floor.account

    def close(self, symbol: str, day: str, price: str) -> None:
        self.market.closes[symbol, date.fromisoformat(day)] = Decimal(price)

    def tick(self) -> Ticked:
        found = self.broker.tick()
        assert isinstance(found, Found), found
        return found.value

    def look(self, told: BrokerOrder) -> BrokerOrder:
        """Where an order stands, without a look at the market."""
        with self.floor.database.connection() as conn:
            own = self.broker._orders.by_broker_id(conn, told.broker_id)
            assert own is not None
            return self.broker._told(conn, (own,))[0]

    def cash(self) -> Decimal:
        with self.floor.database.connection() as conn:
            return self.floor.books.open_books(conn).cash

    def held(self) -> dict[str, int]:
        found = self.account.positions()
        assert isinstance(found, Found)
        return {each.instrument: int(each.quantity) for each in found.value}

    def curve(self) -> list[tuple[str, Decimal]]:
        found = self.account.equity_curve()
        assert isinstance(found, Found)
        return [(str(point.day), point.equity) for point in found.value]

    def differences(self) -> tuple[str, ...]:
        """With everything held at what it cost: what is worth what does not matter here."""
        with self.floor.database.connection() as conn:
            whole = whole_books(self.floor.books, conn)
        held = quantities(whole.lots)
        worth = sum((cents(10 * quantity) for quantity in held.values()), Decimal("0.00"))
        return books_balance(whole, worth)
