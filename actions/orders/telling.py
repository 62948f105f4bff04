"""What came of an order, as a result that a receipt keeps."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from actions.action import ActionResult
from mfa.kernel.cards import ResultStatus
from mfa.kernel.order_book import OrderIntent
from mfa.kernel.orders import OrderState

_STATUS: Final[Mapping[OrderState, ResultStatus]] = MappingProxyType(
    {
        OrderState.NEW: ResultStatus.UNDER_WAY,
        OrderState.SENT: ResultStatus.UNKNOWN,
        OrderState.UNKNOWN: ResultStatus.UNKNOWN,
        OrderState.WORKING: ResultStatus.UNDER_WAY,
        OrderState.PARTIALLY_FILLED: ResultStatus.UNDER_WAY,
        OrderState.FILLED: ResultStatus.DONE,
        OrderState.CANCELLED: ResultStatus.FAILED,
        OrderState.EXPIRED: ResultStatus.FAILED,
        OrderState.REJECTED: ResultStatus.REFUSED,
    }
)
_SAID: Final[Mapping[OrderState, str]] = MappingProxyType(
    {
        OrderState.NEW: "It waits for the other order.",
        OrderState.SENT: "It is on its way.",
        OrderState.UNKNOWN: "It was sent and not answered, and is being asked for."
        " Do not send it again.",
        OrderState.WORKING: "It is working at {broker}.",
        OrderState.PARTIALLY_FILLED: "{filled} of {quantity} filled; the rest is working.",
        OrderState.FILLED: "It is filled.",
        OrderState.CANCELLED: "It is cancelled; {filled} of {quantity} had filled.",
        OrderState.EXPIRED: "It has expired; {filled} of {quantity} had filled.",
        OrderState.REJECTED: "It was not taken.",
    }
)


def sentence(intent: OrderIntent) -> str:
    """Where it stands, with the broker's words where there are any."""
    said = _SAID[intent.state].format(
        broker=intent.broker, filled=f"{intent.filled:f}", quantity=f"{intent.order.quantity:f}"
    )
    return f"{said} {intent.reason}".strip()


def result(intent: OrderIntent, *others: OrderIntent) -> ActionResult:
    """Of the order that was sent; `others` hang on it, and it is not done before they are over."""
    status = _status(intent)
    open_ends = [_status(each) for each in others if not each.state.is_over]
    if status is ResultStatus.DONE and open_ends:
        status = open_ends[0]
    return ActionResult(
        message=" ".join(sentence(each) for each in (intent, *others)),
        status=status,
        details={
            "orders": [each.client_id for each in (intent, *others)],
            "broker": intent.broker,
            "account": intent.account,
            "state": intent.state.value,
            "filled": format(intent.filled, "f"),
        },
    )


def _status(intent: OrderIntent) -> ResultStatus:
    """An order that is over and filled in part has been done in part."""
    if intent.state.is_over and intent.filled:
        return ResultStatus.DONE
    return _STATUS[intent.state]
