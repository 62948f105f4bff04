"""Closing everything that is held: an exact order for each position, at a price that trades now."""

from __future__ import annotations

from actions.action import Means
from actions.answers import found
from actions.order_params import OrderParams
from actions.proposal import ActionProposal
from connectors.preview.results import OrderPreview
from mfa.kernel.account import Position
from mfa.kernel.errors import InputError


def flatten(means: Means, user: str) -> tuple[list[ActionProposal], list[str]]:
    """Proposals that close each position even under a halt, and a sentence for each that cannot
    be priced. `InputError` where the account cannot be asked."""
    made, problems = [], []
    positions: tuple[Position, ...] = found(tuple, means.data.sources.account.positions()).value
    for position in positions:
        try:
            made.append(_closing(means, user, position))
        except InputError as error:
            problems.append(f"{position.option or position.symbol}: {error}")
    return made, problems


def _closing(means: Means, user: str, position: Position) -> ActionProposal:
    side = "sell" if position.quantity > 0 else "buy"
    leg = {"instrument": position.instrument, "side": side, "effect": "close"}
    asked = {"legs": [leg], "quantity": abs(position.quantity), "order_type": "market"}
    priced = means.data.query("trade_preview", "preview", asked, user=user)
    natural = found(OrderPreview, priced).value.natural
    params = OrderParams.model_validate(asked | {"order_type": "limit", "limit": natural})
    return ActionProposal(
        action="close_position", params=params.model_dump(mode="json"), despite_halt=True,
        reason="Closing everything that is held.",
    )  # fmt: skip
