"""What a turn may do about what was asked to be done: propose it, and nothing more.

Whoever makes cards is handed in by the composition root; from here no way leads to what confirms
or carries out. A node that runs again proposes under the same identity, so that a card is made
once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, Protocol
from uuid import NAMESPACE_OID, UUID, uuid5

from mfa.answers.blocks import BLOCK, Block, NoticeBlock
from mfa.kernel.errors import InputError
from mfa.language.understanding import Understanding
from mfa.store.turn_records import Turn

ACTIONS: Final = "actions"
"""The feature under which plans name actions."""

_UNDERSTOOD: Final = tuple(each.name for each in fields(Understanding))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One action that a message asked for. `identity` is the same whenever this wish is made;
    `session` is the asker's, empty where the door has none."""

    action: str
    params: Mapping[str, Any]
    understanding: Understanding
    identity: UUID
    user: str
    door: str
    session: str
    conversation: UUID
    today: date


class Proposer(Protocol):
    """Makes cards. Holds nothing that a turn could confirm one with."""

    def available(self, action: str) -> bool:
        """Whether there is such an action now."""
        ...

    def propose(self, wish: Wish) -> Sequence[Block]:
        """Cards for the wish, or what has to be said instead. `InputError` for what the person
        gave."""
        ...


def parted(steps: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """A plan's steps as those that read and those that propose."""
    return {
        "steps": [dict(step) for step in steps if step["feature"] != ACTIONS],
        "proposals": [dict(step) for step in steps if step["feature"] == ACTIONS],
    }


def wish_of(
    step: Mapping[str, Any], stored: Mapping[str, Any], turn: Turn, *, session: str, today: date
) -> Wish:
    """`stored` is the understanding as the turn's state holds it."""
    said = {name: stored[name] for name in _UNDERSTOOD if name in stored}
    return Wish(
        action=step["query"], params=step["params"],
        understanding=Understanding(**{**said, "missing": tuple(said.get("missing", ()))}),
        identity=uuid5(NAMESPACE_OID, f"{turn.id}/{step['id']}"), user=turn.user, door=turn.door,
        session=session, conversation=turn.conversation, today=today,
    )  # fmt: skip


def blocks_for(proposer: Proposer, wish: Wish) -> list[Any]:
    """What came of a wish, as JSON for the turn's state."""
    try:
        blocks: Sequence[Block] = proposer.propose(wish)
    except InputError as error:
        blocks = [NoticeBlock(level="warning", text=str(error))]
    return [BLOCK.dump_python(block, mode="json") for block in blocks]


def shown(state: Mapping[str, Any]) -> tuple[Block, ...]:
    """What was proposed in a turn's state."""
    return tuple(BLOCK.validate_python(block) for block in state.get("cards", ()))
