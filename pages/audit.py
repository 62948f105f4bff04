"""The audit: what was proposed, confirmed, refused, done and undone; its proof, and its export."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import TextIO

import streamlit as st

from actions.action import PermissionLevel
from actions.audit_export import write_csv, write_json
from actions.audit_head import HeadNote
from actions.audit_proof import prove
from mfa.answers.format import format_when
from mfa.answers.page import escape, mode_badge
from mfa.assistant import Assistant
from mfa.kernel.clock import RealClock
from mfa.kernel.scope import NotYours, acting_as
from mfa.store.audit import AuditRepository
from pages.frame import open_assistant, person

SHOWN = 300
MIME = {"JSON": "application/json", "CSV": "text/csv"}


def _page() -> None:
    assistant = open_assistant()
    st.title("Audit")
    mode_badge(assistant.settings.mode)
    st.caption("Every entry follows from the one before; nothing here can be changed or removed.")
    repository = AuditRepository(assistant.database, RealClock())
    if assistant.user == assistant.settings.user:
        _whole(assistant, repository)
    else:
        st.caption(
            "These are your own entries. The whole chain is the installation's own person's."
        )
    rows = repository.latest(SHOWN, user=assistant.user)
    if not rows:
        st.info("Nothing has been done yet.")
        return
    entries = [json.loads(row.entry) for row in rows]
    st.dataframe(
        {
            "#": [str(row.seq) for row in rows],
            "When": [format_when(row.at) for row in rows],
            "What": [row.kind.replace("_", " ") for row in rows],
            "Action": [entry.get("action", "") for entry in entries],
            "Door": [entry.get("door", "") for entry in entries],
            "Mode": [entry.get("mode", "").upper() for entry in entries],
            "Result": [str(e.get("result") or e.get("reason") or "") for e in entries],
            "Card": ["" if row.card is None else str(row.card)[:8] for row in rows],
        },
        hide_index=True,
        key="audit-rows",
        column_config={"Result": st.column_config.TextColumn(width="large")},
    )
    number = st.number_input("Entry", min_value=1, value=rows[0].seq, step=1, key="audit-entry")
    shown = next((row for row in rows if row.seq == number), None)
    if shown is not None:
        st.json(json.loads(shown.entry))
        st.caption(f"SHA-256 {shown.hash}")


def _whole(assistant: Assistant, repository: AuditRepository) -> None:
    """The chain of everybody's entries: its proof, and its export."""
    verify, as_json, as_csv = st.columns([2, 1, 1])
    if verify.button("Prove that it is whole", icon=":material/verified_user:", width="stretch"):
        _verify(assistant, repository)
    with as_json:
        _export(assistant, lambda text: write_json(repository.rows(), text), "audit.json")
    with as_csv:
        _export(assistant, lambda text: write_csv(repository.rows(), text), "audit.csv")


def _verify(assistant: Assistant, repository: AuditRepository) -> None:
    proof = prove(repository, HeadNote(assistant.settings.home))
    for problem in proof.problems:
        st.error(escape(problem), icon=":material/error:")
    if proof.holds:
        st.success(
            f"{proof.head.count:,} entries, each following from the one before, none missing.",
            icon=":material/verified_user:",
        )


def _export(assistant: Assistant, write: Callable[[TextIO], int], name: str) -> None:
    """Written when it is asked for: the whole chain may be long. That is later, on a thread that
    nobody is bound to: it asks anew whether the session stands."""
    who = person(assistant)

    def made() -> str:
        text = io.StringIO()
        if assistant.acting.desk.permissions.level(who) < PermissionLevel.USER:
            raise NotYours("You are not signed in any more.", "Sign in again.")
        with acting_as(who.user):
            write(text)
        return text.getvalue()

    label = name.rpartition(".")[2].upper()
    st.download_button(
        label, made, file_name=name, mime=MIME[label], key=f"audit-{label}", on_click="ignore",
        width="stretch", icon=":material/download:",
    )  # fmt: skip


_page()
