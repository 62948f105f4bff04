"""Orders as actions: to send, to close, to roll, to replace, to cancel.

What is sent is exactly what the card held. The order's id follows from the card's, so that a card
carried out twice is one order; who compensates a filled order proposes the opposite one.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final
from uuid import uuid5

from pydantic import Field

from actions.action import (
    Action,
    ActionContext,
    ActionParams,
    ActionResult,
    ActionType,
    CompensatingOrder,
    NoParams,
    NotReversible,
    PermissionLevel,
    RiskClass,
)
from actions.answers import found
from actions.order_facts import order_facts
from actions.order_params import OrderParams, ReplaceParams
from actions.orders.desk import OrderDesk
from actions.orders.opposite import opposite, spelled
from actions.orders.rolling import halves, is_one_order
from actions.orders.telling import result, sentence
from actions.proposal import ActionProposal
from connectors.preview.results import OrderPreview
from mfa.kernel.broker import Broker, BrokerIdentity
from mfa.kernel.cards import CardFacts, Receipt, ResultStatus
from mfa.kernel.errors import InputError
from mfa.kernel.order_book import Link, NewOrder, OrderIntent
from mfa.kernel.orders import Order, OrderLeg
from mfa.kernel.outcome import Absent, Failed, Found

_HOURLY: Final = 60
_FIRST, _SECOND = 0, 1


class CancelParams(ActionParams):
    order_id: str = Field(min_length=4, max_length=64, description="Which order, by its id.")


def client_id(context: ActionContext, place: int = _FIRST) -> str:
    """The id of the order that a card sends: always the same for the same card."""
    if context.card is None:
        raise InputError("An order is sent from a card alone.")
    return str(uuid5(context.card, str(place)))


def _broker(context: ActionContext) -> Broker:
    match context.means.broker():
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


def _submit(context: ActionContext, params: OrderParams) -> ActionResult:
    desk, broker = context.service(OrderDesk), _broker(context)
    new = _new(context, broker, params.order(client_id(context)))
    return result(desk.sender.place(new, despite_halt=context.despite_halt))


def _close(context: ActionContext, params: OrderParams) -> ActionResult:
    if not params.only_closes:
        raise InputError("A closing order only closes.")
    return _submit(context, params)


def _roll(context: ActionContext, params: OrderParams) -> ActionResult:
    desk, broker = context.service(OrderDesk), _broker(context)
    order = params.order(client_id(context))
    if is_one_order(order, multi_leg=broker.abilities.multi_leg):
        return _submit(context, params)
    first, second = halves(
        order, client_id(context, _SECOND), lambda legs: _at_once(context, legs, order.quantity)
    )
    new = _new(context, broker, first)
    waiting = replace(new, order=second, linked=first.client_id, link=Link.AFTER_FILL)
    sent = desk.sender.place(new, waiting)
    after = desk.sender.book.get(second.client_id)
    return result(sent, *([after] if after is not None else []))


def _replace(context: ActionContext, params: ReplaceParams) -> ActionResult:
    desk, broker = context.service(OrderDesk), _broker(context)
    old = desk.one(context.user, params.replaces).intent
    new = _new(context, broker, params.order(client_id(context)))
    return result(desk.changer.replace(old.client_id, new, despite_halt=context.despite_halt))


def _cancel(context: ActionContext, params: CancelParams) -> ActionResult:
    desk = context.service(OrderDesk)
    intent = desk.one(context.user, params.order_id).intent
    if intent.state.is_over:
        raise InputError(f"There is nothing to cancel. {sentence(intent)}")
    return _cancelled(desk.changer.cancel(intent.client_id))


def _cancel_all(context: ActionContext, params: NoParams) -> ActionResult:
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


def _cancel_facts(context: ActionContext, params: CancelParams) -> CardFacts:
    intent = context.service(OrderDesk).one(context.user, params.order_id).intent
    order = intent.order
    said = " and ".join(f"{leg.side.value} {leg.instrument}" for leg in order.legs)
    limit = "at the market" if order.limit is None else f"at {abs(order.limit)}"
    return CardFacts(
        title=f"Cancel: {said}, {order.quantity:f} {limit}", warnings=(sentence(intent),)
    )


def _at_once(context: ActionContext, legs: tuple[OrderLeg, ...], quantity: Decimal) -> Decimal:
    """The net price per unit that trades now; `InputError` where there is none."""
    asked = {"legs": spelled(legs), "quantity": quantity, "order_type": "market"}
    outcome = context.means.data.query("trade_preview", "preview", asked, user=context.user)
    return found(OrderPreview, outcome).value.natural


def _undone(context: ActionContext, receipt: Receipt) -> ActionProposal:
    desk = context.service(OrderDesk)
    intent = desk.one(context.user, str(receipt.details["orders"][0])).intent
    return opposite(intent, lambda legs, quantity: _at_once(context, legs, quantity))


def _closes(context: ActionContext, params: OrderParams) -> bool:
    del context
    return params.only_closes


_OPPOSITE: Final = CompensatingOrder(
    "cancelling what still works, or the opposite order at the price of that moment"
)

SUBMIT: Final = Action(
    name="submit_order",
    kind=ActionType.ORDER,
    permission=PermissionLevel.USER,
    params=OrderParams,
    risk=RiskClass.HIGH,
    description="Send an order: stock, an option, several options in one, a crypto currency.",
    hourly_limit=_HOURLY,
    undoing=_OPPOSITE,
    run=_submit,
    examples=("Sell a put on KO at 52.50", "Buy 100 shares of PEP at 130"),
    facts=order_facts,
    closes=_closes,
    compensate=_undone,
)
CLOSE: Final = Action(
    name="close_position",
    kind=ActionType.ORDER,
    permission=PermissionLevel.USER,
    params=OrderParams,
    risk=RiskClass.HIGH,
    description="Send an order that closes what is held.",
    hourly_limit=_HOURLY,
    undoing=_OPPOSITE,
    run=_close,
    examples=("Close my KO put", "Sell all my PFE shares"),
    facts=order_facts,
    closes=_closes,
    compensate=_undone,
)
ROLL: Final = Action(
    name="roll_position",
    kind=ActionType.ORDER,
    permission=PermissionLevel.USER,
    params=OrderParams,
    risk=RiskClass.HIGH,
    description="Close one option and open another: one order, or two of which the second waits.",
    hourly_limit=_HOURLY,
    undoing=NotReversible("roll it back, which is an order of its own"),
    run=_roll,
    examples=("Roll my KO put to February",),
    facts=order_facts,
)
REPLACE: Final = Action(
    name="replace_order",
    kind=ActionType.ORDER,
    permission=PermissionLevel.USER,
    params=ReplaceParams,
    risk=RiskClass.HIGH,
    description="Put another price or quantity in the place of a working order.",
    hourly_limit=_HOURLY,
    undoing=_OPPOSITE,
    run=_replace,
    examples=("Change the limit of my KO order to 0.60",),
    facts=order_facts,
    closes=_closes,
    compensate=_undone,
)
CANCEL: Final = Action(
    name="cancel_order",
    kind=ActionType.CANCEL,
    permission=PermissionLevel.USER,
    params=CancelParams,
    risk=RiskClass.LOW,
    description="Take a working order back.",
    hourly_limit=_HOURLY * 2,
    undoing=NotReversible("order it again"),
    run=_cancel,
    examples=("Cancel my KO order",),
    facts=_cancel_facts,
)
CANCEL_ALL: Final = Action(
    name="cancel_working_orders",
    kind=ActionType.CANCEL,
    permission=PermissionLevel.USER,
    params=NoParams,
    risk=RiskClass.LOW,
    description="Take back every order that is not over.",
    hourly_limit=_HOURLY,
    undoing=NotReversible("order again what is wanted"),
    run=_cancel_all,
    examples=("Cancel all my orders",),
    facts=lambda context, _: CardFacts(
        title=f"Cancel {len(context.service(OrderDesk).working(context.user))} orders"
    ),
)
