"""Who is asked before anything is done: the protocols behind the executor's gates.

A provider that raises, or answers what it should not, refuses: every gate fails closed.
"""

from __future__ import annotations

from typing import Any, Protocol

from actions.action import Action, ActionContext, ActionParams, PermissionLevel, Who
from mfa.kernel.cards import Check


class Permissions(Protocol):
    """Who somebody is now."""

    def level(self, who: Who) -> PermissionLevel:
        """Of this session at this moment: PUBLIC when it is unknown, over, or another user's."""
        ...


class Limits(Protocol):
    """What is allowed of what a person confirmed."""

    def checks(
        self, action: Action[Any], params: ActionParams, context: ActionContext
    ) -> tuple[Check, ...]:
        """Every limit, with its value, bound and verdict, passed ones included. An order without a
        single check is refused: nothing was looked at."""
        ...
