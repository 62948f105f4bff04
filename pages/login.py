"""Who sits at the page: known by the cookie of the gate, asked at every run.

Every run of a page and every click begins here, so that nothing is done before it is known for
whom. A session that ended meanwhile shows nothing more than the way to sign in again.
"""

from __future__ import annotations

import streamlit as st

from mfa.answers.page import escape
from mfa.assistant import Assistant
from mfa.gate import SIGN_IN, cookie_name
from mfa.kernel import scope
from mfa.kernel.errors import MagnusError
from mfa.kernel.mode import Mode
from mfa.security.guard import Guard
from mfa.sign_in_form import NOBODY
from mfa.store.sessions import Session

_SESSION = "sign_in_session"
_AGAIN = f'<a href="{SIGN_IN}" target="_self">Sign in</a>'
# The gate's form is a page of its own, outside the one that this script draws.
_GO_THERE = f"<script>window.location.replace({SIGN_IN!r})</script>"


def enter(assistant: Assistant) -> bool:
    """Bind this run to its person; whether there is one."""
    if not assistant.guard.asks_to_sign_in():
        scope.act_as(assistant.settings.user)
        return True
    assistant.database.unbound = None
    scope.act_as(scope.NOBODY)
    session = current(assistant)
    if session is None:
        st.session_state.pop(_SESSION, None)
        return False
    st.session_state[_SESSION] = str(session.id)
    scope.act_as(session.user)
    return True


def current(assistant: Assistant) -> Session | None:
    """The session of this browser, as long as it stands."""
    guard: Guard = assistant.guard
    return guard.sessions.find(st.context.cookies.get(cookie_name(assistant.settings.home), ""))


def session_id() -> str:
    """Of the sign-in; empty where nobody signs in."""
    return str(st.session_state.get(_SESSION, ""))


def ask_to_sign_in(assistant: Assistant) -> None:
    """The way to sign in, and the end of this run."""
    st.title("Magnus")
    if not assistant.guard.accounts.there_are_any():
        st.error(NOBODY)
        st.stop()
    st.info("You are not signed in, or not any more.", icon=":material/lock:")
    st.html(_AGAIN)
    st.html(_GO_THERE, unsafe_allow_javascript=True)
    st.stop()


def show_second_factor(assistant: Assistant, session: str) -> None:
    """Where a second factor is enrolled and real money is at stake: a place to show it."""
    if assistant.settings.mode is not Mode.LIVE:
        return
    if not assistant.guard.factor.is_enrolled(assistant.user):
        return
    with (
        st.expander("Second factor", icon=":material/key:"),
        st.form("second-factor", clear_on_submit=True, border=False),
    ):
        code = st.text_input("Code", autocomplete="one-time-code", key="second-factor-code")
        if not st.form_submit_button("Verify for 15 minutes"):
            return
        try:
            right = assistant.guard.verify(assistant.user, session, code)
        except MagnusError as error:
            st.error(escape(str(error)))
            return
        if right:
            st.success("Verified for 15 minutes.")
        else:
            st.error("That code is wrong, or was used before.")


def sign_out(assistant: Assistant) -> None:
    """A button that ends the session, where there is one."""
    if not session_id():
        return
    login = assistant.guard.accounts.login_of(assistant.user)
    st.caption(f"Signed in as **{escape(login)}**")
    if st.button("Sign out", icon=":material/logout:", width="stretch"):
        session = current(assistant)
        if session is not None:
            assistant.guard.sessions.revoke(session.user, session.id)
        for key in list(st.session_state):
            del st.session_state[key]
        st.query_params.clear()  # it names a conversation
        scope.act_as(scope.NOBODY)
        st.rerun()
