"""The audit for others' eyes: as JSON, exactly as it was hashed, or as CSV for a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, TextIO

from mfa.store.audit import AuditRow

COLUMNS: Final = (
    "seq", "at", "kind", "user", "door", "session", "mode", "conversation", "card", "action",
    "params", "refused_by", "status", "result", "checks", "seconds",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_json(rows: Iterable[AuditRow], target: TextIO) -> int:
    """An array of `{"hash": ..., "entry": {...}}`; how many. An entry's canonical JSON is the very
    text that the hash was made over."""
    count = 0
    target.write("[")
    for count, row in enumerate(rows, start=1):
        target.write("\n" if count == 1 else ",\n")
        target.write(f'{{"hash":"{row.hash}","entry":{row.entry}}}')
    target.write("\n]\n")
    return count


def write_csv(rows: Iterable[AuditRow], target: TextIO) -> int:
    """One line an entry, the usual fields as columns and the hash at the end; how many. Text that a
    spreadsheet would run as a formula gets an apostrophe in front; JSON is exact."""
    writer, count = csv.writer(target, lineterminator="\n"), 0
    writer.writerow([*COLUMNS, "hash"])
    for row in rows:
        count += 1
        said: Mapping[str, Any] = json.loads(row.entry)
        writer.writerow([*(_cell(said.get(column)) for column in COLUMNS), row.hash])
    return count


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(_FORMULA) else text
