"""The stock database: screening, what it holds, following more and following no more."""

import streamlit as st

from actions.proposal import ActionProposal
from mfa.answers.page import escape
from mfa.kernel.errors import MagnusError
from pages.card import show_card
from pages.feature import Bars, Section, feature_page
from pages.frame import open_assistant, person


def _take_out() -> None:
    """Done at once, because it can be undone: its receipt says so."""
    assistant = open_assistant()
    who = person(assistant)
    with st.form("stocks-remove", border=True):
        field, button = st.columns([9, 2], vertical_alignment="bottom")
        said = field.text_input("Follow no more", placeholder="SOFI, KO")
        asked = button.form_submit_button("Take out", width="stretch")
    desk = assistant.acting.desk
    if asked:
        symbols = [each for each in said.upper().replace(",", " ").split() if each]
        proposal = ActionProposal(action="remove_stock", params={"symbols": symbols})
        try:
            done = desk.confirmations.perform(proposal, who)
        except MagnusError as error:
            st.error(escape(str(error)), icon=":material/error:")
            return
        st.session_state["stocks-removed"] = done.card.id
        st.rerun()
    if (number := st.session_state.get("stocks-removed")) is not None:
        show_card(assistant, desk.cards.card(number, who), who, key=f"stocks-{number}")


feature_page(
    "Stock database",
    "database_scan",
    (
        Section(
            query="scan",
            label="Screen",
            filters=(
                "sector", "symbols", "min_price", "max_price", "min_market_cap", "min_volume",
                "min_iv_rank", "max_iv_rank", "above_sma50", "above_sma200", "min_rsi", "max_rsi",
                "max_from_high_pct", "max_pe", "min_yield_pct", "sort",
            ),
            chart=Bars(table="rows", x="symbol", y="iv_rank", title="IV rank"),
        ),
        Section(
            query="get_stats",
            label="What it holds",
            chart=Bars(table="by_sector", x="sector", y="count", title="Companies by sector"),
        ),
        Section(query="add_stock", label="Add", filters=("symbols",)),
        Section(query="refresh", label="Refresh", filters=("seconds",)),
    ),
)  # fmt: skip
_take_out()
