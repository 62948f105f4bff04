"""The audit: what was proposed, confirmed, refused, done and undone; its proof, and its export."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from typing import TextIO

import streamlit as st

from actions.audit_export import write_csv, write_json
from actions.audit_head import HeadNote
from actions.audit_proof import prove
from mfa.answers.format import format_when
from mfa.answers.page import escape, mode_badge
from mfa.assistant import Assistant
from mfa.kernel.clock import RealClock
from mfa.store.audit import AuditRepository, AuditRow
from pages.frame import open_assistant

SHOWN = 300


def _page() -> None:
    assistant = open_assistant()
    st.title("Audit")
    mode_badge(assistant.settings.mode)
    st.caption("Every entry follows from the one before; nothing here can be changed or removed.")
    repository = AuditRepository(assistant.database, RealClock())
    verify, as_json, as_csv = st.columns([2, 1, 1])
    if verify.button("Prove that it is whole", icon=":material/verified_user:", width="stretch"):
        _verify(assistant, repository)
    with as_json:
        _export(repository, write_json, "JSON", "audit.json", "application/json")
    with as_csv:
        _export(repository, write_csv, "CSV", "audit.csv", "text/csv")
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


def _verify(assistant: Assistant, repository: AuditRepository) -> None:
    proof = prove(repository, HeadNote(assistant.settings.home))
    for problem in proof.problems:
        st.error(escape(problem), icon=":material/error:")
    if proof.holds:
        st.success(
            f"{proof.head.count:,} entries, each following from the one before, none missing.",
            icon=":material/verified_user:",
        )


def _export(
    repository: AuditRepository,
    write: Callable[[Iterable[AuditRow], TextIO], int],
    label: str,
    name: str,
    mime: str,
) -> None:
    """Written when it is asked for: the whole chain may be long."""

    def made() -> str:
        text = io.StringIO()
        write(repository.rows(), text)
        return text.getvalue()

    st.download_button(
        label, made, file_name=name, mime=mime, key=f"audit-{label}", on_click="ignore",
        width="stretch", icon=":material/download:",
    )  # fmt: skip


_page()
