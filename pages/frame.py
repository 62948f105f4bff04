"""What stands on every page: mode, practice clock or sources, and how pages ask.

The frame never touches the account: the practice clock is moved through the practice desk, and a
failure to reach the assistant is one readable sentence instead of a page.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import streamlit as st
from pydantic import ValidationError

from actions.action import Who
from actions.halt import Halt, HaltError
from connectors.practice.replay import AdvanceReport
from mfa.answers.blocks import TableBlock
from mfa.answers.format import format_when
from mfa.answers.page import escape, mode_badge
from mfa.assistant import Assistant, get_assistant
from mfa.data.requests import Served
from mfa.kernel.errors import MagnusError
from mfa.kernel.home import home_of_environment
from mfa.kernel.outcome import Absent, Failed, FailureKind, Outcome
from mfa.typed import halted
from pages.login import ask_to_sign_in, enter, session_id, show_second_factor, sign_out
from pages.wrong_input import in_form_words

if TYPE_CHECKING:
    from mfa.outside import Outside

DOOR = "page"
SHOWN_WARNINGS = 4
# A tile whose label or figure is wider than its column goes on in the next line: cut off, a figure
# is another figure.
WHOLE_TILES = (
    "<style>[data-testid='stMetricLabel'] *, [data-testid='stMetricValue'] *"
    " {white-space: normal; overflow: visible; text-overflow: clip}</style>"
)


def open_assistant() -> Assistant:
    """The process-wide assistant; a page that cannot have it says why and stops."""
    try:
        assistant = get_assistant()
        if not enter(assistant):
            ask_to_sign_in(assistant)
        return assistant  # noqa: TRY300 - whatever kept it away is told below
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        with st.sidebar:
            _halt_alone()
        st.stop()


def person(assistant: Assistant, conversation: UUID | None = None) -> Who:
    """Who looks at this page."""
    return assistant.acting.who(
        assistant.user, DOOR, conversation=conversation, session=session_id()
    )


def sidebar(assistant: Assistant) -> None:
    """Mode badge, the halt, and the practice clock's controls or who is asked for what."""
    with st.sidebar:
        st.html(WHOLE_TILES)
        mode_badge(assistant.settings.mode)
        _halt(assistant)
        sign_out(assistant)
        show_second_factor(assistant, person(assistant).session)
        if assistant.desk is not None and assistant.user == assistant.settings.user:
            _practice(assistant)
            if st.session_state.pop("compare_orders", False):  # what filled as time moved
                assistant.acting.orders.watch.tick()
        if assistant.outside is not None:
            _sources(assistant.outside)


def _halt(assistant: Assistant) -> None:
    """One click stops every order; it is lifted in a terminal, not here."""
    standing = assistant.acting.desk.halted.standing()
    if standing is not None:
        st.error(escape(standing.sentence), icon=":material/front_hand:")
        st.caption("`magnus resume` in a terminal lifts it.")
        st.page_link(
            "pages/orders.py", label="Cancel orders, close positions", icon=":material/output:"
        )
        return
    if st.button("Halt", key="halt", icon=":material/front_hand:", width="stretch"):
        try:
            halted(assistant.acting, "The button on the page.", person(assistant))
        except MagnusError as error:
            st.error(escape(str(error)))
            return
        st.rerun()


def _halt_alone() -> None:
    """The halt while there is no assistant."""
    halt = Halt(home_of_environment())
    if st.button("Halt", key="halt", icon=":material/front_hand:", width="stretch"):
        try:
            halt.set("The button on the page.", by=DOOR)
        except HaltError as error:
            st.error(escape(str(error)))
    if (standing := halt.standing()) is not None:
        st.error(escape(standing.sentence), icon=":material/front_hand:")


def _sources(outside: Outside) -> None:
    """The chain in its order, the account, and how each vendor was when it was last asked."""
    st.caption(f"Prices: **{escape(outside.market.name)}**")
    st.caption(f"Account: **{escape(outside.account.name)}**")
    with st.expander("Sources", icon=":material/lan:"):
        for vendor in outside.shelf.order("market"):
            health = outside.shelf.health(vendor)
            told = health.message if isinstance(health, Failed) else health.sentence()
            st.caption(escape(told))


def _practice(assistant: Assistant) -> None:
    desk = assistant.desk
    assert desk is not None  # noqa: S101 - narrowed by the caller
    try:
        status = desk.status()
    except MagnusError as error:
        st.error(escape(str(error)))
        return
    st.caption(f"Practice clock: **{format_when(status.now)}**")
    with st.expander("Move the clock", icon=":material/fast_forward:"):
        st.caption("Prices replay real closes; options expire, assign and pay on the way.")
        _step("Next day", partial(desk.advance, days=1))
        _step("Next week", partial(desk.advance, weeks=1))
        _step("To next expiration", partial(desk.advance, expiration=True))
        for line in st.session_state.get("moved", ()):
            st.caption(escape(line))


def _step(label: str, advance: Callable[[], AdvanceReport]) -> None:
    if st.button(label, width="stretch"):
        with st.spinner("Settling ..."):
            try:
                report = advance()
            except MagnusError as error:
                st.error(escape(str(error)))
                return
        st.session_state["moved"] = _told(report)
        st.session_state["compare_orders"] = True
        st.rerun()


def _told(report: AdvanceReport) -> list[str]:
    """What the last move settled, in sentences, and what stopped it."""
    events = [str(event) for event in report.events] or ["Nothing was settled on the way."]
    return [*events, report.note] if report.note else events


def ask(
    assistant: Assistant, feature: str, query: str, params: Mapping[str, Any] | None = None
) -> Outcome[Any]:
    """Ask the data service; what is absent or failed is said on the page."""
    try:
        answer = assistant.data.ask(feature, query, params, user=assistant.user)
    except MagnusError as error:
        said = str(error)
        if isinstance(error.__cause__, ValidationError):
            said = in_form_words(error, assistant.data.registry.find(feature, query).query.params)
        st.error(escape(said), icon=":material/error:")
        return Failed(FailureKind.BAD_DATA, said)
    outcome = answer.outcome
    if isinstance(outcome, Absent):
        st.info(escape(outcome.reason), icon=":material/info:")
    elif isinstance(outcome, Failed):
        st.error(escape(outcome.message), icon=":material/error:")
    elif answer.served is Served.LAST_KNOWN:
        st.warning(escape(outcome.provenance.note), icon=":material/history:")
    elif answer.served is Served.STALE:
        st.caption(escape(outcome.provenance.note))
    return outcome


def warn(warnings: Sequence[str]) -> None:
    """What was left out of the figures, and why; of many the first, the others on demand."""
    for warning in warnings[:SHOWN_WARNINGS]:
        st.warning(escape(warning), icon=":material/warning:")
    if more := warnings[SHOWN_WARNINGS:]:
        with st.expander(f"{len(more)} more", icon=":material/warning:"):
            for warning in more:
                st.caption(escape(warning))


def csv_button(table: TableBlock, name: str, *, key: str) -> None:
    """Download of a table's values, not of their formatted text."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.key for column in table.columns])
    writer.writerows(table.rows)
    st.download_button(
        "CSV", text.getvalue(), file_name=name, mime="text/csv", key=key, on_click="ignore"
    )
