"""What Magnus remembers: what you said and what it concluded, with a form each; a place to add."""

from __future__ import annotations

import streamlit as st

from actions.proposal import ActionProposal
from connectors.memory import MemoryList, MemoryRow, Remembered
from mfa.answers.format import format_date
from mfa.answers.page import escape, mode_badge
from mfa.assistant import Assistant
from mfa.data.events import DataEvent
from mfa.kernel.errors import MagnusError
from mfa.kernel.memories import LONGEST_MEMORY
from mfa.kernel.outcome import Absent, Found
from mfa.store.memories import MemoryRepository
from pages.frame import open_assistant, person


def _page() -> None:
    assistant = open_assistant()
    st.title("Memory")
    mode_badge(assistant.settings.mode)
    st.caption(
        "What you told Magnus and what it concluded for you. Stated preferences that a filter can"
        " follow are applied to scans, and each answer says so. What is forgotten can be had back"
        " for a day."
    )
    with st.container():
        if said := st.session_state.pop("memory_said", None):
            st.success(escape(said), icon=":material/check:")
    _add(assistant)
    outcome = assistant.data.query("memory", "list", user=assistant.user)
    if isinstance(outcome, Absent):
        st.info(escape(outcome.reason))
        return
    if not isinstance(outcome, Found) or not isinstance(outcome.value, MemoryList):
        st.error(escape(getattr(outcome, "message", "")), icon=":material/error:")
        return
    rows = outcome.value.rows
    stated = [row for row in rows if row.kind != "conclusion"]
    concluded = [row for row in rows if row.kind == "conclusion"]
    told, drawn = st.tabs([f"You said ({len(stated)})", f"Conclusions ({len(concluded)})"])
    with told:
        _forms(assistant, stated, "Nothing yet. Say 'remember that ...' or write it above.")
    with drawn:
        _forms(assistant, concluded, "Nothing yet. Judgements about companies are kept here.")


def _add(assistant: Assistant) -> None:
    with st.form("memory-add", clear_on_submit=True, border=True):
        field, button = st.columns([9, 1.4], vertical_alignment="bottom")
        text = field.text_input(
            "Something to remember", max_chars=LONGEST_MEMORY,
            placeholder="I never sell puts on biotech",
        )  # fmt: skip
        asked = button.form_submit_button("Remember", width="stretch")
    if not asked:
        return
    try:
        outcome = assistant.data.query("memory", "remember", {"memory": text}, user=assistant.user)
    except MagnusError:
        st.error("Write what shall be remembered.", icon=":material/error:")
        return
    if isinstance(outcome, Found) and isinstance(outcome.value, Remembered):
        _done(assistant, f"Remembered: {outcome.value.row.text}")
    said = outcome.reason if isinstance(outcome, Absent) else getattr(outcome, "message", "")
    st.error(escape(said), icon=":material/error:")


def _forms(assistant: Assistant, rows: list[MemoryRow], nothing: str) -> None:
    if not rows:
        st.info(nothing)
    for row in rows:
        with st.form(f"memory-{row.number}", border=True):
            about, field, save, gone = st.columns([2, 7, 1.2, 1.4], vertical_alignment="bottom")
            about.markdown(f"**{row.number}** · {row.kind}")
            about.caption(format_date(row.said_at.date()))
            text = field.text_input(
                "Memory", row.text, key=f"memory-text-{row.number}-{hash(row.text)}",
                max_chars=LONGEST_MEMORY, label_visibility="collapsed",
            )  # fmt: skip
            saved = save.form_submit_button("Save", width="stretch")
            forgotten = gone.form_submit_button("Forget", width="stretch")
        if saved or forgotten:
            _change(assistant, row, None if forgotten else text)


def _change(assistant: Assistant, row: MemoryRow, text: str | None) -> None:
    """Other words for a memory, or none any more."""
    try:
        if text is None:
            proposal = ActionProposal(action="forget_memory", params={"number": row.number})
            done = assistant.acting.desk.confirmations.perform(proposal, person(assistant))
            said = f"{done.sentence.rstrip('.')}. Say 'undo that' in the chat to have it back."
        else:
            MemoryRepository(assistant.database).edit(assistant.user, row.number, text)
            said = f"{row.number} is changed."
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    _done(assistant, said)


def _done(assistant: Assistant, said: str) -> None:
    assistant.data.invalidate(DataEvent.MEMORIES_CHANGED)
    st.session_state["memory_said"] = said
    st.rerun()


_page()
