"""A proposal: the only thing that a language model, a plan, a monitor or a form can make.

It names an action and its parameters and can do nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionProposal:
    """`params` are JSON values, checked against the action's model when the card is made.

    `reason` is why it is proposed, in the proposer's words, shown on the card. `despite_halt` is
    set only when the person asked explicitly to close while Magnus is halted; `undoes` is the card
    whose effect this would compensate.
    """

    action: str
    params: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    despite_halt: bool = False
    undoes: UUID | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))
