"""Imports: upload a broker's export or a watchlist, see what it would add, add it, take it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import PurePath
from typing import TypeVar

import streamlit as st

from connectors.imported import importing
from connectors.imported.fold import fold
from connectors.imported.importing import HistoryPreview, ListPreview
from connectors.imported.misfits import misfits
from connectors.vendors.files.history import NEEDED, columns_of
from connectors.vendors.files.layouts import LAYOUTS, PLAIN_COLUMNS
from mfa.answers.page import escape, mode_badge
from mfa.assistant import Assistant
from mfa.commands.import_table import COLUMNS, LEFT, cells_of
from mfa.data.events import DataEvent
from mfa.kernel.clock import RealClock
from mfa.kernel.errors import MagnusError
from mfa.store.imports import ImportRepository
from mfa.store.watchlists import WatchlistRepository
from pages.frame import open_assistant

LARGEST_MB = 32
BY_HEADER = "By its header"
MAPPED = "None of these: I say which column is which"
NONE = "(none)"
T = TypeVar("T")


def _page() -> None:
    assistant = open_assistant()
    st.title("Imports")
    mode_badge(assistant.settings.mode)
    if said := st.session_state.pop("import_said", None):
        st.success(escape(said), icon=":material/check:")
    st.markdown(
        "An account's history from the file that your broker exports, or a watchlist exported from "
        "TradingView. Nothing is kept before you have seen it, and each import can be undone."
    )
    uploaded = st.file_uploader(
        "A CSV or TXT file",
        type=["csv", "txt"],
        max_upload_size=LARGEST_MB,
        key=f"upload-{st.session_state.get('uploads', 0)}",
    )
    if uploaded is not None:
        _take(assistant, uploaded.name, uploaded.getvalue())
    _kept(assistant)
    with st.expander("The plain format", icon=":material/description:"):
        st.table({"Column": list(PLAIN_COLUMNS), "Holds": list(PLAIN_COLUMNS.values())})


def _take(assistant: Assistant, name: str, content: bytes) -> None:
    lists = WatchlistRepository(assistant.database)
    user = assistant.user
    listed = _tried(lambda: importing.preview_list(lists, user, PurePath(name).stem, content))
    if listed is not None:
        _list(assistant, lists, listed)
        return
    choices = [BY_HEADER, *(each.broker for each in LAYOUTS), MAPPED]
    broker = st.selectbox("Whose export is it?", choices)
    columns = _mapping(content) if broker == MAPPED else None
    if broker == MAPPED and columns is None:
        return
    repository = ImportRepository(assistant.database)
    shown = _tried(
        lambda: importing.preview(
            repository,
            user,
            name,
            content,
            broker=None if broker in {BY_HEADER, MAPPED} else broker,
            columns=columns,
        ),
    )
    if shown is not None:
        _history(assistant, repository, shown)
    elif broker == BY_HEADER:
        st.info(f"If it is a history all the same, choose '{MAPPED}'.", icon=":material/edit:")


def _mapping(content: bytes) -> dict[str, str] | None:
    """Their column for each of ours; None while one that is needed has none."""
    theirs = _tried(lambda: columns_of(content))
    if not theirs:
        return None
    chosen: dict[str, str] = {}
    boxes = st.columns(4)
    for i, (ours, holds) in enumerate(PLAIN_COLUMNS.items()):
        same = [each for each in theirs if each.lower() == ours]
        options = [NONE, *theirs]
        with boxes[i % 4]:
            picked = st.selectbox(
                ours.capitalize() + (" *" if ours in NEEDED else ""),
                options,
                index=options.index(same[0]) if same else 0,
                help=holds,
                key=f"map-{ours}",
            )
        if picked != NONE:
            chosen[picked] = ours
    missing = [name for name in NEEDED if name not in chosen.values()]
    if missing:
        st.info(f"Say which column is {' and which is '.join(missing)}.", icon=":material/edit:")
        return None
    return chosen


def _history(assistant: Assistant, repository: ImportRepository, shown: HistoryPreview) -> None:
    history = shown.history
    counts = {
        "Broker": history.broker,
        "New rows": f"{len(shown.new):,}",
        "Known before": f"{len(shown.rows) - len(shown.new):,}",
        "Problems": f"{len(history.problems) + len(shown.misfits):,}",
        "Without movements": f"{history.skipped:,}",
    }
    for column, (label, value) in zip(st.columns(len(counts)), counts.items(), strict=True):
        column.metric(label, value)
    problems = [f"Line {each.line}: {each.reason}" for each in history.problems]
    for problem in [*problems, *map(str, shown.misfits)]:
        st.warning(escape(problem), icon=":material/warning:")
    if not shown.new:
        st.info("Nothing in this file is new.", icon=":material/info:")
        return
    cells = [cells_of(row) for row in shown.new]
    figures = st.column_config.TextColumn(alignment="right")
    st.dataframe(
        {label: [row[i] for row in cells] for i, label in enumerate(COLUMNS)},
        hide_index=True,
        column_config=dict.fromkeys(set(COLUMNS) - LEFT, figures),
        key="import-rows",
    )
    st.caption(
        escape(
            f"With it the account has ${shown.after.cash:,.2f} in cash, "
            f"{len({(lot.symbol, lot.option) for lot in shown.after.lots})} positions and "
            f"{len(shown.after.trades):,} closed trades."
        )
    )
    if st.button("Import", type="primary", icon=":material/upload:"):
        kept = _tried(lambda: importing.keep(repository, assistant.user, shown))
        if kept is not None:
            said = f"Import {kept.id}: {_rows(kept.added)} of {kept.file_name} added."
            _done(assistant, DataEvent.ACCOUNT_CHANGED, said)


def _list(assistant: Assistant, lists: WatchlistRepository, shown: ListPreview) -> None:
    symbols = shown.file.symbols
    st.markdown(escape(f"A watchlist of {len(symbols)} symbols: {', '.join(symbols)}"))
    if shown.file.left_out:
        left_out = ", ".join(shown.file.left_out)
        st.caption(escape(f"Left out, as no US stock: {left_out}"))
    if shown.replaces == symbols:
        st.info(escape(f"Your list {shown.name!r} holds exactly these already."))
        return
    if shown.replaces is not None:
        new, gone = set(symbols) - set(shown.replaces), set(shown.replaces) - set(symbols)
        st.warning(
            escape(f"You have a list {shown.name!r}: {len(new)} would come, {len(gone)} go."),
            icon=":material/warning:",
        )
    pressed = st.button("Replace the list" if shown.replaces else "Make the list", type="primary")
    if pressed and _tried(lambda: _keep(lists, assistant.user, shown)):
        said = f"The list {shown.name!r} holds {len(symbols)} symbols."
        _done(assistant, DataEvent.WATCHLIST_CHANGED, said)


def _keep(lists: WatchlistRepository, user: str, shown: ListPreview) -> bool:
    importing.keep_list(lists, user, shown)
    return True


def _kept(assistant: Assistant) -> None:
    """The imports in force, each with its undo, and what of them does not fit together."""
    repository, user = ImportRepository(assistant.database), assistant.user
    found = _tried(lambda: repository.imports(user))
    st.subheader("What was imported")
    st.caption(
        "The account of these rows is shown in PAPER and LIVE when the setting *account* is "
        "*imported*."
    )
    if not found:
        st.info("Nothing was imported yet.", icon=":material/info:")
        return
    for each in reversed(found):
        what, when, undo = st.columns([6, 3, 1.4], vertical_alignment="center")
        known = f", {each.duplicates:,} known before" if each.duplicates else ""
        what.markdown(escape(f"**{each.file_name}** · {each.broker} · {_rows(each.added)}{known}"))
        when.caption(f"{each.imported_at:%Y-%m-%d %H:%M} UTC")
        if undo.button("Undo", key=f"undo-{each.id}", icon=":material/undo:"):
            gone = _tried(partial(repository.undo, user, each.id))
            if gone is not None:
                said = f"Import {gone.id} is undone: {_rows(gone.added)} removed."
                _done(assistant, DataEvent.ACCOUNT_CHANGED, said)
    problems = _tried(lambda: misfits(fold(repository.movements(user)), RealClock().now()))
    for problem in problems or ():
        st.warning(escape(str(problem)), icon=":material/warning:")


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _tried(ask: Callable[[], T]) -> T | None:
    """What was asked, or None and its problem on the page."""
    try:
        return ask()
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return None


def _done(assistant: Assistant, event: DataEvent, sentence: str) -> None:
    """Say it on the page as it is afterwards, with an empty place for the next file."""
    assistant.data.invalidate(event)
    st.session_state["import_said"] = sentence
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1
    st.rerun()


_page()
