"""Your lists of symbols: looking, changing, a file in or out, TradingView's taken over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

import streamlit as st

from connectors.lists.syncing import FILE, ListDifference, changes
from connectors.tradingview import SOURCE, SyncStatus, WatchlistSymbols
from connectors.vendors.files.tradingview import exported, read_watchlist
from mfa.answers.compose.any_result import tables
from mfa.answers.compose.watchlists import differences_table
from mfa.answers.format import format_when
from mfa.answers.page import draw_sources, draw_table, escape, mode_badge
from mfa.assistant import Assistant
from mfa.data.events import DataEvent
from mfa.kernel.errors import MagnusError
from mfa.kernel.outcome import Failed, Found
from mfa.kernel.watchlists import Watchlist
from mfa.store.watchlists import WatchlistRepository
from pages.frame import ask, csv_button, open_assistant, warn

LARGEST_MB = 1


def _page() -> None:
    assistant = open_assistant()
    st.title("Watchlists")
    mode_badge(assistant.settings.mode)
    with st.container():  # always there: tabs that move on the page forget which one was open
        if said := st.session_state.pop("list_said", None):
            st.success(escape(said), icon=":material/check:")
    lists = WatchlistRepository(assistant.database)
    found = lists.watchlists(assistant.user)
    if not isinstance(found, Found):
        message = found.message if isinstance(found, Failed) else found.reason
        st.error(escape(message), icon=":material/error:")
        return
    looking, new, sync = st.tabs(["Lists", "New list", "TradingView"])
    with looking:
        _looking(assistant, lists, found.value)
    with new:
        _new(assistant, lists, len(found.value))
    with sync:
        _sync(assistant, lists)


def _looking(assistant: Assistant, lists: WatchlistRepository, kept: Sequence[Watchlist]) -> None:
    if not kept:
        st.info("You have no watchlists yet. Make one, or read one from a file.")
        return
    by_name = {each.name: each for each in kept}
    name = st.selectbox("List", list(by_name), format_func=lambda n: _titled(by_name[n]))
    chosen = by_name[name]
    found = ask(assistant, "tradingview", "get_symbols", {"watchlist": chosen.name})
    if isinstance(found, Found) and isinstance(found.value, WatchlistSymbols):
        warn(found.value.warnings)
        for key, table in tables(found.value, found.provenance).items():
            draw_table(table, key=f"list-{key}")
            csv_button(table, f"{chosen.name}.csv", key=f"list-{key}-csv")
        draw_sources([found.provenance], assistant.settings.mode)
    _changing(assistant, lists, chosen)


def _titled(each: Watchlist) -> str:
    follows = " · follows TradingView" if each.origin else ""
    return f"{each.name} ({len(each.symbols)}){follows}"


def _changing(assistant: Assistant, lists: WatchlistRepository, chosen: Watchlist) -> None:
    user, name = assistant.user, chosen.name
    if chosen.origin:
        st.caption("A sync makes this list like the one at TradingView again.")
    adding, removing = st.columns(2)
    with adding.form(key=f"add-{name}-{len(chosen.symbols)}"):
        typed = st.text_input("Add symbols", placeholder="AAPL, KO")
        if st.form_submit_button("Add", icon=":material/add:"):
            wanted = typed.replace(",", " ").split()
            _do(assistant, lambda: _told(lists.add(user, name, wanted), "Added to", name))
    with removing.form(key=f"remove-{name}-{len(chosen.symbols)}"):
        gone = st.multiselect("Remove symbols", chosen.symbols)
        if st.form_submit_button("Remove", icon=":material/remove:"):
            _do(assistant, lambda: _told(lists.remove(user, name, gone), "Taken off", name))
    with st.expander("Rename, export or delete", icon=":material/edit:"):
        with st.form(key=f"rename-{name}"):
            new_name = st.text_input("Name", name, max_chars=60)
            if st.form_submit_button("Rename"):
                _do(assistant, lambda: _renamed(lists, user, name, new_name))
        st.download_button(
            "Export for TradingView", exported(chosen.symbols), file_name=f"{name}.txt",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
        sure = st.checkbox(f"Delete {escape(name)} and what is on it", key=f"sure-{name}")
        if st.button("Delete", disabled=not sure, icon=":material/delete:"):
            _do(assistant, lambda: _deleted(lists, user, name))


def _new(assistant: Assistant, lists: WatchlistRepository, count: int) -> None:
    user = assistant.user
    with st.form(key=f"create-{count}"):
        name = st.text_input("Name", max_chars=60)
        typed = st.text_input("Symbols", placeholder="AAPL, KO")
        if st.form_submit_button("Make the list", icon=":material/add:"):
            wanted = typed.replace(",", " ").split()
            _do(assistant, lambda: _made(lists, user, name, wanted))
    st.markdown("Or read one that TradingView exported ('Export list' in a list's menu):")
    uploaded = st.file_uploader(
        "A TXT file", type=["txt", "csv"], max_upload_size=LARGEST_MB, key=f"file-{count}"
    )
    if uploaded is None:
        return
    try:
        file = read_watchlist(uploaded.getvalue())
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    name = st.text_input("Call it", PurePath(uploaded.name).stem, max_chars=60)
    st.caption(escape(f"{len(file.symbols)} symbols: {', '.join(file.symbols)}"))
    if file.left_out:
        st.caption(escape(f"No US stocks, left out: {', '.join(file.left_out)}"))
    if st.button("Keep it", type="primary", help="A list of this name is replaced."):
        _do(assistant, lambda: _imported(lists, user, name, file.symbols))


def _sync(assistant: Assistant, lists: WatchlistRepository) -> None:
    st.caption(
        "Nothing is fetched before you ask for it, and nothing is changed before you have seen it."
    )
    if st.button("Compare with TradingView", icon=":material/sync:"):
        with st.spinner("Asking TradingView ..."):
            asked = ask(assistant, "tradingview", "sync")
        st.session_state["sync_found"] = asked if isinstance(asked, Found) else None
    found = st.session_state.get("sync_found")
    if not isinstance(found, Found) or not isinstance(found.value, SyncStatus):
        return
    status = found.value
    if status.synced_at is not None:
        st.caption(f"Last taken over {format_when(status.synced_at)}.")
    warn(status.warnings)
    draw_table(differences_table(Found(status, found.provenance)), key="sync")
    draw_sources([found.provenance], assistant.settings.mode)
    if not status.to_change:
        st.success("Your lists are as TradingView's.", icon=":material/check:")
    elif st.button(f"Take {status.to_change} over", type="primary"):
        _do(assistant, lambda: _taken_over(lists, assistant.user, status.rows))


def _do(assistant: Assistant, change: Callable[[], str]) -> None:
    """Make a change, tell the house, and show the page as it is afterwards."""
    try:
        said = change()
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    assistant.data.invalidate(DataEvent.WATCHLIST_CHANGED)
    st.session_state["list_said"] = said
    st.session_state.pop("sync_found", None)
    st.rerun()


def _told(symbols: Sequence[str], what: str, name: str) -> str:
    return f"{what} {name}: {', '.join(symbols) or 'nothing'}."


def _renamed(lists: WatchlistRepository, user: str, name: str, new_name: str) -> str:
    lists.rename(user, name, new_name)
    return f"{name} is called {new_name} now."


def _deleted(lists: WatchlistRepository, user: str, name: str) -> str:
    lists.delete(user, name)
    return f"{name} is deleted."


def _made(lists: WatchlistRepository, user: str, name: str, symbols: Sequence[str]) -> str:
    lists.create(user, name, symbols)
    return f"{name} is made."


def _imported(lists: WatchlistRepository, user: str, name: str, symbols: Sequence[str]) -> str:
    lists.replace(user, name, symbols, FILE)
    return f"{name} holds {len(symbols)} symbols."


def _taken_over(lists: WatchlistRepository, user: str, rows: Sequence[ListDifference]) -> str:
    lists.apply(user, changes(rows, source=SOURCE))
    return f"{sum(each.matters for each in rows)} lists were changed."


_page()
