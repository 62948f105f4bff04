"""An account history out of a CSV file: which broker wrote it, its rows, what could not be read.

Pure: text in, a preview out. The header decides whose file it is; lines before it and notes after
the table are left aside. A file whose header nobody is known by can be read when a person says
which of its columns are the plain format's. A line that is not understood is a problem with its
number, and the others stand.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from connectors.vendors.files.layouts import LAYOUTS, PLAIN_COLUMNS, PLAIN_LAYOUT
from connectors.vendors.files.movements import History, Layout, Problem, keyed
from mfa.kernel.errors import InputError
from mfa.kernel.movements import Movement

LARGEST: Final = 32 << 20
NEEDED: Final = ("date", "kind", "amount")
"""Without these columns no row of the plain format says anything."""
_HEADER_WITHIN: Final = 40
_FEWEST_CELLS: Final = 3
Line = tuple[int, list[str]]


def read_history(
    content: bytes, *, broker: str | None = None, columns: Mapping[str, str] | None = None
) -> History:
    """The preview of a file. `InputError` when it is no account history that is known.

    `broker` allows that layout alone; `columns` names, for a header that nobody is known by, the
    file's column for each of ours (their name -> our name).
    """
    lines = list(_lines(_text(content)))
    if columns:
        place, names, layout = _mapped(lines, columns)
    else:
        place, names, layout = _header(lines, _allowed(broker))
    found: list[tuple[int, Movement]] = []
    problems: list[Problem] = []
    skipped = 0
    for number, cells in lines[place + 1 :]:
        if len([cell for cell in cells if cell.strip()]) < min(_FEWEST_CELLS, len(names)):
            skipped += 1
            continue
        padded = [*cells, *[""] * (len(names) - len(cells))]
        read = dict(zip(names, padded, strict=False))
        try:
            movement = layout.read(_BLANK | read if columns else read)
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
        newest_first=_newest_first(found, layout),
    )


def columns_of(content: bytes) -> tuple[str, ...]:
    """The names of the file's columns, as far as one can tell: its first full line."""
    lines = [cells for _, cells in list(_lines(_text(content)))[:_HEADER_WITHIN]]
    full = max((len([cell for cell in cells if cell.strip()]) for cells in lines), default=0)
    for cells in lines:
        named = [cell.strip() for cell in cells if cell.strip()]
        if len(named) == full and full >= len(NEEDED):
            return tuple(dict.fromkeys(named))
    raise InputError("The file has no columns.", "Export it as CSV, with its header.")


_BLANK: Final = dict.fromkeys(PLAIN_COLUMNS, "")


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise InputError("The file is too large.", f"At most {LARGEST >> 20} MiB are read.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("The file is no text.", "Export it as CSV.")


def _lines(text: str) -> Iterator[Line]:
    """Lines with their numbers in the file: a quoted cell may hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        raise InputError(f"Line {reader.line_num} is not CSV ({error}).") from None


def _allowed(broker: str | None) -> Sequence[Layout]:
    if broker is None:
        return LAYOUTS
    chosen = [each for each in LAYOUTS if each.broker.lower() == broker.strip().lower()]
    if not chosen:
        raise InputError(f"No broker is known as {broker!r}.", f"Known are: {_known()}.")
    return chosen


def _header(lines: Sequence[Line], layouts: Sequence[Layout]) -> tuple[int, list[str], Layout]:
    for place, (_, cells) in enumerate(lines[:_HEADER_WITHIN]):
        names = _names(cells)
        for layout in layouts:
            if layout.header <= frozenset(names):
                return place, names, layout
    if len(layouts) == 1:
        needed = ", ".join(sorted(layouts[0].header))
        raise InputError(
            f"This is no export of {layouts[0].broker}.", f"Its header would have: {needed}."
        )
    raise InputError("No account history is recognised in this file.", f"Known are: {_known()}.")


def _mapped(lines: Sequence[Line], columns: Mapping[str, str]) -> tuple[int, list[str], Layout]:
    """The header with our names in the place of theirs."""
    ours = {theirs.strip().lower(): our.strip().lower() for theirs, our in columns.items()}
    strange = sorted(set(ours.values()) - set(PLAIN_COLUMNS) - {"effect"})
    if strange:
        raise InputError(
            f"There is no column {', '.join(map(repr, strange))} to map to.",
            f"Ours are {', '.join(PLAIN_COLUMNS)} and effect.",
        )
    if len(set(ours.values())) < len(ours):
        raise InputError("Two of the file's columns are mapped to the same of ours.")
    missing = [name for name in NEEDED if name not in ours.values()]
    if missing:
        raise InputError(
            f"No column is mapped to {' and '.join(missing)}.",
            f"A history needs at least {', '.join(NEEDED)}.",
        )
    for place, (_, cells) in enumerate(lines[:_HEADER_WITHIN]):
        names = _names(cells)
        if ours.keys() <= set(names):
            layout = replace(PLAIN_LAYOUT, broker="mapped")
            return place, [ours.get(name, f"({name})") for name in names], layout
    there = {name for _, cells in lines[:_HEADER_WITHIN] for name in _names(cells)}
    absent = sorted(set(ours) - there)
    raise InputError(
        f"The file has no column {', '.join(map(repr, absent))}."
        if absent
        else "No line of the file has all of these columns."
    )


def _names(cells: Sequence[str]) -> list[str]:
    return [cell.strip().strip('"').lower() for cell in cells]


def _known() -> str:
    return ", ".join(layout.broker for layout in LAYOUTS)


def _newest_first(found: Sequence[tuple[int, Movement]], layout: Layout) -> bool:
    """By the first and the last row; a file of one moment is as its broker writes."""
    if not found or found[0][1].at == found[-1][1].at:
        return layout.newest_first
    return found[0][1].at > found[-1][1].at
