"""The browser's front door: navigation and the chat page.

The page holds no work. It starts a turn in the process-wide engine and shows the turn's stored
events, so that a reload, a click or a second tab finds it again. The conversation's id stands in
the address.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import streamlit as st

from mfa import answers
from mfa.answers.format import format_when
from mfa.answers.page import escape, mode_badge
from mfa.assistant import Assistant
from mfa.kernel.errors import MagnusError
from mfa.typed import answered
from pages.frame import open_assistant, person, sidebar
from pages.turn import show_turn

SHOWN = 20
# A file: an icon given by name would be fetched from a stranger on the network.
ICON = Path(answers.__file__).with_name("icon.png")
LEFT = (
    "<style>[class*='st-key-conversation-'] button, [class*='st-key-conversation-'] button div"
    " {justify-content: flex-start; text-align: left; width: 100%}</style>"
)
SUGGESTIONS = (
    "What's my portfolio status?",
    "How much theta am I collecting?",
    "Am I at risk of assignment?",
    "Show me my trade history from last month",
    "Find me a cash-secured put under 5k capital",
    "What if the market drops 20%?",
)


def chat() -> None:
    """The conversation named in the address, or a new one."""
    assistant = open_assistant()
    conversation = _conversation()
    _conversations(assistant, conversation)
    st.title("Magnus")
    mode_badge(assistant.settings.mode)
    asked = st.chat_input("Ask about your account, positions or options", max_chars=10_000)
    asked = asked or st.session_state.pop("suggested", None)
    turns = assistant.engine.turns(conversation) if conversation is not None else []
    if not turns and not asked:
        _welcome(assistant)
        return
    if len(turns) > SHOWN and not st.toggle(f"Show all {len(turns)} questions"):
        turns = turns[-SHOWN:]
    for turn in turns:
        show_turn(assistant, turn, person(assistant, conversation))
    if said := st.session_state.pop("door_said", ""):
        st.info(escape(said), icon=":material/info:")
    if asked:
        _ask(assistant, asked, conversation)


def _ask(assistant: Assistant, text: str, conversation: UUID | None) -> None:
    who = person(assistant, conversation)
    try:
        if said := answered(assistant.acting, text, who):
            st.session_state["door_said"] = said.text
            st.rerun()
        turn = assistant.engine.start(
            text, conversation=conversation, user=who.user, door=who.door, session=who.session
        )
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    _remember(turn.conversation)
    show_turn(assistant, turn, person(assistant, turn.conversation))


def _remember(conversation: UUID | None) -> None:
    """Put the conversation into the address, and keep it for the way back from another page."""
    st.session_state["conversation"] = conversation
    if conversation is None:
        st.query_params.clear()
    else:
        st.query_params["c"] = str(conversation)


def _conversation() -> UUID | None:
    given = st.query_params.get("c")
    if not given:
        kept: UUID | None = st.session_state.get("conversation")
        if kept is not None:
            _remember(kept)
        return kept
    try:
        return UUID(given)
    except ValueError:
        st.warning("The address names no conversation; this is a new one.")
        del st.query_params["c"]
        return None


def _welcome(assistant: Assistant) -> None:
    where = " at the practice market" if assistant.desk is not None else ""
    st.markdown(
        "Ask in plain words. Every figure comes with its source, its time and its freshness. "
        f"It is **{format_when(assistant.clock.now())}**{where}."
    )
    columns = st.columns(2)
    for index, text in enumerate(SUGGESTIONS):
        with columns[index % 2]:
            if st.button(text, key=f"suggestion-{index}", width="stretch"):
                st.session_state["suggested"] = text
                st.rerun()


def _conversations(assistant: Assistant, current: UUID | None) -> None:
    with st.sidebar:
        if st.button("New conversation", icon=":material/add:", width="stretch"):
            _remember(None)
            st.rerun()
        st.html(LEFT)
        for each in assistant.engine.conversations(assistant.user)[:12]:
            chosen = each.id == current
            if st.button(
                escape(each.title),
                key=f"conversation-{each.id}",
                type="secondary" if chosen else "tertiary",
                width="stretch",
            ):
                _remember(each.id)
                st.rerun()


st.set_page_config(page_title="Magnus", page_icon=ICON, layout="wide")
assistant = open_assistant()
own = assistant.user == assistant.settings.user
page = st.navigation(
    {
        "": [st.Page(chat, title="Chat", icon=":material/chat:", default=True)],
        "Account": [
            st.Page("pages/dashboard.py", title="Dashboard", icon=":material/dashboard:"),
            st.Page("pages/positions.py", title="Positions", icon=":material/account_balance:"),
            st.Page("pages/performance.py", title="Performance", icon=":material/trending_up:"),
            st.Page("pages/orders.py", title="Orders", icon=":material/receipt_long:"),
            st.Page("pages/risk.py", title="Risk", icon=":material/shield:"),
            st.Page("pages/earnings.py", title="Earnings", icon=":material/event:"),
        ],
        "Find trades": [
            st.Page("pages/opportunities.py", title="Opportunities", icon=":material/target:"),
            st.Page("pages/premium.py", title="Premium scanner", icon=":material/payments:"),
            st.Page("pages/calendars.py", title="Calendar spreads", icon=":material/date_range:"),
            st.Page("pages/watchlists.py", title="Watchlists", icon=":material/list:"),
            st.Page("pages/stocks.py", title="Stock database", icon=":material/database:"),
        ],
        "Set up": [
            *(  # credentials and settings are the installation's
                [st.Page("pages/connect.py", title="Connections", icon=":material/link:")]
                if own
                else []
            ),
            st.Page("pages/imports.py", title="Imports", icon=":material/upload_file:"),
            st.Page("pages/memory.py", title="Memory", icon=":material/psychology:"),
            *(
                [st.Page("pages/settings.py", title="Settings", icon=":material/settings:")]
                if own
                else []
            ),
            st.Page("pages/audit.py", title="Audit", icon=":material/verified_user:"),
            st.Page("pages/security.py", title="Security", icon=":material/lock:"),
        ],
    },
    expanded=True,
)
sidebar(assistant)
page.run()
