"""Forgetting something that is remembered, by its number; undoing remembers it again as it was."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import Field

from actions.action import (
    Action,
    ActionContext,
    ActionParams,
    ActionResult,
    ActionType,
    PermissionLevel,
    ReversibleFor,
    RiskClass,
)
from actions.answers import found
from mfa.data.events import DataEvent
from mfa.kernel.cards import CardFacts, Receipt
from mfa.kernel.errors import InputError
from mfa.kernel.memories import Memory
from mfa.store.memories import MemoryRepository


class ForgetMemory(ActionParams):
    number: int = Field(ge=1, description="Its number in the list of memories.")


def _memory(context: ActionContext, number: int) -> Memory:
    kept = MemoryRepository(context.database).memories(context.user, context.mode.value)
    memories: tuple[Memory, ...] = found(tuple, kept).value
    for each in memories:
        if each.id == number:
            return each
    raise InputError(f"There is no memory {number}.", "'what do you remember' lists them.")


def _facts(context: ActionContext, params: ForgetMemory) -> CardFacts:
    return CardFacts(title=f"Forget: {_memory(context, params.number).text}")


def _forget(context: ActionContext, params: ForgetMemory) -> ActionResult:
    memory = _memory(context, params.number)
    MemoryRepository(context.database).forget(context.user, memory.id)
    context.means.data.invalidate(DataEvent.MEMORIES_CHANGED)
    return ActionResult(
        message=f"Forgotten: {memory.text}",
        details={
            "text": memory.text, "kind": memory.kind, "said_at": memory.said_at.isoformat(),
            "mode": memory.mode, "symbols": list(memory.symbols),
        },
    )  # fmt: skip


def _remember(context: ActionContext, receipt: Receipt) -> ActionResult:
    told = receipt.details
    kept = MemoryRepository(context.database).remember(
        context.user, told["text"], kind=told["kind"], mode=told["mode"],
        said_at=datetime.fromisoformat(told["said_at"]), symbols=tuple(told["symbols"]),
    )  # fmt: skip
    again = found(Memory, kept).value
    context.means.data.invalidate(DataEvent.MEMORIES_CHANGED)
    return ActionResult(message=f"Remembered again, as number {again.id}: {again.text}")


FORGET: Final = Action(
    name="forget_memory", kind=ActionType.KEEP, permission=PermissionLevel.USER,
    params=ForgetMemory, risk=RiskClass.LOW, needs_card=False, hourly_limit=60,
    description="Forget one thing that is remembered.", examples=("/forget_memory number=3",),
    undoing=ReversibleFor(24 * 60), facts=_facts, run=_forget, undo=_remember,
)  # fmt: skip
