"""Whatever is traded and however time moves, the books balance to the cent."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.practice.balance import WholeBooks, books_balance, whole_books
from connectors.practice.broker import Execution, fill_order
from connectors.practice.desk import PracticeDesk
from connectors.practice.fills import Leg, Order
from connectors.practice.journal import Journal
from connectors.practice.market import PracticeMarket
from connectors.practice.marks import Prices, value_lots
from connectors.practice.settlement import settle_session
from mfa.kernel.account import EntryKind
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.errors import InputError
from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import OpenBooks
from mfa.store.books import Books
from mfa.store.database import Database

SYMBOLS = ("KO", "CVX", "AAPL", "JPM", "PFE")
START = date(2022, 3, 10)  # dividends, Good Friday and rising rates lie ahead


def random_order(chance: random.Random, market: PracticeMarket, at: datetime) -> Order:
    """Stock or an option near the money and near its end, one or two legs, either side."""
    symbol = chance.choice(SYMBOLS)
    legs: dict[str, Leg] = {}
    for _ in range(chance.choice((1, 1, 2))):
        if chance.random() < 0.3:
            leg = Leg(symbol=symbol, quantity=chance.choice((-250, -100, 37, 100, 300)))
        else:
            leg = Leg(
                symbol=symbol,
                option=random_option(chance, market, symbol, at),
                quantity=chance.choice((-3, -1, 1, 2)),
            )
        legs[leg.instrument] = leg
    return Order(legs=tuple(legs.values()), strategy="random")


def random_option(
    chance: random.Random, market: PracticeMarket, symbol: str, at: datetime
) -> OptionSymbol:
    expiration = chance.choice(market.expirations_at(symbol, at)[:6])
    chain = market.chain_at(symbol, expiration, at)
    quotes = chain.calls if chance.random() < 0.5 else chain.puts
    near = sorted(quotes, key=lambda q: abs(q.option.strike - chain.underlying_price))[:8]
    return chance.choice(near).option


def whole_of(journal: Journal) -> WholeBooks:
    """The books that a journal begun on nothing would write, without a database."""
    entries = journal.entries
    moved: dict[tuple[str, OptionSymbol | None], int] = {}
    for fill in entries.fills:
        key = (fill.symbol, fill.option)
        moved[key] = moved.get(key, 0) + fill.quantity
    for ended in entries.settlements:
        option: tuple[str, OptionSymbol | None] = (ended.symbol, ended.option)
        stock: tuple[str, OptionSymbol | None] = (ended.symbol, None)
        moved[option] = moved.get(option, 0) + ended.contracts
        moved[stock] = moved.get(stock, 0) + ended.shares
    closed: dict[int, int] = {}
    for closing in entries.closings:
        closed[closing.lot_id] = closed.get(closing.lot_id, 0) + int(closing.trade.quantity)
    return WholeBooks(
        ledger=tuple(entries.ledger),
        lots=tuple(entries.lots.values()),
        trades=tuple(closing.trade for closing in entries.closings),
        closed_quantities=closed,
        moved={key: quantity for key, quantity in moved.items() if quantity},
        equity=tuple(entries.equity),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.integers(0, 200_000))
def test_random_trades_over_random_days_keep_the_books_in_balance(
    market: PracticeMarket, chance: random.Random, deposit: int
) -> None:
    calendar = exchange_calendar()
    journal = Journal(OpenBooks())
    opening = calendar.open_close(START)[0]
    journal.post(opening, EntryKind.DEPOSIT, Decimal(deposit), "Opening deposit")
    for day in calendar.sessions(START, START + timedelta(days=chance.randint(5, 75))):
        opens, closes = calendar.open_close(day)
        for hours in range(1, chance.choice((1, 1, 2, 4))):
            at = opens + timedelta(hours=hours)
            attempt = deepcopy(journal)
            if isinstance(
                fill_order(attempt, market, random_order(chance, market, at), at), Execution
            ):
                journal = attempt
        settle_session(journal, market, calendar, day)
        value = value_lots(journal.lots, market, closes).value
        assert books_balance(whole_of(journal), value) == ()
        assert journal.entries.equity[-1].equity == journal.cash + value
        assert all(
            calendar.last_session_on_or_before(option.expiration) > day
            for option in journal.options()
        )


def test_random_orders_and_steps_keep_the_stored_books_in_balance(
    new_database: Callable[[], Database],
) -> None:
    chance = random.Random(20210615)
    with new_database() as database:
        desk = PracticeDesk.open(database, 7)
        for _ in range(40):
            act(chance, desk)
            with database.connection() as conn:
                state = Books("practice").state(conn)
                whole = whole_books(Books("practice"), conn)
            assert state is not None
            prices: Prices = desk.market
            value = value_lots([x for x in whole.lots if x.quantity], prices, state.now).value
            assert books_balance(whole, value) == ()


def act(chance: random.Random, desk: PracticeDesk) -> None:
    """An order or a step of time; what makes no sense then is refused and leaves no trace."""
    try:
        if chance.random() < 0.6:
            desk.broker.execute(random_order(chance, desk.market, desk.clock.now()))
        elif chance.random() < 0.5:
            desk.advance(days=chance.randint(1, 15))
        elif chance.random() < 0.5:
            desk.advance(hours=chance.randint(1, 30))
        else:
            desk.advance(expiration=True)
    except InputError:
        assert desk.clock.now() <= datetime(2022, 12, 28, 21, tzinfo=UTC)
