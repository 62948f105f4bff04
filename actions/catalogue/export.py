"""Records in a file, as they are: exact values, no rounding for the eye, nothing left out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, Literal

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
from actions.folders import Folders, fingerprint
from mfa.kernel.cards import CardFacts, Receipt
from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Outcome
from mfa.kernel.symbols import OptionSymbol
from mfa.store.watchlists import WatchlistRepository

FOLDER: Final = "exports"
What = Literal["trades", "positions", "ledger", "watchlists"]


class Export(ActionParams):
    what: What = Field(description="trades, positions, ledger or watchlists.")
    format: Literal["csv", "json"] = Field(default="csv", description="Of the file.")


def _trades(context: ActionContext) -> Outcome[Any]:
    return context.means.data.sources.account.closed_trades()


def _positions(context: ActionContext) -> Outcome[Any]:
    return context.means.data.sources.account.positions()


def _ledger(context: ActionContext) -> Outcome[Any]:
    return context.means.data.sources.account.ledger()


def _watchlists(context: ActionContext) -> Outcome[Any]:
    return WatchlistRepository(context.database).watchlists(context.user)


_READS: Final[Mapping[str, Callable[[ActionContext], Outcome[Any]]]] = MappingProxyType(
    {"trades": _trades, "positions": _positions, "ledger": _ledger, "watchlists": _watchlists}
)


def _plain(value: Any) -> Any:
    """A cell: decimals and times as their exact text."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return value.value
        case tuple() | list():
            return [_plain(each) for each in value]
        case _:
            return str(value)


def _row(record: Any) -> dict[str, Any]:
    """A record by the names of its fields; an option is its OCC symbol."""
    option = getattr(record, "option", None)
    row = {name: _plain(value) for name, value in asdict(record).items() if name != "option"}
    if hasattr(record, "option"):
        row["option"] = option.occ if isinstance(option, OptionSymbol) else None
    return row


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(
            " ".join(map(str, cell)) if isinstance(cell, list) else cell for cell in row.values()
        )
    return text.getvalue()


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(list(rows), indent=2, ensure_ascii=False) + "\n"


_WRITERS: Final[Mapping[str, Callable[[Sequence[Mapping[str, Any]]], str]]] = MappingProxyType(
    {"csv": as_csv, "json": as_json}
)


def _export(context: ActionContext, params: Export) -> ActionResult:
    answer = found(tuple, _READS[params.what](context))
    rows = [_row(record) for record in answer.value]
    if not rows:
        raise InputError(f"There are no {params.what} to export.")
    text = _WRITERS[params.format](rows)
    name = f"{params.what}-{context.mode.value}-{context.means.clock.today().isoformat()}"
    path = context.service(Folders).write(FOLDER, name, params.format, text, context.card)
    return ActionResult(
        message=f"{len(rows)} {params.what} of {answer.source} are in {path}.",
        details={"path": str(path), "sha256": fingerprint(text.encode()), "rows": len(rows)},
    )


def _remove(context: ActionContext, receipt: Receipt) -> ActionResult:
    context.service(Folders).remove(receipt.details["path"], receipt.details["sha256"])
    return ActionResult(message="The file is deleted again.")


EXPORT: Final = Action(
    name="export_data", kind=ActionType.EXPORT, permission=PermissionLevel.USER, params=Export,
    risk=RiskClass.LOW, needs_card=False, hourly_limit=60,
    description="Write trades, positions, the ledger or watchlists into a file of the home.",
    examples=("Export my trades as CSV",), undoing=ReversibleFor(24 * 60),
    facts=lambda _, params: CardFacts(title=f"Export {params.what} as {params.format.upper()}"),
    run=_export, undo=_remove,
)  # fmt: skip
