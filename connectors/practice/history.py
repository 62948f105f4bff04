"""The lived-in half year: dated orders from a table, executed by the broker, settled day by day.

The table says what was ordered and when; fills follow from the practice market of the seed, and
assignments, expiries and dividends from the real closes. The same seed gives the same books to the
last cent. It is computed in memory and written by the caller in one transaction: all or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Final

from connectors.practice.booking import fill_order, market_of
from connectors.practice.fills import Leg, Order, Unfilled, midpoint
from connectors.practice.journal import Journal
from connectors.practice.marks import Prices
from connectors.practice.settlement import settle_session
from connectors.practice.tables import read_table
from mfa.kernel.account import CloseReason, EntryKind
from mfa.kernel.calendar import ExchangeCalendar
from mfa.kernel.clock import EXCHANGE_ZONE
from mfa.kernel.errors import StoreError
from mfa.kernel.symbols import OptionSymbol, OptionType
from mfa.store.book_rows import BooksState, Entries, OpenBooks

FIRST_DAY: Final = date(2020, 12, 15)
DEPOSIT: Final = Decimal("100000.00")
OPENED_AT: Final = datetime(2020, 12, 15, 14, 0, tzinfo=UTC)
NOW: Final = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)
"""Where practice time stands after seeding: a Tuesday, 10:30 in New York."""


@dataclass(frozen=True, slots=True)
class Intention:
    """One order, when it is given (UTC), worked at the midpoint."""

    at: datetime
    order: Order


def account_id(seed: int) -> str:
    return f"PRACTICE-{seed}"


def seeded_books(
    *, seed: int, revision: int, prices: Prices, calendar: ExchangeCalendar
) -> tuple[BooksState, Entries]:
    """The books of the half year with `prices`, the market of `seed`."""
    journal = Journal(OpenBooks())
    journal.post(OPENED_AT, EntryKind.DEPOSIT, DEPOSIT, "Opening deposit")
    waiting = list(intentions())
    settled = calendar.previous_session(NOW.date())
    for day in calendar.sessions(FIRST_DAY, NOW.date()):
        closes = calendar.open_close(day)[1]
        while waiting and waiting[0].at < min(closes, NOW):
            _execute(journal, prices, waiting.pop(0))
        if closes <= NOW:
            settle_session(journal, prices, calendar, day)
    state = BooksState(
        account_id=account_id(seed),
        opened_at=OPENED_AT,
        revision=revision,
        now=NOW,
        seed=seed,
        settled_through=settled,
    )
    return state, journal.entries


def _execute(journal: Journal, prices: Prices, intention: Intention) -> None:
    """At the midpoint; where that is not a price (less than a cent), at the far side."""
    order, at = intention.order, intention.at
    markets = tuple(market_of(leg, prices, at) for leg in order.legs)
    at_mid = Order(
        legs=order.legs,
        strategy=order.strategy,
        limit=midpoint(order.legs, markets),
        reason=order.reason,
    )
    result = fill_order(journal, prices, at_mid, at)
    if isinstance(result, Unfilled):
        result = fill_order(journal, prices, order, at)
    if isinstance(result, Unfilled):
        raise StoreError(f"The practice history cannot be replayed at {at}: {result.reason}")


@cache
def intentions() -> tuple[Intention, ...]:
    """The table, in order of time."""
    found = [
        Intention(
            at=datetime.combine(
                date.fromisoformat(row["date"]), time.fromisoformat(row["time"]), EXCHANGE_ZONE
            ).astimezone(UTC),
            order=Order(
                legs=tuple(_leg(text.strip()) for text in row["legs"].split(";")),
                strategy=row["strategy"],
                reason=CloseReason.ROLLED if row["action"] == "roll" else CloseReason.TRADE,
            ),
        )
        for row in read_table("history")
    ]
    return tuple(sorted(found, key=lambda intention: intention.at))


def _leg(text: str) -> Leg:
    """'-1 KO 2021-07-16 52.5 put' or '+30 JPM'."""
    quantity, symbol, *option = text.split()
    if not option:
        return Leg(symbol=symbol, quantity=int(quantity))
    expiration, strike, kind = option
    return Leg(
        symbol=symbol,
        option=OptionSymbol(
            symbol, date.fromisoformat(expiration), OptionType(kind), Decimal(strike)
        ),
        quantity=int(quantity),
    )
