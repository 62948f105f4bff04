"""The proof of the audit: every entry follows from the one before, and none is missing at the end.

It reads the whole chain and believes no column: what the columns repeat is compared with the text
that was hashed, and the text with its own canonical form.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from actions.audit_head import HeadNote
from mfa.kernel.canonical import canonical_json
from mfa.security.files import VaultError
from mfa.store.audit import EMPTY, AuditRepository, AuditRow, Head, chained

_MOST: Final = 20
"""Problems that are told singly; one broken link breaks nothing after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`problems` are sentences; none means that the chain is whole. `unnoted` counts entries that
    stand after the last note: a crash between commit and note leaves one or a few."""

    head: Head
    problems: tuple[str, ...]
    unnoted: int = 0

    @property
    def holds(self) -> bool:
        return not self.problems


def prove(repository: AuditRepository, note: HeadNote) -> Proof:
    """Read everything and say what does not fit."""
    problems: list[str] = []
    try:
        noted = note.read()
    except VaultError as error:
        noted = None
        problems.append(str(error))
    head, at_note, found = _walk(repository.rows(), noted)
    problems += found
    if noted is None and head.count and not problems:
        problems.append(f"{note.path} is missing: entries cut off at the end would not be missed.")
    if noted is not None and head.count < noted.count:
        gone = noted.count - head.count
        problems.append(f"{gone} entries are missing at the end: {noted.count} were noted.")
    elif noted is not None and at_note != noted.hash:
        problems.append(f"Entry {noted.count} is not the one that was noted.")
    unnoted = head.count - noted.count if noted is not None else 0
    return Proof(head=head, problems=tuple(problems[:_MOST]), unnoted=max(unnoted, 0))


def _walk(rows: Iterable[AuditRow], noted: Head | None) -> tuple[Head, str, list[str]]:
    """The head, the hash at the noted count, and what does not fit."""
    head, at_note, problems = EMPTY, EMPTY.hash, []
    for row in rows:
        if row.seq != head.count + 1:
            problems.append(f"Entries {head.count + 1} to {row.seq - 1} are missing.")
        said = _linked(row, head.hash)
        if said:
            problems.append(f"Entry {row.seq} {said}")
        head = Head(row.seq, row.hash)
        if noted is not None and row.seq == noted.count:
            at_note = row.hash
    return head, at_note, problems


def _linked(row: AuditRow, previous: str) -> str:
    """What is wrong with one row after `previous`; empty when nothing is."""
    if chained(previous, row.entry) != row.hash:
        return "does not follow from the one before: it or its place was changed."
    try:
        said = json.loads(row.entry)
        same = canonical_json(said) == row.entry and (
            said["seq"],
            datetime.fromisoformat(said["at"]),
            said["user"],
            said["kind"],
            said.get("card"),
        ) == (row.seq, row.at, row.user, row.kind, None if row.card is None else str(row.card))
    except (ValueError, KeyError, TypeError):
        same = False
    return "" if same else "says something else in its columns than in its text."
