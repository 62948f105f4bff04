"""Premium by any strategy, and the scans that one keeps."""

import streamlit as st

from mfa.answers.page import escape
from mfa.data.requests import validated
from mfa.kernel.errors import MagnusError
from mfa.store.scans import ScanRepository
from pages.feature import Bars, Section, feature_page
from pages.frame import open_assistant

FILTERS = (
    "strategy", "sort", "dte", "delta", "symbols", "watchlist", "sector", "max_capital",
    "min_premium", "min_annual_pct", "min_chance_pct", "min_iv_rank", "no_earnings_days",
    "max_spread_pct", "wing_pct", "limit",
)  # fmt: skip
SCORES = Bars(table="rows", x="label", y="score", title="Score")


def keep() -> None:
    """Keep the limits that stand in the scan's form under a name, or forget a scan."""
    assistant = open_assistant()
    with st.expander("Keep these limits as a scan", icon=":material/bookmark:"):
        st.caption("It keeps what stands in the form of the Scan tab; Run takes its name.")
        name = st.text_input("Name of the scan", key="scan-name", max_chars=60)
        left, right = st.columns(2)
        if left.button("Save", disabled=not name, width="stretch"):
            query = assistant.data.registry.find("premium_scanner", "scan").query
            try:
                checked = validated("premium_scanner", query, given())
                limits = checked.model_dump(mode="json", exclude_defaults=True)
                replaced = ScanRepository(assistant.database).save(assistant.user, name, limits)
            except MagnusError as error:
                st.error(escape(str(error)), icon=":material/error:")
            else:
                st.success(f"{'Replaced' if replaced else 'Saved'}: {escape(name)}")
        if right.button("Delete", disabled=not name, width="stretch"):
            try:
                ScanRepository(assistant.database).delete(assistant.user, name)
            except MagnusError as error:
                st.error(escape(str(error)), icon=":material/error:")
            else:
                st.success(f"Deleted: {escape(name)}")


def given() -> dict[str, object]:
    """What stands in the form; a filter left empty is none."""
    values = {name: st.session_state.get(f"premium_scanner-scan-{name}") for name in FILTERS}
    return {name: value for name, value in values.items() if value not in (None, "")}


feature_page(
    "Premium scanner",
    "premium_scanner",
    (
        Section(query="scan", label="Scan", filters=FILTERS, chart=SCORES),
        Section(query="saved_scans", label="Saved"),
        Section(query="run_saved", label="Run", filters=("name",), chart=SCORES),
        Section(query="history", label="History", filters=("name", "limit")),
    ),
)
keep()
