"""Taking a file over: read it, say what it would add and what would not fit, keep it on a word.

Both doors (shell and page) ask here. Looking changes nothing; keeping adds exactly the rows that
were shown as new, or fewer where another import was quicker.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from connectors.imported.books import ImportedBooks, Misfit
from connectors.imported.fold import fold
from connectors.vendors.files.history import read_history
from connectors.vendors.files.movements import History, HistoryRow
from connectors.vendors.files.sniffing import is_watchlist
from connectors.vendors.files.tradingview import WatchlistFile, read_watchlist
from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Found
from mfa.store.imports import Import, ImportFile, ImportRepository, KeyedMovement
from mfa.store.watchlists import WatchlistRepository

FROM_TRADINGVIEW: Final = "tradingview"
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPreview:
    """What a history would add. `rows` are all of the file's in order of time; those whose keys are
    `known` were imported before. `misfits` are those that this import would bring."""

    name: str
    sha256: str
    history: History
    rows: tuple[HistoryRow, ...]
    known: frozenset[str]
    misfits: tuple[Misfit, ...]
    after: ImportedBooks

    @property
    def new(self) -> tuple[HistoryRow, ...]:
        return tuple(row for row in self.rows if row.key not in self.known)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPreview:
    """A watchlist; `replaces` is what the user's list of that name holds now, None without one."""

    name: str
    file: WatchlistFile
    replaces: tuple[str, ...] | None


def preview(
    repository: ImportRepository,
    user: str,
    name: str,
    content: bytes,
    *,
    broker: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> HistoryPreview:
    """What `content` would add to the user's account. `InputError` when it is no history."""
    history = read_history(content, broker=broker, columns=columns)
    if not history.rows and not history.problems:
        raise InputError(f"{name!r} has a header, but no movements.")
    rows = history.in_time
    known = repository.known(user, (row.key for row in rows))
    before = repository.movements(user)
    after = fold([*before, *(row.movement for row in rows if row.key not in known)])
    told = set(fold(before).problems)
    return HistoryPreview(
        name=PurePath(name).name[:_LONGEST_NAME],
        sha256=hashlib.sha256(content).hexdigest(),
        history=history,
        rows=rows,
        known=known,
        misfits=tuple(each for each in after.problems if each not in told),
        after=after,
    )


def keep(repository: ImportRepository, user: str, shown: HistoryPreview) -> Import:
    """Add what the preview showed. `InputError` when nothing of it is new."""
    file = ImportFile(
        name=shown.name,
        broker=shown.history.broker,
        sha256=shown.sha256,
        problems=len(shown.history.problems),
        skipped=shown.history.skipped,
    )
    rows = [KeyedMovement(key=r.key, line=r.line, movement=r.movement) for r in shown.rows]
    return repository.add(user, file, rows)


def preview_list(
    lists: WatchlistRepository, user: str, name: str, content: bytes
) -> ListPreview | None:
    """The watchlist in the file under the name `name`; None when the file is none."""
    if not is_watchlist(content):
        return None
    outcome = lists.watchlists(user)
    there = outcome.value if isinstance(outcome, Found) else ()
    same = (each.symbols for each in there if each.name.lower() == name.strip().lower())
    return ListPreview(name=name.strip(), file=read_watchlist(content), replaces=next(same, None))


def keep_list(lists: WatchlistRepository, user: str, shown: ListPreview) -> None:
    """The list holds exactly the file's symbols from now on."""
    if shown.replaces is None:
        lists.create(user, shown.name, shown.file.symbols, FROM_TRADINGVIEW)
    else:
        lists.replace(user, shown.name, shown.file.symbols, FROM_TRADINGVIEW)
