"""Closing everything that is held: an exact order for each position, at a price that trades now.

Short options come first: what covers a call cannot be closed before it.
"""

from __future__ import annotations

from typing import Final

from actions.action import Means
from actions.answers import found
from actions.order_params import OrderParams
from actions.proposal import ActionProposal
from connectors.preview.results import OrderPreview
from mfa.kernel.account import Position
from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Absent, Found

FLATTEN: Final = "flatten"
"""What plans call closing everything; it is no action itself."""
_REASON: Final = "Closing everything that is held, what is sold short first."


def flatten(
    means: Means, user: str, *, despite_halt: bool
) -> tuple[list[ActionProposal], list[str]]:
    """A proposal for each position, and a sentence for each that cannot be priced. `despite_halt`:
    the person asked to close under a halt. `InputError` where the account cannot be asked, or
    holds nothing."""
    made: list[ActionProposal] = []
    problems: list[str] = []
    positions: tuple[Position, ...] = found(tuple, means.data.sources.account.positions()).value
    coins = _coins(means, problems)
    every = {each.instrument: each for each in (*positions, *coins)}  # one account may be both
    if not every and not problems:
        raise InputError("Nothing is held, so there is nothing to close.")
    for position in sorted(every.values(), key=_last_what_covers):
        try:
            made.append(_closing(means, user, position, despite_halt=despite_halt))
        except InputError as error:
            problems.append(f"{position.option or position.symbol}: {error}")
    return made, problems


def _coins(means: Means, problems: list[str]) -> tuple[Position, ...]:
    """What is held at the exchange of crypto currencies, where there is one. One that cannot be
    asked keeps nobody from closing the rest."""
    venue = means.data.sources.venue()
    if not isinstance(venue, Found):
        return ()
    held = venue.value.account.positions()
    if isinstance(held, Found):
        return held.value
    why = held.reason if isinstance(held, Absent) else held.message
    problems.append(f"coins at {venue.value.title}: {why}")
    return ()


def _last_what_covers(position: Position) -> tuple[bool, bool, str]:
    return position.quantity > 0, position.option is None, position.instrument


def _closing(means: Means, user: str, position: Position, *, despite_halt: bool) -> ActionProposal:
    side = "sell" if position.quantity > 0 else "buy"
    leg = {"instrument": position.instrument, "side": side, "effect": "close"}
    asked = {"legs": [leg], "quantity": abs(position.quantity), "order_type": "market"}
    priced = means.data.query("trade_preview", "preview", asked, user=user)
    natural = found(OrderPreview, priced).value.natural
    params = OrderParams.model_validate(
        asked | {"order_type": "limit", "limit": natural, "strategy": position.strategy}
    )
    return ActionProposal(
        action="close_position", params=params.model_dump(mode="json"), despite_halt=despite_halt,
        reason=_REASON,
    )  # fmt: skip
