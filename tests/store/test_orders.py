"""The book of orders: legal moves only, fills once, a history nobody edits, each user's own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import psycopg
import pytest

from mfa.kernel.movements import Effect
from mfa.kernel.order_book import EventSource, Link, NewOrder, OrderIntent
from mfa.kernel.orders import (
    MAY_FOLLOW,
    AssetClass,
    BrokerOrder,
    Order,
    OrderFill,
    OrderLeg,
    OrderState,
    OrderType,
    Side,
    TimeInForce,
)
from mfa.kernel.outcome import Absent, Failed, Found
from mfa.kernel.symbols import OptionSymbol, OptionType
from mfa.store.book_writer import BookWriter
from mfa.store.database import Database
from mfa.store.order_reading import OrderReader
from mfa.store.orders import OrderRepository

AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
PUT = OptionSymbol("KO", date(2027, 1, 15), OptionType.PUT, Decimal("52.5"))
SELL_PUT = OrderLeg(
    symbol="KO", option=PUT, asset=AssetClass.OPTION, side=Side.SELL, effect=Effect.OPEN
)


def order(client_id: str = "c-1", **more: Any) -> Order:
    given = {"legs": (SELL_PUT,), "quantity": Decimal(3), "limit": Decimal("-1.20"), **more}
    return Order(client_id=client_id, **given)


def new(client_id: str = "c-1", user: str = "ada", **more: Any) -> NewOrder:
    return NewOrder(
        user=user, broker="loopback", account="A-1", order=order(client_id), card="k-1", **more
    )


def told(state: OrderState, filled: int = 0, *fills: OrderFill, **more: Any) -> BrokerOrder:
    return BrokerOrder(
        broker_id=more.pop("broker_id", "b-1"), client_id=more.pop("client_id", "c-1"),
        state=state, filled=Decimal(filled), updated_at=AT, fills=fills, **more,
    )  # fmt: skip


def fill(name: str, quantity: int = -1) -> OrderFill:
    return OrderFill(
        id=name, instrument=PUT.occ, quantity=Decimal(quantity), price=Decimal("1.25"),
        fees=Decimal("0.65"), at=AT,
    )  # fmt: skip


@pytest.fixture
def book(database: Database) -> OrderRepository:
    return OrderRepository(database, "practice")


@pytest.fixture
def reader(database: Database) -> OrderReader:
    return OrderReader(database, "practice")


def sent(book: OrderRepository, client_id: str = "c-1") -> OrderIntent:
    book.add((new(client_id),), AT)
    left = book.leave(client_id, at=AT, sent_at=AT)
    assert left is not None
    return left


def at_state(book: OrderRepository, client_id: str, state: OrderState) -> None:
    """Bring an order to a state by legal steps."""
    if state is OrderState.NEW:
        book.add((new(client_id),), AT)
        return
    sent(book, client_id)
    if state is OrderState.SENT:
        return
    word = told(state, broker_id=client_id, client_id=client_id)
    if state is OrderState.UNKNOWN:
        assert book.move(client_id, state, at=AT) is not None
    else:
        assert book.record(client_id, word, at=AT, source=EventSource.ANSWER).news


def test_an_order_comes_back_as_it_was_meant_to_the_digit(book: OrderRepository) -> None:
    spread = order(
        legs=(
            SELL_PUT,
            OrderLeg(symbol="KO", side=Side.BUY, effect=Effect.CLOSE, ratio=100),
        ),
        limit=Decimal("-1.200"),
        time_in_force=TimeInForce.GOOD_TILL_CANCELLED,
        strategy="covered_call",
    )
    coins = Order(
        client_id="c-2",
        legs=(
            OrderLeg(symbol="BTC/USD", asset=AssetClass.CRYPTO, side=Side.BUY, effect=Effect.OPEN),
        ),
        quantity=Decimal("0.00012345678901234567"),
        order_type=OrderType.MARKET,
    )
    for each in (spread, coins):
        book.add((replace(new(), order=each),), AT)
        stored = book.get(each.client_id)
        assert stored is not None
        assert stored.order == each
        assert str(stored.order) == str(each)  # 1.20 and 1.200 are equal, and not the same text


def test_every_move_that_the_table_allows_is_made_and_no_other(book: OrderRepository) -> None:
    for before, after in product(OrderState, OrderState):
        name = f"{before.value}-{after.value}"
        at_state(book, name, before)
        if after is OrderState.SENT:
            moved = book.leave(name, at=AT, sent_at=AT)
        else:
            moved = book.move(name, after, at=AT)
        allowed = after in MAY_FOLLOW[before]
        assert (moved is not None) == allowed, name
        stored = book.get(name)
        assert stored is not None
        assert stored.state is (after if allowed else before)


def test_an_order_that_is_in_the_book_is_not_put_there_again(book: OrderRepository) -> None:
    first = sent(book)
    (again,) = book.add((replace(new(), user="eve", order=order(quantity=Decimal(9))),), AT)
    assert again == first


def test_only_one_of_many_threads_sends_an_order(book: OrderRepository) -> None:
    book.add((new(),), AT)
    with ThreadPoolExecutor(8) as pool:
        left = list(pool.map(lambda _: book.leave("c-1", at=AT, sent_at=AT), range(16)))
    assert sum(each is not None for each in left) == 1


def test_a_fill_told_twice_is_one_fill(book: OrderRepository, reader: OrderReader) -> None:
    sent(book)
    partly = told(OrderState.PARTIALLY_FILLED, 1, fill("f-1"))
    assert book.record("c-1", partly, at=AT, source=EventSource.ANSWER).new_fills == 1
    again = book.record("c-1", partly, at=AT, source=EventSource.POLL)
    assert (again.new_fills, again.news) == (0, False)
    whole = told(OrderState.FILLED, 3, fill("f-1"), fill("f-2", -2))
    assert book.record("c-1", whole, at=AT, source=EventSource.POLL).new_fills == 1
    history = reader.order_history("ada", "c-1")
    assert isinstance(history, Found)
    assert [(each.id, each.quantity) for each in history.value.fills] == [
        ("f-1", Decimal(-1)),
        ("f-2", Decimal(-2)),
    ]
    assert [(each.state, each.source) for each in history.value.events] == [
        (OrderState.NEW, EventSource.OURS),
        (OrderState.SENT, EventSource.OURS),
        (OrderState.PARTIALLY_FILLED, EventSource.ANSWER),
        (OrderState.FILLED, EventSource.POLL),
    ]


def test_older_word_moves_nothing_back(book: OrderRepository) -> None:
    sent(book)
    book.record("c-1", told(OrderState.PARTIALLY_FILLED, 2), at=AT, source=EventSource.POLL)
    late = book.record("c-1", told(OrderState.WORKING, 0), at=AT, source=EventSource.ANSWER)
    assert (late.news, late.refused) == (False, None)
    assert (late.intent.state, late.intent.filled) == (OrderState.PARTIALLY_FILLED, Decimal(2))


def test_a_fill_told_after_the_end_is_kept_and_the_end_stays(book: OrderRepository) -> None:
    sent(book)
    book.record("c-1", told(OrderState.CANCELLED, 0), at=AT, source=EventSource.ANSWER)
    late = book.record(
        "c-1", told(OrderState.CANCELLED, 1, fill("f-1")), at=AT, source=EventSource.POLL
    )
    assert (late.new_fills, late.intent.filled, late.refused) == (1, Decimal(1), None)
    assert late.intent.state is OrderState.CANCELLED


def test_a_broker_that_contradicts_an_end_is_told_of(book: OrderRepository) -> None:
    sent(book)
    assert book.move("c-1", OrderState.REJECTED, at=AT, reason="It never arrived.") is not None
    alive = book.record("c-1", told(OrderState.WORKING), at=AT, source=EventSource.POLL)
    assert alive.refused is OrderState.WORKING
    assert alive.intent.state is OrderState.REJECTED


def test_what_never_left_is_cancelled_at_once_and_what_left_is_asked_for(
    book: OrderRepository,
) -> None:
    book.add((new("never"),), AT)
    assert book.want_cancel("never", AT).state is OrderState.CANCELLED
    sent(book)
    wanted = book.want_cancel("c-1", AT)
    assert (wanted.state, wanted.cancel_wanted) == (OrderState.SENT, True)
    working = book.record("c-1", told(OrderState.WORKING), at=AT, source=EventSource.ANSWER)
    assert working.intent.cancel_wanted
    refused = book.cancel_refused("c-1", "Too late to cancel.", AT)
    assert (refused.cancel_wanted, refused.reason) == (False, "Too late to cancel.")


def test_a_replacement_and_the_wish_for_the_old_ones_end_are_one(book: OrderRepository) -> None:
    sent(book)
    book.record("c-1", told(OrderState.WORKING), at=AT, source=EventSource.ANSWER)
    waiting = book.replace_later(new("c-2", linked="c-1", link=Link.AFTER_CANCEL), AT)
    assert waiting.waits
    old = book.get("c-1")
    assert old is not None
    assert old.cancel_wanted
    assert book.waiting_for("c-1") == (waiting,)


def test_history_and_fills_cannot_be_edited(book: OrderRepository, database: Database) -> None:
    sent(book)
    book.record("c-1", told(OrderState.FILLED, 3, fill("f-1")), at=AT, source=EventSource.POLL)
    for statement in (
        "update practice.order_event set note = 'x'",
        "delete from practice.order_event",
        "update practice.order_fill set price = 9",
        "delete from practice.order_fill",
    ):
        with (
            pytest.raises(psycopg.errors.RaiseException, match="append-only"),
            database.connection() as conn,
        ):
            conn.execute(statement.encode())


def test_a_practice_reset_forgets_its_orders_too(book: OrderRepository, database: Database) -> None:
    sent(book)
    book.record("c-1", told(OrderState.FILLED, 3, fill("f-1")), at=AT, source=EventSource.POLL)
    book.add((new("c-2", linked="c-1", link=Link.AFTER_FILL),), AT)
    with database.connection() as conn:
        BookWriter("practice").drop(conn)
    assert book.get("c-1") is None


def test_each_change_makes_kept_answers_untrue(book: OrderRepository, database: Database) -> None:
    def token() -> Any:
        with database.connection() as conn:
            return conn.execute(
                "select token from magnus.generation where kind = 'account'"
            ).fetchone()

    before = token()
    sent(book)
    between = token()
    book.record("c-1", told(OrderState.FILLED, 3, fill("f-1")), at=AT, source=EventSource.POLL)
    assert len({before, between, token()}) == 3


def test_users_read_their_own_orders_alone(book: OrderRepository, reader: OrderReader) -> None:
    sent(book)
    assert isinstance(reader.order_history("eve", "c-1"), Absent)
    hers = reader.orders("eve", working=False, limit=10)
    his = reader.orders("ada", working=False, limit=10)
    assert isinstance(hers, Found)
    assert isinstance(his, Found)
    assert (len(hers.value), len(his.value)) == (0, 1)


def test_an_order_is_found_by_its_beginning_and_by_the_brokers_id(
    book: OrderRepository, reader: OrderReader
) -> None:
    for name, number in (("aaaa-1", "b-1"), ("aaaa-2", "b-2"), ("bbbb-1", "b-3")):
        sent(book, name)
        word = told(OrderState.WORKING, broker_id=number, client_id=name)
        book.record(name, word, at=AT, source=EventSource.ANSWER)
    for wanted, expected in (("bbbb", "bbbb-1"), ("b-2", "aaaa-2"), ("aaaa-1", "aaaa-1")):
        found = reader.order_history("ada", wanted)
        assert isinstance(found, Found)
        assert found.value.intent.client_id == expected
    several = reader.order_history("ada", "aaaa")
    assert several == Absent("'aaaa' is the beginning of several orders; say more of it.")
    assert isinstance(reader.order_history("ada", "bbb"), Absent)


def test_foreign_orders_are_as_last_seen(book: OrderRepository, reader: OrderReader) -> None:
    strange = told(OrderState.WORKING, broker_id="x-1", client_id=None, legs=(SELL_PUT,))
    book.see_foreign("loopback", "A-1", (strange,), "ada")
    seen = reader.foreign_orders("ada")
    assert isinstance(seen, Found)
    assert [each.order for each in seen.value] == [strange]
    book.see_foreign("loopback", "A-1", (), "ada")
    gone = reader.foreign_orders("ada")
    assert isinstance(gone, Found)
    assert gone.value == ()


def test_a_database_that_is_gone_is_a_failure(database: Database, reader: OrderReader) -> None:
    database.pool.close()
    assert isinstance(reader.orders("ada", working=True, limit=1), Failed)
