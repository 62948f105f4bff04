"""A card: what a person is asked to confirm, exactly as it would be done, and what came of it.

It is bound to its user, its session and its very parameters, lives for minutes, is used once, and
then is the receipt. Values only; nothing here confirms or does anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from mfa.kernel.figures import Figure, Unit
from mfa.kernel.mode import Mode


class _Noun(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CardState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    """Used: it was carried out, refused by a check, or cut off by a crash; the receipt says which.
    """
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    """Edited: another card stands in its place."""


class Verdict(StrEnum):
    PASSED = "passed"
    WARNED = "warned"
    """Allowed, and the person must have seen why it is doubtful."""
    REFUSED = "refused"


class Check(_Noun):
    """One limit held against one action: what it would come to, what is allowed, and the verdict.

    `sentence` says it to a person. `value` and `bound` are None where the check has no number
    (a symbol that is not allowed, a closed market).
    """

    name: str
    verdict: Verdict
    sentence: str
    value: Decimal | None = None
    bound: Decimal | None = None
    unit: Unit = Unit.NUMBER

    @property
    def margin(self) -> Decimal | None:
        """How much more there could be; negative when the bound is passed."""
        if self.value is None or self.bound is None:
            return None
        return self.bound - self.value


class CardFacts(_Noun):
    """What the card shows, in order. Words (an obligation, a contract's name) are figures of unit
    text, so that they carry their provenance too. `undo` is said by the action where empty;
    `reason` is the proposer's, in words; `account` is where an order goes, by the broker's word."""

    title: str
    rows: tuple[Figure, ...] = ()
    warnings: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    undo: str = ""
    reason: str = ""
    account: str = ""


class ResultStatus(StrEnum):
    DONE = "done"
    UNDER_WAY = "under_way"
    """Sent and taken; the broker's events tell how it ends."""
    UNKNOWN = "unknown"
    """Sent, and not answered: it is being asked for."""
    REFUSED = "refused"
    """A check, the broker or the store said no; nothing happened."""
    FAILED = "failed"
    """It could not be done; nothing happened, as far as `message` does not say otherwise."""

    @property
    def has_effect(self) -> bool:
        """Whether something may have happened that undoing is about."""
        return self in {ResultStatus.DONE, ResultStatus.UNDER_WAY, ResultStatus.UNKNOWN}


class Receipt(_Noun):
    """What came of a confirmed card. `details` are JSON values: what undoing needs, ids, paths.

    `refused_by` is the gate that refused ("permission", "halt", "limits", "rate"); empty when the
    action itself answered. `undo_until` is None where time does not matter or nothing can be
    undone.
    """

    status: ResultStatus
    message: str
    figures: tuple[Figure, ...] = ()
    details: Mapping[str, Any] = Field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    refused_by: str = ""
    at: datetime
    seconds: float = 0.0
    undo_until: datetime | None = None


class Card(_Noun):
    """`params` is canonical JSON, `binding` the SHA-256 over it, user, session, mode, account and
    action.

    `despite_halt`: the person asked explicitly to close under a halt. `undoes` is the card that
    this one compensates. `session` is a session's id, never its token.
    """

    id: UUID
    user: str
    session: str
    door: str
    conversation: UUID | None
    mode: Mode
    action: str
    params: str
    binding: str
    facts: CardFacts
    created_at: datetime
    expires_at: datetime
    despite_halt: bool = False
    state: CardState = CardState.OPEN
    decided_at: datetime | None = None
    replaces: UUID | None = None
    undoes: UUID | None = None
    receipt: Receipt | None = None
    undone: Receipt | None = None
