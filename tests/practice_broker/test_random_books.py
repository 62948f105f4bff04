"""Whatever is traded and however time moves, the books balance to the cent."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import gcd

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.practice.balance import WholeBooks, books_balance, whole_books
from connectors.practice.booking import Execution, fill_order, market_of
from connectors.practice.desk import PracticeDesk
from connectors.practice.fills import Leg, Order, midpoint
from connectors.practice.journal import Journal
from connectors.practice.market import PracticeMarket
from connectors.practice.marks import Prices, value_lots
from connectors.practice.settlement import settle_session
from mfa.kernel.account import EntryKind
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.errors import InputError
from mfa.kernel.movements import Effect
from mfa.kernel.orders import (
    AssetClass,
    BrokerOrder,
    OrderLeg,
    OrderState,
    OrderType,
    Side,
    TimeInForce,
)
from mfa.kernel.orders import Order as Sendable
from mfa.kernel.outcome import Found
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
        states: set[OrderState] = set()
        for _ in range(60):
            act(chance, desk)
            states |= {each.state for each in told(desk)}
            with database.connection() as conn:
                state = Books("practice").state(conn)
                whole = whole_books(Books("practice"), conn)
            assert state is not None
            prices: Prices = desk.market
            value = value_lots([x for x in whole.lots if x.quantity], prices, state.now).value
            assert books_balance(whole, value) == ()
            assert_fills_are_those_of_the_books(database, desk)
        assert states >= {OrderState.FILLED, OrderState.EXPIRED, OrderState.CANCELLED}


def assert_fills_are_those_of_the_books(database: Database, desk: PracticeDesk) -> None:
    """Of each order, as many units as its fills say; of each fill, one line in the books."""
    with database.connection() as conn:
        booked = {row[0] for row in conn.execute("select id from practice.fill").fetchall()}
    for each in told(desk):
        assert each.filled == sum(
            abs(fill.quantity) for fill in each.fills if fill.instrument == each.legs[0].instrument
        ) / (each.legs[0].ratio)
        assert {int(fill.id.rpartition("/")[2]) for fill in each.fills} <= booked


def act(chance: random.Random, desk: PracticeDesk) -> None:
    """An order, its end, or a step of time; what makes no sense then is refused, without trace."""
    try:
        if chance.random() < 0.6:
            sent = as_sent(chance, random_order(chance, desk.market, desk.clock.now()), desk)
            working = [each for each in told(desk) if not each.state.is_over]
            if working and chance.random() < 0.3:
                desk.broker.replace(chance.choice(working).broker_id, sent)
            elif working and chance.random() < 0.2:
                desk.broker.cancel(chance.choice(working).broker_id)
            else:
                desk.broker.submit(sent)
        elif chance.random() < 0.5:
            desk.advance(days=chance.randint(1, 5))
        elif chance.random() < 0.5:
            desk.advance(hours=chance.randint(1, 30))
        else:
            desk.advance(expiration=True)
    except InputError:
        assert desk.clock.now() <= datetime(2022, 12, 28, 21, tzinfo=UTC)


def as_sent(chance: random.Random, drawn: Order, desk: PracticeDesk) -> Sendable:
    """The same order as it is sent: closing where something is held, at a price near the market."""
    found = desk.account.positions()
    assert isinstance(found, Found)
    held = {position.instrument: int(position.quantity) for position in found.value}
    units = gcd(*(abs(leg.quantity) for leg in drawn.legs))
    legs = tuple(
        OrderLeg(
            symbol=leg.symbol,
            option=leg.option,
            asset=AssetClass.STOCK if leg.option is None else AssetClass.OPTION,
            side=Side.BUY if leg.quantity > 0 else Side.SELL,
            effect=Effect.CLOSE if held.get(leg.instrument, 0) * leg.quantity < 0 else Effect.OPEN,
            ratio=abs(leg.quantity) // units,
        )
        for leg in drawn.legs
    )
    markets = tuple(market_of(leg, desk.market, desk.clock.now()) for leg in drawn.legs)
    size = max(leg.multiplier for leg in drawn.legs) * units
    fair = midpoint(drawn.legs, markets) / size
    steps = Decimal(chance.randint(-8, 8)) * Decimal("0.05")
    limit = (fair / Decimal("0.05")).quantize(Decimal(1)) * Decimal("0.05") + steps
    at_market = chance.random() < 0.3
    return Sendable(
        client_id=f"random-{chance.getrandbits(60):x}",
        legs=legs,
        quantity=Decimal(units),
        order_type=OrderType.MARKET if at_market else OrderType.LIMIT,
        limit=None if at_market else limit,
        time_in_force=chance.choice(list(TimeInForce)),
    )


def told(desk: PracticeDesk) -> tuple[BrokerOrder, ...]:
    found = desk.broker.orders(desk.clock.now())
    assert isinstance(found, Found)
    return found.value
