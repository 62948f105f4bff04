"""What `magnus doctor` says about acting: whether orders may be sent, which actions there are, and
whether the audit is whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from actions.audit_head import HeadNote
from actions.audit_proof import prove
from actions.halt import Halt
from actions.registry import ActionRegistry
from mfa.commands.health import Check, Verdict
from mfa.kernel.clock import RealClock
from mfa.store.audit import AuditRepository

if TYPE_CHECKING:
    from mfa.store.database import Database


def of_the_halt(home: Path) -> Check:
    """Needs no database: it is what is looked at before each order."""
    if not home.exists():
        return Check("halt", Verdict.OK, "Nothing was started here yet, and no order is sent.")
    standing = Halt(home).standing()
    if standing is None:
        return Check("halt", Verdict.OK, "Not halted: a confirmed order is sent.")
    remedy = " `magnus resume` lifts it." if standing.readable else ""
    return Check("halt", Verdict.CAREFUL, f"{standing.sentence}{remedy}")


def of_acting(database: Database, home: Path) -> Iterator[Check]:
    """The actions that joined, and the proof of what they did."""
    registry = ActionRegistry.discover()
    for each in registry.failed:
        yield Check("actions", Verdict.BROKEN, f"{each.name} did not load: {each.reason}.")
    if not registry.failed:
        yield Check("actions", Verdict.OK, f"{len(registry.actions)} actions.")
    proof = prove(AuditRepository(database, RealClock()), HeadNote(home))
    if proof.holds:
        yield Check("audit", Verdict.OK, f"{proof.head.count:,} entries, none changed or missing.")
    else:
        said = f"{proof.problems[0]} `magnus audit verify` says all."
        yield Check("audit", Verdict.BROKEN, said)
