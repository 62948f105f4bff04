"""What the order actions do: an exact order of a card into the book, and away.

The order's id follows from the card's, so that a card carried out twice is one order.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import uuid5

from pydantic import Field

from actions.action import ActionContext, ActionParams, ActionResult, NoParams
from actions.answers import found
from actions.order_params import OrderParams, ReplaceParams
from actions.orders.desk import OrderDesk
from actions.orders.opposite import opposite, spelled
from actions.orders.rolling import halves, is_one_order
from actions.orders.telling import result, sentence
from actions.proposal import ActionProposal
from connectors.preview.results import OrderPreview
from mfa.kernel.broker import Broker, BrokerIdentity
from mfa.kernel.cards import CardFacts, Receipt, ResultStatus
from mfa.kernel.coins import Pair, PairRules, Venue, held_of
from mfa.kernel.errors import InputError
from mfa.kernel.order_book import Link, NewOrder, OrderIntent
from mfa.kernel.orders import AssetClass, Order, OrderLeg, Side
from mfa.kernel.outcome import Absent, Failed, Found

_FIRST, _SECOND = 0, 1


class CancelParams(ActionParams):
    order_id: str = Field(min_length=4, max_length=64, description="Which order, by its id.")


def client_id(context: ActionContext, place: int = _FIRST) -> str:
    """The id of the order that a card sends: always the same for the same card."""
    if context.card is None:
        raise InputError("An order is sent from a card alone.")
    return str(uuid5(context.card, str(place)))


def _broker(context: ActionContext, params: OrderParams) -> Broker:
    match context.means.broker_of(params.asset):
        case Found(value=broker):
            return broker
        case Absent(reason=sentence) | Failed(message=sentence):
            raise InputError(sentence)


def _new(context: ActionContext, broker: Broker, order: Order) -> NewOrder:
    identity = found(BrokerIdentity, broker.identity()).value
    return NewOrder(
        user=context.user, broker=broker.name, account=identity.account_id, order=order,
        card=str(context.card),
    )  # fmt: skip


def submit(context: ActionContext, params: OrderParams) -> ActionResult:
    desk, broker = context.service(OrderDesk), _broker(context, params)
    new = _new(context, broker, params.order(client_id(context)))
    return result(desk.sender.place(new, despite_halt=context.despite_halt))


def close(context: ActionContext, params: OrderParams) -> ActionResult:
    if not params.only_closes:
        raise InputError("A closing order only closes.")
    return submit(context, params)


def roll(context: ActionContext, params: OrderParams) -> ActionResult:
    desk, broker = context.service(OrderDesk), _broker(context, params)
    order = params.order(client_id(context))
    if is_one_order(order, multi_leg=broker.abilities.multi_leg):
        return submit(context, params)
    first, second = halves(
        order, client_id(context, _SECOND), lambda legs: _at_once(context, legs, order.quantity)
    )
    new = _new(context, broker, first)
    waiting = replace(new, order=second, linked=first.client_id, link=Link.AFTER_FILL)
    sent = desk.sender.place(new, waiting)
    after = desk.sender.book.get(second.client_id)
    return result(sent, *([after] if after is not None else []))


def replace_order(context: ActionContext, params: ReplaceParams) -> ActionResult:
    desk, broker = context.service(OrderDesk), _broker(context, params)
    old = desk.one(context.user, params.replaces).intent
    new = _new(context, broker, params.order(client_id(context)))
    return result(desk.changer.replace(old.client_id, new, despite_halt=context.despite_halt))


def cancel(context: ActionContext, params: CancelParams) -> ActionResult:
    desk = context.service(OrderDesk)
    intent = desk.one(context.user, params.order_id).intent
    if intent.state.is_over:
        raise InputError(f"There is nothing to cancel. {sentence(intent)}")
    return _cancelled(desk.changer.cancel(intent.client_id))


def cancel_all(context: ActionContext, params: NoParams) -> ActionResult:
    del params
    done = [_cancelled(each) for each in context.service(OrderDesk).cancel_all(context.user)]
    if not done:
        return ActionResult(message="No order is working.")
    still = [each for each in done if each.status is not ResultStatus.DONE]
    return ActionResult(
        message=" ".join(
            [f"{len(done) - len(still)} of {len(done)} orders are over."]
            + [each.message for each in still]
        ),
        status=ResultStatus.UNDER_WAY if still else ResultStatus.DONE,
        details={"orders": [name for each in done for name in each.details["orders"]]},
    )


def _cancelled(intent: OrderIntent) -> ActionResult:
    """Of a cancellation: done when the order is over, whatever it had filled."""
    told = result(intent)
    message = told.message
    if intent.cancel_wanted and not intent.state.is_over:
        message = f"{message} The broker is being asked to cancel it."
    wanted = ResultStatus.UNDER_WAY if intent.cancel_wanted else ResultStatus.REFUSED
    status = ResultStatus.DONE if intent.state.is_over else wanted
    return ActionResult(message=message, status=status, details=told.details)


def cancel_facts(context: ActionContext, params: CancelParams) -> CardFacts:
    intent = context.service(OrderDesk).one(context.user, params.order_id).intent
    order = intent.order
    said = " and ".join(f"{leg.side.value} {leg.instrument}" for leg in order.legs)
    limit = "at the market" if order.limit is None else f"at {abs(order.limit)}"
    return CardFacts(
        title=f"Cancel: {said}, {order.quantity:f} {limit}", warnings=(sentence(intent),)
    )


def cancel_all_facts(context: ActionContext, params: NoParams) -> CardFacts:
    del params
    count = len(context.service(OrderDesk).working(context.user))
    return CardFacts(title=f"Cancel {count} order{'' if count == 1 else 's'}")


def _at_once(context: ActionContext, legs: tuple[OrderLeg, ...], quantity: Decimal) -> Decimal:
    """The net price per unit that trades now; `InputError` where there is none."""
    asked = {"legs": spelled(legs), "quantity": quantity, "order_type": "market"}
    outcome = context.means.data.query("trade_preview", "preview", asked, user=context.user)
    return found(OrderPreview, outcome).value.natural


def _still_there(context: ActionContext, legs: tuple[OrderLeg, ...], quantity: Decimal) -> Decimal:
    """Of coins that were bought some exchanges keep their fee: what is left is sold, in whole
    steps. Anything else is there as it was traded."""
    leg = legs[0]
    if leg.asset is not AssetClass.CRYPTO or leg.side is Side.BUY:
        return quantity
    venue = found(Venue, context.means.data.sources.venue()).value
    pair = Pair.parse(leg.symbol)
    held = held_of(pair.base, found(tuple, venue.account.positions()).value)
    rules = found(PairRules, venue.market.rules(pair)).value
    return rules.amount_below(min(quantity, held))


def undone(context: ActionContext, receipt: Receipt) -> ActionProposal:
    desk = context.service(OrderDesk)
    intent = desk.one(context.user, str(receipt.details["orders"][0])).intent
    return opposite(
        intent,
        lambda legs, quantity: _at_once(context, legs, quantity),
        lambda legs, quantity: _still_there(context, legs, quantity),
    )


def closes(context: ActionContext, params: OrderParams) -> bool:
    del context
    return params.only_closes
