"""The actions in words: on the terminal and on their reference page, from the one declaration."""

from __future__ import annotations

from typing import Any, Final

from actions.action import Action
from actions.registry import ActionRegistry
from mfa.commands.reference import MADE, fields_table
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode

_INTRODUCTION: Final = (
    "Magnus proposes; a person confirms on a card; the code checks permission, halt, limits and "
    "hourly rate, in that order. An order in LIVE always needs a second factor.\n"
)


def in_a_line(action: Action[Any]) -> str:
    card = "card" if action.needs_card else "at once"
    level = action.permission.name.lower()
    return (
        f"{action.name:24}{action.kind.value:8}{action.risk.value:8}{level:10}{card:9}"
        f"{action.hourly_limit:>6}/h  {action.description}"
    )


def described(action: Action[Any]) -> str:
    """A section of the reference page."""
    live = action.level_in(Mode.LIVE)
    more = "" if live is action.permission else f" ({live.name} in LIVE)"
    seconds = int(action.lifetime.total_seconds())
    card = f"Card: yes, for {seconds:,} seconds" if action.needs_card else "Card: none"
    lines = [f"## {action.name}\n", f"{action.description}\n"]
    lines += [f"- “{example}”" for example in action.examples]
    if action.examples:
        lines.append("")
    lines.append(
        f"Kind: {action.kind.value}. Risk: {action.risk.value}. Permission: "
        f"{action.permission.name}{more}. {card}. At most {action.hourly_limit:,} an hour.\n"
    )
    lines.append(f"{action.undoing.statement}\n")
    lines += fields_table("takes", action.params.model_json_schema())
    return "\n".join(lines)


def actions_page() -> str:
    """Every action: what it takes, who may, how it is undone."""
    registry = ActionRegistry.discover()
    if registry.failed:
        each = registry.failed[0]
        raise InputError(f"{each.name} did not load: {each.reason}.")
    parts = ["# Actions\n", MADE, _INTRODUCTION]
    return "\n".join([*parts, *(described(action) for action in registry.actions.values())])
