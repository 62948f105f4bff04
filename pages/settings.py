"""Your settings: what is in force and who said so, a form for each that can be changed, history."""

from __future__ import annotations

import streamlit as st

from connectors.settings import ChangeList, SettingList, SettingRow
from mfa.answers.compose.any_result import tables
from mfa.answers.page import draw_table, escape, mode_badge
from mfa.assistant import Assistant
from mfa.data.events import DataEvent
from mfa.kernel.errors import MagnusError
from mfa.kernel.outcome import Found
from mfa.kernel.setting_facts import stored_value
from mfa.store.settings import SettingRepository
from pages.frame import ask, csv_button, open_assistant

DOOR = "page"
NOTHING = "(nothing)"


def _page() -> None:
    assistant = open_assistant()
    st.title("Settings")
    mode_badge(assistant.settings.mode)
    with st.container():  # always there: tabs that move on the page forget which one was open
        if said := st.session_state.pop("setting_said", None):
            st.success(escape(said), icon=":material/check:")
    preferences, start, elsewhere, history = st.tabs(
        ["Preferences", "At the next start", "All", "History"]
    )
    found = ask(assistant, "settings", "get")
    if not isinstance(found, Found) or not isinstance(found.value, SettingList):
        return
    rows = found.value.rows
    with preferences:
        st.caption("These count at once, where a question does not say otherwise.")
        _forms(assistant, [row for row in rows if row.applies == "at once"])
    with start:
        st.caption("These count when Magnus is started again.")
        _forms(assistant, [row for row in rows if row.applies == "at the next start"])
    with elsewhere:
        table = tables(found.value, found.provenance)["rows"]
        draw_table(table, key="settings-all")
        csv_button(table, "settings.csv", key="settings-csv")
    with history:
        changed = ask(assistant, "settings", "history")
        if isinstance(changed, Found) and isinstance(changed.value, ChangeList):
            draw_table(tables(changed.value, changed.provenance)["rows"], key="settings-history")


def _forms(assistant: Assistant, rows: list[SettingRow]) -> None:
    for row in rows:
        with st.form(key=f"setting-{row.name}", border=True):
            about, field, save, back = st.columns([5, 4, 1.2, 1.2], vertical_alignment="bottom")
            about.markdown(f"**{escape(row.name)}** · {escape(row.source)}")
            about.caption(escape(" ".join(filter(None, (row.description, row.note)))))
            with field:
                given = _widget(row)
            with save:
                saved = st.form_submit_button("Save", disabled=not row.changeable)
            with back:
                reset = st.form_submit_button("Reset", disabled=row.source != "database")
        if saved:
            _change(assistant, row, given)
        elif reset:
            _reset(assistant, row)


def _widget(row: SettingRow) -> str:
    key, may = f"setting-value-{row.name}-{row.value}", f"May be {row.allowed}"
    choices = [part.strip() for part in row.allowed.split(",")]
    if row.value in choices and len(choices) > 1:
        return str(
            st.selectbox(may, choices, choices.index(row.value), key=key, disabled=_held(row))
        )
    if row.allowed == "yes or no":
        yes = st.toggle("Yes", row.value == "yes", key=key, disabled=_held(row))
        return "yes" if yes else "no"
    value = "" if row.value == "none" else row.value
    label = may if row.allowed else "Value"
    return st.text_input(label, value, key=key, disabled=_held(row), placeholder=NOTHING)


def _held(row: SettingRow) -> bool:
    return not row.changeable


def _change(assistant: Assistant, row: SettingRow, given: str) -> None:
    try:
        value = stored_value(row.name, given)
        SettingRepository(assistant.database).put(row.name, value, by=_who(assistant))
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    _done(assistant, f"{row.name} is set; it counts {row.applies}.")


def _reset(assistant: Assistant, row: SettingRow) -> None:
    try:
        SettingRepository(assistant.database).remove(row.name, by=_who(assistant))
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    _done(assistant, f"{row.name} is back at its default; it counts {row.applies}.")


def _done(assistant: Assistant, said: str) -> None:
    assistant.data.invalidate(DataEvent.SETTINGS_CHANGED)
    st.session_state["setting_said"] = said
    st.rerun()


def _who(assistant: Assistant) -> str:
    return f"{assistant.user}, {DOOR}"


_page()
