"""Orders: what is working, what became of the others, and the cards that change them.

Cancelling and replacing are proposed on cards here, as anywhere; a card is confirmed by its button.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

import streamlit as st

from actions.action import Who
from actions.pair_facts import exactly, plainly
from actions.proposal import ActionProposal
from actions.proposing.flatten import flatten
from connectors.ordering.models import OrderRow, Orders
from mfa.answers.compose.any_result import tables
from mfa.answers.page import draw_table, escape, mode_badge
from mfa.assistant import Assistant
from mfa.kernel.cards import CardState
from mfa.kernel.errors import MagnusError
from mfa.kernel.outcome import Found
from pages.card import show_card
from pages.frame import ask, csv_button, open_assistant, person, warn

CARDS = 12


def _page() -> None:
    assistant = open_assistant()
    who = person(assistant)
    st.title("Orders")
    mode_badge(assistant.settings.mode)
    if said := st.session_state.pop("orders_said", ""):
        st.warning(escape(said), icon=":material/warning:")
    if assistant.acting.desk.halted.standing() is not None:
        _under_halt(assistant, who)
    _cards(assistant, who)
    working, history = st.tabs(["Working", "History"])
    with working:
        found = ask(assistant, "orders", "get_orders", {"working": True})
        if isinstance(found, Found) and isinstance(found.value, Orders):
            warn(found.value.warnings)
            for row in found.value.rows:
                _working(assistant, row, who)
            if foreign := tables(found.value, found.provenance).get("foreign"):
                draw_table(foreign, key="orders-foreign")
    with history:
        _history(assistant)


def _under_halt(assistant: Assistant, who: Who) -> None:
    """Entries are stopped; what stands can be cancelled and what is held closed, each on a card."""
    st.subheader("While halted")
    cancel, close = st.columns(2)
    if cancel.button("Cancel all working orders", icon=":material/cancel:", width="stretch"):
        _propose(assistant, [ActionProposal(action="cancel_working_orders")], who)
    if close.button("Close everything that is held", icon=":material/output:", width="stretch"):
        try:
            made, problems = flatten(assistant.acting.maker.means, who.user, despite_halt=True)
        except MagnusError as error:
            made, problems = [], [str(error)]
        _propose(assistant, made, who, problems)


def _propose(
    assistant: Assistant,
    proposals: list[ActionProposal],
    who: Who,
    problems: list[str] | None = None,
) -> None:
    told = list(problems or ())
    for proposal in proposals:
        try:
            assistant.acting.desk.cards.propose(proposal, who)
        except MagnusError as error:
            told.append(str(error))
    st.session_state["orders_said"] = " ".join(told)
    st.rerun()


def _cards(assistant: Assistant, who: Who) -> None:
    """Cards made on this page: the open ones, and the latest that were decided."""
    recent = assistant.acting.desk.cards.recent(who, 4 * CARDS)
    shown = [c for c in recent if c.conversation is None and c.door == who.door and not c.replaces]
    for card in [c for c in shown if c.state is CardState.OPEN]:
        show_card(assistant, card, who, key=f"orders-{card.id}")
    decided = [c for c in shown if c.state is not CardState.OPEN and c.undoes is None][:CARDS]
    if decided:
        with st.expander(f"{len(decided)} decided", icon=":material/receipt_long:"):
            for card in decided:
                show_card(assistant, card, who, key=f"orders-{card.id}")


def _working(assistant: Assistant, row: OrderRow, who: Who) -> None:
    with st.container(border=True):
        limit = "at the market" if row.limit is None else f"at ${exactly(row.limit)}"
        st.markdown(f"**{escape(f'{row.order}, {row.quantity:f} {limit}')}**")
        told = f"{row.state}, {row.filled:f} filled · {row.broker} · {row.order_id[:8]}"
        st.caption(escape(" · ".join(filter(None, (told, row.reason)))))
        cancel, change = st.columns([1, 5])
        if cancel.button("Cancel", key=f"cancel-{row.order_id}", icon=":material/cancel:"):
            asked = ActionProposal(action="cancel_order", params={"order_id": row.order_id})
            _propose(assistant, [asked], who)
        if row.limit is not None and row.state in {"working", "partially filled"}:
            with change.popover("Replace", icon=":material/edit:"):
                _replace(assistant, row, who)


def _replace(assistant: Assistant, row: OrderRow, who: Who) -> None:
    """The same order at another price or in another quantity."""
    with st.form(key=f"replace-{row.order_id}", border=False):
        price = st.text_input("Limit per unit, USD", plainly(row.limit or Decimal(0)))
        quantity = st.text_input("Quantity of the whole", f"{row.quantity:f}")
        if not st.form_submit_button("Make a card"):
            return
    try:
        proposal = assistant.acting.replacement(
            row.order_id, who, limit=_number(price), quantity=_number(quantity)
        )
    except MagnusError as error:
        st.error(escape(str(error)))
        return
    _propose(assistant, [proposal], who)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.strip().lstrip("$").replace(",", ""))
    except InvalidOperation:
        return None


def _history(assistant: Assistant) -> None:
    found = ask(assistant, "orders", "get_orders", {"working": False, "limit": 200})
    if not isinstance(found, Found) or not isinstance(found.value, Orders):
        return
    if table := tables(found.value, found.provenance).get("rows"):
        draw_table(table, key="orders-history")
        csv_button(table, "orders.csv", key="orders-csv")
    names = {f"{row.order}, {row.state}, {row.order_id[:8]}": row for row in found.value.rows}
    chosen = st.selectbox("What became of", names, index=None, placeholder="Choose an order")
    if chosen is None:
        return
    one = ask(assistant, "orders", "get_orders", {"order_id": names[chosen].order_id})
    if isinstance(one, Found) and isinstance(one.value, Orders):
        told = tables(one.value, one.provenance)
        for name in ("history", "fills"):
            if name in told:
                draw_table(told[name], key=f"order-{name}")


_page()
