"""Orders as actions: to send, to close, to roll, to replace, to cancel."""

from __future__ import annotations

from typing import Final

from actions.action import (
    Action,
    ActionType,
    CompensatingOrder,
    NoParams,
    NotReversible,
    PermissionLevel,
    RiskClass,
)
from actions.order_facts import order_facts
from actions.order_params import OrderParams, ReplaceParams
from actions.orders.carrying import (
    CancelParams,
    cancel,
    cancel_all,
    cancel_all_facts,
    cancel_facts,
    close,
    closes,
    replace_order,
    roll,
    submit,
    undone,
)

_HOURLY: Final = 60
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
    run=submit,
    examples=("Sell a put on KO at 52.50", "Buy 100 shares of PEP at 130", "Buy 0.05 bitcoin"),
    facts=order_facts,
    closes=closes,
    compensate=undone,
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
    run=close,
    examples=("Close my KO put", "Sell all my PFE shares"),
    facts=order_facts,
    closes=closes,
    compensate=undone,
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
    run=roll,
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
    run=replace_order,
    examples=("Change the limit of my KO order to 0.60",),
    facts=order_facts,
    closes=closes,
    compensate=undone,
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
    run=cancel,
    examples=("Cancel my KO order",),
    facts=cancel_facts,
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
    run=cancel_all,
    examples=("Cancel all my orders",),
    facts=cancel_all_facts,
)
