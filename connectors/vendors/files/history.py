"""An account history out of a CSV file: which broker wrote it, its rows, what could not be read.

Pure: text in, a preview out. The header decides whose file it is; lines before it and notes after
the table are left aside. A line that is not understood is a problem with its number, and the others
stand.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from connectors.vendors.files.layouts import LAYOUTS
from connectors.vendors.files.movements import History, Layout, Movement, Problem, keyed
from mfa.kernel.errors import InputError

LARGEST: Final = 32 << 20
_HEADER_WITHIN: Final = 40
_FEWEST_CELLS: Final = 3


def read_history(content: bytes) -> History:
    """The preview of a file. `InputError` when it is no account history that is known."""
    lines = list(_lines(_text(content)))
    place, names, layout = _header(lines)
    found: list[tuple[int, Movement]] = []
    problems: list[Problem] = []
    skipped = 0
    for number, cells in lines[place + 1 :]:
        if len([cell for cell in cells if cell.strip()]) < _FEWEST_CELLS:
            skipped += 1
            continue
        padded = [*cells, *[""] * (len(names) - len(cells))]
        try:
            movement = layout.read(dict(zip(names, padded, strict=False)))
        except InputError as error:
            problems.append(Problem(line=number, reason=str(error)))
            continue
        if movement is None:
            skipped += 1
        else:
            found.append((number, movement))
    return History(
        broker=layout.broker,
        rows=keyed(layout.broker, found),
        problems=tuple(problems),
        skipped=skipped,
    )


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise InputError("The file is too large.", f"At most {LARGEST >> 20} MiB are read.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("The file is no text.", "Export it as CSV.")


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines with their numbers in the file: a quoted cell may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(f"Line {reader.line_num} is not CSV ({error}).") from None


def _header(lines: Sequence[tuple[int, list[str]]]) -> tuple[int, list[str], Layout]:
    for place, (_, cells) in enumerate(lines[:_HEADER_WITHIN]):
        names = [cell.strip().strip('"').lower() for cell in cells]
        for layout in LAYOUTS:
            if layout.header <= frozenset(names):
                return place, names, layout
    known = ", ".join(layout.broker for layout in LAYOUTS)
    raise InputError("No account history is recognised in this file.", f"Known are: {known}.")
