"""At whose account an action would act: asked when its card is made, and again before it is done.

Between the two somebody may have connected another account. A card says nothing of that one, so it
sends nothing there.
"""

from __future__ import annotations

from typing import Any

from actions.action import Action, ActionParams, ActionType, Means
from actions.order_params import OrderParams
from actions.orders import asking
from mfa.kernel.errors import InputError
from mfa.kernel.orders import AssetClass
from mfa.kernel.outcome import Found


def account_now(action: Action[Any], params: ActionParams, means: Means) -> str:
    """'practice P-7': the broker and its own id of the account that an order goes to, which depends
    on what it trades. Empty for
    what is no order (a cancellation goes where its order went), and where no broker is connected.
    `InputError` where the broker does not say whose account it is."""
    if action.kind is not ActionType.ORDER:
        return ""
    asset = params.asset if isinstance(params, OrderParams) else AssetClass.STOCK
    broker = means.broker_of(asset)
    if not isinstance(broker, Found):
        return ""
    identity = asking.read(broker.value.identity)
    if not isinstance(identity, Found):
        raise InputError(
            f"{broker.value.name} does not say now whose account it is.", "Try again in a moment."
        )
    return f"{identity.value.broker} {identity.value.account_id}"
