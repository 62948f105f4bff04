"""Importing an account's history from a file: exactly the file whose rows the card counted.

The file is named by its path on this machine, so the installation's own person alone names one: for
anybody else it would read what is not theirs.
"""

from __future__ import annotations

from pathlib import Path
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
from connectors.imported.importing import HistoryPreview, keep, preview
from mfa.data.events import DataEvent
from mfa.kernel.cards import CardFacts, Receipt
from mfa.kernel.errors import InputError
from mfa.kernel.figures import Figure, Unit
from mfa.kernel.outcome import Provenance
from mfa.store.imports import ImportRepository

LARGEST: Final = 50 * 1024 * 1024
_SHOWN: Final = 5


class HistoryFile(ActionParams):
    file: str = Field(min_length=1, max_length=1000, description="A broker's export: its path.")
    broker: str | None = Field(default=None, max_length=40, description="Read it as this one's.")
    sha256: str | None = Field(
        default=None, pattern="^[0-9a-f]{64}$", description="What the file was when it was shown."
    )


def _read(path: Path) -> bytes:
    """`InputError` for what is no ordinary file of a sensible size."""
    try:
        if not path.is_file():
            raise InputError(f"There is no file {path}.")
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path.name} is larger than {LARGEST // 2**20} MB.")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def _previewed(context: ActionContext, params: HistoryFile) -> HistoryPreview:
    if context.user != context.database.owner:  # what lies on this machine is not theirs to name
        raise InputError("A file is named by the installation's own person.", "Upload yours.")
    path = Path(params.file).expanduser()
    shown = preview(
        ImportRepository(context.database), context.user, path.name, _read(path),
        broker=params.broker,
    )  # fmt: skip
    if params.sha256 is not None and params.sha256 != shown.sha256:
        raise InputError(f"{path.name} was changed since the card was made.", "Ask again.")
    if not shown.new:
        raise InputError(f"Nothing in {path.name} is new.", "All of it was imported before.")
    return shown


def _facts(context: ActionContext, params: HistoryFile) -> CardFacts:
    shown = _previewed(context, params)
    file = Provenance(source=shown.name, as_of=context.means.clock.now())
    days = [row.movement.at.date() for row in shown.new]
    rows = [
        ("Broker", shown.history.broker, Unit.TEXT),
        ("New rows", len(shown.new), Unit.COUNT),
        ("Known before", len(shown.rows) - len(shown.new), Unit.COUNT),
        ("Lines that cannot be used", len(shown.history.problems), Unit.COUNT),
        ("From", min(days), Unit.DATE),
        ("To", max(days), Unit.DATE),
        ("File's fingerprint", shown.sha256[:16], Unit.TEXT),
    ]
    return CardFacts(
        title=f"Import {len(shown.new)} rows from {shown.name}",
        rows=tuple(
            Figure(label=label, value=value, unit=unit, provenance=file)
            for label, value, unit in rows
        ),
        warnings=tuple(str(each) for each in shown.misfits[:_SHOWN]),
    )


def _import(context: ActionContext, params: HistoryFile) -> ActionResult:
    shown = _previewed(context, params)
    kept = keep(ImportRepository(context.database), context.user, shown)
    context.means.data.invalidate(DataEvent.ACCOUNT_CHANGED)
    return ActionResult(
        message=f"{kept.added} rows of {shown.name} are in your imported account.",
        details={"import": kept.id, "sha256": kept.sha256},
    )


def _remove(context: ActionContext, receipt: Receipt) -> ActionResult:
    gone = ImportRepository(context.database).undo(context.user, receipt.details["import"])
    context.means.data.invalidate(DataEvent.ACCOUNT_CHANGED)
    return ActionResult(message=f"The import of {gone.file_name} is removed: {gone.added} rows.")


IMPORT: Final = Action(
    name="import_history", kind=ActionType.SYNC, permission=PermissionLevel.USER,
    params=HistoryFile, risk=RiskClass.MEDIUM, hourly_limit=30,
    description="Take an account's history over from a broker's export file.",
    undoing=ReversibleFor(7 * 24 * 60), facts=_facts, run=_import, undo=_remove,
)  # fmt: skip
