"""A card on the page: what would be done, and the person's Edit, Confirm and Cancel.

What is drawn is what is stored, so a card survives a reload, another tab finds it, and it becomes
the receipt in its place. A click decides; nothing here decides by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from actions.action import Who
from mfa.answers.blocks import CardBlock, Offer
from mfa.answers.cards import limit_lines, outcome_line, time_left
from mfa.answers.format import format_figure
from mfa.answers.page import draw_facts, escape, mode_badge
from mfa.assistant import Assistant, get_assistant
from mfa.kernel.cards import Card, CardState, ResultStatus, Verdict
from mfa.kernel.clock import RealClock
from mfa.kernel.errors import MagnusError
from pages.card_edit import edited
from pages.login import enter

REFUSED = Verdict.REFUSED
SHOWS = {
    ResultStatus.DONE: st.success,
    ResultStatus.UNDER_WAY: st.info,
    ResultStatus.UNKNOWN: st.warning,
    ResultStatus.REFUSED: st.warning,
    ResultStatus.FAILED: st.error,
}


def show_block(assistant: Assistant, block: CardBlock, who: Who, *, key: str, live: bool) -> None:
    """The block's card as it stands now. `live`: it was asked for this very moment, so that what
    needs no card is done at once."""
    try:
        if live and block.offer in {Offer.RUN, Offer.UNDO_NOW}:
            card = assistant.acting.carry(block, who)
        else:
            card = assistant.acting.desk.cards.card(block.card, who)
    except MagnusError as error:
        st.warning(escape(str(error)), icon=":material/warning:")
        return
    show_card(assistant, card, who, key=key)


def show_card(assistant: Assistant, card: Card, who: Who, *, key: str) -> None:
    """A card, what stands in its place where it was edited, and what would compensate it."""
    with st.container(border=True):
        mode_badge(card.mode)
        draw_facts(card.facts, key=key)
        _said(card)
        if card.state is CardState.OPEN:
            _countdown(card, key)
            _decide(assistant, card, who, key)
        else:
            _receipt(assistant, card, who, key)
    if card.state is CardState.REPLACED or card.receipt is not None:
        for later in reversed(assistant.acting.desk.cards.recent(who)):
            if card.id in {later.replaces, later.undoes}:
                show_card(assistant, later, who, key=f"{key}-{later.id}")


def _countdown(card: Card, key: str) -> None:
    """How long it can be confirmed, counted down by itself."""

    @st.fragment(run_every=1.0)
    def tick() -> None:
        left = time_left(card.expires_at, RealClock().now())
        if not left:
            st.rerun()
        st.caption(f":material/timer: {left}")

    del key
    tick()


def _decide(assistant: Assistant, card: Card, who: Who, key: str) -> None:
    desk = assistant.acting.desk
    confirm, cancel, edit = st.columns([2, 2, 8], vertical_alignment="center")
    confirm.button(
        "Confirm", key=f"{key}-confirm", type="primary", icon=":material/check:",
        on_click=_click, args=(card, lambda: desk.confirmations.confirm(card.id, who).sentence),
    )  # fmt: skip
    cancel.button(
        "Cancel", key=f"{key}-cancel", icon=":material/close:",
        on_click=_click, args=(card, lambda: _nothing(desk.cards.cancel(card.id, who))),
    )  # fmt: skip
    with edit.popover("Edit", icon=":material/edit:"):
        _edit(assistant, card, who, key)


def _edit(assistant: Assistant, card: Card, who: Who, key: str) -> None:
    """Another card comes of it, and this one can no longer be confirmed."""
    cards = assistant.acting.desk.cards
    schema = assistant.acting.desk.registry.find(card.action).params.model_json_schema()
    changed = edited(card, schema, key)
    if changed is not None:
        _click(card, lambda: _nothing(cards.edit(card.id, changed, who)))
        st.rerun()


def _receipt(assistant: Assistant, card: Card, who: Who, key: str) -> None:
    receipt, acting = card.receipt, assistant.acting
    show = SHOWS[receipt.status] if receipt is not None else st.info
    show(escape(outcome_line(card)))
    if receipt is not None:
        for figure in receipt.figures:
            st.markdown(f"- {escape(figure.label)}: **{escape(format_figure(figure))}**")
        if receipt.refused_by == "limits":
            for line in limit_lines(tuple(c for c in receipt.checks if c.verdict is REFUSED)):
                st.caption(escape(f"{line.sentence} {line.value} of {line.bound}."))
        _file(assistant, receipt.details, key)
    if acting.can_undo(card):
        st.button(
            "Undo", key=f"{key}-undo", icon=":material/undo:",
            on_click=_click, args=(card, lambda: acting.desk.undoing.undo(who, card.id).sentence),
        )  # fmt: skip
    elif card.state is CardState.EXPIRED:
        st.button(
            "Make it anew", key=f"{key}-again", icon=":material/refresh:",
            on_click=_click, args=(card, lambda: _again(assistant, card, who)),
        )  # fmt: skip
        if (fresh := st.session_state.get(f"again-{card.id}")) is not None:
            show_card(assistant, acting.desk.cards.card(fresh, who), who, key=f"{key}-fresh")


def _again(assistant: Assistant, card: Card, who: Who) -> str:
    st.session_state[f"again-{card.id}"] = assistant.acting.desk.cards.again(card.id, who).id
    return ""


def _file(assistant: Assistant, details: Mapping[str, Any], key: str) -> None:
    """A file that was made, for the person to take away; only one of this home."""
    path = Path(str(details.get("path", "")))
    if not details.get("path") or not path.is_file():
        return
    if path.resolve().is_relative_to(assistant.settings.home.resolve()):
        st.download_button(
            path.name, path.read_bytes(), file_name=path.name, key=f"{key}-file",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip


def _click(card: Card, act: Callable[[], str]) -> None:
    """Do what was clicked, and keep what is to be said for the drawing that follows."""
    enter(get_assistant())  # a click comes before the page
    try:
        said = act()
    except MagnusError as error:
        said = str(error)
    st.session_state[f"card-said-{card.id}"] = said


def _said(card: Card) -> None:
    said = st.session_state.pop(f"card-said-{card.id}", "")
    if said and (card.receipt is None or said not in outcome_line(card)):
        st.info(escape(said), icon=":material/info:")


def _nothing(_: object) -> str:
    return ""
