"""Order actions from the card to the broker, over the practice market and a real connection: what
was confirmed is what is sent, once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from actions.action import PermissionLevel, Who
from actions.folders import Folders
from actions.order_params import OrderParams
from actions.proposal import ActionProposal
from connectors.base import Sources
from connectors.ordering.models import Orders
from connectors.practice.desk import PracticeDesk
from connectors.preview.results import OrderPreview
from mfa.acting import Acting, own_session
from mfa.data.service import DataIntegrationService
from mfa.kernel.account import Position
from mfa.kernel.cards import Card, CardState, ResultStatus
from mfa.kernel.mode import Mode
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Absent, Found, Provenance
from mfa.store.database import Database
from mfa.store.order_reading import OrderReader
from tests.servers.broker import BrokerServer, Drop
from tests.servers.broker_client import LoopbackBroker

USER = "ada"
SEED = 7
_accounts = itertools.count(1)


class _Own:
    """Whoever is at a door of this machine may do what a user may."""

    def level(self, who: Who) -> PermissionLevel:
        known = who.user == USER and who.session == own_session(who.door)
        return PermissionLevel.USER if known else PermissionLevel.PUBLIC


@pytest.fixture(scope="module")
def practice(module_database: Database) -> PracticeDesk:
    return PracticeDesk.open(module_database, SEED)


@pytest.fixture
def exchange() -> Iterator[BrokerServer]:
    with BrokerServer(account=f"A-{next(_accounts)}") as server:
        yield server


@pytest.fixture
def acting(
    module_database: Database, practice: PracticeDesk, exchange: BrokerServer, magnus_home: Path
) -> Iterator[Acting]:
    """The house of actions, with a broker that takes one instrument an order."""
    broker = LoopbackBroker(exchange.url, multi_leg=False, replace=False)
    sources = Sources(
        mode=Mode.PRACTICE, clock=practice.clock, market=practice.market,
        account=practice.account, orders=OrderReader(module_database, "practice"),
        market_revision=practice.market_revision,
    )  # fmt: skip
    data = DataIntegrationService(sources)
    acting = Acting.open(
        mode=Mode.PRACTICE, clock=practice.clock, database=module_database, data=data,
        broker=lambda: Found(broker, Provenance(source="test", as_of=practice.clock.now())),
        permissions=_Own(), home=Folders(magnus_home), user=USER,
    )  # fmt: skip
    yield acting
    exchange.book.expire()
    acting.orders.watch.tick()
    data.close()
    broker.close()


def ask(acting: Acting, query: str, feature: str = "trade_preview", **params: Any) -> Any:
    outcome = acting.maker.means.data.query(feature, query, params, user=USER)
    assert isinstance(outcome, Found), outcome
    return outcome.value


def priced(acting: Acting, **changes: Any) -> OrderParams:
    """Ten shares of KO at the midpoint, or what `changes` say."""
    asked = {
        "legs": [{"instrument": "KO", "side": "buy", "effect": "open"}], "quantity": 10, **changes,
    }  # fmt: skip
    preview: OrderPreview = ask(acting, "preview", **{**asked, "order_type": "market"})
    return OrderParams(**{**asked, "limit": preview.midpoint, "strategy": "stock"})


def card(acting: Acting, action: str, params: Any) -> Card:
    who = acting.who(USER, "terminal")
    given = params if isinstance(params, dict) else params.model_dump(mode="json")
    return acting.desk.cards.propose(ActionProposal(action=action, params=given), who)


def confirm(acting: Acting, made: Card) -> Card:
    return acting.desk.confirmations.confirm(made.id, acting.who(USER, "terminal")).card


def do(acting: Acting, action: str, params: Any) -> Card:
    done = confirm(acting, card(acting, action, params))
    assert done.state is CardState.CONFIRMED
    assert done.receipt is not None
    return done


def short_option(practice: PracticeDesk) -> Position:
    held = practice.account.positions()
    assert isinstance(held, Found)
    return next(each for each in held.value if each.option is not None and each.quantity < 0)


def told(done: Card) -> tuple[ResultStatus, str]:
    assert done.receipt is not None
    return done.receipt.status, done.receipt.message


def order_id(done: Card, place: int = 0) -> str:
    assert done.receipt is not None
    return str(done.receipt.details["orders"][place])


def test_a_confirmed_order_is_at_the_broker_once(acting: Acting, exchange: BrokerServer) -> None:
    made = card(acting, "submit_order", priced(acting))
    done = confirm(acting, made)
    assert told(done) == (ResultStatus.UNDER_WAY, "It is working at loopback.")
    assert [each.client_id for each in exchange.book.orders.values()] == [order_id(done)]
    confirm(acting, made)
    assert len(exchange.book.orders) == 1


def test_what_is_sent_is_what_the_card_held(acting: Acting, exchange: BrokerServer) -> None:
    params = priced(acting)
    do(acting, "submit_order", params)
    (standing,) = exchange.book.orders.values()
    assert Decimal(standing.body["limit"]) == params.limit
    assert Decimal(standing.body["quantity"]) == 10
    assert standing.body["legs"][0]["symbol"] == "KO"


def test_an_unanswered_order_is_told_as_such_and_found_later(
    acting: Acting, exchange: BrokerServer
) -> None:
    exchange.drops.append(Drop.AFTER)
    done = do(acting, "submit_order", priced(acting))
    status, message = told(done)
    assert status is ResultStatus.UNKNOWN
    assert "Do not send it again" in message
    acting.orders.watch.tick()
    found = acting.orders.one(USER, order_id(done)).intent
    assert found.state is OrderState.WORKING


def test_the_receipt_tells_what_the_broker_told_later(
    acting: Acting, exchange: BrokerServer
) -> None:
    sent = do(acting, "submit_order", priced(acting))
    exchange.book.fill("b1", 10)
    acting.orders.watch.tick()
    now = acting.desk.cards.card(sent.id, acting.who(USER, "terminal"))
    assert told(now) == (ResultStatus.DONE, "It is filled.")
    assert now.receipt is not None
    assert now.receipt.details["filled"] == "10"


def test_a_refusal_is_told_in_the_brokers_words(acting: Acting, exchange: BrokerServer) -> None:
    exchange.book.refuses = "Insufficient buying power."
    done = do(acting, "submit_order", priced(acting))
    assert told(done) == (ResultStatus.REFUSED, "It was not taken. Insufficient buying power.")


def test_a_working_order_is_cancelled_and_undoing_one_proposes_that(
    acting: Acting, exchange: BrokerServer
) -> None:
    sent = do(acting, "submit_order", priced(acting))
    undone = acting.desk.undoing.undo(acting.who(USER, "terminal"), sent.id)
    assert undone.proposed is not None
    assert undone.proposed.action == "cancel_order"
    assert told(confirm(acting, undone.proposed))[0] is ResultStatus.DONE
    assert exchange.book.orders["b1"].state is OrderState.CANCELLED


def test_undoing_a_filled_order_proposes_the_opposite(
    acting: Acting, exchange: BrokerServer, practice: PracticeDesk
) -> None:
    exchange.book.market = [1]
    put = short_option(practice)
    bought = [{"instrument": put.instrument, "side": "buy", "effect": "close"}]
    sent = do(acting, "close_position", priced(acting, legs=bought, quantity=1))
    assert told(sent)[0] is ResultStatus.DONE
    undone = acting.desk.undoing.undo(acting.who(USER, "terminal"), sent.id)
    assert undone.proposed is not None
    assert undone.proposed.action == "submit_order"
    opposite = OrderParams.model_validate_json(undone.proposed.params)
    assert [(leg.side, leg.effect) for leg in opposite.legs] == [("sell", "open")]
    assert opposite.quantity == 1


def test_a_replacement_takes_the_place_of_the_order(acting: Acting, exchange: BrokerServer) -> None:
    params = priced(acting)
    sent = do(acting, "submit_order", params)
    assert params.limit is not None
    changed = params.model_copy(update={"limit": params.limit - Decimal("0.05")})
    replaced = do(
        acting, "replace_order",
        {**changed.model_dump(mode="json"), "replaces": order_id(sent)},
    )  # fmt: skip
    assert told(replaced)[0] is ResultStatus.UNDER_WAY
    assert [each.state for each in exchange.book.orders.values()] == [
        OrderState.CANCELLED,
        OrderState.WORKING,
    ]


def test_a_roll_is_two_orders_that_together_are_no_worse_than_the_net_price(
    acting: Acting, exchange: BrokerServer, practice: PracticeDesk
) -> None:
    short = short_option(practice)
    assert short.option is not None
    later = practice.market.expirations(short.symbol)
    assert isinstance(later, Found)
    expiration: date = next(each for each in later.value if each > short.option.expiration)
    preview: OrderPreview = ask(
        acting, "roll_order", symbols=[short.symbol], expiration=expiration,
        from_strike=short.option.strike, from_expiration=short.option.expiration,
        option_type=short.option.option_type, quantity=1,
    )  # fmt: skip
    params = OrderParams.of(preview)
    done = do(acting, "roll_position", params)
    first, second = (acting.orders.one(USER, order_id(done, place)).intent for place in (0, 1))
    assert first.order.limit is not None
    assert second.order.limit is not None
    assert first.order.limit + second.order.limit == params.limit
    assert second.waits
    assert len(exchange.book.orders) == 1
    exchange.book.fill("b1", 1)
    acting.orders.watch.tick()
    assert [each.body["client_id"] for each in exchange.book.orders.values()] == [
        first.client_id,
        second.client_id,
    ]
    who = acting.who(USER, "terminal")
    assert told(acting.desk.cards.card(done.id, who))[0] is ResultStatus.UNDER_WAY
    exchange.book.fill("b2", 1)
    acting.orders.watch.tick()
    assert told(acting.desk.cards.card(done.id, who)) == (
        ResultStatus.DONE,
        "It is filled. It is filled.",
    )


def test_all_working_orders_are_cancelled_at_once_also_under_a_halt(
    acting: Acting, exchange: BrokerServer
) -> None:
    do(acting, "submit_order", priced(acting))
    do(acting, "submit_order", priced(acting, quantity=11))
    acting.desk.halt("Stop.", acting.who(USER, "terminal"))
    done = do(acting, "cancel_working_orders", {})
    assert told(done) == (ResultStatus.DONE, "2 of 2 orders are over.")
    assert not any(each.is_alive for each in exchange.book.orders.values())


def test_questions_about_orders_are_answered_from_the_book(
    acting: Acting, exchange: BrokerServer
) -> None:
    data = acting.maker.means.data
    nothing = data.query("orders", "get_orders", {"symbols": ["KO"]}, user=USER)
    assert nothing == Absent("No order of KO is working.")
    sent = do(acting, "submit_order", priced(acting))
    working: Orders = ask(acting, "get_orders", "orders")
    (row,) = working.rows
    assert (row.order, row.state, row.quantity) == ("buy KO to open", "working", Decimal(10))
    exchange.book.fill("b1", 4)
    acting.orders.watch.tick()
    one: Orders = ask(acting, "get_orders", "orders", order_id=order_id(sent)[:8])
    assert [step.state for step in one.history] == ["new", "sent", "working", "partially filled"]
    assert [fill.quantity for fill in one.fills] == [4]
    assert one.rows[0].filled == 4
    other = data.query("orders", "get_orders", {"order_id": order_id(sent)}, user="eve")
    assert isinstance(other, Absent)


def test_a_card_made_for_one_account_sends_nothing_to_another(
    acting: Acting, exchange: BrokerServer
) -> None:
    made, account = card(acting, "submit_order", priced(acting)), exchange.account
    assert made.facts.account == f"loopback {account}"
    exchange.account = "A-other"
    refused = acting.desk.confirmations.confirm(made.id, acting.who(USER, "terminal"))
    assert not refused.carried_out
    assert refused.sentence == (
        f"This card was made for loopback {account}, and connected is loopback A-other."
        " Nothing was done; ask for it again here."
    )
    assert acting.orders.working(USER) == ()
    exchange.account = account
    assert confirm(acting, made).state is CardState.CONFIRMED  # it was not used up


def test_an_order_of_one_account_is_not_cancelled_at_another(
    acting: Acting, exchange: BrokerServer
) -> None:
    sent, account = do(acting, "submit_order", priced(acting)), exchange.account
    assert sent.receipt is not None
    order = str(sent.receipt.details["orders"][0])
    exchange.account = "A-other"
    told = do(acting, "cancel_order", {"order_id": order})
    assert told.receipt is not None
    assert told.receipt.status is ResultStatus.UNDER_WAY
    intent = acting.orders.one(USER, order).intent
    assert (intent.state, intent.cancel_wanted) == (OrderState.WORKING, True)
    assert intent.reason == "loopback has another account now."
    exchange.account = account
    acting.orders.watch.tick()
    assert acting.orders.one(USER, order).intent.state is OrderState.CANCELLED
