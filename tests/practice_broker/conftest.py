"""A market that stands still, for rules whose outcome must not depend on a model; a real desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import pytest

from connectors.practice.desk import PracticeDesk
from connectors.practice.market import PracticeMarket
from mfa.kernel.clock import FrozenClock
from mfa.kernel.market import Dividend, OptionQuote, Quote
from mfa.kernel.symbols import OptionSymbol
from mfa.store.database import Database


@dataclass
class StillMarket:
    """Every price is given: stocks by symbol, options (bid, ask) by OCC symbol."""

    stocks: dict[str, str]
    options: dict[str, tuple[str, str]] = field(default_factory=dict)
    dividends: tuple[Dividend, ...] = ()

    def close(self, symbol: str, day: date) -> Decimal:
        return Decimal(self.stocks[symbol])

    def quote_at(self, symbol: str, at: datetime) -> Quote:
        price = Decimal(self.stocks[symbol])
        return Quote(
            symbol=symbol,
            bid=price - Decimal("0.01"),
            ask=price + Decimal("0.01"),
            last=price,
            previous_close=price,
            volume=0,
            as_of=at,
        )

    def option_quote_at(self, option: OptionSymbol, at: datetime) -> OptionQuote:
        bid, ask = self.options.get(option.occ, ("1.00", "1.10"))
        return OptionQuote(
            option=option,
            bid=Decimal(bid),
            ask=Decimal(ask),
            last=Decimal(bid),
            underlying_price=Decimal(self.stocks[option.root]),
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
        return tuple(d for d in self.dividends if d.symbol == symbol and start <= d.ex_date <= end)


@pytest.fixture
def still() -> type[StillMarket]:
    return StillMarket


@pytest.fixture(scope="session")
def market() -> PracticeMarket:
    """The practice market of seed 7, asked with explicit moments."""
    return PracticeMarket(seed=7, clock=FrozenClock(datetime.fromisoformat("2021-06-15T14:30Z")))


@pytest.fixture
def desk(database: Database) -> PracticeDesk:
    """A desk of its own, freshly seeded with 7."""
    return PracticeDesk.open(database, 7)


@pytest.fixture(scope="module")
def shared_desk(new_database: Callable[[], Database]) -> Iterator[PracticeDesk]:
    """A seeded desk that one module's tests only read, or leave as they may."""
    with new_database() as fresh:
        yield PracticeDesk.open(fresh, 7)
