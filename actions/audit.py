"""What happened to every action, for ever: proposed, confirmed, refused, carried out, undone.

Entries are chained (see `mfa.store.audit`), and how far the chain reaches is noted a second time,
in a private file of the home, so that entries cut off at its end are missed. Only plain values are
taken: a secret type, a credential or anything unknown is refused by its type, before it is text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from types import NoneType
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel

from actions.audit_head import HeadNote
from mfa.kernel.cards import Card
from mfa.kernel.logs import get_logger
from mfa.store.audit import AuditRepository, Head

log = get_logger(__name__)

_RESERVED: Final = frozenset({"seq", "at"})


class AuditKind(StrEnum):
    PROPOSAL = "proposal"
    EDIT = "edit"
    CANCELLATION = "cancellation"
    CONFIRMATION = "confirmation"
    REFUSAL = "refusal"
    EXECUTION = "execution"
    RESULT = "result"
    UNDO = "undo"
    UNDO_RESULT = "undo_result"
    HALT = "halt"
    RESUME = "resume"
    ACCEPTED = "accepted"
    """A person accepted that the chain is shorter than was noted, after a restored backup."""


class SecretRefused(TypeError):  # noqa: N818 - says what happened
    """Something that may be secret, or is of no known kind, was to be written down."""


class Audit:
    """Writes entries. An entry that cannot be written is an error of the caller's: what is not
    written down is not done."""

    def __init__(self, repository: AuditRepository, note: HeadNote) -> None:
        self._repository, self._note = repository, note

    def record(self, kind: AuditKind, *, user: str, door: str, **said: Any) -> Head:
        """Commit an entry. `said` are plain values; `card` names what it is about."""
        if taken := _RESERVED & said.keys():
            raise ValueError(f"{', '.join(sorted(taken))} is the audit's own to say")
        plain = {name: plainly(value) for name, value in said.items()}
        head = self._repository.append({**plain, "kind": kind.value, "user": user, "door": door})
        self._note.advance(head, self._repository.hash_at)
        return head

    def of_card(self, kind: AuditKind, card: Card, *, door: str, **said: Any) -> Head:
        """An entry about a card: what it is for comes with it."""
        return self.record(
            kind, user=card.user, door=door, card=card.id, session=card.session,
            mode=card.mode, account=card.facts.account, conversation=card.conversation,
            action=card.action, params=card.params, binding=card.binding,
            despite_halt=card.despite_halt, undoes=card.undoes, **said,
        )  # fmt: skip


def plainly(value: Any) -> Any:
    """`value` as JSON. `SecretRefused` for every type that is not known to be harmless."""
    given = value.value if isinstance(value, Enum) else value
    for kinds, made in _PLAIN:
        if isinstance(given, kinds):
            return made(given)
    raise SecretRefused(f"a {type(given).__name__} is not written into the audit")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise SecretRefused(f"a {type(key).__name__} names nothing in the audit")
    return str(key)


_PLAIN: Final[tuple[tuple[tuple[type[Any], ...], Callable[[Any], Any]], ...]] = (
    ((NoneType, bool, int, str), lambda value: value),
    ((float,), lambda value: value if math.isfinite(value) else str(value)),
    ((Decimal, UUID), str),
    ((date,), lambda value: value.isoformat()),
    ((BaseModel,), lambda value: {n: plainly(getattr(value, n)) for n in type(value).model_fields}),
    ((Mapping,), lambda value: {_key(key): plainly(each) for key, each in value.items()}),
    ((list, tuple), lambda value: [plainly(each) for each in value]),
)
"""What may be written down, and how. A datetime is a date."""
