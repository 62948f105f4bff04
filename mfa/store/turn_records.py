"""Conversations, turns and events as the store keeps them. Plain values; no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from mfa.kernel.mode import Mode


class TurnState(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """The process that ran it is gone; what it had said is kept and it can be resumed."""


class EventKind(StrEnum):
    ACCEPTED = "accepted"
    UNDERSTOOD = "understood"
    PLANNED = "planned"
    STEP_STARTED = "step_started"
    STEP_DONE = "step_done"
    TEXT = "text"
    BLOCK = "block"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    RESUMED = "resumed"


ENDINGS: Final = frozenset(
    {EventKind.FINISHED, EventKind.FAILED, EventKind.CANCELLED, EventKind.INTERRUPTED}
)
"""A turn's last event is one of these; a resumed turn has one in its middle too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event that has not been stored. `key` is its identity within the turn."""

    kind: EventKind
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEvent:
    """A stored event. `seq` counts from 1 without gaps; `payload` holds JSON values."""

    turn: UUID
    seq: int
    kind: EventKind
    key: str
    payload: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question and how far its answer has come. `seq` counts within the conversation from 1."""

    id: UUID
    conversation: UUID
    seq: int
    user: str
    door: str
    mode: Mode
    text: str
    intent: str | None
    state: TurnState
    last_event: int
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A message of a conversation and what it was understood to mean, once that is known.

    `proposed`: a language model planned its answer, so nobody was left without one.
    """

    text: str
    understood: Mapping[str, Any] | None
    proposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    id: UUID
    user: str
    title: str
    turns: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A process that runs turns: its lock's key, and where it lives."""

    id: int
    host: str
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """Another owner of running turns. `host` and `pid` are None when it never registered.

    `server_age` is how long the database has been up, in seconds: a lock lost with the database
    is not yet a death.
    """

    id: int
    host: str | None
    pid: int | None
    server_age: float
