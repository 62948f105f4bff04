"""From what was asked to exact proposals: one maker for each action that needs one, in one table.

A maker reads and proposes; it can do nothing. An action without a maker takes its parameters as
the plan bound them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from actions.proposal import ActionProposal
from actions.proposing import keeping, lists, orders
from actions.proposing.asked import Asked
from actions.proposing.flatten import FLATTEN

__all__ = ["BESIDES", "FLATTEN", "MAKERS", "UNDO", "Asked", "proposals"]

UNDO: Final = "undo"
"""What plans call taking back the last action."""
BESIDES: Final = frozenset({UNDO, FLATTEN})
"""What plans name beside actions: each comes to cards of actions."""

Maker: TypeAlias = Callable[[Asked], list[ActionProposal]]

MAKERS: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        "submit_order": orders.open_order,
        "close_position": orders.close_order,
        "roll_position": orders.roll_order,
        "cancel_order": orders.cancel,
        "add_to_watchlist": lists.change,
        "remove_from_watchlist": lists.change,
        "create_watchlist": lists.create,
        "sync_tradingview": lists.sync,
        "record_manual_trade": keeping.manual_trade,
        "update_preferences": keeping.preference,
        "generate_report": keeping.report,
        "export_data": keeping.export,
        "import_history": keeping.history,
        "forget_memory": keeping.forgetting,
    }
)
SPELLED: Final[Mapping[str, Maker]] = MappingProxyType({"import_history": keeping.history})
"""Those that complete parameters which a person spelled out."""


def proposals(asked: Asked) -> list[ActionProposal]:
    """One or more. `InputError` asks for what is missing, or says why there is none."""
    maker = (SPELLED if asked.spelled else MAKERS).get(asked.action)
    if maker is None:
        return [ActionProposal(action=asked.action, params=dict(asked.params))]
    return maker(asked)
